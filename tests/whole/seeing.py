"""What somebody sees of what the bot posted or answered: every word, button and file of it."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import discord
import simcord

from tests.adapters.chat.discord.rules import payload_problems, tree_problems

Seen = discord.Message | simcord.ResponseMessage


def told(result: simcord.InteractionResult) -> simcord.ResponseMessage:
    """What whoever gave a command is shown, and nobody else."""
    assert result.response is not None
    assert result.response.ephemeral
    return result.response


async def words(seen: Seen) -> str:
    """All that stands in a message: its text, its embeds, its buttons, and what is in its files."""
    message = seen.message if isinstance(seen, simcord.ResponseMessage) else seen
    embeds = [json.dumps(embed.to_dict(), ensure_ascii=False) for embed in message.embeds]
    buttons = [json.dumps(component.to_dict(), ensure_ascii=False) for component in message.components]
    files = [(await file.read()).decode() for file in message.attachments]
    return "\n".join([message.content, *embeds, *buttons, *files])


def field(seen: Seen, name: str) -> str:
    """What a card says under a name, wherever it is drawn, as it is read: without the signs that escape Markdown."""
    lines = [line for embed in seen.embeds for line in (embed.description or "").splitlines()]
    drawn = {str(each.name): str(each.value) for embed in seen.embeds for each in embed.fields}
    drawn |= dict(re.findall(r"^\*\*(.+?)\*\* (.+)$", "\n".join(lines), re.MULTILINE))
    return re.sub(r"\\(.)", r"\1", drawn[name])


def pressable(seen: Seen) -> dict[str, str]:
    """The buttons under a message: for each label, or face, what it leads to or does."""
    message = seen.message if isinstance(seen, simcord.ResponseMessage) else seen
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    found = [button for row in rows for button in row.children if isinstance(button, discord.Button)]
    return {button.label or str(button.emoji): button.url or button.custom_id or "" for button in found}


def refused_by_discord(env: simcord.Env) -> list[str]:
    """All that Discord would have refused of what the bot sent: messages, answers to interactions, commands."""
    return [problem for call in env.http_requests for problem in _problems(call)]


def _problems(call: simcord.HttpLogEntry) -> Iterator[str]:
    if call.method == "PUT" and call.path.endswith("/commands"):
        yield from tree_problems(call.json or [])
    else:
        body = body_of(call)
        message: dict[str, Any] = body.get("data") or {} if call.path.endswith("/callback") else body
        if {"content", "embeds"} & message.keys():
            files = [("a file", 1)] * len(message.get("attachments") or [])
            yield from payload_problems({**message, "files": files})


def body_of(call: simcord.HttpLogEntry) -> dict[str, Any]:
    """The body of a call; nothing where it is no object."""
    return cast("dict[str, Any]", call.json) if isinstance(call.json, dict) else {}
