"""What an event from Slack is to the bot: a message for it, one that is gone, or nothing. Pure; asks nobody."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, cast

from adapters.chat.port import DIRECT_MESSAGES_OFF, SHARED_CHANNELS_OFF, Inbound, Place, Refusal
from adapters.chat.slack import places
from adapters.chat.slack.account import Account
from adapters.chat.slack.settings import Settings
from adapters.chat.slack.text import unescaped

Event = Mapping[str, Any]

_SAID: Final = frozenset({None, "", "file_share", "me_message", "thread_broadcast"})
"""The subtypes of messages that are a person's own words: everything else is the platform's, or an app's."""

_SLACKBOT: Final = "USLACKBOT"
_MARKED: Final = re.compile(r"<(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>")
_SOMEBODY: Final = re.compile(r"<@(?P<id>[UW][A-Z0-9]+)(?:\|[^<>]*)?>")
_UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A message that may be for the bot. `event` is how Slack tells of it, with what is attached.

    `team` is its author's, where Slack says it. `edited`: it was said before, and has been changed.
    """

    message: Inbound
    event: Event
    team: str | None = None
    edited: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """A message that is no longer there."""

    place: Place
    message_id: str


def read(body: Event, *, account: Account, settings: Settings) -> Said | Gone | None:
    """What has happened to a message; None where it is none of the bot's business.

    Raises TypeError, ValueError or LookupError for what is not what Slack sends.
    """
    event: Event = body["event"]
    if event["type"] not in {"app_mention", "message"} or account.team not in _teams(body):
        return None
    shared = bool(body.get("is_ext_shared_channel"))
    match event.get("subtype"):
        case "message_deleted":
            return _gone(event.get("previous_message") or {}, event["deleted_ts"], event, account)
        case "message_changed" if _is_tombstone(event["message"]):
            return _gone(event["message"], event["message"]["ts"], event, account)
        case "message_changed":
            changed = {**event["message"], "type": "message", **_where(event)}
            return _said(changed, account, settings, shared=shared) if changed.get("edited") else None
        case _:
            return _said(event, account, settings, shared=shared)


def readable(text: str, me: str) -> str:
    """What was typed, without the mention of the bot; other mentions are the names that people see."""
    own = rf"<@{re.escape(me)}(?:\|[^<>]*)?>"
    text = re.sub(rf"\A(?:\s*{own}[\s,:]*)+|[^\S\n]*{own}", "", text)
    return unescaped(_MARKED.sub(_shown, text)).strip()


def _teams(body: Event) -> set[object]:
    """The workspaces that an event is brought for: an app in several is told of all of them over one line."""
    granted: list[Event] = body.get("authorizations") or []
    return {body.get("team_id"), *(each.get("team_id") for each in granted)}


def _where(event: Event) -> Event:
    return {name: event[name] for name in ("channel", "channel_type") if name in event}


def _is_tombstone(message: Event) -> bool:
    """Whether a message was deleted on which others have replied: Slack leaves a mark in its place."""
    return message.get("subtype") == "tombstone"


def _gone(message: Event, ts: str, event: Event, account: Account) -> Gone:
    thread = message.get("thread_ts") or ts
    return Gone(place=places.place(team=account.team, channel=event["channel"], thread=thread), message_id=ts)


def _said(event: Event, account: Account, settings: Settings, *, shared: bool) -> Said | None:
    if not _by_person(event, account):
        return None
    channel, ts = cast("str", event["channel"]), cast("str", event["ts"])
    thread = cast("str", event.get("thread_ts") or ts)
    text = readable(event.get("text") or "", account.user)
    overheard = _is_overheard(event, account, settings)
    if overheard is None or (overheard and not text):  # a file alone asks nothing of anybody
        return None
    unanswered = _refusal(event, settings, shared=shared)
    message = Inbound(
        event_id=f"{channel}:{ts}",
        place=places.place(team=account.team, channel=channel, thread=thread),
        message_id=ts,
        author=event["user"],
        text="" if unanswered else text,
        at=datetime.fromtimestamp(float(ts), UTC),
        replies_to=None if thread == ts else thread,
        unanswered=unanswered,
        overheard=overheard,
    )
    team = event.get("user_team") or event.get("source_team") or event.get("team")
    return Said(message=message, event=event, team=team, edited=bool(event.get("edited")))


def _by_person(event: Event, account: Account) -> bool:
    return (
        event.get("subtype") in _SAID
        and bool(event.get("user"))
        and event["user"] not in {account.user, _SLACKBOT}
        and not any(event.get(name) for name in ("bot_id", "bot_profile", "hidden"))
    )


def _is_overheard(event: Event, account: Account, settings: Settings) -> bool | None:
    """Whether it goes on in a thread, without being said to the bot; None where it is not for the bot at all."""
    mentioned = {found["id"] for found in _SOMEBODY.finditer(event.get("text") or "")}
    said_to_bot = event["type"] == "app_mention" or account.user in mentioned
    if said_to_bot or _is_direct(event) or event["channel"] in settings.free_response:
        return False
    replies = event.get("thread_ts") not in {None, event["ts"]}
    return True if settings.follow_threads and replies and not mentioned else None


def _is_direct(event: Event) -> bool:
    return event.get("channel_type") == "im" or event["channel"].startswith("D")


def _refusal(event: Event, settings: Settings, *, shared: bool) -> Refusal | None:
    if _is_direct(event) and not settings.direct_messages:
        return DIRECT_MESSAGES_OFF
    return SHARED_CHANNELS_OFF if shared and not settings.shared_channels else None


def _shown(found: re.Match[str]) -> str:
    """How Slack shows what it marks: names, addresses with their words, and calls to many."""
    what, label = found["what"], found["label"]
    match what[:1]:
        case "@" | "#" as sign:
            return sign + (label or _UNKNOWN).lstrip(sign)
        case "!":
            return label or "@" + what[1:].partition("^")[0]
        case _ if label is None or what.partition(":")[2].lstrip("/") == label:
            return label or what
        case _:
            return f"{label} ({what})"
