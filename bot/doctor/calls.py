"""Rules that call a moderator, and what is to be said of those whose calls nobody hears. Pure."""

from collections.abc import Iterable, Sequence

from safi.profile import Profile


def calling(personas: Iterable[Profile]) -> tuple[str, ...]:
    """The names of those that have a rule which calls a moderator."""
    return tuple(profile.name for profile in personas if any(rule.notify for rule in profile.rules))


def call(names: Sequence[str]) -> str:
    """How a sentence about these personas begins."""
    return f"{', '.join(names)} {'calls' if len(names) == 1 else 'call'} a moderator where a rule says so"


def untold(table: str) -> str:
    """What to do about direct messages, in which nobody hears a call; `table` allows them."""
    return f"Set {table}.direct_messages = false, or take `notify` and what it promises out of those rules."
