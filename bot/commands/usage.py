"""How a command is written where it is typed."""

from adapters.chat.port import Command


def usage(command: Command, prefix: str = "/") -> str:
    """With its options, those that may be left out in brackets: `/audit show [number]`."""
    words = [option.name if option.required else f"[{option.name}]" for option in command.options]
    return " ".join([f"{prefix}{command.name}", *words])
