"""The chain's key: made with the store, for its owner's eyes alone, and never another one."""

# ruff: noqa: ASYNC240  # a test blocks nobody but itself

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from adapters.store import keys
from adapters.store.sqlite import open_store
from adapters.store.worker import connect
from safi.errors import StoreUnavailable
from safi.record import Reset
from tests.adapters.store import linking
from tests.adapters.store.making import at, delivered, event, operated


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def key(file: Path) -> Path:
    return keys.key_file(file)


async def made(file: Path, *, key: Path | None = None) -> None:
    """A store with a turn."""
    async with open_store(file, key=key) as store:
        await delivered(store, 1)


async def refused(file: Path, why: str) -> None:
    """A store that does not open, and is left as it was."""
    before = file.read_bytes()
    with pytest.raises(StoreUnavailable, match=why):
        async with open_store(file):
            pytest.fail("it opened")
    assert file.read_bytes() == before


async def test_a_key_is_made_with_the_store_for_its_owners_eyes_alone(file: Path, key: Path) -> None:
    await made(file)
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text(encoding="ascii").strip()) == keys.DIGITS
    assert sorted(each.name for each in file.parent.iterdir() if "key" in each.name) == ["store.key"]
    assert linking.broken(file) == []


async def test_the_key_is_not_in_the_store(file: Path, key: Path) -> None:
    await made(file)
    text = key.read_text(encoding="ascii").strip()
    for form in (text.encode(), bytes.fromhex(text)):
        assert form not in file.read_bytes()


async def test_every_store_has_a_key_of_its_own(tmp_path: Path) -> None:
    for name in ("a", "b"):
        await made(tmp_path / f"{name}.db")
    assert (tmp_path / "a.key").read_text(encoding="ascii") != (tmp_path / "b.key").read_text(encoding="ascii")


async def test_the_key_can_lie_elsewhere_and_its_folder_is_made(file: Path, key: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "secret" / "chain"
    await made(file, key=elsewhere)
    assert (elsewhere.exists(), key.exists()) == (True, False)
    async with open_store(file, key=elsewhere) as store:
        assert not await store.accept(event(1))


async def test_a_store_is_linked_on_with_the_same_key(file: Path, key: Path) -> None:
    await made(file)
    before = key.read_bytes()
    async with open_store(file) as store:
        await delivered(store, 2)
    assert key.read_bytes() == before
    assert linking.broken(file) == []


async def test_a_missing_key_is_asked_for(file: Path, key: Path) -> None:
    await made(file)
    key.unlink()
    await refused(file, r"store\.key: is missing, and the chain of .*store\.db was made with it: put it back")
    assert not key.exists()


async def test_another_stores_key_is_refused(file: Path, key: Path, tmp_path: Path) -> None:
    await made(file)
    await made(tmp_path / "other.db")
    key.write_bytes((tmp_path / "other.key").read_bytes())
    await refused(file, r"store\.key: is not the key that the chain of .*store\.db was made with")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
async def test_a_key_that_others_may_use_is_refused(file: Path, key: Path, mode: int) -> None:
    await made(file)
    key.chmod(mode)
    await refused(file, r"store\.key: others may read this key: take their rights away \(chmod 600\)")


@pytest.mark.parametrize(
    "text", ["", "short", "g" * 64, "A" * 64, "0" * 63, "0" * 65, "0" * 32 + "\n" + "0" * 32, "ü" * 64]
)
async def test_a_file_that_is_no_key_is_refused(file: Path, key: Path, text: str) -> None:
    await made(file)
    key.write_text(text, encoding="utf-8")
    await refused(file, r"store\.key: is not a key of this program")


async def test_a_folder_in_the_keys_place_is_told(file: Path, key: Path) -> None:
    await made(file)
    key.unlink()
    key.mkdir(mode=0o700)
    await refused(file, r"store\.key: is a folder")


async def test_a_start_that_ended_between_key_and_store_is_made_good(file: Path, key: Path) -> None:
    key.with_name("store.key.new").write_text("half of a k", encoding="ascii")
    await made(file)
    assert keys.read(key).key
    assert [each.name for each in file.parent.iterdir() if each.suffix == ".new"] == []


async def test_a_start_that_ended_before_the_key_had_its_name_is_made_good(file: Path, key: Path) -> None:
    await made(file)
    before = key.read_bytes()
    key.rename(key.with_name("store.key.new"))
    async with open_store(file) as store:
        await delivered(store, 2)
    assert key.read_bytes() == before
    assert linking.broken(file) == []


def test_what_could_not_be_linked_takes_no_key(file: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(connection: sqlite3.Connection, chain: keys.Chain) -> None:
        connection.execute("insert into holds (since) values (1)")
        raise StoreUnavailable("the disk went away")

    with closing(connect(file, 1)) as connection:
        connection.execute("create table chain_keys (fingerprint text)")
        connection.execute("create table holds (since bigint)")
        monkeypatch.setattr(keys, "adopt", failing)
        with pytest.raises(StoreUnavailable, match="the disk went away"):
            keys.opened(connection, key, store="it")
        assert not connection.in_transaction
        assert connection.execute("select count(*) from holds").fetchone()[0] == 0
    assert not key.exists()


@pytest.mark.parametrize("what", ["turn", "operation"])
async def test_a_chain_that_was_taken_away_is_missed(file: Path, what: str) -> None:
    async with open_store(file) as store:
        await (delivered(store, 1) if what == "turn" else operated(store, Reset()))
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("delete from links; delete from chain_keys;")
    await refused(
        file, r"store\.db: its chain was taken away, for its key .*store\.key is there: put a backup in place"
    )


async def test_a_store_that_is_gone_is_missed_as_long_as_its_key_is_there(file: Path, key: Path) -> None:
    await made(file)
    for each in file.parent.glob("store.db*"):
        each.unlink()
    gone = r"store\.db: is gone or empty, though its key .*store\.key is there: .* move the key away"
    with pytest.raises(StoreUnavailable, match=gone):
        await made(file)
    assert not file.exists()
    file.touch()
    await refused(file, gone)
    key.rename(key.with_name("old.key"))
    await made(file)
    assert linking.broken(file) == []


async def test_a_store_of_which_all_was_taken_is_missed_too(file: Path, key: Path) -> None:
    async with open_store(file):
        pass
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript("delete from chain_keys;")
    await refused(file, r"store\.db: is gone or empty")


async def test_a_store_that_is_only_read_has_its_key_too(file: Path, key: Path) -> None:
    async with open_store(file) as store:
        await delivered(store, 1, minute=1)
        await store.claim(at=at(2), until=at(3))
    with closing(connect(file, 1)) as connection:
        assert keys.known(connection, key, str(file)) == keys.read(key)
        connection.execute("delete from chain_keys")
        assert keys.known(connection, key, str(file)) is None


def test_what_a_key_is_known_by_tells_nothing_of_it() -> None:
    chain = keys.Chain(key=bytes(32))
    assert chain.fingerprint == keys.Chain(key=bytes(32)).fingerprint
    assert chain.fingerprint != keys.Chain(key=bytes(31) + b"1").fingerprint
    assert bytes(32).hex() not in chain.fingerprint
