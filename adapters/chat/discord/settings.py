"""What an operator decides about the bot's account at Discord."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Channels and roles go by their ids.

    In `free_response` channels the bot answers without being mentioned, which takes the Message Content intent.
    `moderator_roles` may give moderators' commands, beside whoever may manage the server. `moderators` are the channels
    where moderators are told of what needs them, one a server. `rating_buttons` stand under answers.
    """

    token: str = field(repr=False)
    direct_messages: bool = False
    free_response: frozenset[int] = frozenset()
    moderator_roles: frozenset[int] = frozenset()
    moderators: frozenset[int] = frozenset()
    rating_buttons: bool = True
