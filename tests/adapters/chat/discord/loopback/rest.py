"""The REST side of the loopback Discord: one table of routes over its world, without a socket of its own."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import unquote

from tests.adapters.chat.discord.loopback.guild import Channel, Guild, Payload
from tests.adapters.chat.discord.loopback.sight import read
from tests.adapters.chat.discord.loopback.world import EPHEMERAL, LOADING, Refusal, World

_TEXT_MAX: Final = 2_000
_WRITTEN: Final = ("content", "embeds", "components", "flags", "nonce", "tts", "message_reference")


@dataclass(slots=True)
class Call:
    """One REST call: `path` without the API's prefix, `status` once it was answered (0: the connection was cut)."""

    method: str
    path: str
    body: Any
    files: dict[str, bytes] = field(default_factory=dict[str, bytes])
    query: Mapping[str, str] = field(default_factory=dict[str, str])
    status: int | None = None
    ids: dict[str, str] = field(default_factory=dict[str, str])


Handler = Callable[[Call], Any]
Table = Mapping[tuple[str, str], Handler]


@dataclass(slots=True)
class Routes:
    """Finds the handler of a call; a handler returns the body of a 200, or None for a 204."""

    table: list[tuple[str, re.Pattern[str], Handler]] = field(
        default_factory=list[tuple[str, re.Pattern[str], Handler]]
    )

    def add(self, table: Table) -> None:
        for (method, template), handler in table.items():
            pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)
            self.table.append((method, re.compile(pattern), handler))

    def answer(self, call: Call) -> Any:
        for method, pattern, handler in self.table:
            found = pattern.fullmatch(call.path)
            if found is not None and method == call.method:
                call.ids = {name: unquote(value) for name, value in found.groupdict().items()}
                return handler(call)
        raise Refusal(404, 0, "404: Not Found")


def limits(body: Mapping[str, Any], attachments: object) -> None:
    """Refuse what Discord refuses of a message: too long, or nothing in it."""
    if len(body.get("content") or "") > _TEXT_MAX:
        raise Refusal(400, 50035, "Invalid Form Body\nIn content: Must be 2000 or fewer in length.")
    if not (body.get("content") or body.get("embeds") or body.get("components") or attachments):
        raise Refusal(400, 50006, "Cannot send an empty message")


def written(world: World, call: Call, body: Mapping[str, Any], before: Payload | None = None) -> Payload:
    """The fields of a message as a bot sent them; of the files it had `before` those the bot names stay."""
    fields: Payload = {key: body[key] for key in _WRITTEN if body.get(key) is not None}
    if call.files or "attachments" in body:
        named = {str(told["id"]) for told in body.get("attachments") or ()}
        stay = [told for told in (before or {}).get("attachments", ()) if told["id"] in named]
        fields["attachments"] = stay + world.attach(call.files)
    return fields


@dataclass(slots=True)
class Rest:
    """The routes a bot uses beside interactions."""

    world: World
    gateway_url: Callable[[], str]
    privileged: int

    def table(self) -> Table:
        message, reaction = "/channels/{channel}/messages/{message}", "/reactions/{emoji}/@me"
        commands = "/applications/{application}/commands"
        return {
            ("GET", "/users/@me"): lambda _: self.world.bot.payload(),
            ("GET", "/users/@me/guilds"): lambda _: [guild.payload() for guild in self.world.guilds.values()],
            ("POST", "/users/@me/channels"): self._open_dm,
            ("GET", "/users/{user}"): self._user,
            ("GET", "/gateway/bot"): lambda _: self._gateway(),
            ("GET", "/oauth2/applications/@me"): lambda _: self._application(),
            ("GET", "/applications/@me"): lambda _: self._application(),
            ("GET", commands): lambda _: self.world.commands,
            ("PUT", commands): self._sync,
            ("PUT", "/applications/{application}/guilds/{guild}/commands"): self._sync,
            ("GET", "/guilds/{guild}"): lambda call: self._guild(call).payload(),
            ("GET", "/guilds/{guild}/channels"): lambda call: self._guild(call).payload()["channels"],
            ("GET", "/guilds/{guild}/members/{user}"): self._member,
            ("GET", "/channels/{channel}"): lambda call: self.world.channel(call.ids["channel"]).payload(),
            ("POST", "/channels/{channel}/typing"): self._typing,
            ("GET", "/channels/{channel}/messages"): self._history,
            ("POST", "/channels/{channel}/messages"): self._post,
            ("GET", message): lambda call: self._read(self.world.message(call.ids["message"])),
            ("PATCH", message): self._edit,
            ("DELETE", message): lambda call: self.world.remove(int(call.ids["message"])),
            ("PUT", message + reaction): lambda call: self._react(call, add=True),
            ("DELETE", message + reaction): lambda call: self._react(call, add=False),
            ("POST", "/channels/{channel}/threads"): self._thread,
            ("POST", message + "/threads"): self._thread,
        }

    def _post(self, call: Call) -> Payload:
        channel = self.world.channel(call.ids["channel"])
        limits(call.body, call.files)
        nonce = call.body.get("nonce") if call.body.get("enforce_nonce") else None
        if nonce in self.world.nonces:
            return self.world.message(self.world.nonces[nonce])
        made = self.world.post(self.world.draft(channel, self.world.bot, written(self.world, call, call.body)))
        if nonce is not None:
            self.world.nonces[nonce] = int(made["id"])
        return made

    def _edit(self, call: Call) -> Payload:
        identity = int(call.ids["message"])
        if self.world.message(identity)["author"]["id"] != str(self.world.bot.id):
            raise Refusal(403, 50005, "Cannot edit a message authored by another user")
        before = self.world.message(identity)
        changed = written(self.world, call, call.body, before)
        limits(before | changed, (before | changed)["attachments"])
        return self.world.change(identity, changed)

    def _history(self, call: Call) -> list[Payload]:
        before = int(call.query.get("before", 1 << 63))
        found = [
            self._read(told)
            for identity, told in sorted(self.world.messages.items(), reverse=True)
            if told["channel_id"] == call.ids["channel"]
            and identity < before
            and not told["flags"] & (EPHEMERAL | LOADING)
        ]
        return found[: int(call.query.get("limit", 50))]

    def _read(self, message: Payload) -> Payload:
        return read(message, intents=self.privileged, bot_id=self.world.bot.id)

    def _react(self, call: Call, *, add: bool) -> None:
        self.world.react(int(call.ids["message"]), call.ids["emoji"], self.world.bot, add=add)

    def _typing(self, call: Call) -> None:
        self.world.channel(call.ids["channel"])

    def _thread(self, call: Call) -> Payload:
        parent = self.world.channel(call.ids["channel"])
        identity = int(call.ids["message"]) if "message" in call.ids else self.world.ids.take()
        made = Channel(id=identity, name=call.body["name"], guild_id=parent.guild_id, parent=parent.id)
        return self.world.open(made).payload()

    def _open_dm(self, call: Call) -> Payload:
        return self.world.dm(self.world.people[int(call.body["recipient_id"])]).payload()

    def _user(self, call: Call) -> Payload:
        found = self.world.people.get(int(call.ids["user"]))
        if found is None:
            raise Refusal(404, 10013, "Unknown User")
        return found.payload()

    def _guild(self, call: Call) -> Guild:
        found = self.world.guilds.get(int(call.ids["guild"]))
        if found is None:
            raise Refusal(404, 10004, "Unknown Guild")
        return found

    def _member(self, call: Call) -> Payload:
        guild = self._guild(call)
        person = guild.members.get(int(call.ids["user"]))
        if person is None:
            raise Refusal(404, 10007, "Unknown Member")
        return guild.member(person) | {"user": person.payload()}

    def _sync(self, call: Call) -> list[Payload]:
        ours: Payload = {"application_id": str(self.world.bot.id), "version": "1"}
        if "guild" in call.ids:
            ours["guild_id"] = call.ids["guild"]
        made = [{"description": ""} | told | ours | {"id": str(self.world.ids.take())} for told in call.body]
        others = [command for command in self.world.commands if command.get("guild_id") != ours.get("guild_id")]
        self.world.commands = others + made
        return made

    def _gateway(self) -> Payload:
        limit = {"total": 1_000, "remaining": 999, "reset_after": 86_400_000, "max_concurrency": 1}
        return {"url": self.gateway_url(), "shards": 1, "session_start_limit": limit}

    def _application(self) -> Payload:
        bot = self.world.bot
        return {
            "id": str(bot.id),
            "name": bot.name,
            "description": "",
            "icon": None,
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": next(iter(self.world.people.values())).payload(),
            "verify_key": "",
            "flags": 0,
        }
