"""Joins ports to adapters. The only package that names concrete ones, and it imports each only when it is used."""

from bot.wiring.chat import (
    look_at_discord,
    look_at_slack,
    open_console,
    open_discord,
    open_slack,
    slack_manifest,
)
from bot.wiring.models import address, ollama_models, open_models, thinking_room, visit
from bot.wiring.screen import open_screen
from bot.wiring.store import (
    back_up,
    look_at_key,
    look_at_store,
    open_record,
    open_store,
    require_store,
    restore,
    upgrade,
    verify,
)

__all__ = [
    "address",
    "back_up",
    "look_at_discord",
    "look_at_key",
    "look_at_slack",
    "look_at_store",
    "ollama_models",
    "open_console",
    "open_discord",
    "open_models",
    "open_record",
    "open_screen",
    "open_slack",
    "open_store",
    "require_store",
    "restore",
    "slack_manifest",
    "thinking_room",
    "upgrade",
    "verify",
    "visit",
]
