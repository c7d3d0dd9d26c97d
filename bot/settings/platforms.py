"""What the configuration says of chat platforms: a table for Discord, and one for each workspace at Slack."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

from bot.settings.keys import VARIABLE, file_problem, kind_of
from bot.settings.tables import Check, joined, matching

_SNOWFLAKE = matching(r"[0-9]{15,20}", "of 15 to 20 digits, which Discord shows in its developer mode")
_SLACK_CHANNEL = matching(r"[CG][A-Z0-9]{6,20}", "of the form C0123456789, a channel's id (at the end of its details)")
_SLACK_MEMBER = matching(r"[UW][A-Z0-9]{6,20}", "of the form U0123456789, a member's id (their profile copies it)")
_SLACK_GROUP = matching(r"S[A-Z0-9]{6,20}", "of the form S0123456789, a user group's id (in its page's address)")
_PORTS: Final = range(1, 65_536)


def _is_address(text: str) -> bool:
    host, _, port = text.rpartition(":")
    return bool(host) and not any(map(str.isspace, host)) and port.isdecimal() and int(port) in _PORTS


_ADDRESS = Check(words=f"of the form host:port, with a port from {_PORTS[0]} to {_PORTS[-1]}", holds=_is_address)
_NO_TOKEN = Check(words="to a file that holds it", holds=lambda text: kind_of(text) is None, secret=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Discord:
    """A bot account at Discord. Channels and roles go by their ids; a file for the token goes before its variable."""

    token_env: Annotated[str, VARIABLE] = "DISCORD_TOKEN"  # noqa: S105  # the name of its variable
    token_file: Annotated[Path, _NO_TOKEN] | None = None
    direct_messages: bool = False
    free_response_channels: tuple[Annotated[str, _SNOWFLAKE], ...] = ()
    moderator_roles: tuple[Annotated[str, _SNOWFLAKE], ...] = ()
    moderators_channels: tuple[Annotated[str, _SNOWFLAKE], ...] = ()
    personas: Mapping[Annotated[str, _SNOWFLAKE], str] = field(default_factory=dict[str, str], hash=False)
    rating_buttons: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Slack:
    """The bot's app in a workspace at Slack. Channels, members and user groups go by their ids.

    By "socket" the bot calls Slack, with the app's token; by "http" Slack calls the bot at `listen`, and signs what it
    says with the secret. A file for a token or the secret goes before its variable.
    """

    mode: Literal["socket", "http"] = "socket"
    bot_token_env: Annotated[str, VARIABLE] = "SLACK_BOT_TOKEN"  # noqa: S105  # the name of its variable
    bot_token_file: Annotated[Path, _NO_TOKEN] | None = None
    app_token_env: Annotated[str, VARIABLE] = "SLACK_APP_TOKEN"  # noqa: S105  # the name of its variable
    app_token_file: Annotated[Path, _NO_TOKEN] | None = None
    signing_secret_env: Annotated[str, VARIABLE] = "SLACK_SIGNING_SECRET"  # noqa: S105  # the name of its variable
    signing_secret_file: Annotated[Path, _NO_TOKEN] | None = None
    listen: Annotated[str, _ADDRESS] = "127.0.0.1:3000"
    direct_messages: bool = False
    follow_threads: bool = False
    free_response_channels: tuple[Annotated[str, _SLACK_CHANNEL], ...] = ()
    moderators: tuple[Annotated[str, _SLACK_MEMBER], ...] = ()
    moderator_groups: tuple[Annotated[str, _SLACK_GROUP], ...] = ()
    moderators_channel: Annotated[str, _SLACK_CHANNEL] | None = None
    shared_channels: bool = False
    guests: bool = False
    read_files: bool = False
    personas: Mapping[Annotated[str, _SLACK_CHANNEL], str] = field(default_factory=dict[str, str], hash=False)
    rating_buttons: bool = True


def misplaced(raw: Mapping[str, Any], base: Path) -> Iterator[str]:
    """What is wrong with where tokens lie, and what of Slack stands in no workspace's table."""
    yield from _misplaced_secret("discord", raw.get("discord"), "token", base)
    workspaces = _items(raw.get("slack"))
    if strays := [key for key, value in workspaces if not isinstance(value, dict)]:
        stand = f"{', '.join(strays)} {'stands' if len(strays) == 1 else 'stand'} in no workspace's table"
        yield f"slack: {stand}; write [slack.NAME] above, with a name of your own for the workspace"
    for name, table in workspaces:
        for kind in ("bot_token", "app_token", "signing_secret"):
            yield from _misplaced_secret(joined("slack", name), table, kind, base)


def in_tables(slack: object) -> object:
    """What is said of Slack, without what stands in no workspace's table, as may a token that is not to be shown."""
    if not isinstance(slack, dict):
        return slack
    return {key: cast("object", value) for key, value in _items(cast("object", slack)) if isinstance(value, dict)}


def crossed(workspaces: Mapping[str, Slack]) -> Iterator[str]:
    """A problem for whatever two workspaces cannot share: an app's secrets, an address, a channel of two minds."""
    for (one, ones), (other, others) in combinations(workspaces.items(), 2):
        own = set(_own(ones))
        for key, value in _own(others):
            if (key, value) in own:
                yield f"slack.{other}.{key}: is {value}, as for slack.{one}; each workspace needs its own"
        for channel, persona in others.personas.items():
            if ones.personas.get(channel, persona) != persona:
                yield f"slack.{other}.personas.{channel}: slack.{one} says otherwise; say the same in both"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A channel that the configuration gives to a persona; `key` says so."""

    key: str
    channel: str
    persona: str


def given(discord: Discord | None, slack: Mapping[str, Slack]) -> Iterator[Given]:
    """Every channel that was given a persona, on any platform."""
    tables = {"discord": discord.personas} if discord is not None else {}
    for table, personas in (*tables.items(), *((joined("slack", name), each.personas) for name, each in slack.items())):
        for channel, persona in personas.items():
            yield Given(key=joined(f"{table}.personas", channel), channel=channel, persona=persona)


def _own(slack: Slack) -> Iterator[tuple[str, object]]:
    """What is a workspace's alone, with the key that says it."""
    for kind in ("bot_token", "app_token" if slack.mode == "socket" else "signing_secret"):
        place = "env" if getattr(slack, f"{kind}_file") is None else "file"
        yield f"{kind}_{place}", getattr(slack, f"{kind}_{place}")
    if slack.mode == "http":
        yield "listen", slack.listen


def _misplaced_secret(table: str, keys: object, kind: str, base: Path) -> Iterator[str]:
    given = dict(_items(keys))
    if {f"{kind}_env", f"{kind}_file"} <= given.keys():
        yield f"{table}: has both {kind}_env and {kind}_file; leave one out"
    file = given.get(f"{kind}_file")
    if isinstance(file, str) and file.strip() and _NO_TOKEN.holds(file) and (problem := file_problem(base / file)):
        yield f"{table}.{kind}_file: {problem}"


def _items(table: object) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", table).items()) if isinstance(table, dict) else []
