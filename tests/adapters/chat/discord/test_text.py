"""What goes to Discord: Markdown where it is meant, none where it is not, and never a ping, however it is cut."""

import re
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.chat.discord.limits import LIMITS
from adapters.chat.discord.text import escaped, escaped_line, label, length, spoken
from adapters.chat.splitting import split
from adapters.chat.text import one_line, plain

PING = re.compile(r"<@!?\d+>|<@&\d+>|@everyone|@here|</[^<>\n]*:\d+>", re.IGNORECASE)
MASKED = re.compile(r"(?<!\\)\]\(\s*<?\s*[a-z]+:", re.IGNORECASE)
SHAPING = "\u200c\u200d\ufe0e\ufe0f\u180b\u180c\u180d\u180f"
"""The invisible signs that scripts and emoji need."""

PIECES = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=()), max_size=20),
    st.sampled_from(
        [
            *(
                "@",
                "＠",
                "﹫",
                "everyone",
                "here",
                "EVERYONE",
                "ｅｖｅｒｙｏｎｅ",
                "𝐡𝐞𝐫𝐞",
                "her\u32ce",
                "e",
                "h",
                "ere",
            ),
            *(
                "<",
                "＜",
                "<@",
                "<@!",
                "<@&",
                "&",
                "!",
                "123",
                "123456789012345678",
                "１２",
                ">",
                "</ban",
                "</a b",
                ":1>",
            ),
            *("\u200b", "\u200d", "\ufe0f", "\u2060", "\u00ad", "\u202e", "\u0301", "\U000e0065", "\ufeff", "\u3164"),
            *(
                "`",
                "```",
                "```py",
                "~~~",
                "````",
                "\n",
                "\n",
                " ",
                "\\",
                "*",
                "**",
                "_",
                "[",
                "]",
                "](",
                "(",
                ")",
                "# ",
                "> ",
            ),
            *(
                "https://a.b/c",
                "[x](https://a.b)",
                "![](http://a.b)",
                "<https://a.b>",
                ":smile:",
                "- ",
                "1. ",
                "x" * 90,
            ),
        ]
    ),
)
TEXTS = st.lists(PIECES, max_size=40).map("".join)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("**bold** _it_ ~~no~~ ||psst|| > q", "**bold** _it_ ~~no~~ ||psst|| > q"),
        ("# Title\n- item\n  - more\n1. one\n-# small", "# Title\n- item\n  - more\n1. one\n-# small"),
        ("<t:1700000000:R> <:wave:123> <#123>", "<t:1700000000:R> <:wave:123> <#123>"),
        ("Hi @everyone and @here!", "Hi @\u200aeveryone and @\u200ahere!"),
        ("＠ｅｖｅｒｙｏｎｅ", "＠\u200aｅｖｅｒｙｏｎｅ"),
        ("@\u200bevery\u2060one", "@\u200aeveryone"),
        ("<@1> <@!2> <@&3>", "<@\u200a1> <@\u200a!2> <@\u200a&3>"),
        ("</ban user:123>", "<\u200a/ban user:123>"),
        ("</div> ann@example.com @property", "</div> ann@example.com @property"),
        ("`@here`", "`@\u200ahere`"),
        ("See [the docs](https://a.b/c_(d)).", "See the docs (<https://a.b/c_(d)>)."),
        ("[https://a.b](https://a.b) ![](http://c.d 'e')", "<https://a.b> <http://c.d>"),
        ("`[a](https://b.c)`", "`[a]\u200a(https://b.c)`"),
        ("[a [b]](https://c.d)", "[a [b]]\u200a(https://c.d)"),
        ("`rows[0](1)` **x**", "`rows[0](1)` **x**"),
        ("A picture: ![of a cat](https://a.b/cat.png)", "A picture: of a cat (<https://a.b/cat.png>)"),
        ("~~~py\nx = 1\n~~~", "```py\nx = 1\n```"),
        ("````md\n```py\nx\n```\n````", "```md\nˋˋˋpy\nx\nˋˋˋ\n```"),
        ("So: ```py\nx = 1``` \nEnd.", "So:\n```py\nx = 1\n``` \nEnd."),
        ("```\n[a](https://b.c) @app\n```", "```\n[a]\u200a(https://b.c) @app\n```"),
        ("👩‍🚀 ❤️ 1️⃣ ℹ️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿", "👩‍🚀 ❤️ 1️⃣ ℹ️ 🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
        ("نمی‌خواهم हिन्दी 日本語", "نمی‌خواهم हिन्दी 日本語"),
        ("a\u200db\u00adc\ufeffd\u202e\x1b[31m", "abcd␛[31m"),
        ("🤔\U000e0168\U000e0169", "🤔"),
    ],
)
def test_a_persona_keeps_its_markdown_and_nothing_else(written: str, said: str) -> None:
    assert spoken(written) == said


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("**b** _i_ ~~s~~ ||p|| `c`", r"\*\*b\*\* \_i\_ \~\~s\~\~ \|\|p\|\| \`c\`"),
        (
            "# h\n-# s\n> q\n>>> r\n- a\n+ b\n 12. c\n3) d",
            "\\# h\n\\-# s\n\\> q\n\\>>> r\n\\- a\n\\+ b\n 12\\. c\n3\\) d",
        ),
        ("[t](https://a.b/c_d) <https://a.b>", r"\[t\](https\://a.b/c\_d) \<https\://a.b>"),
        ("<t:1:R> <:w:1> <#1> :smile:", r"\<t\:1:R> \<\:w:1> \<#1> \:smile:"),
        ("10:30 – ¯\\_(ツ)_/¯", r"10:30 – ¯\\\_(ツ)\_/¯"),
        ("<@1> @here </x:1>", "\\<@\u200a1> @\u200ahere \\<\u200a/x:1>"),
        ("Ünïcödé, 日本語, 60 %", "Ünïcödé, 日本語, 60 %"),
    ],
)
def test_other_texts_are_shown_exactly_as_they_are(written: str, shown: str) -> None:
    assert escaped(written) == shown


def test_titles_and_labels_have_one_line() -> None:
    assert escaped_line("# a\n *b*\r\n") == r"\# a \*b\*"
    assert label("# a\n *b* @here <@1>") == "# a *b* @\u200ahere <@\u200a1>"


@pytest.mark.parametrize("made", [escaped, escaped_line, label])
def test_a_text_that_is_too_long_is_cut_between_signs(made: Callable[..., str]) -> None:
    assert made("a" * 50, limit=10) == "a" * 9 + "…"
    assert made("👩‍🚀" * 5, limit=13) == "👩‍🚀👩‍🚀…"
    assert made("word " * 9, limit=11) == "word word…"
    assert made("short", limit=5) == "short"


def test_a_cut_leaves_no_half_an_escape() -> None:
    assert [escaped("*" * 50, limit=limit) for limit in (5, 6, 7)] == [r"\*\*…", r"\*\*…", r"\*\*\*…"]


@given(TEXTS, st.integers(2, 60))
def test_a_cut_text_keeps_to_its_limit_and_pings_nobody(text: str, limit: int) -> None:
    for made in (escaped(text, limit=limit), escaped_line(text, limit=limit), label(text, limit=limit)):
        assert length(made) <= limit
        assert not pings(made)


def test_length_counts_what_clients_count() -> None:
    assert (length("abc"), length("日本"), length("👩‍🚀"), length("")) == (3, 2, 5, 0)


def pings(text: str) -> bool:
    return bool(PING.search(text) or PING.search(unicodedata.normalize("NFKC", text)))


@given(TEXTS)
@example("@here\u0301")
@example("＜＠&１２３＞")
@example("@\U0001d41e\ufe0fveryone")
def test_nothing_can_ping_however_it_is_written(text: str) -> None:
    assert not [made(text) for made in (spoken, escaped, escaped_line, label) if pings(made(text))]
    assert not [made(text) for made in (spoken, escaped, escaped_line) if MASKED.search(made(text))]


@given(TEXTS, st.data())
def test_no_piece_of_it_can_ping_either(text: str, data: st.DataObject) -> None:
    for made in (spoken(text), escaped(text)):
        first, last = sorted(data.draw(st.tuples(st.integers(0, len(made)), st.integers(0, len(made)))))
        assert not pings(made[first:last])


@given(TEXTS.map(lambda text: text * 12), st.integers(200, 400), st.sampled_from([spoken, escaped]))
def test_splitting_makes_no_ping(text: str, limit: int, made: Callable[[str], str]) -> None:
    cut = split(made(text), limit=limit, parts=LIMITS.message.parts, count=length)
    assert [part for part in cut.parts if pings(part) or MASKED.search(part) or length(part) > limit] == []


@given(TEXTS)
def test_saying_it_twice_changes_nothing(text: str) -> None:
    assert spoken(spoken(text)) == spoken(text)
    assert one_line(label(label(text))) == one_line(label(text))


@given(TEXTS)
def test_what_is_escaped_reads_as_it_was_written(text: str) -> None:
    read = re.sub(r"\\([^0-9A-Za-z\s])", r"\1", escaped(text))
    assert seen(read) == seen(plain(text))
    assert seen(label(text)) == seen(one_line(text))
    assert read.count("\n") == plain(text).count("\n")


def seen(text: str) -> str:
    """What can be seen of a text, without the blanks."""
    return "".join(sign for sign in text if not sign.isspace() and not unseen(sign))


def unseen(sign: str) -> bool:
    fillers = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
    variants = "\ufe00" <= sign <= "\ufe0f" or "\U000e0000" <= sign <= "\U000e0fff" or "\ufff0" <= sign <= "\ufffb"
    visible = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"  # of category Cf
    written = sign in visible or "\U00013430" <= sign <= "\U0001343f"
    formats = unicodedata.category(sign) == "Cf" and not written
    return formats or variants or sign in fillers or sign in SHAPING


@given(TEXTS)
def test_nothing_invisible_stays_but_what_scripts_and_emoji_need(text: str) -> None:
    for made in (spoken(text), escaped(text), label(text)):
        left = {sign for sign in made if unseen(sign)}
        assert left <= set(SHAPING)
        assert not re.search(f"[\x00-\x22\x24-\x29\x2b-\x2f\x3a-\x7f][{SHAPING}]", made)


@pytest.mark.parametrize(
    "text", ["@" * 100_000, "[a](http://" * 9_000, "[" * 100_000, "a`" * 50_000, "<@" * 50_000, "\u200d" * 100_000]
)
def test_huge_texts_are_no_trouble(text: str) -> None:
    assert not pings(spoken(text))
    assert length(escaped(text, limit=LIMITS.embed.description)) <= LIMITS.embed.description


def test_a_table_is_laid_out_in_columns() -> None:
    assert spoken("| a | b |\n|---|---|\n| 1 | @everyone |") == ("```\na  b\n─  ─────────\n1  @\u200aeveryone\n```")
