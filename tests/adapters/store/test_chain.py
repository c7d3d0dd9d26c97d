"""A mark depends on all that it stands for, on what came before it, and on the key."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.store.chain import COLUMNS, START, Chain, head
from adapters.store.rows import packed
from adapters.store.texts import person, sealed
from tests.adapters.store.fragile import opened
from tests.adapters.store.linking import broken_links

CHAIN = Chain(key=b"k" * 32, salt=lambda: "0" * 32)
KINDS = sorted(COLUMNS)

cells = st.none() | st.integers(-(2**62), 2**62) | st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
kinds = st.sampled_from(KINDS)


@st.composite
def linked(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A link and the row that it stands for."""
    kind = draw(kinds)
    link = {"workspace": draw(st.text(max_size=5)), "height": draw(st.integers(1, 99)), "kind": kind}
    return link | {"sealed": draw(st.sampled_from(["{}", '{"draft":"a"}']))}, {
        name: draw(cells) for name in COLUMNS[kind]
    }


def test_a_mark_is_the_keyed_hash_of_the_mark_before_the_place_and_the_row() -> None:
    link = {"workspace": "home", "height": 7, "kind": "hole", "sealed": "{}"}
    row = {"id": "turn-1", "hole_reason": '"too late"'}
    content = '["' + START + r'","home",7,"hole","{}","turn-1","\"too late\""]'
    expected = hmac.new(CHAIN.key, content.encode(), hashlib.sha256).hexdigest()
    assert CHAIN.mark(START, link, row) == expected


@given(linked(), st.data())
def test_a_mark_changes_with_every_column(pair: tuple[dict[str, Any], dict[str, Any]], data: st.DataObject) -> None:
    link, row = pair
    name = data.draw(st.sampled_from(sorted(row)))
    other = data.draw(cells.filter(lambda cell: packed(cell) != packed(row[name])))
    assert CHAIN.mark(START, link, row | {name: other}) != CHAIN.mark(START, link, row)


@given(linked(), st.sampled_from(["workspace", "height", "sealed"]))
def test_a_mark_changes_with_its_place(pair: tuple[dict[str, Any], dict[str, Any]], name: str) -> None:
    link, row = pair
    other = link | {name: link[name] * 2 if name == "height" else link[name] + "x"}
    assert CHAIN.mark(START, other, row) != CHAIN.mark(START, link, row)


@given(linked())
def test_a_mark_changes_with_the_key_and_with_the_mark_before(
    pair: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    mark = CHAIN.mark(START, *pair)
    assert Chain(key=b"j" * 32).mark(START, *pair) != mark
    assert CHAIN.mark(mark, *pair) != mark
    assert CHAIN.mark(START, *pair) == mark


@given(
    st.lists(st.lists(cells, max_size=3), min_size=2, max_size=2).filter(lambda two: packed(two[0]) != packed(two[1]))
)
def test_two_rows_never_read_the_same(rows: list[list[object]]) -> None:
    assert CHAIN.keyed(packed(rows[0]).encode()) != CHAIN.keyed(packed(rows[1]).encode())


@pytest.mark.parametrize("kind", KINDS)
def test_the_order_of_two_links_matters(kind: str) -> None:
    first, second = ({"workspace": "home", "id": name} | dict.fromkeys(COLUMNS[kind], name) for name in ("a", "b"))
    marks: list[str] = []
    for rows in ((first, second), (second, first)):
        connection = opened()
        for row in rows:
            CHAIN.append(connection, kind, row, {})
        marks.append(head(connection, "home").mark)
        connection.close()
    assert marks[0] != marks[1]


def test_each_workspace_has_a_chain_of_its_own() -> None:
    connection = opened()
    for workspace in ("home", "away", "home"):
        CHAIN.append(connection, "hole", {"workspace": workspace, "id": "turn-1", "hole_reason": None}, {})
    tops = {workspace: head(connection, workspace) for workspace in ("home", "away", "nowhere")}
    assert {workspace: top.height for workspace, top in tops.items()} == {"home": 2, "away": 1, "nowhere": 0}
    assert tops["nowhere"].mark == START
    assert broken_links(connection, CHAIN) != []  # it stands for turns that are not there
    connection.close()


def test_what_a_link_stands_for_is_said_in_one_mark_when_the_links_go() -> None:
    row = {name: name for columns in COLUMNS.values() for name in columns}
    assert CHAIN.summary(["turn", "hole"], row) != CHAIN.summary(["turn"], row)
    assert CHAIN.summary(["turn"], row | {"context": "other"}) != CHAIN.summary(["turn"], row)


@given(
    st.text(), st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 2**128 - 1)).filter(lambda two: two[0] != two[1])
)
def test_equal_texts_have_different_hashes(text: str, salts: tuple[int, int]) -> None:
    first, second = (sealed(f"{salt:032x}", packed(text)) for salt in salts)
    assert first != second
    assert sealed(f"{salts[0]:032x}", packed(text)) == first


@given(st.lists(st.text(), min_size=2, max_size=2, unique=True))
def test_different_texts_have_different_hashes(two: list[str]) -> None:
    first, second = (packed(text) for text in two)
    assert (sealed("0" * 32, first) != sealed("0" * 32, second)) == (first != second)


def test_a_salt_is_new_each_time_and_long_enough() -> None:
    salts = {Chain(key=b"k").salt() for _ in range(9)}
    assert len(salts) == 9
    assert {len(salt) for salt in salts} == {32}


def test_a_person_is_their_name_and_their_tag() -> None:
    assert len({person("ada", "member-1"), person("ada", "member-2"), person("ad", "amember-1")}) == 3
