"""A state machine: the store's bodies against the model, on one connection, with crashes at any statement."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from itertools import count
from typing import Any, Final, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from adapters.store import audits, journal, keeping, numbers
from adapters.store.chain import Chain
from safi.errors import InvalidValue
from safi.ledger import Entry, Ledger
from safi.ports import Event, Landed
from safi.profile import Profile
from safi.record import Act, Baseline, Freeze, Item, Reset, Restore, Restored, Thaw, fold
from safi.usage import Usage
from tests.adapters.store.fragile import Crash, Fragile, opened
from tests.adapters.store.linking import broken_links
from tests.adapters.store.making import NO, OTHER, PROFILE, YES, answer, at, event
from tests.adapters.store.modelled import Model
from tests.adapters.store.plainly import SCOPES, Answered, Asked

T = TypeVar("T")

KEY: Final = b"k" * 32
PEOPLE: Final = ("Ada", "Grace")
ACTS: Final[tuple[Reset | Freeze | Thaw | Baseline, ...]] = (Reset(), Freeze(), Thaw(), Baseline())
STALE: Final = 30
"""An older turn is not sent any more."""

picks = st.integers(0, 60)
"""Which one of a list that is not known yet."""
scopes = st.sampled_from(sorted(SCOPES))
minutes = st.integers(1, 90)
scores = st.none() | st.sampled_from([-1.0, -0.5, 0.0, 0.5, 1.0])


def found(profile: Profile, first: float | None, rest: float | None) -> Ledger:
    """A ledger for a profile, with one score for its first value and one for all others."""
    given = zip(profile.value_names, (first, *(rest for _ in profile.value_names)), strict=False)
    return Ledger(entries=tuple(_entry(name, score) for name, score in given))


def _entry(name: str, score: float | None) -> Entry:
    if score is None:
        return Entry(value=name)
    return Entry(value=name, score=score, confidence=0.75, sentence=1 if score > 0 else 0, reason="It shows.")


class RecordMachine(RuleBasedStateMachine):
    """Everything that can happen to a record, in any order."""

    settle_body = staticmethod(audits.settle)

    def __init__(self) -> None:
        super().__init__()
        salts = count(1)
        self.connection = opened()
        self.chain = Chain(key=KEY, salt=lambda: f"{next(salts):032x}")
        self.model = Model()
        self.minute = 1000
        self.ends_in: int | None = None
        self.made = count(1)
        self.heard = Counter[str]()
        self.forgotten = dict[str, datetime]()

    def teardown(self) -> None:
        assert broken_links(self.connection, self.chain) == []
        self.connection.close()

    # how something happens

    def do(self, body: Callable[[Fragile], T]) -> list[T]:
        """Run a body as the writer does; [] where the program ended in the middle, and was started again."""
        self.connection.left, self.ends_in = self.ends_in, None
        try:
            self.connection.execute("begin immediate")
            result = body(self.connection)
            self.connection.execute("commit")
        except Crash:
            self.connection.rollback()
            self.restart()
            return []
        except BaseException:
            self.connection.rollback()
            raise
        finally:
            self.connection.left = None
        return [result]

    def listen(self, landed: list[tuple[Landed, ...]], expected: Callable[[], list[str]]) -> None:
        """What was settled is what the model says; nothing is read out twice."""
        for found in landed:
            assert [one.turn_id for one in found] == expected()
            self.heard.update(one.turn_id for one in found if one.reading is not None)

    def pick(self, which: int, turns: Iterable[T]) -> T:
        some = list(turns)
        return some[which % len(some)]

    def doing(self) -> keeping.Doing:
        return keeping.Doing(actor="mod", at=at(self.minute), step=fold, forgotten=self.forget)

    def forget(self, persons: Sequence[str], when: datetime) -> None:
        assert when >= at(self.minute)
        self.forgotten |= dict.fromkeys(persons, when)

    def event_of(self, asked: Asked) -> Event:
        number = int(asked.id.removeprefix("event-"))
        return event(number, place=asked.scope, minute=asked.minute, author=asked.author, workspace=asked.workspace)

    # time, crashes, restarts

    @rule(by=st.integers(-60, 120))
    def time_passes_or_the_clock_is_set_back(self, by: int) -> None:
        self.minute = max(1, self.minute + by)

    @rule(statements=st.integers(0, 25))
    def the_program_will_end_soon(self, statements: int) -> None:
        self.ends_in = statements

    @rule()
    def restart(self) -> None:
        since = self.minute - STALE
        for left in self.do(lambda connection: journal.recover(connection, lambda _: at(since), at(self.minute))):
            found = {event.id for event in left.events}, {unsent.turn.id for unsent in left.unsent}
            assert found == self.model.recover(since, self.minute)

    # the path that a person waits on

    @initialize(turns=st.integers(0, 4))
    def something_was_said(self, turns: int) -> None:
        for _ in range(turns):
            self.accept("lobby", "Ada")
            self.commit(-1, PROFILE, approved=True)
            self.deliver(-1)

    @rule(scope=scopes, author=st.sampled_from(PEOPLE))
    def accept(self, scope: str, author: str) -> None:
        asked = Asked(id=f"event-{next(self.made)}", scope=scope, author=author, minute=self.minute)
        for accepted in self.do(lambda connection: journal.accept(connection, self.chain, self.event_of(asked))):
            assert accepted
            self.model.events[asked.id] = asked

    @precondition(lambda self: self.model.events)
    @rule(which=picks)
    def accept_again(self, which: int) -> None:
        again = self.event_of(self.pick(which, self.model.events.values()))
        assert self.do(lambda connection: journal.accept(connection, self.chain, again)) in ([False], [])

    @precondition(lambda self: self.model.events)
    @rule(which=picks)
    def dismiss(self, which: int) -> None:
        asked = self.pick(which, self.model.events.values())
        for _ in self.do(lambda connection: journal.dismiss(connection, self.event_of(asked), "ignored", "no")):
            asked.outcome = asked.outcome or "ignored"

    @precondition(lambda self: self.model.events)
    @rule(which=picks, profile=st.sampled_from([PROFILE, PROFILE, OTHER]), approved=st.booleans())
    def commit(self, which: int, profile: Profile, *, approved: bool) -> None:
        asked = self.pick(which, self.model.events.values())
        message = self.event_of(asked)
        made = answer(message, YES if approved else NO, profile=profile)

        def body(connection: sqlite3.Connection) -> bool:
            place: dict[str, Any] = {"scope": asked.scope, "at": at(self.minute)}
            try:
                journal.commit(connection, self.chain, message, made, profile=profile, **place)
            except InvalidValue:
                return False
            return True

        for done in self.do(body):
            assert done == (asked.outcome is None)
            if done:
                self.model.commit(
                    Answered(id=made.id, asked=asked, profile=profile, approved=approved, minute=self.minute)
                )

    @precondition(lambda self: self.model.turns)
    @rule(which=picks)
    def deliver(self, which: int) -> None:
        if not self.model.turns:
            return
        turn, now = self.pick(which, self.model.turns.values()), self.minute
        for number in self.do(
            lambda connection: journal.deliver(connection, self.chain, turn.id, [turn.id, "again"], at(now))
        ):
            assert number == self.model.deliver(turn, now)

    # audits

    def numbered(self) -> list[Answered]:
        return [turn for turn in self.model.turns.values() if turn.number is not None]

    @rule(lasting=minutes)
    def claim(self, lasting: int) -> None:
        until = self.minute + lasting
        due = self.model.claimable(self.minute)
        for owed in self.do(lambda connection: audits.claim(connection, at(self.minute), at(until))):
            assert (owed is None) == (due == [])
            if owed is not None:
                turn = self.model.turns[owed.turn.id]
                assert turn in due
                assert turn.due == min(each.due for each in due)
                assert (owed.number, owed.attempts) == (turn.number, turn.attempts)
                turn.lease = until

    @precondition(lambda self: self.numbered())
    @rule(which=picks, first=scores, rest=scores)
    def finish(self, which: int, first: float | None, rest: float | None) -> None:
        turn, now = self.pick(which, self.numbered()), self.minute
        ledger = found(turn.profile, first, rest)
        landed = self.do(lambda c: self.settle_body(c, self.chain, turn.id, ledger, fold, at(now)))
        self.listen(landed, lambda: self.model.settle(turn, ledger, now))

    @precondition(lambda self: self.numbered())
    @rule(which=picks)
    def finish_unreadable(self, which: int) -> None:
        turn, took = self.pick(which, self.numbered()), Usage(model="m", seconds=1)
        landed = self.do(lambda c: audits.give_up(c, self.chain, turn.id, "unreadable", fold, took))
        self.listen(landed, lambda: self.model.give_up(turn, "unreadable"))

    @precondition(lambda self: self.numbered())
    @rule(which=picks, later=minutes)
    def postpone(self, which: int, later: int) -> None:
        turn, due = self.pick(which, self.numbered()), self.minute + later
        for _ in self.do(lambda c: audits.postpone(c, turn.id, at(due), turn.attempts + 1, None)):
            if turn.audit == "owed":
                turn.due, turn.lease, turn.attempts = due, None, turn.attempts + 1

    @rule(age=minutes)
    def pass_over(self, age: int) -> None:
        now, since = at(self.minute), at(self.minute - age)
        landed = self.do(lambda connection: audits.pass_over(connection, self.chain, fold, since, now))
        self.listen(landed, lambda: self.model.pass_over(age, self.minute))

    @rule()
    def hasten(self) -> None:
        for _ in self.do(lambda connection: audits.hasten(connection, at(self.minute))):
            self.model.hasten(self.minute)

    # operators

    @rule(scope=scopes, act=st.sampled_from(ACTS))
    def operate(self, scope: str, act: Reset | Freeze | Thaw | Baseline) -> None:
        self._operate(scope, act, act)

    @rule(scope=scopes, number=st.integers(0, 12))
    def restore(self, scope: str, number: int) -> None:
        memory = self.model.restorable(scope, number)
        self._operate(scope, Restore(to=number), Restored(memory=memory) if memory else None)

    def _operate(self, scope: str, act: Act, item: Item | None) -> None:
        done = numbers.done(act, scope=scope, actor="mod")

        def body(connection: sqlite3.Connection) -> int | None:
            try:
                return numbers.operate(connection, self.chain, SCOPES[scope], done, step=fold, at=at(self.minute))
            except InvalidValue:
                return None

        for number in self.do(body):
            assert number == (self.model.operate(scope, item) if item else None)
