"""guardrails-ai: a guard round the drafting call, with a validator of our own that asks a model; no hub is needed.

Its metrics are off, by the file in its home folder that says so. The draft comes through a callable on OpenAI's SDK:
the other way, through litellm, takes more.
"""

import importlib
import json
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench.wording import CLEAR, DRAFT, DRAFTER, JUDGE, PERSONA, gate_prompt


class Guarded:
    """A guard, and the client with which it is asked to draft."""

    def __init__(self, guard: Any, client: Any) -> None:  # its package is not there where types are checked
        self._guard = guard
        self._client = client

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message."""
        messages = [{"role": "system", "content": PERSONA}, {"role": "user", "content": text}]
        found = await self._guard(self._draft, messages=messages, metadata={"message": text}, num_reasks=0)
        assert found.validation_passed, found
        assert found.validated_output == DRAFT, found
        return time.perf_counter()

    async def settled(self) -> None:
        """Nothing is left to do after an answer."""

    async def _draft(self, *, messages: list[dict[str, str]], **_: object) -> str:
        answer = await self._client.chat.completions.create(model=DRAFTER, messages=messages)
        return answer.choices[0].message.content


def _gate(base: Any, client: Any) -> Any:  # as above
    """Its kind of validator: one call of a model for a value."""

    async def async_validate(_: object, value: str, metadata: dict[str, Any]) -> Any:  # as above
        shown = json.dumps({"message": metadata["message"], "draft": value})
        answer = await client.chat.completions.create(
            model=JUDGE, messages=[{"role": "system", "content": gate_prompt()}, {"role": "user", "content": shown}]
        )
        verdict = json.loads(answer.choices[0].message.content)["verdict"]
        return base.PassResult() if verdict == CLEAR else base.FailResult(error_message=verdict)

    kind = type("Gate", (base.Validator,), {"async_validate": async_validate})
    return base.register_validator(name="bench/gate", data_type="string")(kind)


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncGenerator[Guarded]:
    """Ready for turns."""
    (folder / ".guardrailsrc").write_text("enable_metrics=false\nuse_remote_inferencing=false\n", encoding="utf-8")
    os.environ |= {"HOME": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}  # nor does it fetch a list of prices
    guardrails: Any = importlib.import_module("guardrails")
    openai: Any = importlib.import_module("openai")
    client = openai.AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)
    gate = _gate(importlib.import_module("guardrails.validator_base"), client)
    yield Guarded(guardrails.AsyncGuard().use(gate(on_fail="noop")), client)
