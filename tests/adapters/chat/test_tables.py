"""Tables that a model writes in Markdown: as a person gets to read them."""

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.tables import laid_out

FRUIT = """\
Here:

| Fruit | Price | Note |
|:------|------:|------|
| **Apple** | 1 | `red` |
| 梨 | 12 | a \\| b |
| Fig |

Enjoy."""


def test_a_table_becomes_columns_in_a_block_of_code() -> None:
    assert laid_out(FRUIT) == (
        "Here:\n\n```\nFruit  Price  Note\n─────  ─────  ─────\n"
        "Apple  1      red\n梨     12     a | b\nFig\n```\n\nEnjoy."
    )


def test_a_table_that_is_too_wide_becomes_a_list() -> None:
    wide = f"| Name | What it does |\n|---|---|\n| **fetch** | {'only downloads ' * 6}|\n| pull | |"
    assert laid_out(wide) == f"- **fetch**; What it does: {('only downloads ' * 6).strip()}\n- pull"


@pytest.mark.parametrize(
    "text",
    [
        "a | b",
        "a | b\n---",
        "| a | b |\n|---|\n",
        "```\n| a | b |\n|---|---|\n```",
        "| a | b |\n```\n|---|---|\n```",
        "true || false\nand more",
        "a\n- - -\nb | c",
    ],
)
def test_what_is_no_table_stays(text: str) -> None:
    assert laid_out(text) == text


def test_a_table_without_rows_keeps_its_head() -> None:
    assert laid_out("a|b\n-|-") == "```\na  b\n─  ─\n```"
    assert laid_out(f"a|{'b' * 80}\n-|-") == f"- a; {'b' * 80}: {'b' * 80}"


CELLS = st.text("ab1 梨é*`|\\-:@\u200d", max_size=12)
TABLES = st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5).map(
    lambda rows: "\n".join(["|".join(rows[0]), "|".join("---" for _ in rows[0]), *("|".join(row) for row in rows[1:])])
)


@given(st.lists(TABLES | st.text("ab|-\n `", max_size=30), max_size=4).map("\n".join))
def test_no_letter_is_lost_and_doing_it_twice_changes_nothing(text: str) -> None:
    once = laid_out(text)
    assert laid_out(once) == once
    assert Counter(re.findall("[ab1梨é]", text)) <= Counter(re.findall("[ab1梨é]", once))
