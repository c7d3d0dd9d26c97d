"""A memory as moderators look at it, without a store: what is said of what is no longer in the record."""

from dataclasses import replace

from bot import cards
from bot.cards import memories, phrases
from bot.cards.remembered import Remembered
from safi.ports import Operation
from safi.record import Freeze, Reset, State, Thaw
from safi.spirit import Memory, Reading
from tests.bot.cards.test_cards import PROFILE, record
from tests.doubles import NOON


def operation(number: int, kind: str) -> Operation:
    return Operation(workspace="w", scope="s", number=number, kind=kind, detail={}, actor="ann", at=NOON)


def test_a_memory_whose_freeze_is_no_longer_in_the_record_is_frozen_all_the_same() -> None:
    remembered = Remembered(state=State(frozen=True))
    assert (remembered.freezing, phrases.frozen(remembered)) == (True, "for longer than its record is kept")


def test_a_reading_counts_from_the_last_reset_that_is_in_force() -> None:
    events = [operation(9, "reset"), operation(6, "freeze"), operation(4, "reset")]
    remembered = Remembered(state=State(memory=Memory(folded=2)), operations=events, owed=(8,))
    assert [remembered.counted(number) for number in (7, 5, 3)] == [2, 2, 3]


def test_every_act_has_its_card_and_its_undoing() -> None:
    acts = [memories.operated(act, 3, Remembered(state=State())) for act in (Reset(), Freeze(), Thaw())]
    undoing = [(button.label, button.command, button.arguments) for card in acts for button in card.buttons]
    assert undoing == [
        ("Undo", "memory restore", {"number": 2}),
        ("Undo", "memory thaw", {}),
        ("Undo", "memory freeze", {}),
    ]


def test_an_audit_in_a_frozen_memory_says_so() -> None:
    frozen = State(memory=Memory(values=PROFILE.value_names, mu=(0.5, 0.1), a=(1.0, 1.0), folded=9), frozen=True)
    reading = Reading(coherence=8.25, confidence=0.75, drift=0.125)
    assert cards.audit_landed(replace(record(), reading=reading), frozen).sentence.endswith(
        "drift 0.12 · memory frozen"
    )
