"""`safi-bot setup slack`: what makes the bot's app at Slack, and the steps that lead from there to a bot that runs."""

import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, cast
from urllib.parse import quote

from adapters.chat.port import Command
from bot import wiring
from bot.cli.judges import say
from bot.cli.opening import configured
from bot.commands.desk import Desk
from bot.commands.table import command_table
from bot.doctor.slack import setup
from bot.errors import ConfigError
from bot.settings.platforms import Slack
from bot.settings.tables import did_you_mean
from bot.settings.tokens import APPS, Lying, in_slack

_USUAL: Final = "acme"
"""What a workspace is called that no configuration names."""

_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9-]+([.][A-Za-z0-9-]+)*(:[0-9]{1,5})?/?")


def slack(file: Path | None, name: str | None, *, url: str | None, as_json: bool) -> int:
    """Print the manifest of a workspace's app and, unless `as_json`, what is to be done with it. Raises ConfigError."""
    name, table = _named(configured(file).slack, name)
    made = wiring.slack_manifest(name, table, _rows(), url=None if url is None else _reached(url, name, table))
    say(sys.stdout, [json.dumps(made, indent=2, ensure_ascii=False)])
    if not as_json:
        nowhere = table.mode == "http" and url is None
        say(sys.stdout, ["", *(_nowhere(name, table) if nowhere else _steps(name, table, made))])
    return 0


def _named(workspaces: Mapping[str, Slack], name: str | None) -> tuple[str, Slack]:
    """The workspace that is meant, with its table; one at its defaults where none is configured."""
    if not workspaces:
        return name or _USUAL, Slack()
    if name is None and len(workspaces) > 1:
        raise ConfigError([f"setup slack: say for which workspace: {', '.join(workspaces)}"])
    name = name or next(iter(workspaces))
    if name not in workspaces:
        raise ConfigError([f"setup slack: there is no [slack.{name}]; {did_you_mean(name, workspaces)}"])
    return name, workspaces[name]


def _reached(url: str, name: str, table: Slack) -> str:
    """The address at which Slack reaches the bot, if it is one and is needed."""
    if table.mode == "socket":
        raise ConfigError(
            [f'--url: Slack does not call slack.{name}, which holds a line; set its mode to "http" first']
        )
    if not _ADDRESS.fullmatch(url):
        raise ConfigError(["--url: must be https:// and a host's name, as in https://bot.example.org"])
    return url


def _rows() -> tuple[Command, ...]:
    """The command table as it reads. Its rows are never run here, so the desk that they would ask is not there."""
    return command_table(cast("Desk", None))


def _nowhere(name: str, table: Slack) -> Iterator[str]:
    """What comes before all else where Slack calls the bot, line by line."""
    yield f"That is the manifest of the app for [slack.{name}], but for the address at which Slack reaches the bot."
    yield "Say that first, and what to do is said then:"
    yield ""
    yield f"   {setup(name, table)}"


def _steps(name: str, table: Slack, manifest: dict[str, Any]) -> Iterator[str]:
    """What is to be done, line by line."""
    account = manifest["features"]["bot_user"]["display_name"]
    events = manifest["settings"]["event_subscriptions"].get("request_url")
    yield f"That is the manifest of the app for [slack.{name}]. What to do with it:"
    yield ""
    yield from _made(manifest)
    yield from _secrets(table, *in_slack(name, table))
    if events:
        yield f"   Slack calls {events}: have whatever takes"
        yield f"   calls from the internet lead that, with its path and headers, to http://{table.listen}."
    yield "5. Say in config.toml which models it may use ([roles]),"
    yield f"   and under [slack.{name}] who moderates (moderators, moderator_groups)"
    yield "   and where they are told of what needs them (moderators_channel)."
    yield f"6. Invite the bot into its channels: /invite @{account}"
    yield "7. Check its judges: safi-bot doctor --judges. See that all is well: safi-bot doctor."
    yield "   Then start it: safi-bot run."
    if events:
        yield "8. Once it runs, have Slack verify the address, on the page “App Manifest”."


def _made(manifest: dict[str, Any]) -> Iterator[str]:
    """How the manifest becomes an app."""
    packed = json.dumps(manifest, ensure_ascii=False, separators=(",", ":"))
    yield "1. Make the app. This link brings the manifest along; choose your workspace there, and confirm:"
    yield ""
    yield f"   {APPS}?new_app=1&manifest_json={quote(packed, safe='')}"
    yield ""
    yield "   For an app that is there already, put the manifest into its page “App Manifest”,"
    yield f"   at {APPS}."
    yield "2. Install it: page “Install App”, “Install to Workspace”; after a change of scopes, once more."


def _secrets(table: Slack, bot: Lying, line: Lying) -> Iterator[str]:
    """Where the bot's token comes from and goes, and what its line needs."""
    yield f"3. Copy the bot token, which begins with xoxb-, from the page {bot.page},"
    yield f"   {_into(bot)}."
    if table.mode == "socket":
        yield "4. Make an app token, which begins with xapp-, on the page"
        yield f"   {line.page}."
        yield f"   Put it {_into(line)}."
    else:
        yield f"4. Copy the signing secret from the page {line.page},"
        yield f"   {_into(line)}."


def _into(lying: Lying) -> str:
    """Where a secret belongs."""
    return f"into {lying.place}" + ("" if lying.file is None else ", with mode 0600")
