"""Every complaint that touches Discord has a test, and every test that the list names is there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) [^|]+ \| (\S+)::(\w+) \|$", (Path(__file__).parent / "complaints.md").read_text(), re.MULTILINE
)


def test_every_complaint_that_touches_discord_is_there() -> None:
    assert {int(number) for number, _, _ in ROWS} == {*range(1, 8), *range(10, 17), 20}


def test_every_test_that_is_named_exists() -> None:
    missing = [
        f"{file}::{test}"
        for _, file, test in ROWS
        if not re.search(rf"^ *(async )?def {test}\(", (ROOT / file).read_text(), re.MULTILINE)
    ]
    assert missing == []


def test_no_row_is_in_another_form() -> None:
    rows = (Path(__file__).parent / "complaints.md").read_text().count("\n| ")
    assert rows == len(ROWS) + 1
