"""A store that may only be read, by its mode or by its disk: told plainly, and whole once it may be written again.

No mode binds a superuser, so the program that tries gives up that power; the disk is a mount that ends with it.
"""

import os
import subprocess
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec
from pathlib import Path

import pytest

from adapters.store.sqlite import open_store
from tests.adapters.store.making import delivered

ROOT = Path(__file__).parents[3]

TRYING = """
import asyncio, sys
from pathlib import Path
from adapters.store.checkup import look, open_record
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable

async def tried(opening):
    try:
        async with opening(Path(sys.argv[1])) as store:
            print("open, and", await store.audits_owed(), "owed")
    except StoreUnavailable as error:
        print(error)

async def main():
    await tried(open_store)
    await tried(open_record)
    print(look(Path(sys.argv[1]), lambda: False).fault)

asyncio.run(main())
"""

NOTHING = (sys.executable, "-c", "")

NOT_WRITABLE = "may not be read and written by this user: change who may use the file and its folder"
ONLY_READ = "may only be read: make the file, its folder and their disk writable, or choose another path"


def bound() -> tuple[str, ...]:
    """What to put before a command so that the modes of files bind it; nothing for an ordinary user."""
    if os.geteuid() != 0:
        return ()
    given_up = "-dac_override,-dac_read_search"
    prefix = ("setpriv", f"--bounding-set={given_up}", f"--inh-caps={given_up}")
    return (
        prefix if runs(*prefix, *NOTHING) else pytest.skip("no mode binds this user, and nothing here can change that")
    )


def on_a_read_only_disk(folder: Path) -> tuple[str, ...]:
    """What to put before a command so that it sees a folder as on a disk that cannot be written."""
    script = f'mount --bind "{folder}" "{folder}" && mount -o remount,bind,ro "{folder}" && exec "$@"'
    for unshare in (("unshare", "--mount"), ("unshare", "--mount", "--map-root-user")):
        prefix = (*unshare, "sh", "-c", script, "sh")
        if runs(*prefix, *NOTHING):
            return prefix
    pytest.skip("this machine lets us mount nothing")


def runs(*command: str) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


async def told(path: Path, *prefix: str) -> list[str]:
    """What a program says that opens the store, reads it as a record, and looks at it as the doctor does."""
    command = (*prefix, sys.executable, "-c", TRYING, str(path))
    program = await create_subprocess_exec(*command, cwd=ROOT, stdout=PIPE)
    output, _ = await program.communicate()
    assert program.returncode == 0
    return output.decode().splitlines()


async def made(path: Path) -> None:
    async with open_store(path) as store:
        await delivered(store, 1)


async def whole(path: Path) -> None:
    """It has what was acknowledged, and takes more."""
    async with open_store(path) as store:
        assert await store.audits_owed() == 1
        await delivered(store, 2)


@pytest.mark.parametrize(
    ("file", "folder"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)], ids=["file", "folder", "both"]
)
async def test_modes_that_forbid_writing_are_told(tmp_path: Path, file: int, folder: int) -> None:
    path = tmp_path / "state" / "store.db"
    await made(path)
    path.with_name("store.db.lock").unlink(missing_ok=True)
    path.chmod(file)
    path.parent.chmod(folder)
    try:
        opened, record, looked = await told(path, *bound())
    finally:
        path.parent.chmod(0o700)
        for each in path.parent.iterdir():  # what SQLite put beside the file took after it
            each.chmod(0o600)
    assert opened.startswith(f"{path}: {NOT_WRITABLE}")
    assert record == "open, and 1 owed" or record.startswith(f"{path}: ")
    assert looked.startswith(NOT_WRITABLE)
    await whole(path)


async def test_a_disk_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "state" / "store.db"
    await made(path)
    before = path.read_bytes()
    opened, record, looked = await told(path, *on_a_read_only_disk(path.parent))
    assert opened.startswith(f"{path}: {ONLY_READ}")
    assert record == "open, and 1 owed" or record.startswith(f"{path}: ")
    assert looked.startswith(ONLY_READ)
    assert path.read_bytes() == before
    await whole(path)
