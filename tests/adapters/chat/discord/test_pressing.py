"""Buttons on Discord, under simcord: they outlive a restart, answer where they stand, and post only for moderators."""

import discord
import pytest
import simcord

from adapters.chat.attending import MODERATORS, NOTED, OUTDATED, UNRATED
from adapters.chat.discord import buttons, drawing
from adapters.chat.discord.buttons import Buttons
from adapters.chat.discord.places import place
from adapters.chat.port import Card, Rating
from tests.adapters.chat.commanding import BUTTONS, Practice
from tests.adapters.chat.discord.practising import World, practising


def told(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """What whoever pressed is shown, and nobody else."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


def labels(message: discord.Message) -> list[str | None]:
    return [button.label for button in _buttons(message)]


def seen_by_all(there: World) -> list[discord.Message]:
    return [message for message in there.channel.history() if not message.flags.ephemeral]


async def card_for_all(there: World) -> discord.Message:
    """A card that the bot posted, as it tells moderators of something."""
    shown = drawing.drawn(Card(title="Please look", buttons=BUTTONS))
    return await there.answer(shown.view(), shown.content)


async def test_a_button_on_a_card_for_one_person_puts_the_next_card_in_its_place() -> None:
    async with practising() as there:
        first = told(await there.moderator.slash(there.channel, "safi audit list"))
        result = await there.moderator.click(first, label="Older")
        assert dict(there.practice.last.arguments) == {"page": 2}
        assert (first.content, first.embeds[0].description) == ("**audit list**", "**Given** page 2")
        assert result.followups == []


async def test_a_button_on_a_card_for_all_answers_whoever_pressed_it_alone() -> None:
    async with practising() as there:
        card = await card_for_all(there)
        result = await there.moderator.click(card, label="Older")
        assert told(result).content == "**audit list**"
        (left,) = seen_by_all(there)
        assert left.content == "**Please look**"


async def test_a_button_works_after_a_restart_with_all_that_it_says() -> None:
    async with practising() as there:
        card = await card_for_all(there)
        await there.restart()
        told(await there.moderator.click(card, label="Reset"))
        assert (there.practice.last.command, there.practice.last.confirmed) == ("memory reset", True)
        shown = await there.moderator.click(card, label="Report")
        await there.moderator.submit_modal(shown, {"reason": "rude"})
        assert (there.practice.last.command, there.practice.last.target) == ("report", "77")


async def test_a_form_that_was_opened_from_a_card_for_one_person_answers_in_its_place() -> None:
    async with practising() as there:
        first = told(await there.member.slash(there.channel, "values"))
        shown = await there.member.click(first, label="Report")
        await there.member.submit_modal(shown, {"reason": "rude"})
        assert (first.content, first.embeds[0].description) == ("**report**", "**Given** reason rude")


async def test_pressing_is_no_way_round_what_somebody_may() -> None:
    async with practising() as there:
        card = await card_for_all(there)
        assert told(await there.member.click(card, label="Reset")).content.startswith("**For moderators**")
        assert not there.practice.last.moderator
        assert told(await there.member.click(card, label="Status for all")).content == MODERATORS
        assert len(there.practice.invoked) == 1
        assert len(seen_by_all(there)) == 1


async def test_a_public_button_posts_what_a_moderator_asked_for() -> None:
    async with practising() as there:
        card = await card_for_all(there)
        await there.moderator.click(card, label="Status for all")
        assert [message.content for message in seen_by_all(there)] == ["**Please look**", "**status**"]
        assert there.practice.last.moderator
        own = told(await there.moderator.slash(there.channel, "safi status"))
        await there.moderator.click(own, label="Status for all")
        assert [message.content for message in seen_by_all(there)][2:] == ["**status**"]


async def test_what_was_posted_does_not_offer_to_be_posted_again() -> None:
    async with practising() as there:
        shown = told(await there.moderator.slash(there.channel, "safi status"))
        assert "Status for all" in labels(shown.message)
        await there.moderator.click(shown, label="Status for all")
        (posted,) = seen_by_all(there)
        assert labels(posted) == ["Older", "Reset", "Report"]


async def test_who_no_longer_moderates_posts_nothing() -> None:
    async with practising() as there:
        shown = told(await there.moderator.slash(there.channel, "safi status"))
        there.env.backend.get_guild(there.guild.id).members[there.moderator.id].role_ids.clear()
        assert told(await there.moderator.click(shown, label="Status for all")).content == MODERATORS
        assert seen_by_all(there) == []


async def test_a_file_goes_with_its_card_and_leaves_with_it() -> None:
    async with practising() as there:
        shown = told(await there.moderator.slash(there.channel, "safi export audits"))
        assert [file.filename for file in shown.attachments] == ["audits.csv"]
        await there.moderator.click(shown, label="Older")
        assert shown.attachments == []


@pytest.mark.parametrize("custom_id", ['safi0:do:["status"]', "report", 'safi1:do:["gone",{},null,""]'])
async def test_a_button_from_an_older_version_says_so(custom_id: str) -> None:
    async with practising() as there:
        old = await there.answer(Buttons([discord.ui.Button(label="Old", custom_id=custom_id)]))
        assert told(await there.member.click(old, label="Old")).content == OUTDATED
        assert not there.practice.invoked


async def test_a_command_that_is_gone_says_so_and_offers_nothing() -> None:
    async with practising() as there:
        there.env.bot.tree.remove_command("values")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # the client of these tests
        assert told(await there.member.slash(there.channel, "values")).content == OUTDATED
        there.env.bot.tree.remove_command("safi")  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # the same
        assert await there.moderator.autocomplete(there.channel, "safi persona show", "name", "") == []
        assert [type(error).__name__ for error in there.env.errors] == ["CommandNotFound"] * 2


async def test_ratings_are_brought_thanked_for_and_taken_back() -> None:
    async with practising() as there:
        answer = await there.answer(buttons.rating_view())
        await there.restart()
        up, down = (button.custom_id for button in _buttons(answer))
        thanked = told(await there.member.click(answer, custom_id=up))
        told(await there.moderator.click(answer, custom_id=down))
        assert thanked.content == NOTED["up"]
        await there.member.click(thanked, label="Take it back")
        here = place(guild=there.guild.id, channel=there.channel.id)
        ada, mo = str(there.member.id), str(there.moderator.id)
        assert there.practice.rated == [
            Rating(place=here, message_id=str(answer.id), author=ada, vote="up"),
            Rating(place=here, message_id=str(answer.id), author=mo, vote="down"),
            Rating(place=here, message_id=str(answer.id), author=ada, vote=None),
        ]
        assert (thanked.content, thanked.components) == (NOTED[None], [])


async def test_a_rating_of_what_is_not_in_the_record_is_not_thanked_for() -> None:
    async with practising(Practice(recorded=False)) as there:
        answer = await there.answer(buttons.rating_view())
        shown = told(await there.member.click(answer, custom_id="safi1:vote:up"))
        assert (shown.content, shown.components) == (UNRATED, [])


def _buttons(message: discord.Message) -> list[discord.Button]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return [child for row in rows for child in row.children if isinstance(child, discord.Button)]
