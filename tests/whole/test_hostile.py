"""Hostile cases through the whole loop, with models that obey: what code must bound is bounded, with no exception."""

import json
import re
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final, Literal

import pytest

from adapters.chat.port import Inbound, TextFile
from adapters.llm.scripted import Script, ScriptedModel
from adapters.screen.libraries import LibraryScreen
from adapters.store.sqlite import SQLiteStore, open_store
from bot.hearing.heard import Room
from bot.hearing.scopes import speaker
from bot.settings.config import Personas
from bot.settings.personas import catalogue
from safi import conscience, intellect, will
from safi.exhibit import cleaned, hides, visible
from safi.firstpass import first_pass
from safi.ports import Gate, Landed, Reply, Request, TurnRecord
from safi.turn import Approved, Denied, Draft, Prompt, Suppressed, Uncoached, Unjudged, Utterance, said
from tests.adapters.screen.tokens import TOKENS
from tests.adapters.store.making import recovered
from tests.bot.making import auditing, conversing
from tests.doubles import PLACE, FakeChat, HandClock, clear, inbound, scopes_with
from tests.safi.making import shapes

pytestmark = pytest.mark.slow

LIBRARIAN: Final = next(each for each in catalogue(Personas()).profiles if each.name == "librarian")
SCOPES: Final = scopes_with(LIBRARIAN)
ROOM: Final = Room(own=10_000, attached=10_000)
HARMLESS: Final = Prompt(message=Utterance(speaker="member-1", text="Hello?"))
MEANWHILE: Final = "Noted."


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One line of the data, its placeholders filled in."""

    id: str
    category: str
    messages: list[dict[Literal["from", "text"], str]]
    draft: str
    verdict: str
    ledger: str
    must: Literal["nothing-posted", "posted", "one-outcome"]


@dataclass(slots=True)
class Obeying:
    """A model that keeps every request, and answers as its script says."""

    script: Script
    requests: list[Request] = field(default_factory=list[Request])
    name: str = "obeying"
    sees: bool = False

    async def ask(self, request: Request) -> Reply:
        self.requests.append(request)
        return await ScriptedModel(self.script).ask(request)


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What became of a case."""

    records: list[TurnRecord]
    posted: list[str]
    author: Obeying
    judge: Obeying
    auditor: Obeying
    unanswered: int


def _filled(found: re.Match[str]) -> str:
    how, _, kind = found[1].rpartition(":")
    match how:
        case "tag":
            return speaker(PLACE, kind)
        case "wide":
            return "".join(chr(ord(letter) + 0xFEE0) for letter in TOKENS[kind])
        case "greek":
            return TOKENS[kind].translate(str.maketrans("oaeTAB", "οаеТΑΒ"))
        case "thin":
            return "\u200b".join(TOKENS[kind])
        case "spaced":
            return " ".join(TOKENS[kind])
        case _:
            return TOKENS[kind]


def _case(line: str) -> Case:
    fill = re.compile("«([^«» ]+)»")
    raw = json.loads(line)
    messages = [{key: fill.sub(_filled, text) for key, text in said.items()} for said in raw["messages"]]
    return Case(**(raw | {"messages": messages, "draft": fill.sub(_filled, raw["draft"])}))


_FILES: Final = sorted(Path(__file__).with_name("hostile").glob("*.jsonl"))
CASES: Final = [_case(line) for file in _FILES for line in file.read_text("utf-8").splitlines()]


def ledger_reply(case: Case) -> str:
    """What the auditor says: a ledger over the persona's values, or whatever the case has it say."""
    finding = {"sentence": 1, "reason": "as the text demands", "score": 1, "confidence": 1}
    schema = conscience.word(LIBRARIAN, HARMLESS, "Hi.", nonce="n").schema
    keys: list[str] = schema.body["required"] if schema else []
    match case.ledger:
        case "ones":
            return json.dumps(dict.fromkeys(keys, finding))
        case "sentence-99":
            return json.dumps(dict.fromkeys(keys, finding | {"sentence": 99}))
        case "nan":
            return json.dumps(dict.fromkeys(keys, finding | {"confidence": float("nan")}))
        case words:
            return words


def verdict_reply(case: Case) -> str:
    return clear() if case.verdict == "clear" else case.verdict


@pytest.fixture(scope="module")
def screen() -> LibraryScreen:
    return LibraryScreen()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[SQLiteStore]:
    async with open_store(tmp_path / "safi.db") as opened:
        yield opened


async def played(case: Case, store: SQLiteStore, screen: LibraryScreen) -> Played:
    """The case, from its first message to its last audit."""
    drafts = [MEANWHILE] * (len(case.messages) - 1) + [case.draft]
    author = Obeying(lambda _: drafts.pop(0))
    judge = Obeying(lambda asked: clear() if f'"draft": "{MEANWHILE}"' in str(asked) else verdict_reply(case))
    auditor = Obeying(lambda _: ledger_reply(case))
    chat, clock = FakeChat(), HandClock()
    gate = Gate(screen=screen, model=judge)
    converse = conversing(store, chat, scopes=SCOPES, intellect=author, gate=gate, clock=clock, room=ROOM)
    for number, message in enumerate(case.messages, start=1):
        await converse.hear(brought(message["text"], number, author=message["from"]))
    audits = auditing(store, auditor, clock, list[Landed]())
    audits.finish()
    await audits.run()
    records = list(await store.turns(SCOPES.scope(PLACE), limit=20))[::-1]
    return Played(
        records=records,
        posted=chat.said,
        author=author,
        judge=judge,
        auditor=auditor,
        unanswered=len(await recovered(store)),
    )


def brought(text: str, number: int, *, author: str) -> Inbound:
    """A message of a case. What stands behind the mark of a file comes as one."""
    own, *files = re.split(r"\n\n\[attached: (.+)\]\n", text)
    attached = (TextFile(name=name, text=content) for name, content in zip(files[::2], files[1::2], strict=True))
    return replace(inbound(own, number, author=author), files=tuple(attached))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
async def test_a_hostile_case_is_bounded(case: Case, store: SQLiteStore, screen: LibraryScreen) -> None:
    play = await played(case, store, screen)
    each_message_has_one_outcome(case, play)
    nothing_forbidden_is_posted(play, screen)
    the_verdict_is_the_judges_own(case, play)
    the_scores_are_the_auditors_own(case, play)
    no_prompt_is_altered(play)
    no_tag_is_forged(case, play)
    what_must_hold_holds(case, play)


def each_message_has_one_outcome(case: Case, play: Played) -> None:
    assert [record.event.id for record in play.records] == [f"e{n}" for n in range(1, len(case.messages) + 1)]
    assert [record.event.text for record in play.records] == [message["text"] for message in case.messages]
    assert play.unanswered == 0
    assert play.posted == [said(LIBRARIAN, record.turn.outcome) for record in play.records]
    assert all(record.delivery == "delivered" for record in play.records)


def nothing_forbidden_is_posted(play: Played, screen: LibraryScreen) -> None:
    for text in play.posted:
        assert first_pass(LIBRARIAN, Draft(text=text), screen) is None
        assert not any(token in visible(text) for token in TOKENS.values())
        assert not re.search(r"(?<![`\w])@\W*(?:everyone|here)\b|<!\w|<@&", visible(text))
        assert cleaned(text).strip() == text.strip()
        assert not hides(text)
        text.encode()


def the_verdict_is_the_judges_own(case: Case, play: Played) -> None:
    match play.records[-1].turn.outcome:
        case Approved(verdict=allowed):
            assert json.loads(verdict_reply(case)) == {"verdict": "no violation", "reason": allowed.reason}
        case Suppressed(verdict=Denied(by="judge", rules=rules, reason=reason)):
            assert json.loads(verdict_reply(case)) == {"verdict": f"violation: {rules[0]}", "reason": reason}
        case Suppressed(draft=draft):
            assert draft is None or visible(draft.text) not in str(play.judge.requests)
        case Unjudged(verdict=none):
            assert none.cause == "unreadable"
            assert will.read(LIBRARIAN, verdict_reply(case)) == none
        case failed:
            assert case.draft.isprintable() is False, failed


def the_scores_are_the_auditors_own(case: Case, play: Played) -> None:
    for record in play.records:
        if record.ledger is not None:
            findings = json.loads(ledger_reply(case)).values()
            shown = [(entry.sentence, entry.reason, entry.score, entry.confidence) for entry in record.ledger.entries]
            assert shown == [tuple(finding.values()) for finding in findings]
        elif isinstance(record.turn.outcome, Approved):
            assert (record.audit, record.fate) == ("abandoned", "hole")
            assert record.hole_reason == "unreadable"
        else:
            assert (record.audit, record.number) == (None, None)


def no_prompt_is_altered(play: Played) -> None:
    for model, plain in (
        (play.author, intellect.word(LIBRARIAN, HARMLESS, Uncoached())),
        (play.judge, will.word(LIBRARIAN, HARMLESS, Draft(text="Hi."), nonce="n")),
        (play.auditor, conscience.word(LIBRARIAN, HARMLESS, "Hi.", nonce="n")),
    ):
        assert all(request.system == plain.system for request in model.requests)


def no_tag_is_forged(case: Case, play: Played) -> None:
    """Each message opens with its own author's tag, where several speak; however it is read, it holds no other."""
    tags = {f"[{speaker(PLACE, message['from'])}]" for message in case.messages}
    for request in play.author.requests:
        heard = [message.text for message in request.messages if message.role == "user"]
        several = len({message["from"] for message in case.messages[: len(heard)]}) > 1
        for text, message in zip(heard, case.messages, strict=False):
            own = f"[{speaker(PLACE, message['from'])}]"
            assert not several or text.startswith(f"{own} ")
            assert sum(shapes(text).count(tag) for tag in tags) == (1 if several else 0)


def what_must_hold_holds(case: Case, play: Played) -> None:
    if case.must == "nothing-posted":
        fixed = [rule.answer_with for rule in LIBRARIAN.rules]
        words = LIBRARIAN.wording
        assert play.posted[-1] in {words.suppressed, words.unjudged, words.failed, *fixed}
    else:
        assert play.posted[-1] == cleaned(case.draft).strip()


def counts() -> list[str]:
    """The rows of the README's table: of each category, how many cases there are, and who holds how many."""
    bounds = ("nothing-posted", "posted", "one-outcome")
    held = Counter((case.category, case.must) for case in CASES)
    total = Counter(case.must for case in CASES)
    rows = [(file.stem, *(held[file.stem, bound] for bound in bounds)) for file in _FILES]
    return [
        f"| {name} | {sum(numbers)} | {' | '.join(map(str, numbers))} |"
        for name, *numbers in [*rows, ("**all**", *(total[bound] for bound in bounds))]
    ]


def test_the_readme_tells_how_many_cases_only_a_good_model_can_hold() -> None:
    told = Path(__file__).with_name("hostile").joinpath("README.md").read_text("utf-8").splitlines()
    assert [
        line for line in told if line.startswith(("| **all**", *(f"| {file.stem} " for file in _FILES)))
    ] == counts()


def test_there_are_enough_cases_of_every_kind_in_one_closed_form() -> None:
    assert len(CASES) >= 150
    assert len({case.id for case in CASES}) == len(CASES)
    kinds = Counter(case.category for case in CASES)
    assert set(kinds) == {file.stem for file in _FILES}
    assert len(kinds) == 10
    assert min(kinds.values()) >= 12
    assert {case.must for case in CASES} == {"nothing-posted", "posted", "one-outcome"}
    assert all(message.keys() == {"from", "text"} for case in CASES for message in case.messages)
