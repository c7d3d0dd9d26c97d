"""openai-guardrails: its client drafts, and its `Custom Prompt Check` looks at what comes out."""

import importlib
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.bench.wording import DRAFT, DRAFTER, FLAGGER, PERSONA, RULES


class Checked:
    """Drafts and checks in one call of its client."""

    def __init__(self, client: Any) -> None:  # its package is not there where types are checked
        self._client = client

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message."""
        answer = await self._client.chat.completions.create(
            model=DRAFTER, messages=[{"role": "system", "content": PERSONA}, {"role": "user", "content": text}]
        )
        assert answer.choices[0].message.content == DRAFT, answer
        return time.perf_counter()

    async def settled(self) -> None:
        """Nothing is left to do after an answer."""


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncGenerator[Checked]:
    """Ready for turns. A check that fails raises here, where its default would let the draft pass."""
    guardrails: Any = importlib.import_module("guardrails")
    details = f"Content that breaks one of these rules:\n{RULES}"
    check = {"model": FLAGGER, "confidence_threshold": 0.7, "system_prompt_details": details}
    config = {
        "version": 1,
        "output": {"version": 1, "guardrails": [{"name": "Custom Prompt Check", "config": check}]},
    }
    yield Checked(
        guardrails.GuardrailsAsyncOpenAI(
            config=config, raise_guardrail_errors=True, base_url=f"{url}/v1", api_key="none", max_retries=0
        )
    )
