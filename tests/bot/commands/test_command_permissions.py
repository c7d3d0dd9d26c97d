"""Who may give which command: each of them, by a member, by one who may not read, and by moderators of both kinds."""

from dataclasses import replace

import pytest

from adapters.chat.port import Card, Command, Invocation
from adapters.store.sqlite import SQLiteStore
from bot.cards import places
from tests.bot.making import commands, conversing, given, text_of
from tests.doubles import PLACE, FakeChat, inbound

ARGUMENTS: dict[str, dict[str, str | int]] = {
    "memory restore": {"number": 1},
    "persona assign": {"name": "ada"},
    "report": {"reason": "rude"},
}
"""What a command cannot be given without, or is not given without."""

EVERYONE = {"values": True, "why": False, "report": False, "about": True}
"""Commands of everyone, and whether they are answered to somebody who may not read what was said here."""

MODERATORS = {
    "panel": True,
    "status": True,
    "help": True,
    "audit list": False,
    "audit show": False,
    "audit pending": False,
    "drift show": True,
    "drift baseline": True,
    "persona list": True,
    "persona show": True,
    "persona assign": True,
    "persona pause": True,
    "persona resume": True,
    "memory show": True,
    "memory reset": True,
    "memory freeze": True,
    "memory thaw": True,
    "memory restore": True,
    "export audits": False,
    "export ledger": False,
}
"""Commands of moderators, likewise."""


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    await conversing(store, FakeChat()).hear(inbound("my canary", 1))
    return commands(store)


def test_the_matrix_has_every_command(table: dict[str, Command]) -> None:
    by_audience = {
        audience: {name for name, row in table.items() if row.audience == audience}
        for audience in ("everyone", "moderators")
    }
    assert by_audience == {"everyone": set(EVERYONE), "moderators": set(MODERATORS)}


@pytest.mark.parametrize("name", [*EVERYONE, *MODERATORS])
async def test_everyone_is_answered_what_is_theirs_and_refused_all_else(table: dict[str, Command], name: str) -> None:
    wordless = (EVERYONE | MODERATORS)[name]
    for moderator in (False, True):
        for reads in (False, True):
            asked = replace(given(name, **ARGUMENTS.get(name, {})), moderator=moderator, reads=reads)
            card = await table[name].run(asked)
            if name in MODERATORS and not moderator:
                assert card == places.moderators_only()
            elif not wordless and not reads:
                assert card == places.unreadable()
            else:
                assert card not in (places.moderators_only(), places.unreadable())
            assert reads or "canary" not in everything(card)


@pytest.mark.parametrize("name", [*EVERYONE, *MODERATORS])
async def test_nothing_is_granted_where_a_platform_says_nothing(table: dict[str, Command], name: str) -> None:
    bare = Invocation(command=name, arguments=ARGUMENTS.get(name, {}), place=PLACE, author="eve")
    card = await table[name].run(bare)
    allowed = EVERYONE.get(name, False)
    assert (card not in (places.moderators_only(), places.unreadable())) == allowed


async def test_what_is_refused_is_not_done(store: SQLiteStore, table: dict[str, Command]) -> None:
    for name in MODERATORS:
        await table[name].run(replace(given(name, **ARGUMENTS.get(name, {})), moderator=False))
    assert await store.operations('["w","c","ada"]', limit=9) == []
    assert await store.assignments() == []


async def test_whoever_cannot_read_can_still_report_a_message_that_they_see_and_is_told_no_words(
    table: dict[str, Command],
) -> None:
    pointing = replace(given("report", reason="rude"), target="out-1", moderator=False, reads=False)
    card = await table["report"].run(pointing)
    assert card.title == "Thank you for the report"
    assert "canary" not in everything(card)


def everything(card: Card) -> str:
    files = "".join(file.data.decode() for file in card.files)
    return text_of(card) + repr(card.buttons) + files


async def test_only_moderators_are_offered_to_post_an_answer_for_all_to_see(table: dict[str, Command]) -> None:
    for name in ("values", "why"):
        asked = given(name)
        (post,) = [button for button in (await table[name].run(asked)).buttons if button.public]
        assert (post.label, post.command) == ("Post to channel", name)
        as_member = await table[name].run(replace(asked, moderator=False))
        assert [button for button in as_member.buttons if button.public] == []


async def test_what_says_nothing_is_not_offered_to_be_posted(table: dict[str, Command]) -> None:
    card = await table["audit show"].run(given("audit show", number=99))
    assert [button.label for button in card.buttons] == ["Latest audits"]


def test_the_table_fits_into_what_platforms_take(table: dict[str, Command]) -> None:
    for name, row in table.items():
        assert len(name.split()) <= 2
        assert 0 < len(row.summary) <= 100
        assert len(row.menu) <= 24
        assert set(row.form) <= {option.name for option in row.options}
        assert all(0 < len(option.summary) <= 100 for option in row.options)
        first_optional = next((n for n, option in enumerate(row.options) if not option.required), len(row.options))
        assert not any(option.required for option in row.options[first_optional:])


def test_menus_are_those_of_the_three_commands_that_are_about_a_message(table: dict[str, Command]) -> None:
    assert {name: row.menu for name, row in table.items() if row.menu} == {
        "why": "Why this answer?",
        "report": "Report this reply",
        "audit show": "Audit this reply",
    }


def test_choices_are_answered_from_memory() -> None:
    """A store that is not open would raise: no choice asks it."""
    table = commands(SQLiteStore.__new__(SQLiteStore))
    choices = {
        (name, option.name): option.choices()
        for name, row in table.items()
        for option in row.options
        if option.choices is not None
    }
    assert choices == {
        ("persona show", "name"): ("ada",),
        ("persona assign", "name"): ("ada",),
        ("export audits", "format"): ("csv", "jsonl"),
        ("export ledger", "format"): ("csv", "jsonl"),
    }
