"""Who answers in a channel: assigned, paused and resumed by moderators, on the real store."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Command
from adapters.store.sqlite import SQLiteStore
from bot.hearing.assigned import Assigned
from bot.hearing.scopes import Scopes
from bot.settings.personas import Catalogue
from safi.ports import Assignment
from safi.profile import Profile
from tests.bot.making import commands, drawn, give, given, press
from tests.doubles import PLACE, scopes_with, small_profile

ADA, BOB = small_profile(), small_profile(name="bob", worldview="You are Bob.")
THREAD = replace(PLACE, thread="t")


@pytest.fixture
def scopes() -> Scopes:
    return scopes_with(ADA, BOB)


@pytest.fixture
def table(store: SQLiteStore, scopes: Scopes) -> dict[str, Command]:
    return commands(store, scopes=scopes)


def said(**changes: Any) -> Assignment:
    return Assignment(workspace=PLACE.workspace, channel=PLACE.channel, **changes)


async def test_an_assigned_persona_answers_in_its_channel_and_after_a_restart(
    store: SQLiteStore, scopes: Scopes, table: dict[str, Command]
) -> None:
    assert drawn(await give(table, "persona assign", name="bob")) == snapshot("""\
◆ bob answers here
  From now on bob answers in this channel, in place of ada.

  bob has a memory of its own in this channel.
  ada's memory stays as it is, for when ada answers here again.

  Back to ada: /persona assign ada\
""")
    assert await store.assignments() == [said(persona="bob")]
    assert scopes.persona(PLACE) == scopes.persona(THREAD) == BOB
    assert scopes.persona(replace(PLACE, channel="other")) == ADA


async def test_an_assignment_is_undone_by_its_button(scopes: Scopes, table: dict[str, Command]) -> None:
    (back,) = (await give(table, "persona assign", name="bob")).buttons
    assert back.label == "Back to ada"
    await press(table, back)
    assert scopes.persona(PLACE) == ADA


async def test_what_is_assigned_in_a_thread_holds_for_its_channel_and_the_card_says_so(
    scopes: Scopes, table: dict[str, Command]
) -> None:
    for command, arguments in (("persona assign", {"name": "bob"}), ("persona pause", {}), ("persona resume", {})):
        card = await table[command].run(replace(given(command, **arguments), place=THREAD))
        assert card.lines[-1] == "This holds for the whole channel, with all its threads."
    assert scopes.persona(PLACE) == BOB


async def test_a_persona_that_is_not_there_is_not_assigned_and_the_nearest_is_named(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    assert drawn(await give(table, "persona assign", name="bop")) == snapshot("""\
◆ There is no persona “bop”
  Did you mean bob?

  All personas: /persona list\
""")
    assert await store.assignments() == []


async def test_a_persona_whose_judges_may_not_sit_is_not_assigned(store: SQLiteStore, scopes: Scopes) -> None:
    async def never(profile: Profile) -> str | None:
        return f"The judges of {profile.name} were never checked."

    table = commands(store, scopes=scopes, admit=never)
    assert drawn(await give(table, "persona assign", name="bob")) == snapshot("""\
◆ bob cannot answer yet
  Nothing was done. The judges of bob were never checked.\
""")
    assert await store.assignments() == []
    assert scopes.persona(PLACE) == ADA


async def test_whoever_answers_already_is_not_assigned_again(store: SQLiteStore, table: dict[str, Command]) -> None:
    assert (await give(table, "persona assign", name="ada")).title == "ada answers here already"
    assert await store.assignments() == []


async def test_a_persona_with_one_memory_for_all_channels_is_said_to_have_it(store: SQLiteStore) -> None:
    table = commands(store, scopes=scopes_with(ADA, BOB, sharing="persona"))
    assert (await give(table, "persona assign", name="bob")).lines == snapshot(
        (
            "bob has one memory for all its channels.",
            "ada's memory stays as it is, for when ada answers here again.",
        )
    )


async def test_a_persona_that_is_gone_is_replaced_without_a_button_that_would_fail(store: SQLiteStore) -> None:
    assigned = Assigned()
    assigned.take_in([said(persona="eve")])
    scopes = Scopes(catalogue=Catalogue(profiles=(ADA, BOB), default=ADA), sharing="channel", assigned=assigned)
    table = commands(store, scopes=scopes)
    status = await give(table, "status")
    assert status.sentence == "Nobody answers here: the persona of this channel is not there any more."
    assert dict(status.fields)["Persona"] == "eve, assigned by moderators"
    assert (await give(table, "persona assign", name="ada")).buttons == ()
    assert scopes.silent(PLACE) == ""


async def test_pausing_and_resuming_are_recorded_once_and_undone_by_each_other(
    store: SQLiteStore, scopes: Scopes, table: dict[str, Command]
) -> None:
    card = await give(table, "persona pause")
    assert drawn(card) == snapshot("""\
◆ Paused
  Nobody answers in this channel until it is resumed. Memory and record stay as they are.

  Resume: /persona resume\
""")
    assert scopes.silent(PLACE) == "paused"
    assert (await give(table, "status")).sentence == "Paused: nobody answers here until it is resumed."
    assert (await give(table, "panel")).sentence == "Paused: nobody answers here until it is resumed."
    assert (await give(table, "persona pause")).title == "ada is paused already"
    assert drawn(await press(table, card.buttons[0])) == snapshot("""\
◆ Resumed
  ada answers in this channel again.

  Pause: /persona pause\
""")
    assert (await give(table, "persona resume")).title == "ada is not paused"
    assert await store.assignments() == [said(paused=False)]


async def test_where_nobody_answers_members_are_told_so(store: SQLiteStore, scopes: Scopes) -> None:
    table = commands(store, scopes=scopes)
    await give(table, "persona pause")
    quiet = "Paused: nobody answers here until it is resumed."
    assert (await give(table, "about")).sentence == quiet
    assert (await give(table, "values")).sentence.startswith(f"{quiet} Each draft")
    gone = commands(store, scopes=replace(scopes, assigned=Assigned({PLACE.channel: "nobody"})))
    for name in ("about", "values"):
        assert (await give(gone, name)).sentence.startswith("Nobody answers here:")
    assert (await give(gone, "values")).fields == ()


async def test_a_pause_outlasts_an_assignment_and_an_assignment_a_pause(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    await give(table, "persona pause")
    card = await give(table, "persona assign", name="bob")
    assert card.lines[-1] == "Nobody answers here for the time being: it is paused."
    assert await store.assignments() == [said(persona="bob", paused=True)]
    await give(table, "persona resume")
    assert await store.assignments() == [said(persona="bob")]


async def test_changes_at_once_lose_nothing(store: SQLiteStore, scopes: Scopes, table: dict[str, Command]) -> None:
    await asyncio.gather(give(table, "persona assign", name="bob"), give(table, "persona pause"))
    assert await store.assignments() == [said(persona="bob", paused=True)]
    assert scopes.assigned.of(PLACE) == said(persona="bob", paused=True)


@pytest.mark.parametrize(
    ("assigned", "words"),
    [
        (Assigned(), "ada, the default"),
        (Assigned(configured={"c": "bob"}), "bob, assigned by the configuration"),
    ],
)
async def test_status_says_who_answers_and_who_said_so(store: SQLiteStore, assigned: Assigned, words: str) -> None:
    table = commands(store, scopes=replace(scopes_with(ADA, BOB), assigned=assigned))
    assert dict((await give(table, "status")).fields)["Persona"] == words
    await give(table, "persona assign", name="bob" if "ada" in words else "ada")
    assert dict((await give(table, "status")).fields)["Persona"].endswith("assigned by moderators")


async def test_two_hundred_personas_are_listed_on_pages(store: SQLiteStore) -> None:
    many = [small_profile(name=f"persona-{number:03}") for number in range(200)]
    table = commands(store, scopes=scopes_with(*many))
    shown, buttons = list[str](), (await give(table, "persona list")).buttons
    for page in range(1, 11):
        card = await give(table, "persona list", page=page)
        shown += card.lines
        buttons = card.buttons
    assert len(shown) == 200
    assert shown[0] == "persona-000 (answers here)"
    assert [button.label for button in buttons if not button.public] == ["Back"]
