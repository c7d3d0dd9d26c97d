"""Moderators are asked for each time; guests and shared channels are found out; what Slack does not say is a no."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.chat.port import GUESTS_OFF, SHARED_CHANNELS_OFF, Refusal
from adapters.chat.slack import people
from adapters.chat.slack.account import web_client
from adapters.chat.slack.people import FACTS_KNOWN, GROUPS_KNOWN, MOST_FACTS, UNKNOWN, People, Unknown
from adapters.chat.slack.settings import Settings, Socket
from tests.adapters.chat.cuts import CutBefore, Held
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Channel, Person
from tests.adapters.chat.slack.practising import ACCOUNT
from tests.doubles import HandClock

PATIENCE = 60.0
"""Seconds until a test that waits in vain gives up."""

FAILURES = (Broken(), CutBefore(), Html(), Refused(error="missing_scope"), Refused(error="internal_error"))


@dataclass
class There:
    """A workspace, and what the bot knows of its people."""

    slack: Loopback
    people: People
    clock: HandClock

    async def refusal(self, person: Person, channel: Channel, team: str | None = None) -> Refusal | Unknown | None:
        return await self.people.refusal(person.id, channel.id, team)

    def asked(self, method: str) -> int:
        return len(self.slack.home.calls(method))


@asynccontextmanager
async def there(group: str | None = None, *, patience: float = PATIENCE, **more: Any) -> AsyncGenerator[There]:
    """`group` is the name of a user group of moderators, made by the test."""
    async with asyncio.timeout(2 * PATIENCE), Loopback().running() as slack:
        groups = frozenset({group} if group else ())
        settings = Settings(
            name="home",
            bot_token=slack.home.team.app.bot_token,
            line=Socket(token="t"),
            moderator_groups=groups,
            api=slack.api,
            **more,
        )
        client, clock = web_client(settings), HandClock()
        account = replace(ACCOUNT, team=slack.home.team.id)

        async def online() -> Any:
            return client

        yield There(slack, People(online, settings, clock, account=lambda: account, patience=patience), clock)


async def test_a_moderator_by_id_is_one_without_a_question() -> None:
    async with there(moderators=frozenset({"U1"})) as here:
        assert await here.people.moderates("U1")
        assert not await here.people.moderates("U2")
        assert here.slack.journal.calls == []


async def test_members_of_a_user_group_moderate_as_long_as_they_are_in_it() -> None:
    async with there("S1") as here:
        owner = here.slack.owner.id
        here.slack.home.team.groups["S1"] = {owner}
        assert await here.people.moderates(owner)
        here.slack.home.team.groups["S1"] = {"U9"}
        assert not await here.people.moderates(owner)


async def test_an_answer_not_older_than_a_minute_counts_where_slack_is_asked_too_often() -> None:
    async with there("S1") as here:
        owner = here.slack.owner.id
        here.slack.home.team.groups["S1"] = {owner}
        assert await here.people.moderates(owner)
        here.slack.fail("usergroups.users.list", Limited(), Limited())
        here.clock.pass_time(GROUPS_KNOWN.total_seconds())
        assert await here.people.moderates(owner)
        here.clock.pass_time(1)
        assert not await here.people.moderates(owner)


async def test_nobody_moderates_where_slack_was_never_heard(caplog: pytest.LogCaptureFixture) -> None:
    async with there("S1") as here:
        here.slack.home.team.groups["S1"] = {here.slack.owner.id}
        here.slack.fail("usergroups.users.list", Limited())
        assert not await here.people.moderates(here.slack.owner.id)
        assert "user group S1" in caplog.text
        assert here.slack.owner.id not in caplog.text


@pytest.mark.parametrize("fault", FAILURES)
async def test_nobody_moderates_where_slack_fails_whatever_it_said_before(
    fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with there("S1") as here:
        owner = here.slack.owner.id
        here.slack.home.team.groups["S1"] = {owner}
        assert await here.people.moderates(owner)
        here.slack.fail("usergroups.users.list", fault, fault)  # a question that is cut off is asked again
        assert not await here.people.moderates(owner)
        assert "user group S1" in caplog.text
        assert owner not in caplog.text


async def test_nobody_moderates_where_slack_does_not_answer_in_time() -> None:
    async with there("S1", patience=0.2) as here:
        here.slack.home.team.groups["S1"] = {here.slack.owner.id}
        never = asyncio.Event()
        here.slack.fail("usergroups.users.list", Held(until=never))
        assert not await here.people.moderates(here.slack.owner.id)
        never.set()


async def test_a_member_in_an_own_channel_is_served() -> None:
    async with there() as here:
        assert await here.refusal(here.slack.owner, here.slack.general) is None


@pytest.mark.parametrize("shared", [{"shared": True}, {"pending": True}])
async def test_a_channel_shared_with_others_or_about_to_be_is_refused(shared: dict[str, bool]) -> None:
    async with there() as here:
        channel = here.slack.home.channel("joint", here.slack.owner, **shared)
        assert await here.refusal(here.slack.owner, channel) == SHARED_CHANNELS_OFF


@pytest.mark.parametrize(
    "guest",
    [{"restricted": True}, {"ultra_restricted": True}, {"stranger": True}, {"bot": True}, {"home": "TOTHER"}],
)
async def test_guests_bots_and_people_of_other_workspaces_are_refused(guest: dict[str, Any]) -> None:
    async with there() as here:
        person = here.slack.home.person("guest", **guest)
        assert await here.refusal(person, here.slack.general) == GUESTS_OFF


async def test_what_the_settings_allow_is_not_asked() -> None:
    async with there(shared_channels=True, guests=True) as here:
        stranger = here.slack.home.person("stranger", stranger=True)
        channel = here.slack.home.channel("joint", shared=True)
        assert await here.refusal(stranger, channel) is None
        assert here.slack.journal.calls == []


async def test_people_of_other_workspaces_are_guests_in_channels_that_are_allowed() -> None:
    async with there(shared_channels=True) as here:
        channel = here.slack.home.channel("joint", shared=True)
        other = here.slack.home.person("other", home="TOTHER")
        assert await here.refusal(here.slack.owner, channel) is None
        assert await here.refusal(other, channel) == GUESTS_OFF


async def test_on_the_home_only_the_person_is_asked() -> None:
    async with there() as here:
        guest = here.slack.home.person("guest", restricted=True)
        assert await here.people.refusal(here.slack.owner.id, "", None) is None
        assert await here.people.refusal(guest.id, "", None) == GUESTS_OFF
        assert here.asked("conversations.info") == 0


async def test_of_direct_messages_only_the_person_is_asked() -> None:
    async with there() as here:
        guest = here.slack.home.person("guest", restricted=True)
        assert await here.refusal(here.slack.owner, here.slack.home.dm(here.slack.owner)) is None
        assert await here.refusal(guest, here.slack.home.dm(guest)) == GUESTS_OFF
        assert here.asked("conversations.info") == 0


@pytest.mark.parametrize("method", ["users.info", "conversations.info"])
@pytest.mark.parametrize("fault", [*FAILURES, Limited()])
async def test_what_slack_does_not_say_is_told_apart_from_what_is_off(method: str, fault: Fault) -> None:
    async with there() as here:
        here.slack.fail(method, fault, fault)  # a question that is cut off is asked again
        assert await here.refusal(here.slack.owner, here.slack.general) == UNKNOWN


async def test_what_is_certain_counts_where_the_rest_is_not_known() -> None:
    async with there() as here:
        here.slack.fail("conversations.info", Broken())
        guest = here.slack.home.person("guest", restricted=True)
        assert await here.refusal(guest, here.slack.general) == GUESTS_OFF
        here.slack.fail("users.info", Broken())
        assert await here.refusal(here.slack.owner, here.slack.general, "TOTHER") == GUESTS_OFF
        here.slack.fail("users.info", Broken())
        own = here.slack.home.team.id
        assert await here.refusal(here.slack.owner, here.slack.general, own) == UNKNOWN


async def test_a_channel_that_the_bot_cannot_see_is_not_known() -> None:
    async with there() as here:
        hidden = here.slack.home.channel("hidden", here.slack.owner, bot=False, private=True)
        assert await here.refusal(here.slack.owner, hidden) == UNKNOWN


async def test_what_somebody_and_a_channel_are_is_remembered_for_a_while() -> None:
    async with there() as here:
        for _ in range(2):
            assert await here.refusal(here.slack.owner, here.slack.general) is None
        assert [here.asked(method) for method in ("users.info", "conversations.info")] == [1, 1]
        here.slack.owner.restricted = True
        here.clock.pass_time((FACTS_KNOWN + timedelta(seconds=1)).total_seconds())
        assert await here.refusal(here.slack.owner, here.slack.general) == GUESTS_OFF
        assert [here.asked(method) for method in ("users.info", "conversations.info")] == [2, 2]


async def test_only_so_much_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_FACTS >= 1_000
    monkeypatch.setattr(people, "MOST_FACTS", 1)
    async with there() as here:
        ann, bob = here.slack.home.person("ann"), here.slack.home.person("bob")
        for person in (ann, bob, bob, ann):
            assert await here.refusal(person, here.slack.general) is None
        assert here.asked("users.info") == 3


async def test_somebody_of_an_organization_belongs_to_each_of_his_workspaces(monkeypatch: pytest.MonkeyPatch) -> None:
    async with there() as here:
        told = here.slack.home.person("many", home="TFIRST").payload()
        told["enterprise_user"] = {"teams": ["TFIRST", here.slack.home.team.id]}

        def payload(_: Person) -> dict[str, Any]:
            return told

        monkeypatch.setattr(Person, "payload", payload)
        assert await here.refusal(here.slack.owner, here.slack.general) is None
        assert await here.people.reads(here.slack.owner.id, here.slack.general.id)


async def test_a_public_channel_is_read_by_all_of_the_workspace_but_guests() -> None:
    async with there() as here:
        home, general = here.slack.home, here.slack.general.id
        assert await here.people.reads(home.person("member").id, general)
        assert not await here.people.reads(home.person("guest", restricted=True).id, general)
        assert not await here.people.reads(home.person("other", home="TOTHER").id, general)


async def test_a_channel_is_read_by_whoever_is_in_it() -> None:
    async with there() as here:
        home, guest = here.slack.home, here.slack.home.person("guest", restricted=True)
        private = home.channel("private", here.slack.owner, guest, private=True)
        assert await here.people.reads(here.slack.owner.id, private.id)
        assert await here.people.reads(guest.id, private.id)
        assert not await here.people.reads(home.person("member").id, private.id)


async def test_who_reads_a_channel_is_asked_each_time() -> None:
    async with there() as here:
        private = here.slack.home.channel("private", here.slack.owner, private=True)
        assert await here.people.reads(here.slack.owner.id, private.id)
        private.members.remove(here.slack.owner.id)
        assert not await here.people.reads(here.slack.owner.id, private.id)


async def test_members_are_read_page_by_page_and_only_so_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "MEMBERS", 2)
    monkeypatch.setattr(people, "PAGES", 2)
    async with there() as here:
        crowd = [here.slack.home.person(f"m{number}") for number in range(5)]
        private = here.slack.home.channel("private", *crowd, private=True, bot=True)
        found = [await here.people.reads(each, private.id) for each in sorted(private.members)]
        assert found == [True, True, True, True, False, False]


@pytest.mark.parametrize("method", ["users.info", "conversations.info", "conversations.members"])
@pytest.mark.parametrize("fault", [Broken(), Limited(), Refused(error="missing_scope")])
async def test_nobody_reads_a_channel_where_slack_fails(
    method: str, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    async with there() as here:
        private = here.slack.home.channel("private", here.slack.owner, private=True)
        here.slack.fail(method, fault)
        assert not await here.people.reads(here.slack.owner.id, private.id)
        assert here.slack.owner.id not in caplog.text


async def test_direct_messages_are_read_by_whoever_writes_them_with_the_bot() -> None:
    async with there() as here:
        home, owner = here.slack.home, here.slack.owner
        other = home.person("other")
        assert await here.people.reads(owner.id, home.dm(owner).id)
        assert not await here.people.reads(other.id, home.dm(owner).id)
        here.slack.fail("conversations.open", Broken())
        assert not await here.people.reads(owner.id, home.dm(owner).id)
