"""A store that another process has locked: told plainly, nothing acknowledged is lost, and it goes on afterwards."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from adapters.store.checkup import look
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from safi.record import State, fold
from tests.adapters.store.making import at, delivered, event, ledger, recovered
from tests.bot.making import conversing
from tests.doubles import FakeChat, inbound

LOCKED = r"store\.db: is locked by another program, perhaps a backup or a database viewer: end that one, then try again"

ANOTHER_PROGRAM = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for statement in sys.argv[2:]:
    connection.execute(statement).fetchall()
print("locked", flush=True)
sys.stdin.readline()
connection.close()
"""

EXCLUSIVE = ("begin exclusive",)
FOR_GOOD = ("pragma locking_mode = exclusive", "begin exclusive")


@asynccontextmanager
async def locked(path: Path, *statements: str) -> AsyncGenerator[Process]:
    """Another program that holds the file until a line is written to it, and at the latest until the end."""
    arguments = ("-c", ANOTHER_PROGRAM, str(path), *statements)
    program = await create_subprocess_exec(sys.executable, *arguments, stdin=PIPE, stdout=PIPE)
    try:
        assert program.stdout is not None
        assert await program.stdout.readline() == b"locked\n"
        yield program
    finally:
        if program.returncode is None:
            program.kill()
        await program.communicate()


async def test_nothing_is_acknowledged_while_another_program_holds_the_store_and_reading_goes_on(
    tmp_path: Path,
) -> None:
    path = tmp_path / "store.db"
    async with open_store(path, patience=0) as store:
        await delivered(store, 1)
        async with locked(path, *EXCLUSIVE):
            told = await asyncio.gather(*(store.accept(event(n)) for n in range(2, 12)), return_exceptions=True)
            assert [type(each) for each in told] == [StoreUnavailable] * 10
            with pytest.raises(StoreUnavailable, match=LOCKED):
                await store.settle("turn-1", ledger(), fold, at=at(1))
            assert (await store.audits_owed(), await store.state("lobby")) == (1, State())
        assert await recovered(store) == ()
        assert await store.accept(event(2))
        assert [landed.number for landed in await store.settle("turn-1", ledger(), fold, at=at(2))] == [1]


async def test_a_writer_waits_for_the_other_program_to_let_go(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with (
        open_store(path, patience=600) as store,
        locked(path, *EXCLUSIVE) as program,
        asyncio.TaskGroup() as tasks,
    ):
        waiting = tasks.create_task(store.accept(event(1)))
        await store.audits_owed()
        assert not waiting.done()
        await program.communicate(b"let go\n")
        assert await waiting


async def test_a_lock_whose_holder_is_killed_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    async with open_store(path, patience=0) as store, locked(path, *EXCLUSIVE) as program:
        program.kill()
        await program.wait()
        assert await store.accept(event(1))


async def test_a_message_that_cannot_be_accepted_is_not_answered_and_comes_again(tmp_path: Path) -> None:
    path, chat = tmp_path / "store.db", FakeChat()
    async with open_store(path, patience=0) as store:
        async with locked(path, *EXCLUSIVE):
            with pytest.raises(StoreUnavailable, match=LOCKED):
                await conversing(store, chat).hear(inbound("still?", 1))
        assert chat.said == []
        await conversing(store, chat).hear(inbound("still?", 1))
        assert chat.said == ["Oil the hinge."]


@pytest.mark.parametrize("statements", [EXCLUSIVE, FOR_GOOD], ids=["in a transaction", "for good"])
async def test_a_store_that_is_locked_does_not_open_and_is_whole_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statements: tuple[str, ...]
) -> None:
    monkeypatch.setattr("adapters.store.checkup.PATIENCE", 0.0)
    path = tmp_path / "store.db"
    async with open_store(path) as store:
        await delivered(store, 1)
    async with locked(path, *statements):
        with pytest.raises(StoreUnavailable, match=LOCKED):
            async with open_store(path, patience=0) as store:
                await recovered(store)
        assert str(look(path, lambda: False).fault).startswith("is locked by another program")
    async with open_store(path) as store:
        assert await store.audits_owed() == 1
