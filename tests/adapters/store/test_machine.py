"""Whatever happens to a record, in whatever order, and wherever the program ends: it stays what the model says."""

import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from adapters.store import journal, keeping, lookup, numbers, queries, rows
from adapters.store.chain import Chain
from adapters.store.verify.record import check
from safi.ledger import Ledger
from safi.ports import Erased, Landed
from safi.record import Audited, Step, fold
from tests.adapters.store.linking import broken_links
from tests.adapters.store.machine import KEY, PEOPLE, RecordMachine, minutes, picks
from tests.adapters.store.making import at
from tests.adapters.store.plainly import Answered


class KeptMachine(RecordMachine):
    """What goes from the record, beside all that comes into it; and what holds after every step."""

    @rule(texts=minutes, more=st.integers(0, 60), checkpoint=minutes)
    def expire(self, texts: int, more: int, checkpoint: int) -> None:
        now = self.minute
        ages = {"texts": now - texts, "ledgers": now - texts - more, "checkpoint": now - checkpoint}
        given = keeping.Ages(**{name: at(minute) for name, minute in ages.items()})
        for expired in self.do(lambda c: keeping.expire(c, self.chain, given, step=fold, at=at(now))):
            assert (expired.texts, expired.turns) == self.model.expire(minute=now, **ages)
            assert expired.held == self.model.held
            assert broken_links(self.connection, self.chain) == []
            self.checkpoints_say_what_there_is()

    @precondition(lambda self: self.model.events)
    @rule(which=picks)
    def withdraw(self, which: int) -> None:
        asked = self.pick(which, self.model.events.values())
        message = self.event_of(asked)
        for _ in self.do(lambda c: journal.withdraw(c, message.place, message.message_id, at(self.minute))):
            self.model.withdraw(asked)

    @rule(author=st.sampled_from(PEOPLE), workspace=st.sampled_from([None, "home", "away"]))
    def erase(self, author: str, workspace: str | None) -> None:
        done = self.do(lambda c: keeping.erase(c, self.chain, author, workspace=workspace, doing=self.doing()))
        for erased in done:
            expected = self.model.erase(author, workspace)
            assert (erased.events, erased.queued) == (expected or 0, expected is None)
            assert broken_links(self.connection, self.chain) == []

    @rule()
    def hold(self) -> None:
        held = not self.model.held
        for erased in self.do(lambda c: keeping.hold(c, self.chain, on=held, doing=self.doing())):
            assert erased == Erased(events=self.model.hold(held=held))

    def checkpoints_say_what_there_is(self) -> None:
        written = self.every("select * from operations where kind = 'checkpoint' order by at")
        latest = {row["workspace"]: (rows.moment(row["at"]), rows.unpacked(row["detail"])) for row in written}
        for workspace, expected in self.model.checkpoints.items():
            for last in expected[-1:]:
                when, detail = latest[workspace]
                assert when == at(last.minute)
                assert set(detail["unfinished"]) == {turn.id for turn in last.beyond}
                reached = {scope: number for scope, (number, *_) in detail["memories"].items() if number}
                assert reached == {scope: number for scope, number in last.reached.items() if number}

    @invariant()
    def every_message_has_one_outcome_or_none_yet(self) -> None:
        found = {row["id"]: (row["outcome"], row["gone"]) for row in self.every("select * from events")}
        assert found == {asked.id: (asked.outcome, asked.gone) for asked in self.model.events.values()}

    @invariant()
    def nothing_is_left_of_words_that_went(self) -> None:
        left = self.every(
            "select events.author, texts.body from events left join texts on texts.event = events.id "
            "where gone is not null"
        )
        assert {(row["author"], row["body"]) for row in left} <= {("", None)}

    @invariant()
    def every_turn_is_what_the_model_says(self) -> None:
        found = {row["id"]: tuple(row)[1:] for row in self.every(f"select id, {COLUMNS} from turns")}
        assert found == {turn.id: self.expected(turn) for turn in self.model.turns.values()}

    @invariant()
    def numbers_have_no_gaps_and_bear_one_thing_each(self) -> None:
        for scope, numbered in self.model.scopes.items():
            given = self.every(
                "select number from turns where scope = :scope and number is not null "
                "union all select number from operations where scope = :scope order by number",
                scope=scope,
            )
            found = [row["number"] for row in given]
            assert len(set(found)) == len(found)
            last = len(numbered.items)
            assert set(range(numbered.kept + 1, last + 1)) <= set(found) <= set(range(1, last + 1))

    @invariant()
    def memory_is_the_fold_of_the_record_in_order(self) -> None:
        for scope, numbered in self.model.scopes.items():
            done = numbered.fold()
            assert numbered.reach == numbered.closed
            assert lookup.state(self.connection, scope) == done[-1].state
            kept = {
                row["number"]: rows.state(row["state"])
                for row in self.every("select number, state from memories where scope = :scope", scope=scope)
            }
            assert kept == {number: done[number].state for number in range(max(1, numbered.kept), len(done))}

    @invariant()
    def nothing_is_audited_twice_in_effect(self) -> None:
        assert [turn_id for turn_id, times in self.heard.items() if times > 1] == []

    def every(self, query: str, **named: object) -> list[sqlite3.Row]:
        return lookup.every(self.connection, query, **named)

    def expected(self, turn: Answered) -> tuple[Any, ...]:
        scope = self.model.scope(turn)
        reading = scope.reading(turn)
        said = (reading.coherence, reading.drift) if reading else (None, None)
        ledger = None if turn.ledger is None else rows.ledger_column(turn.ledger)
        hole = None if turn.hole is None else rows.packed(turn.hole)
        return (turn.delivery, turn.number, turn.audit, scope.fate(turn), hole, ledger, *said)


COLUMNS = "delivery, number, audit, fate, hole_reason, ledger, coherence, drift"


def naive(
    connection: sqlite3.Connection, chain: Chain, turn_id: str, ledger: Ledger, step: Step, when: datetime
) -> tuple[Landed, ...]:
    """Settling as one would write it first: whatever lands is folded, in the order in which it lands."""
    (row,) = lookup.every(connection, queries.TURN, id=turn_id)
    (scope,) = lookup.every(connection, queries.SCOPE, scope=row["scope"])
    item = Audited(profile=lookup.profile(connection, row["digest"]), ledger=ledger)
    done = step(lookup.state(connection, row["scope"]), item)
    reading = numbers.columns(done.reading or numbers.UNREAD)
    landing = {"id": turn_id, "ledger": rows.ledger_column(ledger), "landed_at": rows.micros(when)}
    connection.execute(queries.LAND_LEDGER, landing | reading)
    connection.execute(queries.MARK_FOLDED, {"id": turn_id} | reading)
    memory = {"scope": row["scope"], "number": scope["folded"] + 1, "state": rows.state_column(done.state)}
    connection.execute(queries.KEEP_MEMORY, memory)
    connection.execute(queries.MARK_SCOPE, {"scope": row["scope"], "folded": scope["folded"] + 1})
    chain.append(connection, "ledger", landing | {"workspace": row["workspace"]}, {})
    return (numbers.landed(row, done.reading),)


class ProvedMachine(KeptMachine):
    """The same, and at its end the record is checked as `verify` does it."""

    key: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self.connection.execute(queries.KEEP_FINGERPRINT, {"fingerprint": self.chain.fingerprint})

    def teardown(self) -> None:
        assert check(self.connection, Path("store.db"), self.key).findings == ()
        super().teardown()


class NaiveMachine(KeptMachine):
    """The same with a store that settles without a look at numbers and states."""

    settle_body = staticmethod(naive)


@pytest.fixture
def proved(tmp_path: Path) -> type[ProvedMachine]:
    """The machine with its key in a file."""
    file = tmp_path / "store.key"
    file.touch(mode=0o600)
    file.write_text(KEY.hex(), encoding="ascii")
    return type("Proved", (ProvedMachine,), {"key": file})


def test_the_record_is_what_the_model_says(proved: type[ProvedMachine]) -> None:
    few = settings(max_examples=20, stateful_step_count=30)
    run_state_machine_as_test(proved, settings=few)


@pytest.mark.slow
def test_the_record_is_what_the_model_says_hundreds_of_times(proved: type[ProvedMachine]) -> None:
    hundreds = settings(max_examples=2 * settings().max_examples, stateful_step_count=30)
    run_state_machine_as_test(proved, settings=hundreds)


def test_a_store_that_folds_as_ledgers_come_is_caught() -> None:
    quickly = settings(
        max_examples=100, stateful_step_count=30, derandomize=True, database=None, phases=[Phase.generate]
    )
    with pytest.raises(AssertionError):
        run_state_machine_as_test(NaiveMachine, settings=quickly)
