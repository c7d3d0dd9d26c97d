"""The list of the erased, beside the key: a backup that is restored loses them too. It holds keyed hashes, no names."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.store.faults import translated
from adapters.store.file import flush


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """A file with a line for each person of a workspace that was erased, as `keeping.pseudonym` has them."""

    file: Path

    def add(self, persons: Sequence[str]) -> None:
        """Put persons on the list; on the disk when this returns. Raises StoreUnavailable."""
        new = [person for person in persons if person not in self.known()]
        if not new:
            return
        with translated(str(self.file)):
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode=0o600)
            with os.fdopen(handle, "a", encoding="ascii") as file:
                file.writelines(f"{person}\n" for person in new)
                file.flush()
                os.fsync(handle)
            flush(self.file.parent)

    def known(self) -> frozenset[str]:
        """Everybody on the list. Raises StoreUnavailable."""
        with translated(str(self.file)):
            return frozenset(self.file.read_text(encoding="ascii").split()) if self.file.exists() else frozenset()


def beside(key_file: Path) -> Forgotten:
    """The list that goes with a key."""
    return Forgotten(file=key_file.with_suffix(".erased"))
