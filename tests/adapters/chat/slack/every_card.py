"""Every card that the program shows on a platform, by the function of bot/cards that makes it and what it is about."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from adapters.chat.port import SHARED_CHANNELS_OFF, Bar, Button, Card, File
from adapters.chat.slack.places import place
from bot.cards import exports, hearing, memories, notices, personas, places, reports, turns
from bot.cards.places import Stand
from bot.cards.remembered import Remembered
from bot.hearing import heard
from safi.ledger import Entry, Ledger
from safi.ports import Agreement, Operation, Standing, TurnRecord, Votes
from safi.profile import Profile, Rule
from safi.record import Act, Baseline, Freeze, Reset, Restore, State, Thaw
from safi.spirit import Memory
from safi.turn import Denied, Draft, Failed, Suppressed
from safi.usage import Usage
from tests.bot.cards.test_cards import READING
from tests.bot.cards.test_cards import record as recorded
from tests.doubles import NOON, inbound, small_profile

ADDRESS: Final = "https://workshop.slack.com/"
PLACE: Final = place(team="T1", channel="C1", thread="1700000000.000100")
CRISIS: Final = Rule(
    id="in-danger", text="Someone is in danger.", message_patterns=("help",), answer_with="Call 112.\nNow.", notify=True
)
USAGE: Final = Usage(model="vendor:m", seconds=1.25, input_tokens=900, output_tokens=40, cost=0.0021)
LEDGER: Final = Ledger(
    entries=(
        Entry(value="Honesty", score=1, confidence=0.75, sentence=1, reason="says so", quote="Oil the hinge."),
        Entry(value="Care for the learner", score=-0.5, confidence=0.6, sentence=0, reason="it leaves out why"),
        Entry(value="الصدق", score=0, confidence=0.5, sentence=0, reason="يقول ما هو كائن"),
        Entry(value="谦逊"),
    )
)
MEMORY: Final = Memory(values=("Honesty", "Kindness", "Patience"), mu=(0.5, -0.1, 0.0), a=(1.0, 1.0, 0.0), folded=9)
STATE: Final = State(memory=MEMORY)
FROZEN: Final = Remembered(
    state=replace(STATE, frozen=True),
    operations=tuple(
        Operation(workspace="slack:T1", scope="s", number=number, kind=kind, detail={}, actor="U7", at=NOON)
        for number, kind in ((9, "freeze"), (4, "reset"))
    ),
)
HELD_BACK: Final = Suppressed(
    draft=Draft(text="The code is 99."), verdict=Denied(rules=("no-codes",), reason="it names the code", by="judge")
)


def profile() -> Profile:
    """Two values, three rules, one of which calls a person."""
    return small_profile(rules=(*small_profile().rules, CRISIS), fallbacks=("openai",))


def record(**changes: Any) -> TurnRecord:
    """A turn in a Slack thread."""
    given: dict[str, Any] = {"ledger": LEDGER, **changes}
    made = recorded(**given)
    asked = "It *squeaks* <!channel>:\n1. when opened\n2. when closed"
    prompt = replace(made.turn.prompt, message=replace(made.turn.prompt.message, text=asked))
    turn = replace(made.turn, prompt=prompt, drafting=USAGE, judging=USAGE)
    event = replace(made.event, place=PLACE.encode(), text=asked)
    return replace(made, turn=turn, message_id="1700000001.000200", event=event)


def every_card() -> dict[str, Card]:
    """The cards, each by its name."""
    groups = (_of_places(), _of_turns(), _of_memories(), _of_notices(), _of_personas(), _of_reports(), _of_hearing())
    return {name: card for group in groups for name, card in group}


def extremes() -> dict[str, Card]:
    """Cards that only show how much there can be: many values with long names, and any script."""
    long = "Care for those who have only just begun to learn the trade"
    bars = tuple(
        Bar(
            label=f"{number:02} {long}"[:60], value=number / 6 - 1, note=f"confidence {number * 8}%: " + "because " * 40
        )
        for number in range(12)
    )
    scripts = ("الصدق والأمانة", "כנות", "谦逊", "正直さ", "सत्य", "ความจริง", "👩‍👩‍👧 family", "Ehrlichkeit")
    notes = ("ثقة ٩٠٪: يقول ما يعرف", "בטוח 60%", "置信度 60%", "", "", "", "confidence 40%", "sure")
    return {
        "twelve values": Card(title="Audit · #12", sentence="Coherence 5.0 of 10.", bars=bars, footer="All of them."),
        "any script": Card(
            title="ما تتذكره ada هنا",
            sentence="تم إرسالها. التدقيق: 8.2 من 10 (75%).",
            fields=(("سأل", "هل هذا صحيح؟ yes or no"), ("שאל", "למה?"), ("Said", "نعم: *yes* – 123")),
            bars=tuple(
                Bar(label=name, value=number / 4 - 0.9, note=note)
                for number, (name, note) in enumerate(zip(scripts, notes, strict=True))
            ),
        ),
        "forty personas": Card(
            title="Personas", lines=tuple(f"persona-{number:03} 学学学学学" for number in range(40))
        ),
        "thirty buttons": Card(
            title="Pages",
            buttons=tuple(
                Button(label=f"#{page}", command="audit list", arguments={"page": page}) for page in range(30)
            ),
        ),
    }


def _of_places() -> Iterator[tuple[str, Card]]:
    commands = [("/safi values", "What this persona stands for"), ("/safi why [number]", "Why it answered as it did")]
    bot = places.Bot(version="0.1.0", models="all on m", kept=30)
    stand = Stand(
        persona="ada, the default",
        quiet="",
        standing=Standing(outcomes={"approved": 3, "failed": 1}, owed=1, folded=2, holes=0, oldest_owed=NOON),
        remembered=Remembered(state=STATE),
        agreement=Agreement(rated=20, agreed=17),
        reports="2 on #3, 1 on a notice, among the latest 50 turns",
        models="all on m",
        spent="about $0.42 of $5.00 today, about $12.50 of $50.00 this month\n9 today, 1 of them without an answer",
        held=False,
    )
    yield "places.panel", places.panel("ada, the default", "")
    yield "places.status", places.status(stand)
    yield "places.status while nobody answers", places.status(replace(stand, quiet="Nobody answers here.", held=True))
    yield "places.about", places.about(bot, "ada", "", commands)
    yield "places.moderators_only", places.moderators_only()
    yield "places.unreadable", places.unreadable()
    yield "places.not_an_answer", places.not_an_answer()
    yield "places.no_audit", places.no_audit(12, moderator=True)
    yield "places.nobody", places.nobody("Nobody answers here for the time being: it is paused.")
    yield "places.nothing_yet", places.nothing_yet()


def _of_turns() -> Iterator[tuple[str, Card]]:
    held = record(outcome=HELD_BACK, ledger=None, reading=None, audit=None, fate=None, number=None)
    owed = record(audit="owed", ledger=None, reading=None, fate="hole")
    yield "turns.why", turns.why(record())
    yield "turns.audit", turns.audit(record(), Votes(up=3, down=1), 2, before=6, after=8)
    yield "turns.audit of what was held back", turns.audit(held, Votes(), 0, before=6, after=None)
    yield "turns.listed", turns.listed([record(), held, owed], page=2, further=True)
    yield "turns.pending", turns.pending([owed], owed=3, within=PLACE.beginning())
    yield "turns.pending of none", turns.pending([], owed=0, within=PLACE.beginning())


def _of_memories() -> Iterator[tuple[str, Card]]:
    remembered, acts = Remembered(state=STATE), (Reset(), Freeze(), Thaw(), Baseline(), Restore(to=4))
    yield "memories.drift", memories.drift([(7, READING), (6, replace(READING, drift=None))], remembered)
    yield "memories.memory", memories.memory(FROZEN, profile())
    yield "memories.sure_to_reset", memories.sure_to_reset(profile())
    yield "memories.sure_to_restore", memories.sure_to_restore(4, profile())
    yield "memories.frozen_already", memories.frozen_already(FROZEN)
    yield "memories.not_frozen", memories.not_frozen(remembered)
    yield "memories.no_memory_after", memories.no_memory_after(99)
    yield from ((f"memories.operated {type(act).__name__}", _operated(act)) for act in acts)


def _operated(act: Act) -> Card:
    return memories.operated(act, 10, replace(FROZEN, owed=(8, 9)))


def _of_notices() -> Iterator[tuple[str, Card]]:
    fixed = Suppressed(draft=None, verdict=Denied(rules=("in-danger",), reason="found in the message", by="pattern"))
    failed = Failed(cause="model_unavailable", detail="no route")
    for name, outcome in (("fixed words", fixed), ("held back", HELD_BACK), ("failed", failed)):
        card = notices.no_answer(outcome)
        assert card is not None
        yield f"notices.no_answer {name}", card
    yield "notices.audit_landed", notices.audit_landed(record(), STATE)
    yield "notices.person_needed", notices.person_needed([CRISIS], turns.about(record()))
    yield "notices.taken_up", notices.taken_up("It squeaks.")
    yield "notices.interrupted", notices.interrupted("It squeaks.")
    yield "notices.draining", notices.draining(2)
    yield "notices.still_owed", notices.still_owed(1)


def _of_personas() -> Iterator[tuple[str, Card]]:
    for thread in (False, True):
        card = personas.assigned(profile(), "bob", back=True, shared=thread, thread=thread, paused=thread)
        yield f"personas.assigned {'from a thread' if thread else 'to a channel'}", card
    yield "personas.declared", personas.declared(profile())
    yield "personas.listed", personas.listed(["ada", "bob", "eve"], "ada", page=2, further=True)
    yield "personas.unknown", personas.unknown("adda", ["ada"])
    yield "personas.assigned_already", personas.assigned_already("ada")
    yield "personas.not_admitted", personas.not_admitted("ada", "Its auditor was not checked yet.")
    yield "personas.paused", personas.paused(thread=True)
    yield "personas.paused_already", personas.paused_already("ada")
    yield "personas.resumed", personas.resumed("ada", thread=False)
    yield "personas.not_paused", personas.not_paused("ada")


def _of_reports() -> Iterator[tuple[str, Card]]:
    file = File(name="audits-2026-11-22-1200.csv", data=b"number,score\n")
    yield "reports.reported", reports.reported(record(), "it was *rude* <@U1>", 2)
    yield "reports.thanks", reports.thanks("told")
    yield "reports.reported_already", reports.reported_already()
    yield "exports.exported", exports.exported("audits", file, 120, cut=True)
    yield "exports.unknown_format", exports.unknown_format("xlsx", ("csv", "jsonl"))


def _of_hearing() -> Iterator[tuple[str, Card]]:
    message = replace(inbound("Read this.", 1, place=PLACE), unread=("drawing.dwg", "film.mov"))
    card = hearing.left_out(heard.words(message, heard.Room(own=100, attached=100), sees=False), seen=False)
    assert card is not None
    yield "hearing.left_out", card
    yield "hearing.BUSY", hearing.BUSY
    yield "hearing.EMPTY", hearing.EMPTY
    yield "hearing.REFUSED", hearing.REFUSED[SHARED_CHANNELS_OFF]
    yield "hearing.too_long", hearing.too_long(8_000)
