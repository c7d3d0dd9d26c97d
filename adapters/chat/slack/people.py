"""What Slack says of people: who moderates, who is a guest, who reads a channel. What it does not say is a no.

Moderators are asked for at each call, and so is who reads a channel. Whether somebody is a guest, or a channel shared
with others, is remembered for some minutes; where an event says it, that comes first.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Generic, Literal, TypeVar, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import GUESTS_OFF, SHARED_CHANNELS_OFF, ChatError, Refusal
from adapters.chat.slack.account import Account
from adapters.chat.slack.failures import reason, retry_after, translated
from adapters.chat.slack.settings import Settings
from safi.ports import Clock

_log = logging.getLogger(__name__)

Unknown = Literal["Slack does not say who and where this is"]
"""Why a command is not run where the facts cannot be had."""

UNKNOWN: Final[Unknown] = "Slack does not say who and where this is"

GROUPS_KNOWN: Final = timedelta(minutes=1)
"""How long the members of a user group count where Slack says that it is asked too often."""

FACTS_KNOWN: Final = timedelta(minutes=5)
"""How long it is remembered what somebody or a channel is."""

MOST_FACTS: Final = 1_000
"""Of how many people it is remembered, and of how many channels: those asked for last."""

PATIENCE: Final = 5.0
"""Seconds for each question to Slack."""

MEMBERS: Final = 1_000
"""Members of a channel that are asked for at once: the most that Slack takes."""

PAGES: Final = 10
"""How many times that is asked of one channel: whoever is not among those does not count as a member."""

_Fact = TypeVar("_Fact")


class _TooOften(ChatError):
    """Slack is asked too often, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Person:
    teams: frozenset[str]
    guest: bool

    def belongs(self, team: str) -> bool:
        return not self.guest and team in self.teams


@dataclass(frozen=True, slots=True, kw_only=True)
class _Channel:
    shared: bool
    public: bool


class _Memory(Generic[_Fact]):
    """The latest facts, by what they are of; one that is older than `lasts` is forgotten."""

    def __init__(self, clock: Clock, lasts: timedelta) -> None:
        self._clock = clock
        self._lasts = lasts
        self._facts: OrderedDict[str, tuple[datetime, _Fact]] = OrderedDict()

    def keep(self, key: str, fact: _Fact) -> _Fact:
        self._facts[key] = self._clock.now(), fact
        self._facts.move_to_end(key)
        while len(self._facts) > MOST_FACTS:
            self._facts.popitem(last=False)
        return fact

    def known(self, key: str) -> _Fact | None:
        match self._facts.get(key):
            case (at, fact) if self._clock.now() - at <= self._lasts:
                return fact
            case _:
                return None


class People:
    """Who people are in the workspace of `account`. Nothing here raises once Slack has said which that is.

    `patience` is in seconds, for each question.
    """

    def __init__(
        self,
        client: Callable[[], Awaitable[AsyncWebClient]],
        settings: Settings,
        clock: Clock,
        *,
        account: Callable[[], Account],
        patience: float = PATIENCE,
    ) -> None:
        self._client = client
        self._settings = settings
        self._account = account
        self._patience = patience
        self._groups = _Memory[frozenset[str]](clock, GROUPS_KNOWN)
        self._people = _Memory[_Person](clock, FACTS_KNOWN)
        self._channels = _Memory[_Channel](clock, FACTS_KNOWN)

    async def moderates(self, user: str) -> bool:
        """Whether somebody may give moderators' commands: as one of them, or as a member of one of their groups."""
        if user in self._settings.moderators:
            return True
        async with asyncio.TaskGroup() as asking:
            groups = [asking.create_task(self._members(group)) for group in sorted(self._settings.moderator_groups)]
        return any(user in group.result() for group in groups)

    async def refusal(self, user: str, channel: str, team: str | None) -> Refusal | Unknown | None:
        """What speaks against serving somebody there; None where nothing does. What settings allow is not asked.

        `channel` is "" on the bot's home, which is in none. `team` is the workspace of which Slack said that this
        person is, if it did. UNKNOWN where it does not say enough, and nothing is known that speaks against it.
        """
        async with asyncio.TaskGroup() as asking:
            where = asking.create_task(self._against_channel(channel))
            who = asking.create_task(self._against_person(user, team))
        first, second = where.result(), who.result()
        return (second or first) if first == UNKNOWN else (first or second)

    def against_team(self, team: str | None) -> Refusal | None:
        """What speaks against serving somebody by what Slack said of their workspace, without asking anything."""
        own = team in {None, self._account().team}
        return None if own or self._settings.guests else GUESTS_OFF

    async def reads(self, user: str, channel: str) -> bool:
        """Whether somebody may read a channel: a public one of the workspace's own people, or one that he is in.

        Of direct messages, whoever writes them with the bot reads them.
        """
        if _is_direct(channel):
            return await self._is_own(user, channel)
        async with asyncio.TaskGroup() as asking:
            where = asking.create_task(self._channel(channel, anew=True))
            who = asking.create_task(self._person(user, anew=True))
        place, person = where.result(), who.result()
        if place is None or person is None:
            return False
        return (place.public and person.belongs(self._account().team)) or await self._is_in(user, channel)

    async def _members(self, group: str) -> frozenset[str]:
        """The members of a user group, as far as they are known now."""
        try:
            reply = await self._ask("usergroups.users.list", usergroup=group)
        except ChatError as error:
            known = self._groups.known(group) if isinstance(error, _TooOften) else None
            if known is None:
                _log.warning("nobody counts as a moderator by user group %s: %s", group, error)
            return known or frozenset()
        return self._groups.keep(group, frozenset(map(str, reply.get("users") or ())))

    async def _against_channel(self, channel: str) -> Refusal | Unknown | None:
        if self._settings.shared_channels or not channel or _is_direct(channel):
            return None
        found = await self._channel(channel)
        if found is None:
            return UNKNOWN
        return SHARED_CHANNELS_OFF if found.shared else None

    async def _against_person(self, user: str, team: str | None) -> Refusal | Unknown | None:
        if self._settings.guests:
            return None
        person = await self._person(user)
        if person is None:
            return self.against_team(team) or UNKNOWN
        return None if person.belongs(self._account().team) else GUESTS_OFF

    async def _channel(self, channel: str, *, anew: bool = False) -> _Channel | None:
        known = None if anew else self._channels.known(channel)
        if known is not None:
            return known
        told = await self._told("conversations.info", "channel", channel)
        return None if told is None else self._channels.keep(channel, _channel(told))

    async def _person(self, user: str, *, anew: bool = False) -> _Person | None:
        known = None if anew else self._people.known(user)
        if known is not None:
            return known
        told = await self._told("users.info", "user", user)
        return None if told is None else self._people.keep(user, _person(told))

    async def _told(self, method: str, kind: str, identity: str) -> Mapping[str, Any] | None:
        """What Slack tells of somebody or of a channel; None where it does not."""
        try:
            told: object = (await self._ask(method, **{kind: identity})).get(kind)
        except ChatError as error:
            _log.warning("Slack does not say what a %s is: %s", kind, error)
            return None
        return cast("dict[str, Any]", told) if isinstance(told, dict) else None

    async def _is_own(self, user: str, channel: str) -> bool:
        """Whether these are the direct messages between the bot and somebody: to look at others takes a scope more."""
        try:
            opened = (await self._ask("conversations.open", users=user)).get("channel")
        except ChatError as error:
            _log.warning("Slack does not say which direct messages are whose: %s", error)
            return False
        return isinstance(opened, dict) and cast("dict[str, Any]", opened).get("id") == channel

    async def _is_in(self, user: str, channel: str) -> bool:
        """Whether somebody is a member of a channel, as far as it is read."""
        cursor = ""
        for _ in range(PAGES):
            try:
                reply = await self._ask("conversations.members", channel=channel, limit=MEMBERS, cursor=cursor)
            except ChatError as error:
                _log.warning("Slack does not say who is in channel %s: %s", channel, error)
                return False
            if user in (reply.get("members") or ()):
                return True
            further: Mapping[str, Any] = reply.get("response_metadata") or {}
            cursor = str(further.get("next_cursor") or "")
            if not cursor:
                return False
        return False

    async def _ask(self, method: str, **arguments: str | int) -> Mapping[str, Any]:
        """What Slack answers, at once or not at all. Raises _TooOften, ChatError. It takes no JSON for questions."""
        given = {name: value for name, value in arguments.items() if value}
        with translated():
            try:
                async with asyncio.timeout(self._patience):
                    client = await self._client()
                    reply = await client.api_call(method, data=given)  # pyright: ignore[reportUnknownMemberType]  # its other parameters have no full types
            except SlackApiError as problem:
                if retry_after(problem) is not None:
                    raise _TooOften(reason(problem)) from None
                raise
            return cast("dict[str, Any]", reply.data)


def _is_direct(channel: str) -> bool:
    """Whether it is direct messages with one person, of whom it is asked anyway."""
    return channel.startswith("D")


def _channel(told: Mapping[str, Any]) -> _Channel:
    return _Channel(
        shared=bool(told.get("is_ext_shared") or told.get("is_pending_ext_shared")),
        public=bool(told.get("is_channel")) and told.get("is_private") is False,
    )


def _person(told: Mapping[str, Any]) -> _Person:
    """In an organization of several workspaces, somebody is told as of his first one, and has others besides."""
    enterprise: Mapping[str, Any] = told.get("enterprise_user") or {}
    apart = ("is_restricted", "is_ultra_restricted", "is_stranger", "is_bot", "deleted")
    return _Person(
        teams=frozenset(map(str, (told.get("team_id"), *(enterprise.get("teams") or ())))),
        guest=any(told.get(each) for each in apart),
    )
