"""A model server on loopback, in a process of its own: chat completions, answered by the model's name.

It reads no more of a question than that name and has every answer ready, so that it is nobody's bottleneck.
`GET /tally` tells how often each model was asked and what the server's own CPU took; `GET /pace/20` makes every answer
take 20 ms.
"""

import asyncio
import json
import re
import resource
import sys
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

import uvloop
from aiohttp import web

from tests.bench.wording import answers

_MODEL: Final = re.compile(rb'"model":\s*"(\w+)"')


@dataclass(slots=True)
class Server:
    """Answers, how long they take in seconds, and how often each was given."""

    pace: float = 0.0
    asked: Counter[str] = field(default_factory=Counter[str])
    bodies: dict[str, bytes] = field(
        default_factory=lambda: {name: _completion(name, text) for name, text in answers().items()}
    )

    async def handle(self, request: web.BaseRequest) -> web.Response:
        """One request of any kind."""
        if request.method == "POST":
            return await self._answer(await request.read())
        if request.path.startswith("/pace/"):
            self.pace = float(request.path.removeprefix("/pace/")) / 1_000
        usage = resource.getrusage(resource.RUSAGE_SELF)
        return web.json_response({"asked": dict(self.asked), "cpu": usage.ru_utime + usage.ru_stime})

    async def _answer(self, question: bytes) -> web.Response:
        found = _MODEL.search(question)
        model = found[1].decode() if found else ""
        if model not in self.bodies:
            return web.Response(status=404, body=b'{"error": {"message": "there is no such model"}}')
        self.asked[model] += 1
        if self.pace:
            await asyncio.sleep(self.pace)
        return web.Response(body=self.bodies[model], content_type="application/json")


def _completion(model: str, text: str) -> bytes:
    message = {"role": "assistant", "content": text, "refusal": None}
    return json.dumps(
        {
            "id": "chatcmpl-bench",
            "object": "chat.completion",
            "created": 1_700_000_000,
            "model": model,
            "choices": [{"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 400, "completion_tokens": 60, "total_tokens": 460},
        }
    ).encode()


async def serve() -> None:
    """Serve until standard input ends; the first line on standard output is the address."""
    runner = web.ServerRunner(web.Server(Server().handle))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1_024)
    await site.start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)  # noqa: T201  # how the parent learns it
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    uvloop.run(serve())
