"""The obvious thirty lines: draft and gate with OpenAI's own SDK, as anybody would write them first."""

import json
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

from openai import AsyncOpenAI

from tests.bench.wording import CLEAR, DRAFTER, JUDGE, PERSONA, gate_prompt


class Obvious:
    """Draft, then gate."""

    def __init__(self, client: AsyncOpenAI) -> None:
        self._client = client

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message."""
        draft = await self._ask(DRAFTER, PERSONA, text)
        verdict = await self._ask(JUDGE, gate_prompt(), json.dumps({"message": text, "draft": draft}))
        assert json.loads(verdict)["verdict"] == CLEAR, verdict
        return time.perf_counter()

    async def settled(self) -> None:
        """Nothing is left to do after an answer."""

    async def _ask(self, model: str, system: str, user: str) -> str:
        answer = await self._client.chat.completions.create(
            model=model, messages=[{"role": "system", "content": system}, {"role": "user", "content": user}]
        )
        return answer.choices[0].message.content or ""


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncGenerator[Obvious]:
    """Ready for turns."""
    async with AsyncOpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0) as client:
        yield Obvious(client)
