"""Checks of the store, from the facts that a look at its file gave. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Literal, Protocol

from bot.doctor.finding import Finding, State

FULL: Final = 100_000_000
TIGHT: Final = 1_000_000_000
"""Bytes on the store's disk below which nothing can be trusted to be written, and below which somebody should look."""

_BACKUP: Final = "Stop the bot, and put a backup in its place: safi-bot restore FILE."


_PARTS: Final[Mapping[str, str]] = {
    "extra": "It has a part that this program did not make, {part}.",
    "missing": "It lacks its {part}.",
    "other": "Its {part} is not as this program made it.",
}


class Foreign(Protocol):
    """Something of a store's schema that is not as this program made it."""

    @property
    def how(self) -> Literal["extra", "missing", "other"]:
        """Whether it was put in, is not there, or is there and other."""
        ...

    @property
    def kind(self) -> str:
        """Whether it is a table, an index, a view or a trigger."""
        ...

    @property
    def name(self) -> str:
        """Its name, which others may have given it."""
        ...

    @property
    def acts(self) -> bool:
        """Whether it may change what is read and written, so that the store is not opened."""
        ...


class Facts(Protocol):
    """What a look at a store found."""

    @property
    def there(self) -> bool:
        """Whether there is a store."""
        ...

    @property
    def in_use(self) -> bool:
        """Whether a running bot holds it, so that it was only read."""
        ...

    @property
    def fault(self) -> str | None:
        """Why it cannot be used: `what: what to do`."""
        ...

    @property
    def missing(self) -> int:
        """How many migrations the next start will apply."""
        ...

    @property
    def foreign(self) -> Sequence[Foreign]:
        """What of its schema is not as this program made it."""
        ...

    @property
    def damage(self) -> tuple[str, ...] | None:
        """What is wrong inside; None where nobody looked, or not to the end."""
        ...

    @property
    def free(self) -> int:
        """Bytes on its disk."""
        ...

    @property
    def network(self) -> str | None:
        """The kind of its file system, where that is one over a network."""
        ...


class Key(Protocol):
    """What a look at the file of a store's key found."""

    @property
    def file(self) -> Path:
        """Where it is, or would be."""
        ...

    @property
    def there(self) -> bool:
        """Whether it is there."""
        ...

    @property
    def private(self) -> bool:
        """Whether only its owner may read it."""
        ...

    @property
    def apart(self) -> bool:
        """Whether it lies in another folder than the store."""
        ...

    @property
    def unlisted(self) -> str | None:
        """Why the list of the erased cannot be written beside it: `file: what: what to do`."""
        ...


def readable(facts: Facts) -> bool:
    """Whether what this program knows to ask can be asked of it."""
    return facts.there and facts.fault is None and not facts.missing


def findings(path: Path, facts: Facts) -> Iterator[Finding]:
    """What the facts mean."""
    yield _file(path, facts)
    if facts.there and facts.fault is None:
        yield _integrity(facts)
    yield from map(_part, facts.foreign)
    yield _space(facts)
    if facts.network:
        yield Finding(
            check="store",
            subject="disk",
            state="warning",
            sentence=f"It lies on a file system over the network ({facts.network}), where its locks may not hold.",
            remedy="Set store.path to a disk of this machine.",
        )


def key(facts: Facts, found: Key) -> Iterator[Finding]:
    """What becomes of a store's chain by its key; nothing where neither was made yet."""
    if not found.there and (not facts.there or facts.fault is not None or facts.missing):
        return
    lost = found.there and not facts.there and facts.fault is None
    state, sentence, remedy = _lost(found) if lost else _of_key(found)
    yield Finding(check="store", subject="key", state=state, sentence=sentence, remedy=remedy)


def _lost(found: Key) -> tuple[State, str, str]:
    return (
        "problem",
        f"{found.file} is there and its store is not, so the bot does not start.",
        "See that the store's disk is mounted, or put a backup in its place; to begin a new record, move the key away.",
    )


def _of_key(found: Key) -> tuple[State, str, str | None]:
    if not found.there:
        return "problem", f"{found.file} is missing, and the chain was made with it.", "Put it back from a copy."
    if not found.private:
        return "problem", f"Others may read {found.file}.", f"Take their rights away: chmod 600 {found.file}"
    if found.unlisted:
        return "warning", f"Nobody can be erased: {found.unlisted}.", "Let the bot write in the folder of the key."
    if found.apart:
        return "ok", f"{found.file} is its owner's alone, and apart from the store.", None
    hint = "Name another place in store.key_file: whoever takes the folder has both."
    return "ok", f"{found.file} is its owner's alone, but lies beside the store.", hint


def _file(path: Path, facts: Facts) -> Finding:
    if facts.fault is not None:
        what, _, remedy = facts.fault.partition(": ")
        return Finding(
            check="store",
            state="problem",
            sentence=f"{path} {what}.",
            remedy=f"{remedy[:1].upper()}{remedy[1:]}." if remedy else "Choose another path in store.path.",
        )
    later = " The next start will bring it up to date." if facts.missing else ""
    if not facts.there:
        sentence = f"{path} is not there; it can be made where there is no key yet."
    elif facts.in_use:
        sentence = f"{path} is in use by a running bot, so it was only read.{later}"
    else:
        sentence = f"{path} can be read and written.{later}"
    return Finding(check="store", state="ok", sentence=sentence)


def _integrity(facts: Facts) -> Finding:
    if facts.damage is None:
        state, sentence, remedy = "skipped", "It is too large to be looked through in the time there is.", None
    elif facts.damage:
        state, sentence, remedy = "problem", f"It is damaged: {facts.damage[0]}.", _BACKUP
    else:
        state, sentence, remedy = "ok", "SQLite finds nothing wrong with it.", None
    return Finding(check="store", subject="integrity", state=state, sentence=sentence, remedy=remedy)


def _part(foreign: Foreign) -> Finding:
    return Finding(
        check="store",
        subject="parts",
        state="problem" if foreign.acts else "warning",
        sentence=_PARTS[foreign.how].format(part=f"{foreign.kind} {foreign.name}"),
        remedy=_BACKUP if foreign.how != "extra" else "Take it out, if nobody needs it there.",
    )


def _space(facts: Facts) -> Finding:
    state = "problem" if facts.free < FULL else "warning" if facts.free < TIGHT else "ok"
    return Finding(
        check="store",
        subject="space",
        state=state,
        sentence=f"Its disk has {size(facts.free)} free.",
        remedy=None if state == "ok" else "Free some space there.",
    )


def size(count: int) -> str:
    """So many bytes, as people read them."""
    for unit, bytes_each in (("GB", 1e9), ("MB", 1e6)):
        if count >= bytes_each:
            return f"{count / bytes_each:.{int(unit == 'GB' and count < 1e10)}f} {unit}"
    return f"{count / 1e3:.0f} kB"
