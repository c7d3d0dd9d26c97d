"""The list of the erased, beside the key: a backup that is restored loses them too. It holds keyed hashes, no names."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import Final

from adapters.store.faults import translated
from adapters.store.file import flush
from adapters.store.rows import micros

ALWAYS: Final = 2**63 - 1
"""The time of an erasure that was listed without one: nothing is later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A file with a line for each erasure of a person in a workspace, as `keeping.pseudonym` has them, and its time."""

    file: Path

    def add(self, persons: Sequence[str], at: datetime) -> None:
        """Put persons on the list, erased at that time; on the disk when this returns. Raises StoreUnavailable."""
        known, time = self.known(), micros(at)
        new = [person for person in persons if person not in known or known[person] < time]
        if not new:
            return
        with translated(str(self.file)):
            torn = self.file.exists() and not self.file.read_bytes().endswith(b"\n")  # by a machine that went down
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode=0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.writelines(["\n" if torn else "", *(f"{person} {time}\n" for person in new)])
                file.flush()
                os.fsync(handle)
            flush(self.file.parent)

    def known(self) -> Mapping[str, int]:
        """Everybody on the list, with the last erasure in microseconds since 1970. Raises StoreUnavailable."""
        with translated(str(self.file)):
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
    return Forgotten(file=key_file.with_name(f"{key_file.name}.erased"))


def _read(line: str) -> tuple[str, int]:
    person, *time = line.split()
    return person, int(time[0]) if time and time[0].isdecimal() else ALWAYS
