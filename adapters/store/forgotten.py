"""The list of the erased, beside the key: a backup that is restored loses them too. It holds keyed hashes, no names."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from adapters.store.faults import translated
from adapters.store.file import flush, leave
from adapters.store.rows import micros

ALWAYS: Final = 2**63 - 1
"""The time of an erasure that was listed without one: nothing is later."""


_DAMAGED: Final = "is damaged: put a copy of it in its place, for without it the erased come back with a backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A file with a line for each erasure of a person in a workspace, as `keeping.pseudonym` has them, and its time.

    It belongs to whoever has the `key` that it lies beside.
    """

    file: Path
    key: Path

    def add(self, persons: Sequence[str], at: datetime) -> None:
        """Put persons on the list, erased at that time; on the disk when this returns. Raises StoreUnavailable."""
        self.take_in(dict.fromkeys(persons, micros(at)))

    def take_in(self, times: Mapping[str, int]) -> int:
        """Put persons on the list who are not on it, or not as late as that, with times as `known` has them.

        How many they are; on the disk when this returns. Raises StoreUnavailable.
        """
        known = self.known()
        new = {person: time for person, time in times.items() if person not in known or known[person] < time}
        if new:
            self._write(new)
        return len(new)

    def _write(self, new: Mapping[str, int]) -> None:
        with translated(str(self.file)):
            torn = self.file.exists() and not self.file.read_bytes().endswith(b"\n")  # by a machine that went down
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode=0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.writelines(["\n" if torn else "", *(f"{person} {time}\n" for person, time in new.items())])
                file.flush()
                os.fsync(handle)
            leave(self.file, like=self.key)
            flush(self.file.parent)

    def known(self) -> Mapping[str, int]:
        """Everybody on the list, with the last erasure in microseconds since 1970. Raises StoreUnavailable."""
        with translated(str(self.file), damaged=_DAMAGED):
            lines = self.file.read_text(encoding="ascii").splitlines() if self.file.exists() else []
        latest: dict[str, int] = {}
        for person, time in (_read(line) for line in lines if line.strip()):
            latest[person] = max(time, latest.get(person, time))
        return latest

    def try_out(self) -> None:
        """See that somebody could be put on the list, and change nothing. Raises StoreUnavailable."""
        self.known()
        with translated(str(self.file)):
            if self.file.exists():
                os.close(os.open(self.file, os.O_WRONLY | os.O_APPEND))
            else:
                TemporaryFile(dir=self.file.parent).close()


def beside(key_file: Path) -> Forgotten:
    """The list that goes with a key."""
    return Forgotten(file=key_file.with_name(f"{key_file.name}.erased"), key=key_file)


def _read(line: str) -> tuple[str, int]:
    person, *time = line.split()
    return person, int(time[0]) if time and time[0].isdecimal() else ALWAYS
