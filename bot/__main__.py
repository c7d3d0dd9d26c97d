"""The command line `safi-bot`: reads arguments, runs a subcommand, and says in plain words what went wrong."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Final

from bot.errors import Refused
from safi.errors import SafiError

_Add = Callable[..., argparse.ArgumentParser]

_EPILOG: Final = (
    "`safi-bot COMMAND --help` says what a command takes. Exit status: 0 done, 1 something failed on the way, "
    "2 something a person wrote cannot be used."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status: 0 done, 1 something failed on the way, 2 something a person wrote cannot be used, 130 Ctrl-C."""
    given = _parser().parse_args(arguments)
    status = 1
    try:
        status = given.run(given)
        sys.stdout.flush()
    except* Refused as refusals:
        status = 2
        _say(refusals)
    except* SafiError as failures:
        _say(failures)
    except* KeyboardInterrupt:
        status = 130
    except* BrokenPipeError:
        _forget_output()
    except* OSError as failures:  # whatever else is written or read has told its own already
        _forget_output()
        _say(failures)
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="safi-bot", description="A chat bot held to its declared values.", epilog=_EPILOG
    )
    parser.add_argument("--version", action="version", version=f"safi-bot {version('safi-bot')}")
    config = argparse.ArgumentParser(add_help=False)
    config.add_argument("--config", type=Path, metavar="FILE", help="configuration (default: config.toml, if there)")
    add = _saying(parser.add_subparsers(required=True, metavar="COMMAND").add_parser)

    talking = add("chat", parents=[config], help="talk with a persona here, with the whole loop behind it")
    talking.add_argument("--persona", metavar="NAME", help="who answers (default: the configuration's)")
    talking.set_defaults(run=_chat)

    serving = add("run", parents=[config], help="serve the platforms that the configuration names")
    serving.add_argument(
        "--unchecked-judges", action="store_true", help="serve even if judges failed their check or never had one"
    )
    serving.set_defaults(run=_run)

    _add_setup(add, config)

    examining = add("doctor", parents=[config], help="say what is not well, and what to do about it")
    examining.add_argument("--json", action="store_true", help="print one JSON object")
    examining.add_argument("--judges", action="store_true", help="put the judge check to Will and Conscience instead")
    examining.add_argument("--persona", metavar="NAME", help="with --judges: whose (default: the configuration's)")
    examining.add_argument("--yes", action="store_true", help="with --judges: agree to the cost beforehand")
    examining.set_defaults(run=_doctor)

    _add_of_the_store(add, config)
    return parser


def _saying(add: _Add) -> _Add:
    """Adds commands whose own help begins with what the list of commands says of them."""

    def added(name: str, *, help: str, parents: Sequence[argparse.ArgumentParser] = ()) -> argparse.ArgumentParser:  # noqa: A002  # as argparse calls it
        return add(name, parents=parents, help=help, description=f"{help[0].upper()}{help[1:]}.")

    return added


def _add_setup(add: _Add, config: argparse.ArgumentParser) -> None:
    setting_up = add("setup", help="say how an account for the bot is made on a platform")
    platforms = setting_up.add_subparsers(required=True, metavar="PLATFORM")
    slack = _saying(platforms.add_parser)(
        "slack", parents=[config], help="print the manifest of the app, and the next steps"
    )
    slack.add_argument("name", nargs="?", metavar="NAME", help="which [slack.NAME] (default: the only one)")
    slack.add_argument("--url", metavar="URL", help="where Slack reaches the bot, for mode http: https://HOST")
    slack.add_argument("--json", action="store_true", help="print the manifest alone")
    slack.set_defaults(run=_setup_slack)


def _add_of_the_store(add: _Add, config: argparse.ArgumentParser) -> None:
    copying = add("backup", parents=[config], help="copy the store to a new file, also while a bot runs")
    copying.add_argument("file", type=Path, metavar="FILE", help="the file to make")
    copying.set_defaults(run=_backup)

    restoring = add("restore", parents=[config], help="put a backup in the store's place")
    restoring.add_argument("file", type=Path, metavar="FILE", help="the backup")
    restoring.set_defaults(run=_restore)

    migrating = add("migrate", parents=[config], help="bring the store up to date, behind a backup of it")
    migrating.set_defaults(run=_migrate)

    verifying = add("verify", parents=[config], help="say whether the record is still what was recorded")
    verifying.add_argument(
        "--heads", type=Path, metavar="FILE", help="what verify or backup printed before, to compare"
    )
    verifying.add_argument("--json", action="store_true", help="print one JSON object")
    verifying.epilog = (
        "Exit status: 0 all is what was recorded, 1 something is not, 2 what was written cannot be used, "
        "3 the record could not be checked."
    )
    verifying.set_defaults(run=_verify)

    erasing = add("erase", parents=[config], help="erase a person's words and the answers to them")
    erasing.add_argument("--person", required=True, metavar="ID", help="the platform's id of the person")
    erasing.add_argument("--workspace", metavar="W", help="only in this workspace (default: in all)")
    erasing.add_argument("--yes", action="store_true", help="agree beforehand")
    erasing.set_defaults(run=_erase)


def _chat(given: argparse.Namespace) -> int:
    from bot.cli import chat

    return chat.run(given.config, given.persona)


def _run(given: argparse.Namespace) -> int:
    from bot.cli import run

    return run.run(given.config, unchecked_judges=given.unchecked_judges)


def _setup_slack(given: argparse.Namespace) -> int:
    from bot.cli import setup

    return setup.slack(given.config, given.name, url=given.url, as_json=given.json)


def _doctor(given: argparse.Namespace) -> int:
    from bot.cli import doctor

    if (given.persona or given.yes) and not given.judges:
        raise Refused(["doctor: --persona and --yes go with --judges"])
    if given.judges:
        return doctor.check_judges(given.config, given.persona, yes=given.yes, as_json=given.json)
    return doctor.run(given.config, as_json=given.json)


def _backup(given: argparse.Namespace) -> int:
    from bot.cli import backup

    return backup.back_up(given.config, given.file)


def _restore(given: argparse.Namespace) -> int:
    from bot.cli import backup

    return backup.restore(given.config, given.file)


def _migrate(given: argparse.Namespace) -> int:
    from bot.cli import backup

    return backup.migrate(given.config)


def _verify(given: argparse.Namespace) -> int:
    from bot.cli import verify

    return verify.run(given.config, given.heads, as_json=given.json)


def _erase(given: argparse.Namespace) -> int:
    from bot.cli import erase

    return erase.run(given.config, erase.Person(author=given.person, workspace=given.workspace), yes=given.yes)


def _say(group: BaseExceptionGroup[Exception]) -> None:
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            _say(error)
        else:
            for line in str(error).splitlines():
                print(f"safi-bot: {line}", file=sys.stderr)  # noqa: T201  # the command line speaks to a person


def _forget_output() -> None:
    """Send nowhere what is still buffered for a reader who has left: at its exit, Python would fail on it once more."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


if __name__ == "__main__":
    sys.exit(main())
