"""Files that come with cards, written where whoever sits at this machine finds them."""

import os
from pathlib import Path, PurePath
from typing import Final

from adapters.chat.port import File

_PRIVATE_FOLDER: Final = 0o700
_PRIVATE_FILE: Final = 0o600


def save(folder: Path, file: File) -> Path:
    """Write a file into a folder, which is made where there is none; both are for their owner alone.

    Nothing that is there already is written over: the file's name gets a number then. Raises OSError.
    """
    folder.mkdir(mode=_PRIVATE_FOLDER, parents=True, exist_ok=True)
    name = PurePath(PurePath(file.name).name)
    path, number = folder / name, 2
    while not _written(path, file.data):
        path, number = folder / name.with_stem(f"{name.stem}-{number}"), number + 1
    return path


def _written(path: Path, data: bytes) -> bool:
    """Write a new file; False, and nothing done, where there is one."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE_FILE)
    except FileExistsError:
        return False
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
    return True
