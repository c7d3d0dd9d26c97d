"""The floor: the same two calls on bare aiohttp, with nothing around them."""

import json
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.bench.wording import CLEAR, DRAFTER, JUDGE, PERSONA, gate_prompt


class Floor:
    """Draft, then gate."""

    def __init__(self, session: aiohttp.ClientSession, url: str) -> None:
        self._session = session
        self._url = f"{url}/v1/chat/completions"

    async def turn(self, lane: int, text: str) -> float:
        """Answer one message."""
        draft = await self._ask(DRAFTER, PERSONA, text)
        verdict = await self._ask(JUDGE, gate_prompt(), json.dumps({"message": text, "draft": draft}))
        assert json.loads(verdict)["verdict"] == CLEAR, verdict
        return time.perf_counter()

    async def settled(self) -> None:
        """Nothing is left to do after an answer."""

    async def _ask(self, model: str, system: str, user: str) -> str:
        body = {
            "model": model,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": user}],
        }
        async with self._session.post(self._url, json=body) as response:
            answer: Mapping[str, Any] = await response.json()
        return answer["choices"][0]["message"]["content"]


@asynccontextmanager
async def opened(url: str, folder: Path) -> AsyncGenerator[Floor]:
    """Ready for turns."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        yield Floor(session, url)
