"""The tokens of chat platforms: read where the configuration says they lie, and refused where they cannot be any."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Final

from bot.errors import ConfigError
from bot.settings.config import Config
from bot.settings.keys import DISCORD_TOKEN, SLACK_APP_TOKEN, SLACK_BOT_TOKEN, SLACK_SECRET, Kind, kind_of, secret
from bot.settings.platforms import Discord, Slack

PORTAL: Final = "https://discord.com/developers/applications"
"""Where Discord's applications are made and changed."""

APPS: Final = "https://api.slack.com/apps"
"""Where Slack's apps are made and changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lying:
    """Where a secret lies and what it has to be: the configuration's `table`, and the page that shows it.

    A `file` goes before the `variable`; the key that names either begins with `key`.
    """

    table: str
    key: str
    variable: str
    file: Path | None
    site: str
    page: str
    kind: Kind

    @property
    def what(self) -> str:
        """What it is, in words."""
        return self.key.replace("_", " ")

    @property
    def place(self) -> str:
        """Where it is looked for."""
        return f"the environment variable {self.variable}" if self.file is None else str(self.file)

    def read(self, environ: Mapping[str, str]) -> str:
        """What lies there. Raises ConfigError if that is nothing, or cannot be what it has to be."""
        held = secret(environ, variable=self.variable, file=self.file, key=f"{self.table}.{self.key}_file")
        if held is None:
            made = f"it is made at {self.site}, on the page {self.page}"
            raise ConfigError([f"{self.table}: there is no {self.what}; {self._put()} ({made})"])
        if not self.kind.form.fullmatch(held):
            raise ConfigError([f"{self.table}: {self.place} {self._misfit(held)}"])
        return held

    def _put(self) -> str:
        if self.file is None:
            return f"set {self.variable} in the environment, or name a file of mode 0600 in {self.key}_file"
        return f"put it into {self.file}"

    def _misfit(self, held: str) -> str:
        """What lies there in its place, and what to do."""
        other = kind_of(held)
        holds = f"holds {other.words}, and not" if other else "does not hold"
        remedy = (other.remedy if other else "") or f"copy it from {self.site}, page {self.page}"
        return f"{holds} {self.kind.words}; {remedy}"


def in_discord(discord: Discord) -> Lying:
    """Where the token of the account lies."""
    return Lying(
        table="discord",
        key="token",
        variable=discord.token_env,
        file=discord.token_file,
        site=PORTAL,
        page="“Bot”",
        kind=DISCORD_TOKEN,
    )


def discord_token(discord: Discord, environ: Mapping[str, str]) -> str:
    """The token of the account. Raises ConfigError if there is none, or what is there is none."""
    return in_discord(discord).read(environ)


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """What an app at Slack needs: the bot token, and for its line by its mode the app token or the signing secret."""

    bot: str = field(repr=False)
    line: str = field(repr=False)


def in_slack(name: str, slack: Slack) -> tuple[Lying, Lying]:
    """Where the bot token of a workspace lies, and what its line needs."""
    lying = partial(Lying, table=f"slack.{name}", site=APPS)
    bot = lying(
        key="bot_token",
        variable=slack.bot_token_env,
        file=slack.bot_token_file,
        page="“OAuth & Permissions”",
        kind=SLACK_BOT_TOKEN,
    )
    app = lying(
        key="app_token",
        variable=slack.app_token_env,
        file=slack.app_token_file,
        page="“Basic Information”, under App-Level Tokens, with the scope connections:write",
        kind=SLACK_APP_TOKEN,
    )
    signing = lying(
        key="signing_secret",
        variable=slack.signing_secret_env,
        file=slack.signing_secret_file,
        page="“Basic Information”, under App Credentials",
        kind=SLACK_SECRET,
    )
    return bot, app if slack.mode == "socket" else signing


def slack_secrets(name: str, slack: Slack, environ: Mapping[str, str]) -> Secrets:
    """What the app needs. Raises ConfigError with everything that is not there, or is not what it has to be."""
    bot, line = _read(in_slack(name, slack), environ)
    return Secrets(bot=bot, line=line)


def require_tokens(config: Config, environ: Mapping[str, str]) -> None:
    """Raises ConfigError with every token that a platform of the configuration lacks, or shares with another."""
    of_discord = [] if config.discord is None else [in_discord(config.discord)]
    _read([*of_discord, *_of_slack(config)], environ)
    if problems := list(shared(config, environ)):
        raise ConfigError(problems)


def shared(config: Config, environ: Mapping[str, str]) -> Iterator[str]:
    """A problem for each two workspaces at Slack that hold the same: each is an app of its own."""
    held = list[tuple[Lying, str]]()
    for lying in _of_slack(config):
        with suppress(ConfigError):  # what is not there is told where it is missed
            held.append((lying, lying.read(environ)))
    for (one, ones), (other, others) in combinations(held, 2):
        if ones == others:
            yield f"{other.table}: has the same {other.what} as {one.table}; each workspace has an app of its own"


def _of_slack(config: Config) -> list[Lying]:
    return [lying for name, slack in config.slack.items() for lying in in_slack(name, slack)]


def _read(places: Sequence[Lying], environ: Mapping[str, str]) -> list[str]:
    """What lies in each. Raises ConfigError with the problems of all."""
    problems, held = list[str](), list[str]()
    for lying in places:
        try:
            held.append(lying.read(environ))
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(problems)
    return held
