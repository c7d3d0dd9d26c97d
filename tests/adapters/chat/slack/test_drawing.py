"""Cards on Slack: whatever a card holds, Slack takes it, and what it says can be read and does nothing."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from adapters.chat.figures import NOTHING
from adapters.chat.port import Bar, Button, Card, File, Posted, Tone
from adapters.chat.slack.drawing import Drawn, drawn, told
from adapters.chat.slack.places import place
from adapters.chat.slack.text import length
from tests.adapters.chat.any_card import any_card
from tests.adapters.chat.slack.every_card import ADDRESS, PLACE
from tests.adapters.chat.slack.rules import ALIVE, broken

ABOUT = Posted(place=PLACE, message_id="1700000001.000200")

CARDS = any_card(("<!channel>", "<@U1>", "<https://a.b|c>", "&lt;!here>"), ABOUT)


def made(card: Card) -> Drawn:
    """What Slack is sent; it has to be what Slack takes."""
    found = drawn(card, address=ADDRESS)
    body = {"channel": "C1", "text": found.text, "blocks": found.blocks}
    assert broken("chat.postMessage", body) == []
    assert length(json.dumps(body, ensure_ascii=False, separators=(",", ":"))) <= 13_000
    assert broken("chat.postMessage", {"channel": "C1", "text": found.plain}) == []
    return found


def shown(card: Card) -> str:
    """All that its blocks say."""
    return "\n".join(said(block) for block in made(card).blocks)


def said(block: dict[str, Any]) -> str:
    match block["type"]:
        case "rich_text":
            return "".join(run["text"] for section in block["elements"] for run in section["elements"])
        case "context":
            return "".join(element["text"] for element in block["elements"])
        case "header":
            return str(block["text"]["text"])
        case _:
            return " ".join(element["text"]["text"] for element in block["elements"])


@given(CARDS)
def test_whatever_a_card_holds_slack_takes_it(card: Card) -> None:
    found = made(card)
    assert not ALIVE.search(found.text)
    assert not ALIVE.search(found.plain)


@given(CARDS)
def test_no_part_of_a_card_is_markup_and_no_block_is_longer_than_slack_sets(card: Card) -> None:
    for block in made(card).blocks:
        assert block["type"] in {"header", "rich_text", "context", "actions"}
        assert "mrkdwn" not in json.dumps(block)
        if block["type"] == "rich_text":
            assert length(json.dumps(block, ensure_ascii=False, separators=(",", ":"))) <= 3_000


@pytest.mark.parametrize("quiet", [False, True])
def test_a_card_of_which_nothing_can_be_seen_says_something_all_the_same(quiet: bool) -> None:
    unseen = "\u200d"
    found = made(Card(title=unseen, sentence=unseen, lines=(unseen,), footer=unseen, quiet=quiet))
    assert found.text == NOTHING


def test_two_hundred_personas_are_shown_or_counted() -> None:
    names = tuple(f"persona-{number:03} (answers here)" for number in range(200))
    assert "Not shown" not in shown(Card(title="Personas", lines=names))
    longer = tuple(f"{name} {'学' * 60}" for name in names)
    text = shown(Card(title="Personas", lines=longer))
    assert text.count("persona-") + int(text.split("for want of room: ")[1].split(" lines")[0]) == 200


def test_twelve_values_with_names_of_sixty_characters_all_stand_there_with_their_notes_cut() -> None:
    bars = tuple(
        Bar(label=f"{number:02}{'価' * 58}", value=number / 12, note="confidence 90%: " + "because " * 180)
        for number in range(12)
    )
    fields = tuple((name, "said " * 900) for name in ("Asked", "Said", "Gate", "Coaching"))
    text = shown(Card(title="Audit", bars=bars, fields=fields, footer="More."))
    assert all(bar.label in text for bar in bars)
    assert all(name in text for name, _ in fields)
    assert text.count("confidence 90%") == 12
    assert text.count("…") == 16
    assert "Not shown" not in text


def test_what_is_left_out_is_counted_by_its_kind() -> None:
    card = Card(
        title="All",
        lines=("line " * 30,) * 200,
        fields=(("Name", "value " * 50),) * 90,
        buttons=tuple(Button(label=str(page), command="audit list", arguments={"page": page}) for page in range(30)),
    )
    note = shown(card).partition("Not shown, for want of room: ")[2].splitlines()[0]
    assert [part.split()[1] for part in note.split(", ")] == ["lines", "fields", "buttons."]


def test_short_fields_stand_on_a_line_and_long_ones_below_their_names_with_room_around_them() -> None:
    fields = (("#2", "8.4 · “What is *life*?”"), ("Asked", "two\nlines"), ("#1", ""), ("", "x"))
    assert shown(Card(title="", fields=fields)) == "#2 8.4 · “What is *life*?”\n\nAsked\ntwo\nlines\n\n#1 —\n— x"
    long = Card(title="", fields=(("Said", "word " * 40),))
    assert shown(long).startswith("Said\nword word")


def test_a_cards_tone_is_a_sign_before_its_title_and_in_notifications() -> None:
    tones: tuple[tuple[Tone, str], ...] = (("plain", ""), ("warning", "⚠️ "), ("alarm", "🚨 "))
    for tone, sign in tones:
        found = made(Card(title="Look", sentence="at <it> & now", tone=tone))
        assert found.blocks[0]["text"]["text"] == f"{sign}Look"
        assert found.text == f"{sign}Look\nat &lt;it&gt; &amp; now"


def test_an_empty_card_is_a_dash() -> None:
    for card in (Card(title=" "), Card(title="", quiet=True)):
        assert (shown(card), made(card).text, made(card).plain) == ("—", "—", "—")


def test_a_card_of_nothing_but_buttons_has_words_for_where_no_blocks_are_shown() -> None:
    found = made(Card(title="", buttons=(Button(label="Go", command="status"),)))
    assert [block["type"] for block in found.blocks] == ["rich_text", "actions"]


def test_a_quiet_card_is_small_whatever_it_holds() -> None:
    card = Card(
        title="Audit 12",
        sentence="Coherence\n8.4",
        fields=(("Took", "2 s"),),
        lines=("a\nb", " "),
        bars=(Bar(label="Calm", value=-0.5, note="60%"), Bar(label="الصدق", value=None)),
        footer="f",
        quiet=True,
    )
    (block,) = made(card).blocks
    assert block["type"] == "context"
    assert said(block).splitlines() == [
        "\u200eAudit 12 · Coherence 8.4",
        "a b",
        "Took 2 s",
        "░░░██│░░░░░ −0.50 Calm · 60%",
        "░░░░░│░░░░░ \u2007\u2007\u2007\u2007– الصدق · unknown",
        "f",
    ]
    many = shown(replace(card, lines=("word " * 60,) * 40))
    assert many.splitlines()[-1].startswith("Not shown, for want of room: ")


@pytest.mark.parametrize(
    ("bar", "line"),
    [
        (Bar(label="Honesty", value=1.0, note="sure"), "░░░░░│█████ +1.00 Honesty sure"),
        (Bar(label="Care", value=-0.5), "░░░██│░░░░░ -0.50 Care"),
        (Bar(label="Calm", value=-0.001), "░░░░░│░░░░░  0.00 Calm"),
        (Bar(label="Modesty", value=None, note="not touched"), "░░░░░░░░░░░     – Modesty not touched"),
        (
            Bar(label="الصدق", value=-0.5, note="it says so, and how sure it is"),
            "\u200e░░░██│░░░░░ -0.50 \u2068الصدق\u2069\n↳ it says so, and how sure it is",
        ),
        (Bar(label="", value=None), "░░░░░░░░░░░     – unknown"),
    ],
)
def test_a_bar_is_drawn_from_its_middle_and_nothing_is_no_number(bar: Bar, line: str) -> None:
    found = made(Card(title="", bars=(bar,)))
    assert said(found.blocks[0]) == line
    runs = found.blocks[0]["elements"][0]["elements"]
    assert [len(run["text"]) for run in runs if run.get("style") == {"code": True}] == [17], "all are as wide"


def test_a_card_leads_to_the_message_that_it_is_about_with_its_last_button() -> None:
    buttons = tuple(Button(label=f"page {page}", command="audit list", arguments={"page": page}) for page in range(30))
    elements = made(Card(title="Audits", buttons=buttons, about=ABOUT)).blocks[-1]["elements"]
    assert [element["text"]["text"] for element in elements][-2:] == ["page 23", "Go to message"]
    assert elements[-1]["url"] == (
        "https://workshop.slack.com/archives/C1/p1700000001000200?thread_ts=1700000000.000100&cid=C1"
    )


def test_buttons_can_be_about_another_place_than_they_are_pressed_in() -> None:
    card = Card(title="Status", buttons=(Button(label="Memory", command="memory show"),))
    here = drawn(card, address=ADDRESS, place=place(team="T1", channel="C2"))
    assert here.blocks[-1]["elements"][0]["value"] == 'safi1:do:["memory show",{},null,"",["slack:T1","C2",null]]'


def test_all_that_a_card_says_is_there_for_where_no_blocks_are_taken() -> None:
    fields = (("Asked", "is <this> so?"),)
    card = Card(title="Audit", fields=fields, bars=(Bar(label="Calm", value=0.5),), footer="f", about=ABOUT)
    assert made(card).plain == "Audit\n\nAsked is &lt;this&gt; so?\n\n░░░░░│██░░░ +0.50 Calm\n\nf"


def test_files_go_along_as_they_are() -> None:
    files = (File(name="a.csv", data=b"1"), File(name="b.csv", data=b"2"))
    assert made(Card(title="Export", files=files)).files == files


def test_a_plain_line_is_told_as_it_is() -> None:
    found = told("is <this> so?")
    assert (found.text, found.plain, said(found.blocks[0])) == (*["is &lt;this&gt; so?"] * 2, "is <this> so?")
    assert told("").text == "—"
