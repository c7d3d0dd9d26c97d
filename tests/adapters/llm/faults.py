"""Every fault of a vendor that there is a name for, put to each role in the whole loop, over real connections.

The other two roles are scripts, so that what happens is the doing of the one; the store is real. Shared by the tests
and by `fault_table`, which prints what comes of it.
"""

import socket
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from llmock.pytest_plugin import LLMock

from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from bot.settings.choice import Faculty, ModelRef
from bot.settings.roles import Role
from safi.ports import Landed, Model, TurnRecord
from safi.turn import Failed, Unjudged
from tests.adapters.llm.guarding import Bench
from tests.adapters.llm.loopback import Loopback, http
from tests.bot.making import SCOPE, auditing, conversing
from tests.doubles import FakeChat, HandClock, clear, gated, inbound

Vendor = Literal["anthropic", "openai"]
VENDORS: Final[tuple[Vendor, ...]] = ("anthropic", "openai")
ROLES: Final[tuple[Faculty, ...]] = ("intellect", "will", "conscience")
USUAL: Final[Mapping[Faculty, Vendor]] = {"intellect": "anthropic", "will": "openai", "conscience": "openai"}
"""Whom each role asks where two vendors have keys."""

DRAFT: Final = "Oil the hinge."
NOWHERE: Final = "http://no-such-host.invalid"


@dataclass(slots=True)
class Scene:
    """The two stand-ins for vendors; `url` is where the model under test asks, the mock's unless a fault changes it."""

    mock: LLMock
    loopback: Loopback
    vendor: Vendor
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = self.mock.base_url(self.vendor)

    def says(self, answer: bytes | None) -> None:
        """The loopback vendor is asked, and says that."""
        self.loopback.answer, self.url = answer, self.loopback.url

    def ends(self, *, text: str, anthropic: str, openai: str) -> None:
        """A reply in the vendor's form with this text and end."""
        self.says(http(_message(text, anthropic) if self.vendor == "anthropic" else _completion(text, openai)))

    def nowhere(self) -> None:
        """A host that has no address is asked."""
        self.url = NOWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A way to fail, the cause under which it is recorded, and how often it is asked for one draft or verdict.

    `streamed`: the reply comes in parts. `silent`: only the deadline ends it.
    """

    name: str
    plant: Callable[[Scene], object]
    cause: str
    calls: int
    streamed: bool = False
    silent: bool = False


def _message(text: str, end: str) -> dict[str, Any]:
    content = [{"type": "text", "text": text}]
    return {"id": "1", "type": "message", "role": "assistant", "model": "m", "content": content, "stop_reason": end}


def _completion(text: str, end: str) -> dict[str, Any]:
    choice = {"index": 0, "finish_reason": end, "message": {"role": "assistant", "content": text, "refusal": None}}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}


def _refused(status: int, retry_after: float | None = None) -> Callable[[Scene], object]:
    return lambda scene: scene.mock.fail(status, times=None, retry_after=retry_after)


FAULTS: Final = (
    Fault(name="429, retry-after 3600", plant=_refused(429, 3_600), cause="model_unavailable", calls=1),
    Fault(name="529", plant=_refused(529), cause="model_unavailable", calls=2),
    Fault(name="500", plant=_refused(500), cause="model_unavailable", calls=2),
    Fault(name="401", plant=_refused(401), cause="model_misconfigured", calls=1),
    Fault(name="404 model", plant=_refused(404), cause="model_misconfigured", calls=1),
    Fault(
        name="refusal",
        plant=lambda scene: scene.ends(text="", anthropic="refusal", openai="content_filter"),
        cause="answer_refused",
        calls=1,
    ),
    Fault(
        name="max_tokens",
        plant=lambda scene: scene.ends(text="Oil th", anthropic="max_tokens", openai="length"),
        cause="answer_cut_short",
        calls=1,
    ),
    Fault(
        name="empty",
        plant=lambda scene: scene.ends(text=" ", anthropic="end_turn", openai="stop"),
        cause="answer_empty",
        calls=2,
    ),
    Fault(
        name="HTML with 200",
        plant=lambda scene: scene.says(http("<html>Log in</html>", kind="text/html")),
        cause="answer_empty",
        calls=2,
    ),
    Fault(
        name="truncated stream",
        plant=lambda scene: scene.mock.truncate(after_chunks=2, times=None),
        cause="model_unavailable",
        calls=2,
        streamed=True,
    ),
    Fault(
        name="stalled stream",
        plant=lambda scene: scene.mock.stall(after_chunks=2, seconds=5.0, times=None),
        cause="model_unavailable",
        calls=1,
        streamed=True,
        silent=True,
    ),
    Fault(
        name="malformed chunk",
        plant=lambda scene: scene.mock.corrupt(after_chunks=4, times=None),
        cause="answer_empty",
        calls=2,
        streamed=True,
    ),
    Fault(
        name="disconnect",
        plant=lambda scene: scene.mock.disconnect(after_chunks=2, times=None),
        cause="model_unavailable",
        calls=2,
        streamed=True,
    ),
    Fault(name="silence", plant=lambda scene: scene.says(None), cause="model_unavailable", calls=1, silent=True),
    Fault(name="DNS failure", plant=Scene.nowhere, cause="model_unavailable", calls=2),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What came of a fault: as the store has it, as the person read it, and as the vendor was asked."""

    recorded: str
    shown: str
    calls: int
    seconds: float


def expected(fault: Fault, role: Faculty) -> tuple[str, str, int]:
    """What must be recorded and shown, and the calls. An audit waits for a vendor, and is asked for twice otherwise."""
    waits = fault.cause in {"model_unavailable", "model_misconfigured"}
    match role:
        case "intellect":
            return f"failed: {fault.cause}", "Words fail me.", fault.calls
        case "will":
            return f"unjudged: {fault.cause}", "Ask me again.", fault.calls
        case "conscience":
            recorded = "the audit waits" if waits else "a hole"
            return f"{recorded}: {fault.cause}", DRAFT, fault.calls if waits else 2 * fault.calls


async def seen(fault: Fault, role: Faculty, scene: Scene, bench: Bench, folder: Path, *, deadline: float) -> Seen:
    """One message through the whole loop, with the fault on one role, until nothing more is due."""
    fault.plant(scene)
    kind = AnthropicModel if scene.vendor == "anthropic" else OpenAIModel
    vendor = kind("m-1", api_key="k", base_url=scene.url, max_tokens=100, deadline=deadline, stream=fault.streamed)
    own = ModelRef(provider=scene.vendor, model="m-1")
    seat = Role(faculty=role, own=own, max_tokens=100, deadline=deadline)
    model = bench.guarding().guarded(seat, (), lambda _: vendor)
    chat = FakeChat()
    try:
        async with open_store(folder / "safi.db") as store:
            with _no_names() if scene.url == NOWHERE else nullcontext():
                began = time.monotonic()
                await _converse(store, chat, role, model)
                seconds = time.monotonic() - began
            (record,) = await store.turns(SCOPE, limit=2)
    finally:
        await vendor.aclose()
    (shown,) = chat.said
    calls = bench.accounts.calls
    return Seen(recorded=_recorded(record, calls[-1].fate), shown=shown, calls=len(calls), seconds=seconds)


async def _converse(store: SQLiteStore, chat: FakeChat, role: Faculty, model: Model) -> None:
    intellect = model if role == "intellect" else ScriptedModel(lambda _: DRAFT)
    will = model if role == "will" else ScriptedModel(lambda _: clear())
    await conversing(store, chat, intellect=intellect, gate=gated(will)).hear(inbound("It squeaks.", 1))
    if role == "conscience":
        audits = auditing(store, model, HandClock(), list[Landed]())
        audits.finish()
        await audits.run()


def _recorded(record: TurnRecord, fate: str) -> str:
    match record.turn.outcome:
        case Failed(cause=cause):
            return f"failed: {cause}"
        case Unjudged(verdict=verdict):
            return f"unjudged: {verdict.cause}"
        case _:
            return f"{'the audit waits' if record.audit == 'owed' else record.fate and f'a {record.fate}'}: {fate}"


@contextmanager
def _no_names() -> Generator[None]:
    """Nobody knows any host's address."""
    asked = socket.getaddrinfo

    def unknown(*_: object, **__: object) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    socket.getaddrinfo = unknown
    try:
        yield
    finally:
        socket.getaddrinfo = asked
