"""What several questions took together: nothing unknown is counted as nothing."""

from dataclasses import replace
from typing import Final

from safi.usage import Usage, total

FIRST: Final = Usage(model="a:m", seconds=1.0, input_tokens=5, cached_tokens=2, first_token=0.5, cost=0.25)
LAST: Final = Usage(
    model="b:m", seconds=2.0, input_tokens=7, output_tokens=3, written_tokens=1, cost=0.5, calls=2, instead_of="a:m"
)


def test_one_alone_is_what_it_is() -> None:
    assert total([LAST]) == LAST


def test_together_they_are_the_last_model_s_with_all_that_is_known_of_both() -> None:
    assert total([FIRST, LAST]) == Usage(
        model="b:m",
        seconds=3.0,
        input_tokens=12,
        output_tokens=3,
        cached_tokens=2,
        written_tokens=1,
        cost=0.75,
        calls=3,
        instead_of="a:m",
    )


def test_with_one_cost_unknown_the_sum_is_unknown() -> None:
    assert total([replace(FIRST, cost=None), LAST]).cost is None
