"""Checks of Discord, from what its REST interface says of the account, the channels and the roles. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, Protocol

from bot.doctor.calls import call, untold
from bot.doctor.declared import told
from bot.doctor.finding import Finding, State, counted
from bot.errors import ConfigError
from bot.settings.platforms import Discord
from bot.settings.tokens import PORTAL, in_discord

CHECK: Final = "discord"

_MUTE: Final = frozenset({"View Channel", "Send Messages"})
"""Permissions without which nothing can be said at all; what the others would have allowed is lost alone."""

_UNSEEN: Final[Mapping[str, tuple[str, str]]] = {
    "not there": (
        "There is no channel {id} ({key}).",
        "Correct it: with Discord's developer mode on, a channel's menu copies its id.",
    ),
    "hidden": (
        "The bot cannot see the channel {id} ({key}).",
        "Give the bot's role View Channel there, or invite the bot if it is not in that server.",
    ),
    "a thread": ("{id} is a thread ({key}).", "Name its channel: threads go with it."),
    "wordless": ("Nothing is written in {id} ({key}).", "Name a channel of text."),
}
"""What is wrong with a channel of which nothing more can be said, and what to do."""

_NAMED: Final = 3
"""Servers that are named where something is wrong with many."""

_REVIEW: Final = "Discord reviews this intent once the bot reaches more than 10,000 people in all its servers."


class Channel(Protocol):
    """What there is to know of a channel."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def server(self) -> str:
        """The name of its server."""
        ...

    @property
    def lacking(self) -> tuple[str, ...]:
        """Permissions that the bot needs there and has not."""
        ...

    @property
    def forum(self) -> bool:
        """Whether all that is said there is said in threads."""
        ...

    @property
    def unseen(self) -> Literal["", "not there", "hidden", "a thread", "wordless"]:
        """Why there is nothing more to say of it."""
        ...


class Account(Protocol):
    """What there is to know of the bot's account; with a `fault`, nothing."""

    @property
    def fault(self) -> str:
        """Why nothing could be learned, as `what. What to do.`."""
        ...

    @property
    def name(self) -> str:
        """The account's name."""
        ...

    @property
    def application(self) -> int:
        """The id of its application."""
        ...

    @property
    def invitation(self) -> str:
        """Where somebody who manages a server lets the bot in."""
        ...

    @property
    def public(self) -> bool:
        """Whether whoever has the link may invite it."""
        ...

    @property
    def reads_content(self) -> bool:
        """Whether the Message Content intent is on."""
        ...

    @property
    def servers(self) -> tuple[str, ...]:
        """The names of those that it is in."""
        ...

    @property
    def channels(self) -> Mapping[int, Channel]:
        """Those that the configuration names, by their ids."""
        ...

    @property
    def roles(self) -> Mapping[int, str | None]:
        """Those that the configuration names, as people know them; None for those that are not there."""
        ...


def named_channels(settings: Discord) -> dict[int, list[str]]:
    """The channels that a configuration names, each with the keys that name it."""
    found: dict[int, list[str]] = {}
    for key, channels in (
        ("discord.free_response_channels", settings.free_response_channels),
        ("discord.moderators_channels", settings.moderators_channels),
        ("discord.personas", settings.personas),
    ):
        for channel in channels:
            found.setdefault(int(channel), []).append(key)
    return found


def tokenless(error: ConfigError) -> Iterator[Finding]:
    """There is no token, or what is there is none."""
    for problem in error.problems:
        sentence, remedy = told(problem.removeprefix("discord: "), "; ", ": ")
        yield _found("token", "problem", f"{sentence[0].upper()}{sentence[1:]}", remedy or "Correct [discord].")


def findings(settings: Discord, account: Account, calling: Sequence[str]) -> Iterator[Finding]:
    """What the facts mean. `calling`: of the personas that can answer, those that call moderators."""
    if account.fault:
        sentence, remedy = told(account.fault, ". ")
        yield _found("account", "problem", sentence, remedy or f"Look at {PORTAL}.")
        return
    yield _found("token", "ok", f"Discord knows what is in {in_discord(settings).place}.")
    yield _account(account)
    yield from _public(account)
    yield _intent(settings, account)
    for identity, keys in named_channels(settings).items():
        yield _channel(identity, keys, account.channels[identity])
    yield from _moderators(settings, account, calling)
    yield from _unheard(settings, account, calling)
    yield from _roles(account)


def _account(account: Account) -> Finding:
    if not account.servers:
        sentence = f"The account {account.name} is in no server yet."
        return _found("account", "warning", sentence, f"Invite it: {account.invitation}")
    return _found("account", "ok", f"The account {account.name} is in {counted(len(account.servers), 'server')}.")


def _public(account: Account) -> Iterator[Finding]:
    if account.public:
        remedy = f"If that is not meant, switch Public Bot off at {_page(account)}."
        yield _found("invitation", "warning", "Anybody may invite the bot, and you pay for its answers there.", remedy)


def _intent(settings: Discord, account: Account) -> Finding:
    subject = "intent"
    if not settings.free_response_channels:
        unused = " The Message Content intent is on, and nothing here uses it." if account.reads_content else ""
        return _found(subject, "ok", f"No privileged intent is needed.{unused}")
    needs = "discord.free_response_channels needs the Message Content intent, which is"
    if account.reads_content:
        return _found(subject, "ok", f"{needs} on. {_REVIEW}")
    switch = (
        f"Switch it on at {_page(account)} under Privileged Gateway Intents, or empty discord.free_response_channels."
    )
    return _found(subject, "problem", f"{needs} off, so Discord would not let the bot in. {_REVIEW}", switch)


def _page(account: Account) -> str:
    """The portal's page about the bot of an application."""
    return f"{PORTAL}/{account.application}/bot"


def _channel(identity: int, keys: Iterable[str], channel: Channel) -> Finding:
    if channel.unseen:
        sentence, remedy = _UNSEEN[channel.unseen]
        return _found(f"channel {identity}", "problem", sentence.format(key=", ".join(keys), id=identity), remedy)
    subject, where = f"channel #{channel.name}", f"#{channel.name} in {channel.server}"
    if not channel.lacking:
        return _found(subject, "ok", f"In {where} the bot has every permission that it needs.")
    lacking = ", ".join(channel.lacking)
    return _found(
        subject,
        "problem" if _MUTE & set(channel.lacking) else "warning",
        f"In {where} the bot lacks {lacking}.",
        f"Give its role {lacking} in the settings of #{channel.name}, under Permissions.",
    )


def _moderators(settings: Discord, account: Account, calling: Sequence[str]) -> Iterator[Finding]:
    """One channel a server, in which the bot can post cards."""
    key = "discord.moderators_channels"
    if not settings.moderators_channels and not (calling and account.servers):
        yield _found("moderators", "warning", "Nobody is told of what needs a moderator.", f"Name a channel in {key}.")
    servers: set[str] = set()
    for identity in settings.moderators_channels:
        channel = account.channels[int(identity)]
        if channel.forum:
            yield _found("moderators", "problem", f"{key} names the forum #{channel.name}.", "Name a channel of text.")
        if channel.server and channel.server in servers:
            several = f"{key} names more than one channel of {channel.server}, and only one is used."
            yield _found("moderators", "warning", several, "Leave one.")
        servers.add(channel.server)


def _unheard(settings: Discord, account: Account, calling: Sequence[str]) -> Iterator[Finding]:
    """Where a rule calls for a moderator and nobody hears it."""
    if not calling:
        return
    calls = call(calling)
    told = {account.channels[int(identity)].server for identity in settings.moderators_channels}
    if missing := [server for server in account.servers if server not in told]:
        sentence = f"{calls}, and nobody is told in {_several(missing)}."
        remedy = "Name a text channel of each of these servers in discord.moderators_channels."
        yield _found("calls", "problem", sentence, remedy)
    if settings.direct_messages:
        sentence = f"{calls}, and direct messages have none."
        yield _found("calls from direct messages", "problem", sentence, untold(CHECK))


def _roles(account: Account) -> Iterator[Finding]:
    for identity, name in account.roles.items():
        if name is None:
            sentence = f"discord.moderator_roles names {identity}, a role of no server that the bot is in."
            remedy = "Correct it: with Discord's developer mode on, a role's menu copies its id."
            yield _found(f"role {identity}", "problem", sentence, remedy)
        else:
            yield _found(f"role {identity}", "ok", f"{name} may give moderators' commands.")


def _several(names: Sequence[str]) -> str:
    """The first few of the names, and how many more there are."""
    first, more = ", ".join(names[:_NAMED]), len(names) - _NAMED
    return f"{first} and {counted(more, 'other server')}" if more > 0 else first


def _found(subject: str, state: State, sentence: str, remedy: str | None = None) -> Finding:
    return Finding(check=CHECK, subject=subject, state=state, sentence=sentence, remedy=remedy)
