"""Slack's limits, in one table. Lengths are in characters as `text.length` counts them, unless they say otherwise.

Where a comment says "seen", it is what others have met: Slack's documentation does not have it.
"""

from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    text: int = 4_000  # Slack cuts what is longer into messages of its own, and drops what is over 40,000
    markdown: int = 12_000  # of all Markdown blocks of a message together
    payload: int = 13_000  # of all blocks of a message together; seen: refused from 13,172 on, or 13,297
    blocks: int = 50
    part: int = 3_000  # ours: leaves room for what escaping adds, and reads well on a phone
    parts: int = 5  # ours: what is longer goes into a file, so that nobody floods a channel
    quick_uses: int = 5  # answers to one interaction by its own address
    quick_seconds: int = 30 * 60  # how long that address lasts


@dataclass(frozen=True, slots=True, kw_only=True)
class _Blocks:
    block_id: int = 255
    text: int = 3_000  # of any text object, a section's among them; at least 1
    header: int = 150
    fields: int = 10
    field: int = 2_000
    actions: int = 25  # elements of a block of actions
    context: int = 10  # elements of a context
    context_actions: int = 5
    input_label: int = 2_000
    input_hint: int = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Elements:
    action_id: int = 255
    button_text: int = 75
    button_value: int = 2_000
    button_url: int = 3_000
    accessibility_label: int = 75
    placeholder: int = 150
    options: int = 100
    option_text: int = 75
    option_value: int = 150
    option_description: int = 75
    option_groups: int = 100
    group_label: int = 75
    input_value: int = 3_000  # what may be asked for at most, of a person who fills in a form
    confirm_title: int = 100
    confirm_text: int = 300
    confirm_button: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    title: int = 24
    submit: int = 24
    close: int = 24
    blocks: int = 100
    private_metadata: int = 3_000
    callback_id: int = 255
    external_id: int = 255  # seen
    payload_bytes: int = 250_000  # of the whole view as JSON; seen


@dataclass(frozen=True, slots=True, kw_only=True)
class _Manifest:
    name: int = 35
    description: int = 140
    long_description_least: int = 174
    long_description: int = 4_000
    bot_name: int = 80
    commands: int = 50
    command: int = 32  # with its slash
    command_description: int = 2_000
    usage_hint: int = 1_000
    shortcuts: int = 10
    shortcut_name: int = 24  # seen: the settings' page takes no more
    shortcut_description: int = 150
    scopes: int = 255
    events: int = 100
    agent_description: int = 300
    prompts: int = 4  # suggested ones


@dataclass(frozen=True, slots=True, kw_only=True)
class _Interaction:
    acknowledged_seconds: int = 3
    trigger_seconds: int = 3
    status_seconds: int = 120  # Slack takes a status away after that


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What Slack takes, and at most how much of an answer we send it."""

    message: _Message = field(default_factory=_Message)
    blocks: _Blocks = field(default_factory=_Blocks)
    elements: _Elements = field(default_factory=_Elements)
    view: _View = field(default_factory=_View)
    manifest: _Manifest = field(default_factory=_Manifest)
    interaction: _Interaction = field(default_factory=_Interaction)


LIMITS: Final = Limits()
"""The table. Nothing else in the program says what Slack takes."""
