"""Every complaint that touches a platform has a test, and every test that the list names is there."""

import re
from pathlib import Path
from typing import Final

import pytest

ROOT = Path(__file__).parents[2]
LIST = (Path(__file__).parent / "complaints.md").read_text()
ROW = re.compile(r"^\| (\d+) [^|]+ \| (\S+)::(\w+) \|$", re.MULTILINE)
ROWS = ROW.findall(LIST)

TOUCHED: Final = {
    "On Discord": {*range(1, 8), *range(10, 17), 20},
    "On Slack": {*range(1, 6), *range(7, 16), 20},
}
"""The complaints that touch a platform, by the heading of its part."""


@pytest.mark.parametrize("heading", TOUCHED)
def test_every_complaint_that_touches_a_platform_is_there(heading: str) -> None:
    part = LIST.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    assert {int(number) for number, _, _ in ROW.findall(part)} == TOUCHED[heading]


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{file}::{test}"
        for _, file, test in ROWS
        if not re.search(rf"^ *(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_no_row_is_in_another_form() -> None:
    rows = LIST.count("\n| ")
    assert rows == len(ROWS) + len(TOUCHED)
