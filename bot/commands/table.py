"""The one command table: every row there is, and the help made from it."""

from adapters.chat.port import Card, Command, Invocation
from bot.commands.desk import Desk
from bot.commands.everyone import Everyone
from bot.commands.memory import Memories
from bot.commands.moderators import Moderators


def command_table(desk: Desk) -> tuple[Command, ...]:
    """All commands, in the order in which help lists them."""
    rows = (*Everyone(desk=desk).rows(), *Moderators(desk=desk).rows(), *Memories(desk=desk).rows())

    async def show_help(_: Invocation) -> Card:
        return Card(
            title="Commands",
            fields=tuple((usage(row), row.summary) for row in table),
            footer="What does not start with / is said to the persona.",
        )

    table = (*rows, Command(name="help", summary="This list", audience="everyone", run=show_help))
    return table


def usage(command: Command) -> str:
    """How a command is written: `/audit show [number]`."""
    words = [option.name if option.required else f"[{option.name}]" for option in command.options]
    return " ".join([f"/{command.name}", *words])
