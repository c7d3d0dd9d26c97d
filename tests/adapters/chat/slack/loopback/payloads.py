"""The payloads with which Slack tells an app of what people do. Pure."""

from typing import Final

from tests.adapters.chat.slack.loopback.interaction import Interaction
from tests.adapters.chat.slack.loopback.team import Channel, Message, Payload, Person, Team

_EMPTY: Final[Payload] = {"values": {}}


def callback(team: Team, event: Payload, *, shared: bool = False) -> Payload:
    """The envelope of an event; each has an id of its own."""
    who = {"team_id": team.id, "user_id": team.app.user, "is_bot": True, "is_enterprise_install": False}
    return {
        "token": "unused",
        "team_id": team.id,
        "context_team_id": team.id,
        "api_app_id": team.app.id,
        "event": event,
        "type": "event_callback",
        "event_id": team.ids.take("Ev"),
        "event_time": int(event["event_ts"].partition(".")[0]),
        "authorizations": [{"enterprise_id": None} | who],
        "is_ext_shared_channel": shared,
        "event_context": "loopback",
    }


def _posted(message: Message) -> Payload:
    told = message.payload() | {"channel": message.channel, "event_ts": message.ts}
    return told | ({} if message.bot else {"client_msg_id": f"client-{message.ts}", "user_team": message.team})


def mention(message: Message) -> Payload:
    """A message that names the bot, as an event."""
    return _posted(message) | {"type": "app_mention"}


def said(message: Message, channel: Channel) -> Payload:
    """A message, as an event."""
    subtype = {"subtype": "file_share"} if message.files else {}
    return _posted(message) | {"type": "message", "channel_type": channel.kind} | subtype


def changed(message: Message, before: Payload, channel: Channel, ts: str) -> Payload:
    """A message that was edited, as an event."""
    now = {"message": message.payload(), "previous_message": before}
    return _hidden("message_changed", channel, ts) | now


def deleted(message: Message, channel: Channel, ts: str) -> Payload:
    """A message that is gone, as an event."""
    gone: Payload = {"deleted_ts": message.ts, "previous_message": message.payload()}
    return _hidden("message_deleted", channel, ts) | gone


def _hidden(subtype: str, channel: Channel, ts: str) -> Payload:
    told: Payload = {"type": "message", "subtype": subtype, "hidden": True, "channel": channel.id, "ts": ts}
    return told | {"event_ts": ts, "channel_type": channel.kind}


def home(team: Team, person: Person, ts: str) -> Payload:
    """Somebody opens the bot's Home, as an event."""
    told: Payload = {"type": "app_home_opened", "user": person.id, "channel": team.dm(person.id).id, "tab": "home"}
    view = team.homes.get(person.id)
    return told | {"event_ts": ts} | ({} if view is None else {"view": view.payload})


def command(made: Interaction, text: str, address: str) -> Payload:
    """A slash command; all is text, since it is a form."""
    assert made.channel is not None
    name, _, rest = text.partition(" ")
    return {
        "token": "unused",
        "team_id": made.team.id,
        "team_domain": made.team.name.lower(),
        "channel_id": made.channel.id,
        "channel_name": made.channel.name,
        "user_id": made.person.id,
        "user_name": made.person.name,
        "command": name,
        "text": rest,
        "api_app_id": made.team.app.id,
        "is_enterprise_install": "false",
        "response_url": address,
        "trigger_id": made.trigger,
    }


def _actor(made: Interaction) -> Payload:
    person, team = made.person, made.team
    name = {"username": person.name, "name": person.name}
    return {
        "token": "unused",
        "api_app_id": team.app.id,
        "team": {"id": team.id, "domain": team.name.lower()},
        "user": {"id": person.id, "team_id": person.team} | name,
        "enterprise": None,
        "is_enterprise_install": False,
        "trigger_id": made.trigger,
    }


def shortcut(made: Interaction, callback_id: str, ts: str, address: str) -> Payload:
    """A shortcut on a message."""
    assert made.channel is not None
    assert made.source is not None
    return _actor(made) | {
        "type": "message_action",
        "callback_id": callback_id,
        "channel": {"id": made.channel.id, "name": made.channel.name},
        "message_ts": made.source.ts,
        "message": made.source.payload(),
        "action_ts": ts,
        "response_url": address,
    }


def action(made: Interaction, done: Payload, address: str) -> Payload:
    """A button or a select, in a message or in a view."""
    told: Payload = _actor(made) | {"type": "block_actions", "actions": [done], "state": _EMPTY}
    if made.source is None:
        assert made.view is not None
        container = {"type": "view", "view_id": made.view.id}
        return told | {"container": container, "view": made.view.payload}
    assert made.channel is not None
    source = made.source
    container = {"type": "message", "message_ts": source.ts, "channel_id": source.channel}
    container |= {"is_ephemeral": source.whom is not None} | ({"thread_ts": source.thread} if source.thread else {})
    told |= {"container": container, "channel": {"id": made.channel.id, "name": made.channel.name}}
    return told | {"response_url": address} | ({} if source.whom else {"message": source.payload()})


def submission(made: Interaction, values: Payload) -> Payload:
    """A form that is sent, with what stands in its fields."""
    assert made.view is not None
    view = made.view.payload | {"state": {"values": values}}
    return _actor(made) | {"type": "view_submission", "view": view, "response_urls": []}
