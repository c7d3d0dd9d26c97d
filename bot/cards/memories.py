"""Cards of memory: what a persona remembers, how it drifts, and what was done to it."""

from collections.abc import Mapping, Sequence
from typing import Final

from adapters.chat.port import Bar, Button, Card
from bot.cards import phrases
from bot.cards.remembered import Remembered
from safi.ports import Operation
from safi.profile import Profile
from safi.record import Act, Baseline, Freeze, Reset, Restore, Thaw
from safi.spirit import Memory, Reading

LATEST: Final = 5
"""Operator events that are shown."""

_ACTS: Final[Mapping[type[Act], tuple[str, str]]] = {
    Reset: ("Memory reset", "It starts anew and warms up again."),
    Freeze: ("Memory frozen", "Audits go on and are shown, and memory holds as it is."),
    Thaw: ("Memory thawed", "Audits go into memory again; those of the time between stay out of it."),
    Restore: ("Memory restored", "It is what it was after #{act.to}."),
    Baseline: ("Baseline set", "From here on is what later turns are to be compared with; memory stays as it is."),
}
"""For each act, the title and the sentence of its card."""

_DRIFT_MEANS: Final = (
    "Drift is how far an answer's scores point away from what is remembered: 0 is not at all, 1 is elsewhere, 2 is the "
    "very opposite."
)

_DRIFT: Final = Button(label="Drift", command="drift show")
_MEMORY: Final = Button(label="Memory", command="memory show")
_THAW: Final = Button(label="Thaw", command="memory thaw")


def drift(readings: Sequence[tuple[int, Reading]], remembered: Remembered) -> Card:
    """The latest readings (number, reading), newest first."""
    said = tuple((f"#{number}", phrases.reading(found, remembered.counted(number))) for number, found in readings)
    return Card(
        title="Drift",
        sentence=f"Latest: {said[0][1]}." if said else "Nothing has been audited here yet.",
        fields=said,
        footer=_DRIFT_MEANS if said else "",
        buttons=(_MEMORY,),
    )


def memory(remembered: Remembered, profile: Profile) -> Card:
    """What a scope remembers, and what was done to it."""
    drawn = bars(remembered.state.memory)
    done = "\n".join(_operation(done, remembered) for done in remembered.operations[:LATEST])
    return Card(
        title=f"What {profile.name} remembers here",
        sentence="" if drawn else "Nothing is remembered here.",
        fields=(
            ("Holds", phrases.learned(remembered.state.memory)),
            ("Frozen", phrases.frozen(remembered)),
            ("Latest changes", done or "none"),
        ),
        bars=drawn,
        footer="Bars show the remembered scores of each value, from -1 to 1." if drawn else "",
        buttons=(_DRIFT,),
    )


def bars(memory: Memory) -> tuple[Bar, ...]:
    """The corrected memory, a bar for each value."""
    return tuple(
        Bar(label=name, value=m, note="" if m is not None else "never scored yet")
        for name, m in zip(memory.values, memory.m, strict=True)
    )


def sure_to_reset(profile: Profile) -> Card:
    """Asks before a memory starts anew."""
    return Card(
        title=f"Let {profile.name}'s memory start anew?",
        sentence="What it remembers here is set aside, and its coaching with it. It can be restored later.",
        buttons=(Button(label="Reset memory", command="memory reset", confirmed=True, dangerous=True),),
    )


def sure_to_restore(number: int, profile: Profile) -> Card:
    """Asks before a memory goes back."""
    again = {"number": number}
    return Card(
        title=f"Make {profile.name}'s memory what it was after #{number}?",
        sentence="What went into it since is set aside. That too can be undone later.",
        buttons=(
            Button(label="Restore memory", command="memory restore", arguments=again, confirmed=True, dangerous=True),
        ),
    )


def operated(act: Act, number: int, remembered: Remembered) -> Card:
    """What an act changed, its number, whether it is in force, and how it is undone."""
    title, sentence = _ACTS[type(act)]
    waits = phrases.waits(remembered, number)
    force = f"It {waits}, and is in force then." if waits else "It is in force now."
    undo = _undo(act, number)
    return Card(
        title=title,
        sentence=sentence.format(act=act),
        lines=(f"Number {number} of this memory's record. {force}",),
        footer="It can be undone once it is in force." if undo and waits else "",
        buttons=undo,
    )


def frozen_already(remembered: Remembered) -> Card:
    """There is nothing to freeze."""
    sentence = f"Nothing was done: it is frozen {phrases.frozen(remembered)}."
    return Card(title="Memory is frozen already", sentence=sentence, buttons=(_THAW,))


def not_frozen(remembered: Remembered) -> Card:
    """There is nothing to thaw."""
    waits = f": it is frozen {phrases.frozen(remembered)}" if remembered.state.frozen else ""
    return Card(title="Memory thaws already" if waits else "Memory is not frozen", sentence=f"Nothing was done{waits}.")


def no_memory_after(number: int) -> Card:
    """There is nothing to restore."""
    sentence = "Nothing was done: that number has not gone into memory yet, or is no longer kept."
    return Card(title=f"There is no memory after #{number}", sentence=sentence)


def _operation(done: Operation, remembered: Remembered) -> str:
    waits = phrases.waits(remembered, done.number or 0)
    told = f"#{done.number}  {phrases.when(done.at)}  {phrases.operation(done)}"
    return f"{told} ({waits})" if waits else told


def _undo(act: Act, number: int) -> tuple[Button, ...]:
    """What undoes an act; nothing where nothing does, or nothing was before it."""
    match act:
        case Reset() | Restore():
            before = Button(label="Undo", command="memory restore", arguments={"number": number - 1})
            return (before,) if number > 1 else ()
        case Freeze():
            return (Button(label="Undo", command="memory thaw"),)
        case Thaw():
            return (Button(label="Undo", command="memory freeze"),)
        case Baseline():
            return ()
