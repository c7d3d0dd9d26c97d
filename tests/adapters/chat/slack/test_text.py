"""What goes to Slack: Markdown where it is meant, and no mention, no call and no hidden address, however it is cut."""

import html
import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.chat.slack.limits import LIMITS
from adapters.chat.slack.text import escaped, label, length, literal, spoken
from adapters.chat.splitting import split
from adapters.chat.text import one_line, plain
from adapters.chat.visible import HAIR, visible

MENTION = re.compile(r"<(?:!(?:channel|here|everyone|group|subteam\^|date\^)|@[UW\d]|#[CDG\d])", re.IGNORECASE)
HIDDEN = re.compile(r"<[^\s<>|]+\|[^<>]*>")
MARKUP = re.compile(r"[\\*_~`\u200b\u2060\u00ad]")
MASKED = re.compile(r"(?<!\\)\][(:]\s*<?\s*[a-z]+:", re.IGNORECASE)

SIGNS = (
    "<",
    "＜",
    "﹤",
    ">",
    "!",
    "！",
    "@",
    "＠",
    "#",
    "＃",
    "|",
    "^",
    "&",
    "＆",
    ";",
    "\\",
    "*",
    "`",
    "[",
    "]",
    "(",
    ")",
)
WORDS = ("channel", "here", "EVERYONE", "ｈｅｒｅ", "subteam^S1", "date^1^{date}", "U123", "W1", "C12|general", "label")
WHOLE = (
    "<!channel>",
    "<!here|x>",
    "<!subteam^S1|@ops>",
    "<@U12|ann>",
    "<#C1>",
    "<https://evil.example|bank.example>",
    "<evil.example|bank>",
)
CODED = ("&lt;", "&gt;", "&amp;", "&amp;lt;", "&#60;", "&#x3c;", "&LT", "&#33;", "&excl;", "&#38;lt;")
LINKS = (
    "https://a.example/b_(c)",
    "mailto:a@b.example",
    "[bank](https://evil.example)",
    "](",
    "]: ",
    "[1]: https://e.x",
)
BLANKS = ("\u200b", "\u200d", "\u2060", "\u00ad", "\u202e", "\ufe0f", "\ufeff", "\u0301", " ", "\n", "\n", "\t", HAIR)
CODE = ("```", "```py", "~~~", "``", "| a | b |\n|---|---|\n| 1 | <@U1> |\n", "- ", "> ")
PIECES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=20),
    st.sampled_from((*SIGNS, *WORDS, *WHOLE, *CODED, *LINKS, *BLANKS, *CODE)),
)
TEXTS = st.lists(PIECES, max_size=12).map("".join)
MAKERS = (spoken, escaped, label, literal)


def alive(text: str) -> bool:
    """Whether anybody could be called or a link hide its address, read as it is, in plain letters, or read twice."""
    read = html.unescape(text)
    shapes = (text, unicodedata.normalize("NFKC", text), read, html.unescape(read), MARKUP.sub("", read))
    return any(MENTION.search(shape) or HIDDEN.search(shape) for shape in shapes)


@pytest.mark.parametrize(
    "planted", [*WHOLE, "＜!here>", "&lt;!channel&gt;", "&amp;lt;!channel>", "<\\!here>", "<\u200b!here>"]
)
def test_a_mention_that_is_alive_is_seen(planted: str) -> None:
    assert alive(f"so {planted}")


DEAD = (
    ("<\u200b!chan\u2060nel>", f"<{HAIR}!channel>"),
    ("<\\!here>", f"<{HAIR}\\!here>"),
    ("<**@U1**>", f"<{HAIR}**@U1**>"),
    ("<&#33;here>", f"<{HAIR}&#33;here>"),
    ("&lt;!here&gt;", f"&lt;{HAIR}!here&gt;"),
    ("&#60;!here>", f"&#60;{HAIR}!here>"),
    ("&#x3C;!here>", f"&#x3C;{HAIR}!here>"),
    ("&amp;lt;!here>", f"&amp;lt;{HAIR}!here>"),
    ("&#38;lt;!here>", f"&#38;lt;{HAIR}!here>"),
    ("＜！here＞", f"＜{HAIR}！here＞"),
    ("<evil.example|bank>", f"<{HAIR}evil.example|bank>"),
    ("`<tel:1|x>`", f"`<{HAIR}tel:1|x>`"),
)


@pytest.mark.parametrize(("written", "shown"), DEAD)
def test_a_mention_dies_however_it_is_written(written: str, shown: str) -> None:
    assert {made(written) for made in (spoken, label, literal)} == {shown}
    assert html.unescape(escaped(written)) == shown


@given(TEXTS)
@example("&#38;lt;!here")
@example("＜！channel＞")
@example("```\n<!channel>\n```")
@example("`<https://evil.example|bank>`")
def test_nothing_is_alive_however_it_is_written(text: str) -> None:
    assert [made.__name__ for made in MAKERS if alive(made(text))] == []


@given(TEXTS)
@example("[t][1]\n\n[1]:\nhttps://evil.example")
@example("[![a](https://a.example)](https://evil.example)")
def test_no_link_has_other_words_for_its_address(text: str) -> None:
    assert not MASKED.search(spoken(text))


@given(TEXTS, st.data())
def test_no_piece_of_it_is_alive_either(text: str, data: st.DataObject) -> None:
    for made in (spoken(text), literal(text), escaped(text)):
        first, last = sorted(data.draw(st.tuples(st.integers(0, len(made)), st.integers(0, len(made)))))
        assert not alive(made[first:last])


@given(TEXTS.map(lambda text: text * 12), st.integers(200, 400), st.sampled_from([spoken, literal]))
def test_splitting_brings_nothing_to_life(text: str, limit: int, made: Callable[[str], str]) -> None:
    cut = split(made(text), limit=limit, parts=LIMITS.message.parts, count=length)
    assert [part for part in cut.parts if alive(part) or alive(escaped(part)) or length(part) > limit] == []
    assert made is literal or not any(map(MASKED.search, cut.parts))


@given(TEXTS)
@example("<https://a.example|b[c](https://d.example)>")
def test_saying_it_twice_changes_nothing(text: str) -> None:
    assert spoken(spoken(text)) == spoken(text)
    assert literal(literal(text)) == literal(text)
    assert one_line(label(label(text))) == one_line(label(text))


@given(TEXTS)
def test_what_is_escaped_reads_as_it_was_written(text: str) -> None:
    assert set(re.findall(r"&[a-z]*;?|[<>]", escaped(text))) <= {"&amp;", "&lt;", "&gt;"}
    assert bare(html.unescape(escaped(text))) == bare(visible(text))
    assert bare(literal(text)) == bare(visible(text))
    assert bare(label(text)) == bare(visible(one_line(text)))
    assert literal(text).count("\n") == plain(text).count("\n")


def bare(text: str) -> str:
    """A text without its blanks."""
    return "".join(text.split())


@given(TEXTS, st.integers(2, 60))
@example("<" * 60, 4)
def test_a_cut_text_keeps_to_its_limit_and_calls_nobody(text: str, limit: int) -> None:
    for made in (escaped, label, literal):
        assert length(made(text, limit=limit)) <= limit
        assert not alive(made(text, limit=limit))
    assert re.fullmatch(r"(?:[^&<>]|&(?:amp|lt|gt);)*", escaped(text, limit=limit))


@pytest.mark.parametrize("made", [escaped, label, literal])
def test_a_text_that_is_too_long_is_cut_between_signs(made: Callable[..., str]) -> None:
    assert made("a" * 50, limit=10) == "a" * 9 + "…"
    assert made("👩‍🚀" * 5, limit=13) == "👩‍🚀👩‍🚀…"
    assert made("word " * 9, limit=11) == "word word…"
    assert made("short", limit=5) == "short"


def test_a_cut_leaves_no_half_an_escape() -> None:
    assert [escaped("&" * 50, limit=limit) for limit in (5, 6, 11)] == ["…", "&amp;…", "&amp;&amp;…"]


SPOKEN = (
    ("**bold** _and_ `code`\n- one\n- two", "**bold** _and_ `code`\n- one\n- two"),
    ("1 < 2 && 3 > 2; `a<b>` vector<std::string> <T: Copy>", "1 < 2 && 3 > 2; `a<b>` vector<std::string> <T: Copy>"),
    ("<!-- a comment --> <br>", "<!-- a comment --> <br>"),
    ("see [the bank](https://evil.example/a)", "see the bank (https://evil.example/a)"),
    ("see [https://a.example](https://a.example)", "see https://a.example"),
    ("![chart](https://a.example/c.png)", "chart (https://a.example/c.png)"),
    ("<https://a.example> and <https://a.example|here>.", "https://a.example and here (https://a.example)."),
    ("so<https://a.example>so", "so https://a.example so"),
    ("`<https://a.example>` is code", f"`<{HAIR}https://a.example>` is code"),
    ("[a](evil.example) b[1]: c", f"[a]{HAIR}(evil.example) b[1]{HAIR}: c"),
    ("`x[a](b)`", "`x[a](b)`"),
    ("hi <!channel> <@U1>", f"hi <{HAIR}!channel> <{HAIR}@U1>"),
    ("~~~py\nx\n~~~", "```py\nx\n```"),
    ("| a | b |\n|---|---|\n| 1 | <@U1> |", f"```\na  b\n─  ─────\n1  <{HAIR}@U1>\n```"),
    ("@channel stays as it is", "@channel stays as it is"),
)


@pytest.mark.parametrize(("written", "shown"), SPOKEN)
def test_words_keep_their_markdown_and_show_their_links(written: str, shown: str) -> None:
    assert spoken(written) == shown


def test_titles_have_one_line_and_texts_keep_theirs() -> None:
    assert label("a\n *b* <@U1>\r\n") == f"a *b* <{HAIR}@U1>"
    assert literal("a\r\n *b* <@U1>") == f"a\n *b* <{HAIR}@U1>"
    assert escaped("a & b\n<!here>") == f"a &amp; b\n&lt;{HAIR}!here&gt;"


HUGE = ("<" * 100_000, "&lt;a" * 20_000, "<a*" * 30_000, "](" + " " * 50_000, "[a](http://" * 9_000, "a`" * 50_000)


@pytest.mark.parametrize("text", [*HUGE, "<@U1" * 25_000, "<https://a" * 10_000, "&amp;" * 20_000, "\u200d" * 100_000])
def test_huge_texts_are_no_trouble(text: str) -> None:
    assert not alive(spoken(text))
    assert length(escaped(text, limit=LIMITS.message.text)) <= LIMITS.message.text
