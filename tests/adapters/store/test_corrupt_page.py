"""Pages of a copy that went bad, one at a time: told plainly, and found by the doctor's look."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from adapters.store.checkup import look
from adapters.store.sqlite import open_store
from safi.errors import StoreUnavailable
from safi.record import fold
from tests.adapters.store.making import at, delivered, everything, ledger, recovered

DAMAGED: Final = r"store\.db: is damaged: move it away, then put a backup in its place"
NO_DATABASE: Final = r"store\.db: is not a SQLite database: move that file away, or choose another path"
HEAD: Final = 8
"""Bytes at the start of a page that say what it holds and where."""


async def made(folder: Path) -> Path:
    """A store with a page of its own for all there is, and more than one for turns and texts."""
    async with open_store(folder / "store.db") as store:
        for number in range(1, 25):
            turn = await delivered(store, number)
            if number % 2:
                await store.settle(turn, ledger(), fold, at=at(1))
    return folder / "store.db"


def copied(path: Path, folder: Path) -> Path:
    """A copy of a closed store with all that lies beside it."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(path.parent, folder)
    return folder / path.name


def flip(path: Path, start: int, count: int) -> None:
    """Turn every bit of these bytes round."""
    content = bytearray(path.read_bytes())
    content[start : start + count] = bytes(byte ^ 0xFF for byte in content[start : start + count])
    path.write_bytes(content)


def page_size(path: Path) -> int:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("pragma page_size").fetchone()[0]


def first_byte(path: Path, name: str) -> int:
    """Where a table's or an index's first page begins."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("select rootpage from sqlite_master where name = ?", (name,)).fetchone()
    return (root - 1) * page_size(path)


async def used(path: Path) -> None:
    """Read and write as a running bot does."""
    async with open_store(path) as store:
        await recovered(store)
        await everything(store)
        await store.spent(since=at(0))
        await store.claim(at=at(1), until=at(2))
        await store.settle(await delivered(store, 100), ledger(), fold, at=at(1))


@pytest.mark.parametrize("name", ["turns", "events", "texts", "turns_due", "sqlite_autoindex_turns_1"])
async def test_a_page_that_went_bad_is_told_and_found_and_the_original_is_whole(tmp_path: Path, name: str) -> None:
    path = await made(tmp_path / "original")
    before = path.read_bytes()
    copy = copied(path, tmp_path / "copy")
    flip(copy, first_byte(path, name), HEAD)
    facts = look(copy, lambda: False)
    assert facts.damage or str(facts.fault).startswith("is damaged")
    with pytest.raises(StoreUnavailable, match=DAMAGED):
        await used(copy)
    assert path.read_bytes() == before
    assert look(path, lambda: False).damage == ()
    await used(path)


async def test_a_header_that_went_bad_is_told_and_found(tmp_path: Path) -> None:
    copy = await made(tmp_path / "copy")
    flip(copy, 0, HEAD)
    assert str(look(copy, lambda: False).fault).startswith("is not a SQLite database")
    with pytest.raises(StoreUnavailable, match=NO_DATABASE):
        await used(copy)


@pytest.mark.slow
async def test_whichever_page_goes_bad_the_look_finds_it_and_a_bot_that_meets_it_says_so(tmp_path: Path) -> None:
    path = await made(tmp_path / "original")
    met = 0
    for start in range(page_size(path), path.stat().st_size, page_size(path)):
        copy = copied(path, tmp_path / "copy")
        flip(copy, start, HEAD)
        facts = look(copy, lambda: False)
        assert facts.damage or str(facts.fault).startswith("is damaged"), start
        try:
            await used(copy)
        except StoreUnavailable as error:
            assert "is damaged" in str(error)  # noqa: PT017  # not every page is met
            met += 1
    assert met > 20


@pytest.mark.parametrize("words", [b"Be of use.", b'{"entries"', b"Start with three chords."])
@pytest.mark.parametrize("becomes", ["no text", "no JSON"])
async def test_words_within_a_page_that_went_bad_are_told_and_not_repeated(
    tmp_path: Path, words: bytes, becomes: str
) -> None:
    copy = await made(tmp_path / "copy")
    bad = bytes(byte ^ 0xFF for byte in words) if becomes == "no text" else b'"' * len(words)
    copy.write_bytes(copy.read_bytes().replace(words, bad))
    with pytest.raises(StoreUnavailable, match=DAMAGED) as raised:
        await used(copy)
    assert "\ufffd" not in str(raised.value)
