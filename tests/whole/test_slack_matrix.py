"""Every command of the table, in every way in which it can be given, by a member and by both kinds of moderators."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

from adapters.chat.attending import MODERATORS
from adapters.chat.port import Button, Command
from bot.cards import places
from tests.whole.slack_giving import Giver, posted
from tests.whole.slack_seeing import choosable, pressable, read, shown, words
from tests.whole.slack_world import Mode, World, world

REFUSAL: Final = places.moderators_only()

BOTH = pytest.mark.parametrize("mode", ["socket", "http"])


async def done(there: World) -> object:
    """All that a command may change, and all that everybody sees, but for the cards with the buttons."""
    store, home = there.life.store, there.home
    operations = await store.operations(there.life.app.scopes.scope(home.place()), limit=99)
    seen = [*home.space.team.posted(home.general.id), *home.space.team.posted(home.room.id)]
    return operations, await store.assignments(), [words(each) for each in seen if "Press" not in words(each)]


def rows(there: World, audience: str) -> Sequence[Command]:
    return [row for row in there.life.app.commands if row.audience == audience]


async def opened(there: World) -> tuple[Giver, Giver, Giver]:
    """An answer with an audit, and who is there to give commands."""
    home, answer = there.home, await there.audited("my canary-one")
    ada, mo, lee = (
        Giver(there=there, site=home, person=each, channel=home.general, answer=answer) for each in home.persons
    )
    return ada, mo, lee


@pytest.mark.slow
async def test_a_member_who_gives_a_moderators_command_is_refused_and_nothing_is_done_or_shown(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        before, tried = await done(there), 0
        for row in rows(there, "moderators"):
            async for way, seen in ada.every_way(row):
                assert REFUSAL.title in words(seen), (row.name, way)
                assert REFUSAL.sentence in read(seen), (row.name, way)
                assert pressable(seen) == {}, (row.name, way)
                tried += 1
        assert tried >= 5 * len(rows(there, "moderators"))
        assert await done(there) == before


async def test_nobody_but_a_moderator_posts_an_answer_for_all_to_see(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        before = await done(there)
        for row in there.life.app.commands:
            public = Button(label="do", command=row.name, public=True)
            for way in (ada.presses, ada.presses_at_home):
                if not row.form:
                    assert MODERATORS in words(await way(public)), row.name
        assert await done(there) == before


@pytest.mark.slow
@pytest.mark.parametrize("who", [1, 2], ids=["by id", "by user group"])
async def test_both_kinds_of_moderators_are_answered_every_command(tmp_path: Path, who: int) -> None:
    async with world(tmp_path) as there:
        giver = (await opened(there))[who]
        for row in there.life.app.commands:
            async for way, seen in giver.every_way(row):
                assert words(seen), (row.name, way)
                assert REFUSAL.title not in words(seen), (row.name, way)


@pytest.mark.slow
async def test_a_member_is_answered_everything_that_is_for_everyone(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        ada, _, _ = await opened(there)
        for row in rows(there, "everyone"):
            async for way, seen in ada.every_way(row):
                assert REFUSAL.title not in words(seen), (row.name, way)
                assert "Post to channel" not in pressable(seen), (row.name, way)


async def test_who_leaves_the_group_or_loses_the_right_moderates_no_more_from_the_next_call_on(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        _, _, lee = await opened(there)
        assert "Status" in words(await lee.types("status"))
        (group,) = there.home.space.team.groups.values()
        group.clear()
        assert REFUSAL.title in words(await lee.types("status"))
        group.add(lee.person.id)
        there.home.space.team.app.scopes = tuple(
            scope for scope in there.home.space.team.app.scopes if scope != "usergroups:read"
        )
        assert REFUSAL.title in words(await lee.types("status"))


@BOTH
async def test_the_command_alone_and_one_that_is_none_lead_on(tmp_path: Path, mode: Mode) -> None:
    async with world(tmp_path, mode=mode) as there:
        ada, mo, _ = await opened(there)
        space = there.home.space
        for giver, title in ((ada, "You are talking with"), (mo, "Who answers here")):
            alone = await space.types(giver.person, there.home.general, "/safi")
            assert title in words(shown(alone))
        names = {row.name for row in there.life.app.commands}
        theirs = {"ada": {row.name for row in rows(there, "everyone")}, "mo": names}
        for giver in (ada, mo):
            picker = await space.types(giver.person, there.home.general, "/safi bananas")
            offered = {choice.partition(" – ")[0] for choice in choosable(shown(picker))}
            assert offered == theirs[giver.person.name]
            values = next(choice for choice in choosable(shown(picker)) if choice.startswith("values"))
            chosen = await space.selects(giver.person, picker.message, values)
            assert "Honesty" in words(await giver.final(chosen))
        picker = await space.types(mo.person, there.home.general, "/safi bananas")
        status = next(choice for choice in choosable(shown(picker)) if choice.startswith("status"))
        forged = await space.selects(ada.person, picker.message, status)
        assert REFUSAL.title in words(forged.message)


@BOTH
async def test_the_home_tells_moderators_how_a_channel_stands_and_everyone_what_it_is(
    tmp_path: Path, mode: Mode
) -> None:
    async with world(tmp_path, mode=mode) as there:
        ada, mo, _ = await opened(there)
        home = there.home
        for giver in (ada, mo):
            seen = (await home.space.opens_home(giver.person)).modal
            assert "What is stored" in words(seen)
            assert "Honesty" in words(seen)
            assert "canary" not in words(seen)
            assert ("Show how a channel stands" in words(seen)) == (giver is mo)
        picked = await home.space.selects(mo.person, home.space.team.homes[mo.person.id], home.general.id)
        assert "1 approved" in words(picked.modal)
        forged = await home.space.selects(ada.person, home.space.team.homes[mo.person.id], home.general.id, shown=False)
        await there.until(lambda: len(home.space.calls("views.publish")) == 4)
        assert "1 approved" not in words(home.space.team.homes[ada.person.id].payload)
        assert forged.delivery.acknowledged


async def test_what_is_off_in_shared_channels_and_for_guests_is_refused_by_one_clear_line(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        _, mo, _ = await opened(there)
        home, space = there.home, there.home.space
        guest = space.person("guest", restricted=True)
        stranger = space.person("stranger", home="T0OTHER", stranger=True)
        home.general.members |= {guest.id, stranger.id}
        shared = space.channel("shared", *home.persons, shared=True)
        for giver, channel, line in ((guest, home.general, "guests"), (home.mo, shared, "shared")):
            refused = Giver(there=there, site=home, person=giver, channel=channel, answer=mo.answer)
            for row in there.life.app.commands:
                assert line in words(await refused.types(row.name)).lower(), row.name
        turns = len(there.turns)
        for number in range(2):  # that the guest is one is known by now: for a message, Slack is not waited for long
            for person, channel in ((guest, home.general), (stranger, home.general), (home.ada, shared)):
                await space.says(person, channel, f"hello {number}?")
        await there.recorded(lambda: len([1 for _, outcome, _ in there.outcomes() if outcome == "ignored"]) == 6)
        reasons = [why for _, outcome, why in there.outcomes() if outcome == "ignored"]
        assert sorted(reasons, key=str) == ['"guests are off"'] * 4 + ['"shared channels are off"'] * 2
        assert len(there.turns) == turns
        await there.until(lambda: space.team.posted(shared.id))
        told = [words(each) for each in space.team.posted(shared.id)]
        assert len(told) == 1
        assert "shared" in told[0].lower()


async def test_a_button_on_a_card_posts_for_all_what_moderators_want_them_to_see(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        _, mo, _ = await opened(there)
        home = there.home
        before = len(home.space.team.posted(home.general.id))
        panel = await home.space.types(mo.person, home.general, "/safi")
        assert list(pressable(shown(panel))) == ["Status", "Latest audits", "Values", "Help"]
        status = await home.space.presses(mo.person, panel.message, "Status")
        assert status.message is panel.message, "it takes the place of the card on which it was pressed"
        await home.space.presses(mo.person, status.message, "Post to channel")
        *_, card = home.space.team.posted(home.general.id)
        assert len(home.space.team.posted(home.general.id)) == before + 1
        assert "Status" in words(card)
        assert "Post to channel" not in pressable(card)


async def test_a_forged_button_without_an_order_says_that_it_is_too_old(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        _, mo, _ = await opened(there)
        home = there.home
        card = await posted(there, home, home.general, Button(label="do", command="status"))
        for block in card.blocks:
            for element in block.get("elements", ()):
                if "value" in element:
                    element["value"] = "safi0:do:what it was"
        pressed = await home.space.presses(mo.person, card, "do")
        assert "older version" in words(shown(pressed))


async def test_commands_are_answered_where_the_bot_is_not_and_in_direct_messages(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        _, mo, _ = await opened(there)
        home, space = there.home, there.home.space
        public, private = (
            space.channel(name, *home.persons, bot=False, private=name == "den") for name in ("pub", "den")
        )
        for channel, line in ((public, "Honesty"), (space.dm(home.mo), "Honesty"), (private, "/invite")):
            seen = await space.types(home.mo, channel, "/safi values")
            assert line in words(shown(seen)), channel.name
        said = await space.says(home.ada, home.general, "what the bot never said", mention=False)
        asked = await space.chooses(home.ada, "safi1:why", said)
        assert "canary" not in words(shown(asked))
        assert mo.answer.text not in words(shown(asked))
