"""Money and tokens: what a call can take at most, what is counted, and that no cap is ever passed."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.meter import (
    OVERHEAD_TOKENS,
    Caps,
    Hold,
    Meter,
    Tariff,
    counted,
    estimate,
    most_input,
    open_meter,
)
from safi.errors import BudgetSpent
from safi.ports import Call, Message, Request, Schema, Spent
from safi.usage import Usage
from tests.adapters.llm.guarding import QUESTION, WIDE, FakeAccounts, a_dollar, no_price
from tests.doubles import NOON, HandClock

CAPS: Final = Caps(day=5, month=50, day_tokens=1_000)


def meter(clock: HandClock, caps: Caps = CAPS, *, day: Spent | None = None, month: Spent | None = None) -> Meter:
    accounts = FakeAccounts()
    return Meter(accounts=accounts, clock=clock, caps=caps, day=day or Spent(), month=month or Spent())


def call(cost: float | None, unpriced: int = 0) -> Call:
    return Call(at=NOON, role="will", fate="answered", usage=Usage(model="m", seconds=1, cost=cost), unpriced=unpriced)


def spend(meter: Meter, dollars: float) -> None:
    meter.book(meter.hold(Spent(cost=dollars)), call(dollars))


def refusal(meter: Meter, most: Spent) -> str:
    with pytest.raises(BudgetSpent) as caught:
        meter.hold(most)
    return str(caught.value)


def test_a_cap_of_the_day_says_what_was_spent_and_when_it_opens() -> None:
    of_today = meter(HandClock())
    spend(of_today, 4.5)
    assert refusal(of_today, Spent(cost=0.75)) == (
        "spend.day: this call may take $0.75, and of the $5.00 allowed, $4.50 are spent; "
        "it opens again on 2026-11-23 at 00:00 UTC"
    )


def test_a_cap_of_the_month_opens_with_the_next() -> None:
    of_the_month = meter(HandClock(datetime(2026, 12, 31, tzinfo=UTC)), month=Spent(cost=49.5))
    assert refusal(of_the_month, Spent(cost=1)).startswith(
        "spend.month: this call may take $1.00, and of the $50.00 allowed, $49.50 are spent;"
    )
    assert refusal(of_the_month, Spent(cost=1)).endswith("it opens again on 2027-01-01 at 00:00 UTC")


def test_models_without_a_price_are_capped_by_tokens() -> None:
    of_today = meter(HandClock())
    of_today.book(of_today.hold(Spent(unpriced=900)), call(None, 600))
    of_today.hold(Spent(unpriced=300))
    assert refusal(of_today, Spent(unpriced=101)) == (
        "spend.day_tokens: this call may take 101 tokens, and of the 1,000 tokens allowed, 600 tokens are spent, "
        "with the rest set aside for calls under way; try again when they have ended"
    )


def test_a_cap_that_no_call_fits_under_says_so() -> None:
    assert refusal(meter(HandClock()), Spent(cost=5.01)) == (
        "spend.day: this call may take $5.01, and $5.00 are allowed, "
        "so none like it can be made until the cap is raised"
    )


def test_what_costs_nothing_passes_no_cap() -> None:
    meter(HandClock(), day=Spent(cost=9, unpriced=9_999), month=Spent(cost=99)).hold(Spent())


def test_what_is_set_aside_counts_until_it_is_booked_or_given_back() -> None:
    of_today = meter(HandClock())
    first, second = of_today.hold(Spent(cost=3)), of_today.hold(Spent(cost=2))
    refusal(of_today, Spent(cost=0.01))
    of_today.release(first)
    of_today.book(second, call(0.5))
    of_today.hold(Spent(cost=4.5))


def test_a_new_day_starts_at_nothing_and_a_new_month_too() -> None:
    clock = HandClock(datetime(2026, 11, 29, 23, tzinfo=UTC))
    caps = meter(clock, Caps(day=5, month=12, day_tokens=0))
    for _ in range(2):
        spend(caps, 5)
        refusal(caps, Spent(cost=1))
        clock.pass_time(86_400)
    assert refusal(meter(clock, Caps(day=5, month=2, day_tokens=0), month=Spent(cost=2)), Spent(cost=1))
    spend(caps, 5)  # the first of December
    assert refusal(caps, Spent(cost=1)).startswith("spend.day")


def test_a_clock_that_is_set_back_opens_nothing() -> None:
    clock = HandClock()
    of_today = meter(clock)
    spend(of_today, 5)
    clock.time -= timedelta(days=40)
    refusal(of_today, Spent(cost=1))


async def test_what_was_spent_before_the_start_counts() -> None:
    asked: list[datetime] = []

    def before(since: datetime) -> Spent:
        asked.append(since)
        return Spent(cost=4.0 if since.day == 22 else 20.0)

    opened = await open_meter(accounts=FakeAccounts(before=before), clock=HandClock(), caps=CAPS)
    assert asked == [datetime(2026, 11, 22, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)]
    assert "$4.00 are spent" in refusal(opened, Spent(cost=1.5))


async def test_every_call_that_was_made_is_noted_and_no_other() -> None:
    accounts = FakeAccounts()
    opened = await open_meter(accounts=accounts, clock=HandClock(), caps=CAPS)
    opened.release(opened.hold(Spent(cost=1)))
    made = call(0.25)
    opened.book(opened.hold(Spent(cost=1)), made)
    assert accounts.calls == [made]


@given(
    caps=st.builds(Caps, day=st.floats(0, 3), month=st.floats(0, 9), day_tokens=st.integers(0, 300)),
    steps=st.lists(
        st.tuples(
            st.sampled_from(["hold", "book", "release"]),
            st.floats(0, 1),  # an estimate
            st.floats(0, 1),  # the share of it that was real
            st.integers(-90_000, 90_000),  # seconds
        ),
        max_size=60,
    ),
)
def test_calls_that_take_no_more_than_was_estimated_pass_no_cap(
    caps: Caps, steps: list[tuple[str, float, float, int]]
) -> None:
    accounts, clock = FakeAccounts(), HandClock()
    watched = Meter(accounts=accounts, clock=clock, caps=caps, day=Spent(), month=Spent())
    under_way: list[Hold] = []
    for kind, most, share, seconds in steps:
        clock.pass_time(seconds)
        if kind == "hold":
            under_way += held(watched, Spent(cost=most, unpriced=int(most * 100)))
        elif under_way:
            hold = under_way.pop()
            real = Usage(model="m", seconds=0, cost=hold.spent.cost * share)
            tokens = int(hold.spent.unpriced * share)
            made = Call(at=clock.now(), role="r", fate="answered", usage=real, unpriced=tokens)
            watched.release(hold) if kind == "release" else watched.book(hold, made)
    for day in {made.at.date() for made in accounts.calls}:
        of_day = [made for made in accounts.calls if made.at.date() == day]
        of_month = [made for made in accounts.calls if (made.at.year, made.at.month) == (day.year, day.month)]
        assert math.fsum(made.usage.cost or 0 for made in of_day) <= caps.day + 1e-9
        assert math.fsum(made.usage.cost or 0 for made in of_month) <= caps.month + 1e-9
        assert sum(made.unpriced for made in of_day) <= caps.day_tokens


def held(meter: Meter, most: Spent) -> list[Hold]:
    try:
        return [meter.hold(most)]
    except BudgetSpent:
        return []


# ------------------------------------------------------------------------------------------------------- estimates


@given(text=st.text(max_size=300))
def test_a_question_has_no_more_tokens_than_bytes(text: str) -> None:
    asked = Request(system=(text,), messages=(Message(role="user", text=text),))
    assert most_input(asked) == 2 * len(text.encode()) + OVERHEAD_TOKENS


def test_the_form_of_an_answer_is_part_of_the_question_and_what_cannot_be_sent_is_counted_too() -> None:
    schema = Schema(name="verdict", body={"type": "object"})
    odd = Request(system=(), messages=(Message(role="user", text="\udcff"),), schema=schema)
    assert most_input(odd) == 3 + len('{"type": "object"}') + OVERHEAD_TOKENS


def test_two_forms_of_one_name_are_each_counted_by_their_own_size() -> None:
    sizes = [most_input(replace(QUESTION, schema=Schema(name="ledger", body={"enum": ["x" * n]}))) for n in (1, 5, 1)]
    assert [size - sizes[0] for size in sizes] == [0, 4, 0]


@pytest.mark.parametrize("written", [0.5, 2.0])
def test_the_dearer_way_to_read_a_question_is_the_estimate(written: float) -> None:
    def tariff(usage: Usage) -> float:
        cached = usage.written_tokens or 0
        return (cached * written + ((usage.input_tokens or 0) - cached) * 1.0 + (usage.output_tokens or 0) * 10) / 1e6

    tokens = most_input(QUESTION)
    most = estimate(QUESTION, tariff, model="m", most_output=100)
    assert most.cost == pytest.approx(tokens * max(written, 1.0) / 1e6 + 0.001)


def test_without_a_price_the_estimate_is_in_tokens() -> None:
    tokens = most_input(QUESTION)
    most = estimate(QUESTION, no_price, model="m", most_output=100)
    assert most == Spent(unpriced=tokens + 100)


@pytest.mark.parametrize(
    ("tariff", "tokens", "taken"),
    [
        (a_dollar, (5, 7), Spent(cost=12e-6)),
        (no_price, (5, 7), Spent(unpriced=12)),
        (a_dollar, (None, 7), None),
        (no_price, (5, None), None),
    ],
)
def test_what_a_call_took_is_counted_where_the_vendor_says_it(
    tariff: Tariff, tokens: tuple[int | None, int | None], taken: Spent | None
) -> None:
    usage = Usage(model="m", seconds=1, input_tokens=tokens[0], output_tokens=tokens[1])
    assert counted(tariff, usage) == taken


def test_wide_caps_are_wide() -> None:
    meter(HandClock(), WIDE).hold(Spent(cost=1e5, unpriced=10**9))
