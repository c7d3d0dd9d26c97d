"""What Slack says of an app and of its channels, asked over the Web API alone: no line is held, nothing is changed."""

import asyncio
import errno
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import ChatError
from adapters.chat.slack.account import Account, introduced, web_client
from adapters.chat.slack.failures import APPS, MISSING_SCOPE, app_token_refused, code, translated, unheard
from adapters.chat.slack.manifest import scopes
from adapters.chat.slack.settings import Settings, Web
from adapters.chat.supervision import ChatRefused

Payload = dict[str, Any]

_REACH: Final = "See that this machine reaches https://slack.com."

_ABSENT: Final = frozenset({"channel_not_found", "invalid_channel", "team_not_found"})
"""Slack's codes for a channel that is not there, or that it does not show."""

_APP: Final = re.compile(r"xapp-[0-9]+-(A[A-Z0-9]+)-.+")
"""An app token that says of which app it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelFacts:
    """A channel that goes by its id. `unseen`: why there is nothing more to say of it.

    `member`: the bot is in it. `shared`: other organizations are in it, or are invited.
    """

    name: str = ""
    member: bool = False
    shared: bool = False
    unseen: Literal["", "not there", "archived"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """How the bot would hear Slack. `fault`: why it would not, as `what. What to do.`; "" where nothing is wrong.

    `busy`: somebody, who may be the bot itself, listens at its address already.
    """

    fault: str = ""
    busy: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An app in its workspace. `fault`: why nothing could be learned of it; then all but the `line` is empty.

    `app` is the id of the bot token's app, where the app token says of which app it is, and Slack that of the other.
    `missing` are scopes that the manifest wants and the token has not, `needless` those that only the token has.
    `channels` and `groups` are by their ids, without those that the bot may not ask for; a group that is not there is
    None.
    """

    fault: str = ""
    line: Line = Line()
    name: str = ""
    workspace: str = ""
    app: str | None = None
    missing: frozenset[str] = frozenset()
    needless: frozenset[str] = frozenset()
    channels: Mapping[str, ChannelFacts] = field(default_factory=dict[str, ChannelFacts], hash=False)
    groups: Mapping[str, str | None] = field(default_factory=dict[str, str | None], hash=False)


async def look(settings: Settings, channels: Collection[str], *, patience: float) -> Facts:
    """What there is to know of the app, of these channels and of the moderators' groups, in so many seconds."""
    client = web_client(settings)
    async with asyncio.TaskGroup() as group:
        line = group.create_task(_line(client, settings, patience))
        facts = await _facts(client, settings, channels, patience)
    return replace(facts, line=_stray(settings, facts) or line.result())


async def _facts(client: AsyncWebClient, settings: Settings, channels: Collection[str], patience: float) -> Facts:
    try:
        with translated():
            async with asyncio.timeout(patience):
                account = await introduced(client, settings)
                wanted = scopes(settings)
                return Facts(
                    name=account.name,
                    workspace=account.team_name,
                    app=await _app(client, account) if _app_of(settings) else None,
                    missing=wanted - account.scopes,
                    needless=account.scopes - wanted,
                    channels=await _channels(client, channels),
                    groups=await _groups(client, settings.moderator_groups),
                )
    except ChatError as error:
        return Facts(fault=_fault(error))


async def _line(client: AsyncWebClient, settings: Settings, patience: float) -> Line:
    if isinstance(settings.line, Web):
        return await _address(settings.line)
    try:
        with translated(app_token_refused(settings.name)):
            async with asyncio.timeout(patience):
                await _called(client, "apps.connections.open", token=settings.line.token)
    except ChatError as error:
        return Line(fault=_fault(error))
    return Line()


async def _address(web: Web) -> Line:
    """Whether anybody can listen there: a server is begun, and ended at once."""
    try:
        server = await asyncio.start_server(_hang_up, web.host, web.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return Line(busy=True)
        why = f"{web.host}:{web.port} is no address of this machine that the bot may listen at"
        return Line(fault=f"{why} ({unheard(error)}). Choose another one.")
    server.close()
    await server.wait_closed()
    return Line()


def _hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


def _app_of(settings: Settings) -> str | None:
    """The app of the app token, where that can be seen."""
    seen = None if isinstance(settings.line, Web) else _APP.fullmatch(settings.line.token)
    return seen and seen[1]


async def _app(client: AsyncWebClient, account: Account) -> str | None:
    """The app of the bot token; None where Slack does not say: that alone is no reason to complain."""
    try:
        answer = await _called(client, "bots.info", bot=account.bot)
    except SlackApiError:
        return None
    return cast("Payload", answer["bot"]).get("app_id")


def _stray(settings: Settings, facts: Facts) -> Line | None:
    """A line of another app than the bot's brings nothing that is for the bot: it would be connected, and deaf."""
    own = _app_of(settings)
    if facts.app is None or facts.app == own:
        return None
    what = f"The app token of slack.{settings.name} is of another app ({own}) than its bot token ({facts.app})"
    return Line(fault=f"{what}. Take both from one app at {APPS}.")


async def _channels(client: AsyncWebClient, channels: Collection[str]) -> dict[str, ChannelFacts]:
    found = {identity: await _channel(client, identity) for identity in sorted(channels)}
    return {identity: channel for identity, channel in found.items() if channel is not None}


async def _channel(client: AsyncWebClient, identity: str) -> ChannelFacts | None:
    """What there is to know of a channel; None where the token lacks the scope to ask, which is told by itself."""
    try:
        answer = await _called(client, "conversations.info", channel=identity)
    except SlackApiError as error:
        if code(error) in _ABSENT:
            return ChannelFacts(unseen="not there")
        if code(error) == MISSING_SCOPE:
            return None
        raise
    said = cast("Payload", answer["channel"])
    return ChannelFacts(
        name=str(said.get("name", "")),
        member=bool(said.get("is_member")),
        shared=bool(said.get("is_ext_shared") or said.get("is_pending_ext_shared")),
        unseen="archived" if said.get("is_archived") else "",
    )


async def _groups(client: AsyncWebClient, wanted: Collection[str]) -> dict[str, str | None]:
    """Each of these groups as people know it; nothing where the token lacks the scope to ask."""
    if not wanted:
        return {}
    try:
        answer = await _called(client, "usergroups.list")
    except SlackApiError as error:
        if code(error) == MISSING_SCOPE:
            return {}
        raise
    listed = cast("list[Payload]", answer["usergroups"])
    there = {str(group["id"]): f"@{group.get('handle')}" for group in listed}
    return {identity: there.get(identity) for identity in sorted(wanted)}


async def _called(client: AsyncWebClient, method: str, **given: str) -> Payload:
    """What Slack answers."""
    answer = await client.api_call(method, params=given)  # pyright: ignore[reportUnknownMemberType]  # its other parameters have no full types
    return cast("Payload", answer.data)


def _fault(error: ChatError) -> str:
    """What is wrong, and what to do, where the words do not say that themselves."""
    said = str(error)
    return said if isinstance(error, ChatRefused) else f"{said[0].upper()}{said[1:]}. {_REACH}"
