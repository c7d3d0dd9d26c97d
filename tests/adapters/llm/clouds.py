"""A cloud on this machine that keeps what it was asked, and the one question that every cloud is asked."""

import json
import re
from asyncio import StreamReader, StreamWriter
from dataclasses import dataclass, field
from typing import Any, Final

from adapters.llm.model import VendorModel
from safi.errors import ModelFailure
from safi.ports import Message, Reply, Request, Schema

FORM: Final = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
REQUEST: Final = Request(
    system=("You are Ada.",),
    messages=(Message(role="user", text="Tea?"),),
    schema=Schema(name="verdict", body=FORM),
)
CLAUDES_QUESTION: Final = {
    "max_tokens": 8_050,
    "system": [{"type": "text", "text": "You are Ada.", "cache_control": {"type": "ephemeral"}}],
    "messages": [{"role": "user", "content": "Tea?"}],
    "output_config": {"format": {"type": "json_schema", "schema": FORM}},
}
CLAUDES_ANSWER: Final = {
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "Yes."}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 1},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request as it came in; the names of its headers in lower case, and JSON read."""

    path: str
    headers: dict[str, str]
    body: Any


@dataclass(slots=True)
class Cloud:
    """Answers paths by their beginnings, with bytes of its own, and hangs up."""

    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])
    asked: list[Asked] = field(default_factory=list[Asked])
    url: str = ""

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        headers = {name.lower(): value for name, value in re.findall(r"^([^:\r\n]+): (.*)\r$", head, re.MULTILINE)}
        body = (await reader.readexactly(int(headers.get("content-length", 0)))).decode()
        path = head.split(" ")[1]
        self.asked.append(Asked(path=path, headers=headers, body=json.loads(body) if body.startswith("{") else body))
        writer.write(next(answer for start, answer in self.answers.items() if path.startswith(start)))
        writer.close()


async def ask(model: VendorModel) -> Reply | ModelFailure:
    """The reply to the one question, or the failure if there was one."""
    try:
        return await model.ask(REQUEST)
    except ModelFailure as failure:
        return failure
    finally:
        await model.aclose()
