"""NeMo Guardrails: draft and `self check output`, on either of its engines. Usage statistics are off."""

import importlib
import json
import os
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, Final

from tests.bench.wording import CHECKER, DRAFT, DRAFTER, PERSONA, RULES

_CONFIG: Final = """
models:
  - type: main
    engine: openai
    model: {drafter}
    parameters: {{base_url: "{url}/v1", api_key: none}}
  - type: self_check_output
    engine: openai
    model: {checker}
    parameters: {{base_url: "{url}/v1", api_key: none}}
rails:
  output:
    flows: [self check output]
instructions:
  - type: general
    content: {persona}
prompts:
  - task: self_check_output
    content: {check}
"""

_CHECK: Final = (
    f"You check the drafts of a chat bot against these rules:\n{RULES}\n\nMessage: {{{{ user_input }}}}\n\n"
    "Draft: {{ bot_response }}\n\nDoes the draft break a rule? Answer Yes or No."
)


class Nemo:
    """Whatever has NeMo's `generate_async`."""

    def __init__(self, rails: Any) -> None:  # its package is not there where types are checked
        self._rails = rails

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message."""
        answer = await self._rails.generate_async(messages=[{"role": "user", "content": text}])
        assert answer["content"] == DRAFT, answer
        return time.perf_counter()

    async def settled(self) -> None:
        """Nothing is left to do after an answer."""


def configured(url: str) -> Any:  # as above
    """Its configuration: one model to draft and one to check, the rules in the check's prompt."""
    os.environ.setdefault("OPENAI_API_KEY", "none")
    os.environ["NEMO_GUARDRAILS_NO_USAGE_STATS"] = "1"
    nemo: Any = importlib.import_module("nemoguardrails")
    wording = {"persona": json.dumps(PERSONA), "check": json.dumps(_CHECK)}  # JSON is YAML
    return nemo.RailsConfig.from_content(
        yaml_content=_CONFIG.format(url=url, drafter=DRAFTER, checker=CHECKER, **wording)
    )


@asynccontextmanager
async def iorails(url: str) -> AsyncGenerator[Nemo]:
    """On IORails."""
    config, nemo = configured(url), importlib.import_module("nemoguardrails")
    rails: Any = nemo.Guardrails(config, require_iorails=True)
    await rails.startup()
    try:
        yield Nemo(rails)
    finally:
        await rails.shutdown()


@asynccontextmanager
async def classic(url: str) -> AsyncGenerator[Nemo]:
    """On LLMRails, the engine that runs Colang."""
    config, nemo = configured(url), importlib.import_module("nemoguardrails")
    yield Nemo(nemo.LLMRails(config))
