"""A chat platform that outlives the bot: what was said on either side lies in a folder, and no kill can take it back.

Its messages come again after a restart until they are acknowledged, and the last acknowledged one comes once more.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from adapters.chat.port import Inbound, Place
from tests.doubles import NOON


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How one process is to go: the `run`-th on its store, and where it is to be killed, if anywhere.

    Either at a `step` of the message `victim`, or before the `statement`-th statement of SQL. `at_once` audits run
    side by side. `remembers`: the platform posts a turn only once, as long as anybody asks it to.
    """

    run: int
    step: str = ""
    victim: str = ""
    statement: int = 0
    at_once: int = 1
    remembers: bool = False

    def packed(self) -> str:
        return json.dumps(asdict(self))

    @staticmethod
    def unpacked(text: str) -> "Plan":
        return Plan(**json.loads(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that happened: its kind, the message it is about, what else there is to say, and an id of its own."""

    kind: str
    about: str
    text: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """The platform, as the test and the bot both see it."""

    folder: Path

    @property
    def store(self) -> Path:
        """Where the bot keeps its store: inside its own process, and beside what is said here."""
        return self.folder / "state" / "safi.db"

    def bring(self, *messages: Inbound) -> None:
        """Have members say these."""
        for message in messages:
            line = {"id": message.event_id, "channel": message.place.channel, "text": message.text}
            self._append("members.jsonl", line)

    def brought(self) -> list[Inbound]:
        """All that members said so far."""
        return [said(line["id"], line["channel"], line["text"]) for line in self._lines("members.jsonl")]

    def due(self) -> list[Inbound]:
        """What is delivered to a bot that starts."""
        acknowledged = [entry.about for entry in self.entries("acknowledged")]
        settled = set(acknowledged[:-1])
        return [message for message in self.brought() if message.event_id not in settled]

    def note(self, kind: str, about: str, text: str = "") -> str:
        """Write down what happened, whole or not at all; returns its id."""
        entry = Entry(kind=kind, about=about, text=text, id=token_hex(8))
        self._append("wire.jsonl", asdict(entry))
        return entry.id

    def entries(self, kind: str) -> list[Entry]:
        """What happened of that kind, in order."""
        return [entry for line in self._lines("wire.jsonl") if (entry := Entry(**line)).kind == kind]

    def _append(self, name: str, line: dict[str, Any]) -> None:
        """The system keeps what was written however the writer ends, so there is no need to wait for the disk."""
        opened = os.open(self.folder / name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, (json.dumps(line) + "\n").encode())
        finally:
            os.close(opened)

    def _lines(self, name: str) -> list[dict[str, Any]]:
        file = self.folder / name
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def said(name: str, channel: str, text: str) -> Inbound:
    """A member's message; its name is its id as an event and as a message."""
    place = Place(workspace="w", channel=channel)
    return Inbound(event_id=name, place=place, message_id=name, author="ann", text=text, at=NOON)


def message(number: int, *, channels: int = 2, words: str = "what now?") -> Inbound:
    """The `number`-th message, in one of so many channels. It begins with its own name."""
    return said(f"e{number}", f"c{number % channels}", f"e{number}: {words}")


def named(text: str) -> str:
    """The name that a message, or an answer to it, bears."""
    return text.removeprefix("re: ").partition(":")[0]
