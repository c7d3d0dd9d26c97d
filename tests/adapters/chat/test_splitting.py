"""Long texts become messages that a person can read: cut in good places, every code block closed, nothing lost."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.splitting import ATTACHED, Split, split

FENCE = re.compile(r"[ \t>]*(?:(?:[-*+]|\d+[.)]) +)?(`{3,}|~{3,})([^\n]*)")
WORDS = "".join(f"word{number} " for number in range(20))
SENTENCE = "Here is a sentence with some words in it. "
CODE = "".join(f"    call({number})\n" for number in range(30))

UNFIT = re.compile(r"`{12}|~{12}|(?:```|~~~)[^\n]*[^\s`~>*+.)\d-]")
"""Fences longer than anybody's, and those with a language in letters: here it is a number, as `signs_of` reads none."""

LINES = st.one_of(
    st.sampled_from([SENTENCE * 3, SENTENCE * 12, WORDS, "", "", "## Heading", "- item", "1. first", "> q", "x" * 300]),
    st.sampled_from(
        ["```", "```64", "  ```", "~~~", "~~~~ 86", "`````", "> ```7", "- ```", "a `b` c", "a ```", "~~~~"]
    ),
    st.builds("`{}`".format, st.text(alphabet="ab ", min_size=1, max_size=80)),
    st.one_of(st.text(max_size=120), st.text(alphabet="` ~>-\n\\*e\u0301👩\u200d🚀🇩。.", max_size=150)).filter(
        lambda text: not UNFIT.search(text)
    ),
)
TEXTS = st.lists(LINES, max_size=40).map("\n".join)


def units(text: str) -> int:
    """A text's length in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def open_at_end(part: str) -> str | None:
    """The fence that a message leaves open, read as CommonMark does, on its own."""
    mark = None
    for line in part.split("\n"):
        if mark is not None:
            stripped = line.strip(" \t>")
            closes = len(stripped) >= len(mark) and set(stripped) == {mark[0]}
            mark = None if closes else mark
        elif (found := FENCE.match(line)) and (found[1][0] == "~" or "`" not in found[2]):
            mark = found[1]
    return mark


def signs_of(text: str) -> str:
    """A text's letters alone, in order: fences that are closed and opened again repeat none of these."""
    return "".join(re.findall(r"[^\s`~>*+.)\d-]", text))


@given(TEXTS, st.integers(200, 500), st.integers(1, 6))
def test_no_part_is_too_long_empty_or_one_too_many(text: str, limit: int, parts: int) -> None:
    made = split(text, limit=limit, parts=parts, count=units)
    assert len(made.parts) <= parts
    assert all(part.strip() and units(part) <= limit for part in made.parts)
    assert made.rest in {None, text}


@given(TEXTS, st.integers(200, 500))
def test_every_part_closes_what_it_opens(text: str, limit: int) -> None:
    assert [open_at_end(part) for part in split(text, limit=limit, parts=6).parts if open_at_end(part)] == []


@given(TEXTS, st.integers(200, 500))
def test_nothing_is_lost_and_nothing_is_said_twice(text: str, limit: int) -> None:
    made = split(text, limit=limit, parts=10_000)
    assert made.rest is None
    assert signs_of("\n".join(made.parts)) == signs_of(text)


@given(
    st.lists(st.sampled_from([SENTENCE, CODE, "", "- item", "```py\nx\n```"]), max_size=30).map("\n".join),
    st.integers(200, 500),
)
def test_words_stay_whole_where_they_can(text: str, limit: int) -> None:
    made = split(text, limit=limit, parts=10_000)
    assert [word for part in made.parts for word in words_in(part)] == words_in(text)


def words_in(text: str) -> list[str]:
    return [word for word in text.split() if not word.startswith("```")]


@given(TEXTS, st.integers(200, 500))
def test_what_does_not_fit_is_attached_whole_and_said_so(text: str, limit: int) -> None:
    made = split(text, limit=limit, parts=2)
    if made.rest is not None:
        assert made.parts[-1].endswith(f"\n\n{ATTACHED}")
        assert len(made.parts) == 2
        shown = signs_of("\n".join(made.parts).removesuffix(ATTACHED))
        assert signs_of(text).startswith(shown)


@pytest.mark.parametrize("text", ["short", "a\n\nb", "```py\nx = 1\n```", "- a\n  - b", "  indented"])
def test_what_fits_is_left_as_it_is(text: str) -> None:
    assert split(text, limit=200, parts=5) == Split(parts=(text,))


@pytest.mark.parametrize("text", ["", " \n\t\n  "])
def test_a_blank_text_has_no_parts(text: str) -> None:
    assert split(text, limit=200, parts=5) == Split(parts=())


def test_a_block_that_was_left_open_is_closed() -> None:
    assert split("a\n~~~~py\nx", limit=200, parts=5).parts == ("a\n~~~~py\nx\n~~~~",)


@pytest.mark.parametrize(
    ("text", "first", "second"),
    [
        (SENTENCE * 3 + "\n\n" + SENTENCE * 3, SENTENCE, "Here"),
        (f"{SENTENCE * 3}\n## Next\n\n{SENTENCE * 3}", "in it.", "## Next"),
        (f"{SENTENCE * 3}\nThe steps:\n\n- {SENTENCE * 2}\n- {SENTENCE}", "in it.", "The steps:"),
        (f"- {SENTENCE * 3}\n- {SENTENCE * 3}", "in it.", "- Here"),
        (f"{SENTENCE * 4}{WORDS}", "in it.", "word0"),
        (f"{'a' * 120} " + f"{'b' * 100}", "a", "b"),
        (f"{WORDS}{'c ' * 25}`some code in a span that is longer` {WORDS}", "c", "`some code"),
        (f"{WORDS}{'c ' * 25}**some words that stand out together** {WORDS}", "c", "**some words"),
        (f"{WORDS}{'y' * 30}\n1. {'z' * 50}", "y", "1. z"),
        ("日本語の文です。" * 20 + "そして" * 30, "です。", "そして"),
        (f"{SENTENCE * 3}\n```py\n{CODE[:90]}```\nEnd.", "in it.", "```py"),
        (f"{WORDS}{'c ' * 30}mark ````{'d' * 30} {WORDS}", "c", "mark ````"),
    ],
)
def test_a_cut_comes_where_a_reader_would_cut(text: str, first: str, second: str) -> None:
    made = split(text, limit=200, parts=5)
    assert made.parts[0].endswith(first.strip())
    assert made.parts[1].startswith(second)


@pytest.mark.parametrize(
    ("opening", "reopened", "closing"),
    [
        ("```python", "```python", "```"),
        ("~~~~ rust title='x'", "~~~~rust", "~~~~"),
        ("   ```", "   ```", "   ```"),
        ("> ```js", "> ```js", "> ```"),
        ("1. ```c++", "   ```c++", "   ```"),
    ],
)
def test_a_block_of_code_is_closed_and_opened_again(opening: str, reopened: str, closing: str) -> None:
    first, second, *_ = split(f"{opening}\n{CODE}{closing}\nEnd.", limit=300, parts=9).parts
    assert first.startswith(f"{opening}\n    call(0)\n")
    assert first.endswith(f"\n{closing}")
    assert second.startswith(f"{reopened}\n    call(")


def test_no_part_is_a_closing_fence_alone() -> None:
    for lines in range(10, 60):
        code = "x = 1\n" * lines
        made = split(f"```py\n{code}``````\n\nEnd.", limit=200, parts=9).parts
        assert not [part for part in made if not re.search("x = 1|End", part)]
        assert not [part for part in made if part.startswith("```\n") or part == "```"]


def test_a_block_whose_last_line_fills_a_part_is_not_opened_again() -> None:
    made = split(f"```\n{'x' * 192}\n``````\n{SENTENCE * 3}", limit=200, parts=9)
    assert made.parts == (f"```\n{'x' * 192}\n```", (SENTENCE * 3).strip())


def test_a_tight_text_is_cut_less_nicely_rather_than_attached() -> None:
    paragraphs = "\n\n".join(SENTENCE.strip() * 3 for _ in range(7))
    assert len(paragraphs) < 5 * 200
    assert split(paragraphs, limit=200, parts=5).rest is None


@pytest.mark.parametrize("sign", ["👩\u200d🚀", "e\u0301", "🇩🇪", "हि", "\\*", "👍🏽"])
def test_no_sign_is_cut_in_half(sign: str) -> None:
    made = split("a" + sign * 300, limit=200, parts=100, count=units)
    assert made.rest is None
    assert all(part.removeprefix("a").replace(sign, "") == "" for part in made.parts)


@pytest.mark.parametrize(
    "text",
    [
        "x" * 100_000,
        "`" * 100_000,
        "e" + "\u0301" * 100_000,
        "```py\n" + "x = 1\n" * 17_000,
        "```\n" * 25_000,
        SENTENCE * 2_500,
        "\n" * 100_000 + "x",
        " " * 100_000 + "x",
    ],
    ids=["one word", "backticks", "marks", "code", "fences", "one line", "line feeds", "blanks"],
)
def test_a_huge_text_is_cut_into_few_parts(text: str) -> None:
    made = split(text, limit=2_000, parts=5, count=units)
    assert all(part.strip() and units(part) <= 2_000 for part in made.parts)
    assert (len(made.parts), made.rest) == ((5, text) if text.strip() != "x" else (1, None))
