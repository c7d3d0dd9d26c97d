"""A ledger with anything wrong in it cannot be made."""

import math
from collections.abc import Mapping
from typing import Any

import pytest
from inline_snapshot import snapshot

from safi.errors import RefusedLedger
from safi.ledger import Entry, Ledger
from tests.safi.making import ledger

WHOLE: Mapping[str, Any] = {"value": "v1", "score": 0.5, "confidence": 1.0, "sentence": 1, "reason": "it does"}


def found(changes: Mapping[str, Any]) -> Entry:
    """The whole entry with these changes."""
    return Entry(**{**WHOLE, **changes})


@pytest.mark.parametrize("what", ["score", "confidence"])
@pytest.mark.parametrize(
    "bad", [math.nan, math.inf, -math.inf, 1.5, -1.5, True, "1", [1], 10**400], ids=lambda bad: repr(bad)[:9]
)
def test_a_number_that_is_none_or_out_of_range_is_refused(what: str, bad: object) -> None:
    with pytest.raises(RefusedLedger, match=f"v1: {what} must be"):
        found({what: bad})


@pytest.mark.parametrize("bad", [-1, True, 1.5, "1"])
def test_a_sentence_that_is_no_number_of_one_is_refused(bad: object) -> None:
    with pytest.raises(RefusedLedger, match="v1: sentence must be"):
        found({"sentence": bad})


@pytest.mark.parametrize(("what", "nothing"), [("confidence", None), ("reason", None), ("reason", " \n")])
def test_a_score_without_confidence_or_reason_is_refused(what: str, nothing: object) -> None:
    with pytest.raises(RefusedLedger, match="needs a confidence and a reason"):
        found({what: nothing})


def test_only_a_score_of_at_most_nought_may_rest_on_the_whole_answer() -> None:
    with pytest.raises(RefusedLedger, match="needs the sentence that shows it"):
        found({"sentence": 0})
    assert found({"sentence": 0, "score": 0.0}).scored
    assert found({"sentence": 0, "score": -1}).scored


def test_an_entry_without_score_or_sentence_does_not_count() -> None:
    assert not Entry(value="v1").scored
    assert not found({"score": None}).scored
    assert not found({"sentence": None}).scored


def test_doubled_missing_and_unknown_values_are_refused() -> None:
    with pytest.raises(RefusedLedger) as doubled:
        Ledger(entries=(Entry(value="v1"), Entry(value="v1")))
    with pytest.raises(RefusedLedger) as missing:
        ledger(1).of(("v1", "v2"))
    with pytest.raises(RefusedLedger) as unknown:
        ledger(1, 1).of(("v1",))
    assert [str(each.value) for each in (doubled, missing, unknown)] == snapshot(
        ["v1: is given twice", "v2: is left out", "v2: is not a value of this profile"]
    )


def test_entries_come_in_the_order_asked_for() -> None:
    assert [entry.value for entry in ledger(1, 0).of(("v2", "v1"))] == ["v2", "v1"]
