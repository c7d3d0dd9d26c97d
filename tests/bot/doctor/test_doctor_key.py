"""What the doctor says of the key of a store's chain."""

from dataclasses import replace
from pathlib import Path

import pytest

from adapters.store.checkup import KeyFacts, StoreFacts, look_at_key
from adapters.store.sqlite import open_store
from bot.doctor import storage

STORE = StoreFacts(there=True, free=0)
KEY = KeyFacts(file=Path("k/s.key"), there=True, apart=True)


@pytest.mark.parametrize(
    ("key", "state", "told"),
    [
        (KEY, "ok", "k/s.key is its owner's alone, and apart from the store."),
        (replace(KEY, apart=False), "ok", "k/s.key is its owner's alone, but lies beside the store."),
        (replace(KEY, private=False), "problem", "Others may read k/s.key."),
        (
            replace(KEY, unlisted="k/s.key.erased: is a folder"),
            "warning",
            "Nobody can be erased: k/s.key.erased: is a folder.",
        ),
        (replace(KEY, there=False), "problem", "k/s.key is missing, and the chain was made with it."),
    ],
)
def test_facts_of_a_key_are_told(key: KeyFacts, state: str, told: str) -> None:
    (finding,) = storage.key(STORE, key)
    assert (finding.name, finding.state, finding.sentence) == ("store key", state, told)


@pytest.mark.parametrize("facts", [replace(STORE, there=False), replace(STORE, missing=1), replace(STORE, fault="x")])
def test_where_no_key_was_made_yet_nothing_is_told(facts: StoreFacts) -> None:
    assert list(storage.key(facts, replace(KEY, there=False))) == []


def test_a_store_that_is_gone_is_missed_by_its_key() -> None:
    (finding,) = storage.key(replace(STORE, there=False), KEY)
    assert (finding.state, finding.sentence) == (
        "problem",
        "k/s.key is there and its store is not, so the bot does not start.",
    )
    (otherwise,) = storage.key(replace(STORE, there=False, fault="is a folder: choose another"), KEY)
    assert otherwise.state == "ok"


async def test_a_key_is_found_where_it_is(tmp_path: Path) -> None:
    store = tmp_path / "safi.db"
    assert look_at_key(store, None) == KeyFacts(file=tmp_path / "safi.key", there=False, apart=False)
    async with open_store(store):
        pass
    assert look_at_key(store, None) == KeyFacts(file=tmp_path / "safi.key", there=True, apart=False)
    elsewhere = tmp_path / "keys" / "the.key"
    elsewhere.parent.mkdir()
    (tmp_path / "safi.key").rename(elsewhere)
    elsewhere.chmod(0o644)
    assert look_at_key(store, elsewhere) == KeyFacts(file=elsewhere, there=True, private=False, apart=True)


def test_a_list_of_the_erased_that_cannot_be_written_is_found(tmp_path: Path) -> None:
    key = tmp_path / "the.key"
    key.touch()
    assert look_at_key(tmp_path / "safi.db", key).unlisted is None
    (tmp_path / "the.key.erased").mkdir()
    assert "the.key.erased: is a folder" in str(look_at_key(tmp_path / "safi.db", key).unlisted)


@pytest.mark.parametrize(
    ("count", "words"), [(900, "1 kB"), (250_000, "250 kB"), (3_000_000, "3 MB"), (2_500_000_000, "2.5 GB")]
)
def test_sizes_are_told_as_people_read_them(count: int, words: str) -> None:
    assert storage.size(count) == words
