"""Checks of Slack, from what its Web API says of a workspace's app, the channels and the user groups. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, Protocol

from bot.doctor.calls import call, untold
from bot.doctor.declared import told
from bot.doctor.finding import Finding, State
from bot.errors import ConfigError
from bot.settings.platforms import Slack
from bot.settings.tokens import APPS, in_slack

CHECK: Final = "slack"

_REINSTALL: Final = (
    "Give the app the manifest of `{setup}` at {apps}, page “App Manifest”, and reinstall it, page “Install App”."
)

_UNSEEN: Final[Mapping[str, tuple[str, str]]] = {
    "not there": (
        "Slack shows the bot no channel {id} ({key}).",
        "Correct the id, as it stands at the end of the channel's details; in a private channel say /invite @{bot}",
    ),
    "archived": ("#{channel} is archived ({key}).", "Unarchive it, or name another channel."),
}
"""What is wrong with a channel of which nothing more needs saying, and what to do."""


class Channel(Protocol):
    """What there is to know of a channel."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def member(self) -> bool:
        """Whether the bot is in it."""
        ...

    @property
    def shared(self) -> bool:
        """Whether other organizations are in it, or are invited."""
        ...

    @property
    def unseen(self) -> Literal["", "not there", "archived"]:
        """Why there is nothing more to say of it."""
        ...


class Line(Protocol):
    """How the bot would hear Slack."""

    @property
    def fault(self) -> str:
        """Why it would not, as `what. What to do.`; "" where nothing is wrong."""
        ...

    @property
    def busy(self) -> bool:
        """Whether somebody, who may be the bot itself, listens at its address already."""
        ...


class App(Protocol):
    """What there is to know of an app in its workspace; with a `fault`, only how its line is."""

    @property
    def fault(self) -> str:
        """Why nothing could be learned, as `what. What to do.`."""
        ...

    @property
    def line(self) -> Line:
        """How the bot would hear Slack."""
        ...

    @property
    def name(self) -> str:
        """The name of the bot's account."""
        ...

    @property
    def workspace(self) -> str:
        """The name of the workspace."""
        ...

    @property
    def missing(self) -> Collection[str]:
        """Scopes that the manifest wants and the token has not."""
        ...

    @property
    def needless(self) -> Collection[str]:
        """Scopes that the token has and the manifest does not want."""
        ...

    @property
    def channels(self) -> Mapping[str, Channel]:
        """Those of the channels that the configuration names of which something could be learned, by their ids."""
        ...

    @property
    def groups(self) -> Mapping[str, str | None]:
        """Those user groups that the configuration names, as people know them; None for those that are not there."""
        ...


def named_channels(name: str, table: Slack) -> dict[str, list[str]]:
    """The channels that a workspace's table names, each with the keys that name it."""
    found: dict[str, list[str]] = {}
    moderators = [] if table.moderators_channel is None else [table.moderators_channel]
    for key, channels in (
        ("free_response_channels", table.free_response_channels),
        ("moderators_channel", moderators),
        ("personas", table.personas),
    ):
        for channel in channels:
            found.setdefault(channel, []).append(f"{CHECK}.{name}.{key}")
    return found


def setup(name: str, table: Slack) -> str:
    """The command that prints the manifest of a workspace's app."""
    return f"safi-bot setup slack {name}" + ("" if table.mode == "socket" else " --url https://YOUR-HOST")


def tokenless(name: str, error: ConfigError) -> Iterator[Finding]:
    """There is no token, or what is there is none."""
    for problem in error.problems:
        sentence, remedy = told(problem.removeprefix(f"{CHECK}.{name}: "), "; ", ": ")
        remedy = remedy or f"Correct [{CHECK}.{name}]."
        yield _found(name, "token", "problem", f"{sentence[0].upper()}{sentence[1:]}", remedy)


def sharing(problems: Iterable[str]) -> Iterator[Finding]:
    """Each two workspaces that hold the same token."""
    for problem in problems:
        name, _, same = problem.removeprefix(f"{CHECK}.").partition(": ")
        sentence, _ = told(same)
        yield _found(
            name, "token", "problem", f"It {sentence}", "Make an app for each workspace: safi-bot setup slack."
        )


def findings(name: str, table: Slack, app: App, calling: Sequence[str]) -> Iterator[Finding]:
    """What the facts mean. `calling`: of the personas that can answer, those that call moderators."""
    if app.fault:
        sentence, remedy = told(app.fault, ". ")
        yield _found(name, "app", "problem", sentence, remedy or f"Look at {APPS}.")
    else:
        yield _found(name, "app", "ok", f"It is @{app.name} in the workspace {app.workspace}.")
        yield from _scopes(name, table, app)
    yield _line(name, table, app)
    if app.fault:
        return
    for identity, keys in named_channels(name, table).items():
        if identity in app.channels:
            yield _channel(name, table, app.channels[identity], (identity, ", ".join(keys), app.name))
    yield from _moderators(name, table, app)
    yield from _guests(name, table)
    yield from _unheard(name, table, calling)


def _scopes(name: str, table: Slack, app: App) -> Iterator[Finding]:
    remedy = _REINSTALL.format(setup=setup(name, table), apps=APPS)
    if app.missing:
        yield _found(name, "scopes", "problem", f"The bot token lacks {_listed(app.missing)}.", remedy)
    if app.needless:
        sentence = f"The bot token may do more than the bot needs: {_listed(app.needless)}."
        yield _found(name, "scopes", "warning", sentence, remedy)
    if not app.missing and not app.needless:
        yield _found(name, "scopes", "ok", "The bot token has the scopes that the bot needs, and no other.")


def _line(name: str, table: Slack, app: App) -> Finding:
    """The bot's own token is checked by name; what else it takes to hear Slack is checked by being used."""
    _, line = in_slack(name, table)
    subject = "app token" if table.mode == "socket" else "address"
    if app.line.fault:
        sentence, remedy = told(app.line.fault, ". ")
        return _found(name, subject, "problem", sentence, remedy or f"Look at {APPS}.")
    if table.mode == "socket":
        return _found(name, subject, "ok", f"Slack opens a line to what is in {line.place}.")
    if app.line.busy:
        remedy = f"All is well if the bot runs; else set {CHECK}.{name}.listen to an address that is free."
        return _found(name, subject, "warning", f"Somebody listens at {table.listen} already.", remedy)
    sentence = f"The bot can listen at {table.listen}, which Slack has to reach over HTTPS from the internet."
    return _found(name, subject, "ok", sentence)


def _channel(name: str, table: Slack, channel: Channel, named: tuple[str, str, str]) -> Finding:
    identity, keys, bot = named
    if channel.unseen:
        sentence, remedy = (
            text.format(id=identity, key=keys, channel=channel.name, bot=bot) for text in _UNSEEN[channel.unseen]
        )
        return _found(name, f"channel {identity}", "problem", sentence, remedy)
    subject, where = f"channel #{channel.name}", f"#{channel.name}"
    if not channel.member:
        return _found(name, subject, "problem", f"The bot is not in {where} ({keys}).", f"Say there: /invite @{bot}")
    if channel.shared and not table.shared_channels:
        sentence = f"Other organizations are in {where}, so the bot does not answer there ({keys})."
        remedy = f"Name another channel, or allow all such channels: {CHECK}.{name}.shared_channels = true."
        return _found(name, subject, "problem", sentence, remedy)
    return _found(name, subject, "ok", f"The bot is in {where}.")


def _moderators(name: str, table: Slack, app: App) -> Iterator[Finding]:
    """Who may give moderators' commands."""
    keys = f"{CHECK}.{name}.moderators or {CHECK}.{name}.moderator_groups"
    if not table.moderators and not table.moderator_groups:
        sentence = "Nobody is a moderator, so moderators' commands are closed to all."
        yield _found(name, "moderators", "problem", sentence, f"Name people or user groups in {keys}.")
    for identity, group in app.groups.items():
        if group is None:
            sentence = f"{CHECK}.{name}.moderator_groups names {identity}, and there is no such user group."
            remedy = "Correct it: the id stands in the address of the group's page."
            yield _found(name, f"group {identity}", "problem", sentence, remedy)
        else:
            yield _found(name, f"group {identity}", "ok", f"{group} may give moderators' commands.")


def _guests(name: str, table: Slack) -> Iterator[Finding]:
    """Slack lets no guest use an app that is an agent, as one that answers direct messages is."""
    if table.guests and table.direct_messages:
        sentence = f"{CHECK}.{name}.guests is on, and Slack keeps guests from an app that answers direct messages."
        yield _found(name, "guests", "warning", sentence, "Switch one of the two off.")


def _unheard(name: str, table: Slack, calling: Sequence[str]) -> Iterator[Finding]:
    """Where moderators are not told of what needs them, or a rule calls and nobody hears it."""
    key = f"{CHECK}.{name}.moderators_channel"
    if table.moderators_channel is None and not calling:
        remedy = f"Name a channel in {key}."
        yield _found(name, "moderators", "warning", "Nobody is told of what needs a moderator.", remedy)
    elif table.moderators_channel is None:
        yield _found(name, "calls", "problem", f"{call(calling)}, and nobody is told.", f"Name a channel in {key}.")
    if calling and table.direct_messages:
        sentence = f"{call(calling)}, and no moderator can look into direct messages."
        yield _found(name, "calls from direct messages", "problem", sentence, untold(f"{CHECK}.{name}"))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def _found(name: str, subject: str, state: State, sentence: str, remedy: str | None = None) -> Finding:
    return Finding(check=CHECK, subject=f"{name} {subject}", state=state, sentence=sentence, remedy=remedy)
