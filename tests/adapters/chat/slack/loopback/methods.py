"""The methods of the Web API that a bot uses, as one table, without a socket of their own."""

from typing import Final

from tests.adapters.chat.slack.loopback.calls import Call, Refusal, Table
from tests.adapters.chat.slack.loopback.team import Channel, Message, Payload, Person, Status, Team

TEXT_MAX: Final = 40_000
_PAGE: Final = 100
_READ: Final = {"im": "im:read", "group": "groups:read", "channel": "channels:read"}


def table() -> Table:
    """Every method and the scopes of which one must be granted; those of conversations depend on their kind."""
    return {
        "auth.test": (_auth, ()),
        "bots.info": (_bot, ("users:read",)),
        "chat.postMessage": (_post, ("chat:write",)),
        "chat.postEphemeral": (_whisper, ("chat:write",)),
        "chat.update": (_update, ("chat:write",)),
        "chat.delete": (_delete, ("chat:write",)),
        "chat.getPermalink": (_permalink, ()),
        "conversations.info": (_info, ()),
        "conversations.members": (_members, ()),
        "conversations.open": (_open, ("im:write",)),
        "users.info": (_user, ("users:read",)),
        "usergroups.list": (_groups, ("usergroups:read",)),
        "usergroups.users.list": (_group, ("usergroups:read",)),
        "assistant.threads.setStatus": (_status, ("assistant:write", "chat:write")),
    }


def channel_of(team: Team, call: Call, name: str = "channel") -> Channel:
    """The channel that a call names; somebody's id stands for the direct messages with them."""
    wanted = str(call.needed(name))
    if wanted in team.people:
        return team.dm(wanted)
    found = team.channels.get(wanted)
    if found is None or (found.private and team.app.user not in found.members):
        raise Refusal("channel_not_found")
    return found


def writable(team: Team, call: Call, name: str = "channel") -> Channel:
    """A channel in which the bot may write."""
    found = channel_of(team, call, name)
    if found.archived:
        raise Refusal("is_archived")
    if team.app.user not in found.members:
        raise Refusal("not_in_channel")
    return found


def message_of(team: Team, channel: Channel, ts: str) -> Message:
    found = team.messages.get(ts)
    if found is None or found.gone or found.channel != channel.id:
        raise Refusal("message_not_found")
    return found


def numbered(team: Team, blocks: list[Payload]) -> list[Payload]:
    """Blocks as Slack keeps them: each has an id."""
    return [{"block_id": team.ids.take("b"), **block} for block in blocks]


def written(team: Team, call: Call, channel: Channel) -> Message:
    """The message that a call describes; it is not posted yet."""
    text: str = str(call.args.get("text") or "")
    blocks: list[Payload] = call.args.get("blocks") or []
    if not text.strip() and not blocks and not call.args.get("attachments"):
        raise Refusal("no_text")
    if len(text) > TEXT_MAX:
        raise Refusal("msg_too_long")
    return Message(
        ts=team.ids.time(),
        channel=channel.id,
        author=team.app.user,
        team=team.id,
        bot=team.app.bot,
        text=text,
        blocks=numbered(team, blocks),
        thread=call.args.get("thread_ts") or None,
    )


def _auth(team: Team, call: Call) -> Payload:
    return {
        "url": team.address,
        "team": team.name,
        "user": "safi",
        "team_id": team.id,
        "user_id": team.app.user,
        "bot_id": team.app.bot,
        "is_enterprise_install": False,
    }


def _bot(team: Team, call: Call) -> Payload:
    if call.args["bot"] != team.app.bot:
        raise Refusal("bot_not_found")
    return {"bot": {"id": team.app.bot, "deleted": False, "name": "safi", "app_id": team.app.id}}


def _post(team: Team, call: Call) -> Payload:
    made = team.keep(written(team, call, writable(team, call)))
    return {"channel": made.channel, "ts": made.ts, "message": made.payload()}


def _whisper(team: Team, call: Call) -> Payload:
    channel, user = writable(team, call), str(call.needed("user"))
    if user not in channel.members:
        raise Refusal("user_not_in_channel")
    made = written(team, call, channel)
    made.whom = user
    return {"message_ts": team.keep(made).ts}


def _update(team: Team, call: Call) -> Payload:
    channel = writable(team, call)
    found = message_of(team, channel, str(call.needed("ts")))
    if found.author != team.app.user or found.whom is not None:
        raise Refusal("cant_update_message")
    changed = written(team, call, channel)
    found.text, found.blocks, found.edited = changed.text, changed.blocks, changed.ts
    return {"channel": channel.id, "ts": found.ts, "text": found.text, "message": found.payload()}


def _delete(team: Team, call: Call) -> Payload:
    channel = channel_of(team, call)
    found = message_of(team, channel, str(call.needed("ts")))
    if found.author != team.app.user or found.whom is not None:
        raise Refusal("cant_delete_message")
    found.gone = True
    return {"channel": channel.id, "ts": found.ts}


def _permalink(team: Team, call: Call) -> Payload:
    channel = channel_of(team, call)
    found = message_of(team, channel, str(call.needed("message_ts")))
    link = f"{team.address}archives/{channel.id}/p{found.ts.replace('.', '')}"
    inside = f"?thread_ts={found.thread}&cid={channel.id}" if found.thread not in {None, found.ts} else ""
    return {"channel": channel.id, "permalink": link + inside}


def _seen(team: Team, call: Call) -> Channel:
    """A channel of whose kind the app may know."""
    channel = channel_of(team, call)
    granted(team.app.scopes, (_READ[channel.kind],))
    return channel


def _info(team: Team, call: Call) -> Payload:
    return {"channel": _seen(team, call).payload(team.app.user)}


def _members(team: Team, call: Call) -> Payload:
    everyone, start = sorted(_seen(team, call).members), int(call.args.get("cursor") or 0)
    end = start + int(call.args.get("limit") or _PAGE)
    more = str(end) if end < len(everyone) else ""
    return {"members": everyone[start:end], "response_metadata": {"next_cursor": more}}


def _open(team: Team, call: Call) -> Payload:
    return {"channel": {"id": team.dm(_person(team, "".join(call.needed("users"))).id).id}}


def _user(team: Team, call: Call) -> Payload:
    return {"user": _person(team, str(call.needed("user"))).payload()}


def _person(team: Team, user: str) -> Person:
    found = team.people.get(user)
    if found is None:
        raise Refusal("user_not_found")
    return found


def _groups(team: Team, call: Call) -> Payload:
    return {"usergroups": [{"id": name, "users": sorted(members)} for name, members in team.groups.items()]}


def _group(team: Team, call: Call) -> Payload:
    found = team.groups.get(str(call.needed("usergroup")))
    if found is None:
        raise Refusal("no_such_subteam")
    return {"users": sorted(found)}


def _status(team: Team, call: Call) -> Payload:
    channel = writable(team, call, "channel_id")
    thread, text = str(call.needed("thread_ts")), str(call.args.get("status") or "")
    team.statuses.append(Status(channel=channel.id, thread=thread, text=text))
    return {}


def granted(has: tuple[str, ...], needs: tuple[str, ...]) -> None:
    """Raises Refusal where none of what is needed is there."""
    if needs and not set(has) & set(needs):
        raise Refusal("missing_scope", {"needed": needs[0], "provided": ",".join(has)})
