"""The list of the erased beside a key: whom it knows, since when, and what a machine that goes down leaves of it."""

from pathlib import Path

import pytest

from adapters.store.forgotten import ALWAYS, Forgotten, beside
from adapters.store.rows import micros
from safi.errors import StoreUnavailable
from tests.adapters.store.making import at


@pytest.fixture
def listed(tmp_path: Path) -> Forgotten:
    return beside(tmp_path / "store.key")


def test_there_is_a_list_only_once_somebody_is_on_it(listed: Forgotten) -> None:
    listed.add([], at(1))
    assert (listed.known(), listed.file.exists()) == ({}, False)


def test_the_last_erasure_of_a_person_counts(listed: Forgotten) -> None:
    for minute in (2, 5, 3):
        listed.add(["aa"], at(minute))
    assert listed.known() == {"aa": micros(at(5))}
    assert len(listed.file.read_text().splitlines()) == 2


def test_a_line_without_a_time_stands_for_always(listed: Forgotten) -> None:
    listed.file.write_text("aa\n\nbb 12\ncc soon\n")
    listed.add(["aa"], at(1))
    assert listed.known() == {"aa": ALWAYS, "bb": 12, "cc": ALWAYS}


def test_a_torn_last_line_hides_nobody_who_comes_after_it(listed: Forgotten) -> None:
    listed.file.write_text("aa 12\nbb")
    listed.add(["cc"], at(1))
    assert listed.known() == {"aa": 12, "bb": ALWAYS, "cc": micros(at(1))}


def test_each_key_has_a_list_of_its_own_and_none_is_one(tmp_path: Path) -> None:
    keys = [tmp_path / name for name in ("prod.a", "prod.b", "x.erased")]
    lists = [beside(key).file for key in keys]
    assert [each.name for each in lists] == ["prod.a.erased", "prod.b.erased", "x.erased.erased"]


def test_trying_a_list_out_changes_nothing(listed: Forgotten) -> None:
    listed.try_out()
    assert list(listed.file.parent.iterdir()) == []
    listed.file.write_text("aa 12\n")
    listed.try_out()
    assert listed.file.read_text() == "aa 12\n"


def test_a_list_that_cannot_be_written_is_told_when_it_is_tried_out(listed: Forgotten) -> None:
    listed.file.mkdir()
    with pytest.raises(StoreUnavailable, match=r"store\.key\.erased: is a folder"):
        listed.try_out()


def test_a_list_that_is_damaged_is_not_to_be_done_without(listed: Forgotten) -> None:
    listed.file.write_bytes(b"\xff\xfe")
    with pytest.raises(StoreUnavailable, match=r"store\.key\.erased: is damaged: put a copy of it in its place, for "):
        listed.known()
