"""The file that a store lives in: made for its owner's eyes alone, and one program's at a time."""

import os
from collections.abc import Generator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from adapters.store.faults import translated
from safi.errors import StoreUnavailable


@contextmanager
def held(path: Path) -> Generator[None]:
    """Keep a store's file, which is made with its folder where there is none, from every other program.

    However this program ends, the system lets go of the file. Raises StoreUnavailable.
    """
    with ExitStack() as stack:
        with translated(str(path)):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            stack.enter_context(_locked(path))
            _make(path)
        yield


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def leave(file: Path, *, like: Path) -> None:
    """Leave a file to whom another one belongs, or where that is not there its folder: a superuser made it for a bot.

    Where it is a link, that alone: nobody is to gain what they let it lead to. Whoever may not do this need not.
    """
    owner = (like if like.exists() else like.parent).stat()
    if file.lstat().st_uid != owner.st_uid:
        with suppress(PermissionError):
            os.chown(file, owner.st_uid, owner.st_gid, follow_symlinks=False)


def _locked(path: Path) -> AbstractContextManager[object]:
    """A lock beside the file itself, whichever links lead there; taken now, and let go of at the end of its block."""
    file = Path(os.path.realpath(path))
    lock = file.with_name(f"{file.name}.lock")
    try:
        taken = FileLock(lock, timeout=0, mode=0o600).acquire()
    except Timeout as held_by_another:
        raise StoreUnavailable(f"{path}: is in use by another safi-bot; end that one first") from held_by_another
    leave(lock, like=file)
    return taken


def _make(path: Path) -> None:
    """SQLite would let everyone read a file of its making; those that it puts beside this one take after it.

    Nothing else of this program has the file open yet: closing it here would end SQLite's locks on it.
    """
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, mode=0o600))
