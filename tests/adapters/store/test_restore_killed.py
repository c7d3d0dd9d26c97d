"""A restore that is killed before anything it does to a file leaves the old store in place or the new one, whole."""

import asyncio
import os
import shutil
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.store import keys
from adapters.store.restore import restore
from adapters.store.sqlite import open_store
from tests.adapters.store import linking
from tests.adapters.store.making import at, delivered
from tests.adapters.store.restoring import ASIDE, backed_up

TOUCHES = frozenset({"open", "sqlite3.connect", "shutil.rmtree"} | {f"os.{act}" for act in ("link", "mkdir", "rename")})
"""What Python itself tells of that a restore does to files; `os.rename` tells of replacing too."""


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A folder with a store whose last turn stands in its journal alone, as a killed bot leaves it, and a backup."""
    path = tmp_path / "before" / "state" / "store.db"

    async def made() -> None:
        await backed_up(path, path.parents[1] / "backup.db")
        async with open_store(path) as store:
            await delivered(store, 4)
            shutil.copytree(path.parents[1], tmp_path / "killed")

    asyncio.run(made())
    return tmp_path / "killed"


def killed(folder: Path, step: int) -> bool:
    """Restore in a process that is killed before it touches a file for that time; False if it came to its end."""
    child = os.fork()
    if not child:
        touched: Iterator[int] = iter(range(1, step))

        def watch(event: str, _: object) -> None:
            if event in TOUCHES and next(touched, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(watch)
            restore(folder / "backup.db", folder / "state" / "store.db", at=at(9))
            os._exit(0)
        finally:
            os._exit(1)  # whatever was raised, the tests go on in the other process alone
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def turns(path: Path) -> int:
    """How many turns a store has, which nobody has opened since."""
    (row,) = linking.found(path, "select count(*) as turns from turns")
    return row["turns"]


@pytest.mark.slow
def test_whenever_it_is_killed_one_of_the_two_is_in_place_and_the_next_try_succeeds(
    before: Path, tmp_path: Path
) -> None:
    seen: list[int] = []
    step = 1
    folder = shutil.copytree(before, tmp_path / f"run-{step}")
    while killed(folder, step):
        path = folder / "state" / "store.db"
        seen.append(turns(path))
        assert seen[-1] in {2, 4}
        assert linking.broken(path) == []
        if seen[-1] == 2:
            assert turns(path.with_name(ASIDE)) == 4
        restore(folder / "backup.db", path, at=at(10))
        assert turns(path) == 2
        assert linking.broken(path) == []
        assert keys.key_file(path).exists()
        assert not path.with_name(".store.db.restoring").exists()
        shutil.rmtree(folder)
        step += 1
        folder = shutil.copytree(before, tmp_path / f"run-{step}")
    assert set(seen) == {2, 4}
    assert seen == sorted(seen, reverse=True)
