"""The circuit breaker: when it opens, how it tries again, and that it never tries with two calls at once."""

from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from adapters.llm.breaker import Breaker, Patience, Shut, Ticket
from tests.doubles import HandClock

PATIENCE = Patience(failures=3, first=10, longest=40, asked=3_600)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def breaker(clock: HandClock) -> Breaker:
    return Breaker(clock, PATIENCE)


def ticket(breaker: Breaker) -> Ticket:
    """Leave to make a call, which must be had."""
    given = breaker.enter()
    assert not isinstance(given, Shut), "shut"
    return given


def fail(breaker: Breaker, times: int = 1) -> None:
    for _ in range(times):
        breaker.failed(ticket(breaker))


def seconds(breaker: Breaker) -> float | None:
    """For how long it is shut."""
    shut = breaker.shut()
    return None if shut is None else shut.seconds


def test_it_opens_at_the_third_failure_in_a_row_and_says_for_how_long(breaker: Breaker, clock: HandClock) -> None:
    fail(breaker, 2)
    assert breaker.shut() is None
    fail(breaker)
    clock.pass_time(4)
    assert breaker.enter() == Shut(seconds=6)


def test_an_answer_in_between_starts_the_count_again(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.answered(ticket(breaker))
    fail(breaker, 2)
    assert breaker.shut() is None


def test_what_says_nothing_about_the_vendor_counts_neither_way(breaker: Breaker) -> None:
    fail(breaker, 2)
    breaker.neither(ticket(breaker))
    assert breaker.shut() is None
    fail(breaker)
    assert seconds(breaker) == 10


def test_after_the_pause_one_call_tries_and_its_answer_closes_it(breaker: Breaker, clock: HandClock) -> None:
    fail(breaker, 3)
    clock.pass_time(10)
    trial = ticket(breaker)
    assert breaker.enter() == Shut(seconds=0)
    breaker.answered(trial)
    fail(breaker, 2)
    assert breaker.shut() is None


def test_each_trial_that_fails_doubles_the_pause_up_to_a_bound(breaker: Breaker, clock: HandClock) -> None:
    fail(breaker, 3)
    pauses: list[float | None] = []
    for _ in range(4):
        pauses.append(seconds(breaker))
        clock.pass_time(pauses[-1] or 0)
        fail(breaker)
    assert pauses == [10, 20, 40, 40]
    clock.pass_time(40)
    breaker.answered(ticket(breaker))
    fail(breaker, 3)
    assert seconds(breaker) == 10


def test_a_vendor_that_asks_for_it_is_left_alone_at_once_and_for_an_hour_at_most(breaker: Breaker) -> None:
    breaker.failed(ticket(breaker), asked=30)
    assert seconds(breaker) == 30


@pytest.mark.parametrize(("asked", "pause"), [(1, 10), (3_600, 3_600), (1e9, 3_600)])
def test_what_a_vendor_asks_for_is_bounded_on_both_sides(breaker: Breaker, asked: float, pause: float) -> None:
    breaker.failed(ticket(breaker), asked=asked)
    assert seconds(breaker) == pause


def test_a_trial_that_says_nothing_leaves_its_place_to_the_next(breaker: Breaker, clock: HandClock) -> None:
    fail(breaker, 3)
    clock.pass_time(10)
    breaker.neither(ticket(breaker))
    assert breaker.shut() is None
    ticket(breaker)
    assert breaker.enter() == Shut(seconds=0)


def test_a_call_that_began_before_it_opened_changes_nothing_any_more(breaker: Breaker, clock: HandClock) -> None:
    early = [ticket(breaker) for _ in range(3)]
    fail(breaker, 3)
    breaker.answered(early[0])
    assert seconds(breaker) == 10
    clock.pass_time(10)
    ticket(breaker)
    breaker.neither(early[1])
    breaker.failed(early[2])
    assert breaker.enter() == Shut(seconds=0)


def test_a_clock_that_is_set_back_keeps_nobody_out(breaker: Breaker, clock: HandClock) -> None:
    fail(breaker, 3)
    clock.time -= timedelta(hours=1)
    assert breaker.shut() is None


class AnyCourse(RuleBasedStateMachine):
    """Calls that begin, end in any way and overlap, while the clock does what it likes."""

    def __init__(self) -> None:
        super().__init__()
        self.clock = HandClock()
        self.breaker = Breaker(self.clock, PATIENCE)
        self.under_way: list[Ticket] = []
        self.trials: set[Ticket] = set()
        self.was_open = False

    @rule()
    def begin(self) -> None:
        given = self.breaker.enter()
        if isinstance(given, Shut):
            assert 0 <= given.seconds <= PATIENCE.asked
            return
        if self.was_open:
            assert not self.trials, "two trials at once"
            self.trials.add(len(self.under_way))
        self.under_way.append(given)

    @precondition(lambda self: self.under_way)
    @rule(data=st.data(), how=st.sampled_from(["answered", "failed", "asked", "neither"]))
    def end(self, data: st.DataObject, how: str) -> None:
        index = data.draw(st.integers(0, len(self.under_way) - 1))
        given = self.under_way.pop(index)
        trial = index in self.trials
        self.trials = {number - (number > index) for number in self.trials if number != index}
        match how:
            case "answered":
                self.breaker.answered(given)
                self.was_open = self.was_open and not trial
            case "neither":
                self.breaker.neither(given)
            case "asked":
                self.breaker.failed(given, asked=data.draw(st.floats(0, 1e9)))
            case _:
                self.breaker.failed(given)

    @rule(step=st.floats(-60, 4_000))
    def time(self, step: float) -> None:
        self.clock.pass_time(step)

    @invariant()
    def opened(self) -> None:
        self.was_open = self.was_open or self.breaker.shut() is not None


TestAnyCourse = AnyCourse.TestCase
TestAnyCourse.settings = settings(stateful_step_count=40)
