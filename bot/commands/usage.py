"""How a command is written where it is typed."""

from adapters.chat.port import Command


def usage(command: Command, prefixes: tuple[str, str]) -> str:
    """With its options, those that may be left out in brackets: `/audit show [number]`.

    `prefixes` stand before a command of everyone's and before one of moderators'.
    """
    words = [option.name if option.required else f"[{option.name}]" for option in command.options]
    return " ".join([f"{prefixes[command.audience == 'moderators']}{command.name}", *words])
