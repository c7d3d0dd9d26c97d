"""Cards on Discord: whatever a card holds, Discord takes it, and what it says can be read and does nothing."""

import json
from dataclasses import replace

import pytest
from hypothesis import given

from adapters.chat.discord.drawing import drawn
from adapters.chat.discord.limits import LIMITS
from adapters.chat.discord.places import place
from adapters.chat.port import Bar, Button, Card, File, Posted
from tests.adapters.chat.any_card import any_card
from tests.adapters.chat.discord.rules import payload, payload_problems

HERE = place(guild=1, channel=2, thread=3)
ABOUT = Posted(place=HERE, message_id="4")

CARDS = any_card(("@everyone", "@here", "<@1>", "<@&1>", "<#1>", "[a](https://b.c)"), ABOUT)


def shown(card: Card) -> str:
    """All that Discord is sent, as text; it has to be what Discord takes."""
    sent = payload(drawn(card))
    assert payload_problems(sent) == []
    return json.dumps(sent, ensure_ascii=False)


@given(CARDS)
def test_whatever_a_card_holds_discord_takes_it(card: Card) -> None:
    shown(card)


@given(CARDS)
def test_no_card_can_ping_or_hold_a_foreign_link(card: Card) -> None:
    made = drawn(card)
    fields = [text for embed in made.embeds for field in embed.fields for text in (field.name, field.value)]
    told = [made.content, *(embed.description for embed in made.embeds), *fields]
    footers = [embed.footer.text for embed in made.embeds]
    assert not any(sign in (text or "") for text in [*told, *footers] for sign in ("@everyone", "@here", "<@1", "<@&1"))
    assert not any("[a](" in (text or "") for text in told), "footers show no markup"


def test_two_hundred_personas_are_shown_or_counted() -> None:
    names = tuple(f"persona-{number:03} (answers here)" for number in range(200))
    assert "Not shown" not in shown(Card(title="Personas", lines=names))
    longer = tuple(f"{name} {'学' * 30}" for name in names)
    text = shown(Card(title="Personas", lines=longer))
    assert text.count("persona-") + int(text.split("for want of room: ")[1].split(" lines")[0]) == 200


def test_twelve_values_with_names_of_sixty_characters_all_stand_there_with_their_notes_cut() -> None:
    bars = tuple(
        Bar(label=f"{number:02}{'価' * 58}", value=number / 12, note="confidence 90%: " + "because " * 80)
        for number in range(12)
    )
    fields = tuple((name, "said " * 400) for name in ("Asked", "Said", "Gate", "Coaching"))
    text = shown(Card(title="Audit", bars=bars, fields=fields, footer="More: /safi help"))
    assert all(bar.label in text for bar in bars)
    assert all(name in text for name, _ in fields)
    assert text.count("confidence 90%") == 12
    assert text.count("…") == 16
    assert "Not shown" not in text


def test_short_texts_stay_whole_where_long_ones_are_cut() -> None:
    fields = (("Asked", "a" * 3_000), ("Gate", "let out"), *((f"f{number}", "b" * 900) for number in range(9)))
    (embed,) = drawn(Card(title="Audit", fields=fields)).embeds
    assert embed.fields[1].value == "let out"
    assert {len(field.value or "") for field in embed.fields} - {7} <= {569, 570, 571, 572, 573, 574, 575, 576, 577}


def test_fields_that_are_too_many_go_on_in_further_embeds() -> None:
    made = drawn(Card(title="Commands", fields=tuple((f"/{number}", "does\nit") for number in range(60))))
    assert [len(embed.fields) for embed in made.embeds] == [25, 25, 10]
    many = tuple((f"/{number}", "does\nit") for number in range(300))
    assert "Not shown, for want of room: 100 fields." in shown(Card(title="Commands", fields=many))


def test_fields_of_a_short_line_each_are_a_list_and_any_other_makes_them_a_form() -> None:
    short = (("#2", "8.4 · “What is *life*?”"), ("#1", ""))
    (listed,) = drawn(Card(title="Turns", fields=short, lines=("two of them",))).embeds
    assert listed.description == "two of them\n\n**\\#2** 8\\.4 · “What is \\*life\\*?”\n**\\#1** —"
    for longer in ("two\nlines", "word " * 40):
        (form,) = drawn(Card(title="Turns", fields=(*short, ("Asked", longer)))).embeds
        assert [field.name for field in form.fields] == ["\\#2", "\\#1", "Asked"]
        assert not any(field.inline for field in form.fields)


def test_a_cards_tone_colours_its_edge() -> None:
    cards = [Card(title="a", lines=("b",), tone=tone) for tone in ("plain", "warning", "alarm")]
    assert len({str(drawn(card).embeds[0].colour) for card in cards}) == 3


def test_a_long_sentence_stands_in_the_embed_and_lines_below_it() -> None:
    made = drawn(Card(title="Ada", sentence="wise " * 200, lines=("one", "two")))
    assert made.content == "**Ada**"
    assert (made.embeds[0].description or "").endswith("wise \n\none\ntwo")


def test_a_text_that_fills_an_embed_goes_on_in_the_next() -> None:
    made = drawn(Card(title="Ada", sentence="a" * 3_000, lines=("b" * 900, "c" * 1_500)))
    assert ["".join(sorted(set((embed.description or "").replace("\n", "")))) for embed in made.embeds] == ["ab", "c"]


def test_a_sentence_that_fills_an_embed_alone_is_whole() -> None:
    for lines in ((), (" ",)):
        (embed,) = drawn(Card(title="Ada", sentence="a" * 4_095, lines=lines)).embeds
        assert embed.description == "a" * 4_095


def test_a_card_without_details_is_no_more_than_words() -> None:
    made = drawn(Card(title="Please look", sentence="A person is needed.", footer="/why shows the turn.", about=ABOUT))
    assert made.content == "**Please look**\nA person is needed.\n-# /why shows the turn."
    assert not made.embeds
    assert drawn(Card(title=" ")).content == drawn(Card(title="", quiet=True)).content == "—"


def test_a_quiet_card_is_small_whatever_it_holds() -> None:
    card = Card(
        title="Audit 12",
        sentence="Coherence\n8.4",
        fields=(("Took", "2 s"),),
        lines=("a\nb", " "),
        footer="f",
        quiet=True,
    )
    lines = drawn(card).content.splitlines()
    assert lines == ["-# **Audit 12** Coherence 8.4", "-# a b", "-# **Took** 2 s", "-# f"]
    many = drawn(replace(card, lines=("word " * 60,) * 40))
    assert many.content.splitlines()[-1].startswith("-# Not shown, for want of room: ")


@pytest.mark.parametrize(
    ("bar", "line"),
    [
        (Bar(label="Honesty", value=1.0, note="sure"), "`░░░░░│█████ +1.00` **Honesty** sure"),
        (Bar(label="Care", value=-0.5), "`░░░██│░░░░░ -0.50` **Care**"),
        (Bar(label="Calm", value=-0.001), "`░░░░░│░░░░░  0.00` **Calm**"),
        (Bar(label="Modesty", value=None, note="not touched"), "`░░░░░░░░░░░     –` **Modesty** not touched"),
        (
            Bar(label="الصدق", value=-0.5, note="it says so, and how sure it is"),
            "`░░░██│░░░░░ -0.50` **الصدق**\n↳ it says so, and how sure it is",
        ),
        (Bar(label="", value=None), "`░░░░░░░░░░░     –` unknown"),
    ],
)
def test_a_bar_is_drawn_from_its_middle_and_nothing_is_no_number(bar: Bar, line: str) -> None:
    assert drawn(Card(title="Audit", bars=(bar,))).embeds[0].description == line


def test_buttons_stand_in_rows_of_five_with_the_link_last() -> None:
    buttons = tuple(Button(label=f"page {page}", command="audit list", arguments={"page": page}) for page in range(30))
    sent = payload(drawn(Card(title="Audits", buttons=buttons, about=ABOUT)))
    rows = [[button["label"] for button in row["components"]] for row in sent["components"]]
    assert [len(row) for row in rows] == [5] * 5
    assert rows[-1][-2:] == ["page 23", "Go to message"]
    assert sent["components"][-1]["components"][-1]["url"] == "https://discord.com/channels/1/3/4"
    assert "Not shown, for want of room: 6 buttons." in sent["content"]


def test_files_go_along_as_far_as_discord_takes_them() -> None:
    half = bytes(LIMITS.message.file_bytes // 2 + 1)
    made = drawn(Card(title="Export", files=(File(name="a.csv", data=half), File(name="b.csv", data=half))))
    assert [file.filename for file in made.files()] == ["a.csv"]
    assert "Not shown, for want of room: 1 file." in made.content
    assert made.files()[0].fp.read() == made.files()[0].fp.read() == half, "each try has files of its own"


def test_a_view_is_made_anew_for_each_try_and_none_where_there_are_no_buttons() -> None:
    made = drawn(Card(title="Audit", about=ABOUT))
    assert made.view() is not made.view()
    assert drawn(Card(title="Audit")).view() is None
