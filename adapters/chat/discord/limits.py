"""Discord's limits, in one table. Lengths are in characters as `text.length` counts them, unless they say otherwise."""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    content: int = 2_000
    embeds: int = 10
    nonce: int = 25
    files: int = 10
    file_bytes: int = 10 * 1024 * 1024  # of all files of a message together, in a server without boosts
    file_description: int = 1_024
    parts: int = 5  # ours: what is longer goes into a file, so that nobody floods a channel


@dataclass(frozen=True, slots=True, kw_only=True)
class _Embed:
    title: int = 256
    description: int = 4_096
    fields: int = 25
    field_name: int = 256
    field_value: int = 1_024
    footer: int = 2_048
    author: int = 256
    total: int = 6_000  # of all texts of all embeds of a message together


@dataclass(frozen=True, slots=True, kw_only=True)
class _Components:
    rows: int = 5
    row_buttons: int = 5
    button_label: int = 80
    custom_id: int = 100
    select_options: int = 25
    select_placeholder: int = 150
    option_label: int = 100
    option_value: int = 100
    option_description: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class _Modal:
    title: int = 45
    inputs: int = 5
    input_label: int = 45
    input_placeholder: int = 100
    input_value: int = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Commands:
    top_level: int = 100
    context_menus: int = 5  # of a kind
    name: int = 32
    description: int = 100
    children: int = 25  # subcommands or groups of a command, or subcommands of a group
    options: int = 25
    choices: int = 25
    choice_name: int = 100
    choice_value: int = 100
    autocomplete: int = 25
    tree: int = 8_000  # names, descriptions and values of one top-level command with all below it
    creates_a_day: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interaction:
    first_response_seconds: int = 3
    token_seconds: int = 15 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What Discord takes, and at most how many parts of an answer we send it."""

    message: _Message = field(default_factory=_Message)
    embed: _Embed = field(default_factory=_Embed)
    components: _Components = field(default_factory=_Components)
    modal: _Modal = field(default_factory=_Modal)
    commands: _Commands = field(default_factory=_Commands)
    interaction: _Interaction = field(default_factory=_Interaction)


LIMITS: Final = Limits()
"""The table. Nothing else in the program says what Discord takes."""
