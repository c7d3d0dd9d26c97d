"""The command line `safi-bot`: reads arguments, runs a subcommand, and says in plain words what went wrong."""

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from bot.cli import chat
from bot.errors import Refused
from safi.errors import SafiError


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 something failed on the way, 2 something a person wrote cannot be used, 130 Ctrl-C."""
    given = _parser().parse_args(arguments)
    status = 1
    try:
        status = chat.run(given.config, given.persona)
    except* Refused as refusals:
        status = 2
        _say(refusals)
    except* SafiError as failures:
        _say(failures)
    except* KeyboardInterrupt:
        status = 130
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="safi-bot", description="A chat bot held to its declared values.")
    parser.add_argument("--version", action="version", version=f"safi-bot {version('safi-bot')}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    talking = commands.add_parser("chat", help="talk with a persona here, with the whole loop behind it")
    talking.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.toml, if there)")
    talking.add_argument("--persona", metavar="NAME", help="who answers (default: the configuration's)")
    return parser


def _say(group: BaseExceptionGroup[Exception]) -> None:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            _say(error)
        else:
            for line in str(error).splitlines():
                print(f"safi-bot: {line}", file=sys.stderr)  # noqa: T201  # the command line speaks to a person


if __name__ == "__main__":
    sys.exit(main())
