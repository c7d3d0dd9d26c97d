"""`safi-bot backup`, `restore` and `migrate`: the store as a whole, copied, put back, and brought up to date."""

import signal
import sys
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot import wiring
from bot.cli.opening import configured
from bot.cli.verify import head_line, sentence
from bot.clock import SystemClock
from bot.doctor.finding import counted
from bot.doctor.storage import size
from safi.ports.proof import Proof

if TYPE_CHECKING:
    from bot.wiring.store import Backup, Restored, Upgrade


def back_up(config_file: Path | None, file: Path) -> int:
    """Copy the store to a new file. Exit status: 0 done; 1 if it holds something wrong, or nobody can tell.

    Raises ConfigError or StoreUnavailable.
    """
    config = configured(config_file).store
    with _ended_in_order():
        made = wiring.back_up(config, file)
    _print(_backed_up(config.path, made))
    return 1 if made.keyless or (made.proof and made.proof.findings) else 0


def restore(config_file: Path | None, file: Path) -> int:
    """Put a backup in the store's place. Exit status: 0 done, 1 if the backup is not as it was recorded.

    Raises ConfigError or StoreUnavailable.
    """
    config = configured(config_file).store
    with _ended_in_order():
        made = wiring.restore(config, file, SystemClock())
    if isinstance(made, Proof):
        _print([f"{file} is not as it was recorded, so nothing was done.", *map(sentence, made.findings)])
        return 1
    _print(_restored(file, config.path, made))
    return 0


def migrate(config_file: Path | None) -> int:
    """Bring the store up to date. Exit status 0. Raises ConfigError or StoreUnavailable."""
    config = configured(config_file).store
    with _ended_in_order():
        made = wiring.upgrade(config)
    _print(_upgraded(config.path, made))
    return 0


@contextmanager
def _ended_in_order() -> Generator[None]:
    """Whoever asks this program to end lets it clear away what it began."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _backed_up(store: Path, made: "Backup") -> Iterator[str]:
    yield f"{made.file} holds all of {store} now ({size(made.size)})."
    if made.keyless:
        yield f"It could not be checked: {made.keyless}."
    elif made.proof is None:
        yield f"It was not checked, being of version {made.version}: `safi-bot migrate` brings the store up to date."
    elif made.proof.findings:
        yield "It is not as it was recorded, and neither is the store."
        yield from map(sentence, made.proof.findings)
    else:
        yield "It was checked, and is as it was recorded."
    yield f"Neither the key nor the list of the erased is in it: keep copies of {made.key} and {made.erased} elsewhere."
    yield "Without the key no backup can be restored, and without the list whoever was erased comes back with it."
    yield from _heads(made.proof)


def _restored(file: Path, store: Path, made: "Restored") -> Iterator[str]:
    yield f"{store} is now what {file} holds."
    if made.version < made.latest:
        yield f"It was brought from version {made.version} to version {made.latest}."
    if made.linked:
        yield "It was not linked to a chain before: what was changed in it until now, nobody can tell."
    yield from _erased(made)
    if made.proof is None:
        yield "It has no chain yet: the next start makes one, with its key."
    else:
        yield "It was checked, and is as it was recorded."
    if made.aside:
        yield f"The store that was there lies in {made.aside} now: remove it when you are sure that you do not need it."
    yield from _heads(made.proof)


def _erased(made: "Restored") -> Iterator[str]:
    """Who went from it again, and by what that was known."""
    if made.unlisted:
        yield f"There is no list of the erased in {made.unlisted}: if anybody was, put it there and restore once more."
    if made.relisted:
        missing = counted(made.relisted, "erasure")
        yield f"Put on the list of the erased from the store that was there, which had it linked: {missing}."
    if made.erased:
        yield f"{counted(made.erased, 'person')} who had been erased since went from it again."
    if made.queued:
        yield f"{counted(made.queued, 'person')} who had been erased since will go from it when its legal hold ends."


def _upgraded(store: Path, made: "Upgrade") -> Iterator[str]:
    if made.backup is None:
        yield f"{store} is up to date: version {made.after}."
    else:
        yield f"{store} was brought from version {made.before} to version {made.after}."
        yield f"As it was before, it lies in {made.backup}."


def _heads(proof: Proof | None) -> Iterator[str]:
    return map(head_line, proof.heads if proof else ())


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201  # what was asked for
