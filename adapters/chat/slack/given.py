"""What somebody did with a command, a shortcut, a button or a form, read from what Slack sends of it. Pure.

Slack says the same things in different ways for each; what it leaves out is "" or None here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, cast

from adapters.chat.port import Place
from adapters.chat.slack import places

Payload = Mapping[str, Any]
"""JSON as Slack sends it."""

_VIEWS: Final[Mapping[str, Literal["home", "modal"]]] = {"home": "home", "modal": "modal"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Who did something, where, and by what they can be answered.

    `team` is the person's own, if Slack says. `place` has no channel where it was done in a view. `message` is what it
    is about or stands under, by its `ts`; `private`, whether one person alone is shown that. `answers` is the address
    for answers, `trigger` what lets a view be opened for three seconds, `view` and `view_id` in which it was done.
    """

    user: str
    team: str | None
    place: Place
    message: str | None = None
    private: bool = False
    answers: str = ""
    trigger: str = ""
    view: Literal["home", "modal"] | None = None
    view_id: str = ""


def given(body: Payload, team: str) -> Given:
    """What somebody did, in the workspace of `team`."""
    user, container, message = part(body, "user"), part(body, "container"), part(body, "message")
    view = part(body, "view")
    channel = _text(part(body, "channel"), "id") or _text(body, "channel_id") or _text(container, "channel_id")
    thread = _text(message, "thread_ts") or _text(container, "thread_ts") or None
    return Given(
        user=_text(user, "id") or _text(body, "user_id"),
        team=_text(user, "team_id") or _text(body, "team_id") or None,
        place=places.place(team=team, channel=channel, thread=thread),
        message=_text(message, "ts") or _text(body, "message_ts") or _text(container, "message_ts") or None,
        private=container.get("is_ephemeral") is True,
        answers=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
        view=_VIEWS.get(_text(view, "type")),
        view_id=_text(view, "id"),
    )


def part(payload: Payload, name: str) -> Payload:
    """An object within what Slack sends; an empty one where there is none."""
    found: object = payload.get(name)
    return cast("Payload", found) if isinstance(found, dict) else {}


def parts(payload: Payload, name: str) -> tuple[Payload, ...]:
    """The objects of a list within what Slack sends."""
    found: object = payload.get(name)
    listed = cast("list[object]", found) if isinstance(found, list) else []
    return tuple(cast("Payload", each) for each in listed if isinstance(each, dict))


def _text(payload: Payload, name: str) -> str:
    found: object = payload.get(name)
    return found if isinstance(found, str) else ""
