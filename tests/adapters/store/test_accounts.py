"""The contracts of Accounts and JudgeChecks: what was noted counts at once, and is durable with what comes next."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.store.rows import micros
from adapters.store.sqlite import open_store
from safi.ports import Call, JudgeCheck, Spent
from safi.usage import Usage
from tests.adapters.store.making import PROFILE, Opening, Store, answer, at, event, every_store

CHECK = JudgeCheck(
    digest="d1", will="w:1", conscience="c:1", version="1", at=at(0), passed=False, report='{"blocked": "17 of 20"}'
)
JUDGES = {"digest": "d1", "will": "w:1", "conscience": "c:1", "version": "1"}


def call(minute: float, cost: float | None = 0.25, *, fate: str = "answered", unpriced: int = 0) -> Call:
    """A call to a vendor with all that can be known of it."""
    usage = Usage(
        model="vendor:m",
        seconds=1.5,
        input_tokens=100,
        cached_tokens=60,
        written_tokens=20,
        output_tokens=10,
        first_token=0.5,
        cost=cost,
        instead_of="other:m",
    )
    return Call(at=at(minute), role="intellect", fate=fate, usage=usage, unpriced=unpriced)


async def test_nothing_noted_is_nothing_spent(store: Store) -> None:
    assert await store.spent(since=at(0)) == Spent()


async def test_what_was_noted_is_summed_up_though_nothing_was_recorded_since(store: Store) -> None:
    store.note(call(1))
    store.note(call(2, 0.5))
    assert await store.spent(since=at(0)) == Spent(cost=0.75, calls=2)


async def test_each_call_counts_once_before_and_after_it_was_written(store: Store) -> None:
    store.note(call(1))
    await store.accept(event(1))
    store.note(call(2))
    for _ in range(2):
        assert await store.spent(since=at(0)) == Spent(cost=0.5, calls=2)


async def test_a_sum_begins_at_its_moment_and_with_it(store: Store) -> None:
    for minute in (1, 2, 3):
        store.note(call(minute))
    just_after = at(2) + timedelta(microseconds=1)
    assert [(await store.spent(since=since)).calls for since in (at(0), at(2), just_after, at(4))] == [3, 2, 1, 0]


async def test_tokens_without_a_price_and_calls_without_an_answer_are_counted_apart(store: Store) -> None:
    store.note(call(1, None, unpriced=110))
    store.note(call(2, None, fate="model_unavailable", unpriced=100))
    store.note(call(3, 0.0, fate="answer_refused"))
    assert await store.spent(since=at(0)) == Spent(cost=0.0, unpriced=210, calls=3, failed=2)


async def test_two_calls_of_one_moment_are_two(store: Store) -> None:
    store.note(call(1))
    store.note(call(1))
    assert (await store.spent(since=at(1))).calls == 2


async def test_a_call_is_kept_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    async with open_store(tmp_path / "store.db") as store:
        store.note(call(1))
        store.note(Call(at=at(2), role="will", fate="answer_empty", usage=Usage(model="v:n", seconds=2), unpriced=7))
    with closing(sqlite3.connect(tmp_path / "store.db")) as connection:
        connection.row_factory = sqlite3.Row
        kept = [dict(row) for row in connection.execute("select * from calls order by at")]
    usages = [{key: value for key, value in row.items() if key in Usage.__slots__} for row in kept]
    assert [Usage(**usage) for usage in usages] == [call(1).usage, Usage(model="v:n", seconds=2)]
    assert [(row["at"], row["role"], row["fate"], row["unpriced"]) for row in kept] == [
        (micros(at(1)), "intellect", "answered", 0),
        (micros(at(2)), "will", "answer_empty", 7),
    ]


@every_store
async def test_what_was_noted_outlives_the_store_even_if_nothing_else_was_recorded(
    opening: Opening, tmp_path: Path
) -> None:
    async with opening(tmp_path / "store.db") as store:
        store.note(call(1))
    async with opening(tmp_path / "store.db") as store:
        assert await store.spent(since=at(0)) == Spent(cost=0.25, calls=1)


async def test_a_turn_and_the_calls_behind_it_share_one_commit(tmp_path: Path) -> None:
    path, asked, ran = tmp_path / "store.db", event(1), list[str]()
    async with open_store(path) as store:
        await store.accept(asked)
        await store.aside(lambda connection: connection.set_trace_callback(ran.append))
        store.note(call(1))
        store.note(call(2))
        await store.commit(asked, answer(asked), profile=PROFILE, scope="lobby", at=at(0))
        with closing(sqlite3.connect(path)) as other:  # sees only what is durable
            assert other.execute("select (select count(*) from turns), count(*) from calls").fetchone() == (1, 2)
        await store.aside(lambda connection: connection.set_trace_callback(None))
    assert [statement for statement in ran if statement in {"begin immediate", "commit"}] == [
        "begin immediate",
        "commit",
    ]


async def test_a_check_comes_back_as_it_was(store: Store) -> None:
    await store.keep_check(CHECK)
    assert await store.last_check(**JUDGES) == CHECK


async def test_the_latest_check_of_the_same_judges_counts(store: Store) -> None:
    await store.keep_check(CHECK)
    better = replace(CHECK, at=at(1), passed=True, report="{}")
    await store.keep_check(better)
    assert await store.last_check(**JUDGES) == better


@pytest.mark.parametrize("differs", JUDGES)
async def test_a_check_speaks_for_no_other_judges_and_no_other_wording(store: Store, differs: str) -> None:
    await store.keep_check(CHECK)
    assert await store.last_check(**(JUDGES | {differs: "another"})) is None


@every_store
async def test_a_restart_finds_checks_as_they_were(opening: Opening, tmp_path: Path) -> None:
    async with opening(tmp_path / "store.db") as store:
        await store.keep_check(CHECK)
    async with opening(tmp_path / "store.db") as store:
        assert await store.last_check(**JUDGES) == CHECK
