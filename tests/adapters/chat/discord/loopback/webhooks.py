"""How a bot answers interactions: the callback, the original response and what follows it."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from tests.adapters.chat.discord.loopback.guild import Payload
from tests.adapters.chat.discord.loopback.interaction import Interaction, Interactions
from tests.adapters.chat.discord.loopback.rest import Call, Table, limits, written
from tests.adapters.chat.discord.loopback.world import EPHEMERAL, LOADING, Refusal, World


class Answer(IntEnum):
    """How a bot answers an interaction first, where the stand-in has something to do for it."""

    MESSAGE = 4
    THINKING = 5
    LATER = 6
    UPDATE = 7


@dataclass(slots=True)
class Webhooks:
    """The routes that go by an interaction's token."""

    world: World
    interactions: Interactions

    def table(self) -> Table:
        webhook = "/webhooks/{application}/{token}"
        original, message = webhook + "/messages/@original", webhook + "/messages/{message}"
        return {
            ("POST", "/interactions/{interaction}/{token}/callback"): self._callback,
            ("POST", webhook): self._follow_up,
            ("GET", original): lambda call: self.world.message(self._original(call)),
            ("PATCH", original): lambda call: self._edit(call, self._original(call)),
            ("DELETE", original): lambda call: self.world.remove(self._original(call)),
            ("GET", message): lambda call: self.world.message(call.ids["message"]),
            ("PATCH", message): lambda call: self._edit(call, int(call.ids["message"])),
            ("DELETE", message): lambda call: self.world.remove(int(call.ids["message"])),
        }

    def _known(self, call: Call) -> Interaction:
        found = self.interactions.by_token.get(call.ids["token"])
        if found is None:
            raise Refusal(404, 10062, "Unknown interaction")
        return found

    def _original(self, call: Call) -> int:
        made = self._known(call)
        if made.response is None or not made.replies:
            raise Refusal(404, 10015, "Unknown Webhook")
        return made.replies[0]

    def _callback(self, call: Call) -> Payload:
        made = self._known(call)
        if made.response is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        message = self._respond(made, call)
        made.response = call.body
        told: Payload = {"interaction": {"id": str(made.id), "type": made.kind}}
        if message is None:
            return told
        told["interaction"] |= {
            "response_message_id": message["id"],
            "response_message_loading": bool(message["flags"] & LOADING),
            "response_message_ephemeral": bool(message["flags"] & EPHEMERAL),
        }
        return told | {"resource": {"type": call.body["type"], "message": message}}

    def _respond(self, made: Interaction, call: Call) -> Payload | None:
        data: Payload = call.body.get("data") or {}
        match call.body["type"]:
            case Answer.MESSAGE:
                limits(data, call.files)
                return self._write(made, written(self.world, call, data))
            case Answer.THINKING:
                return self._write(made, {"flags": data.get("flags", 0) | LOADING})
            case Answer.LATER if made.source is not None:
                made.replies.append(made.source)
                return None
            case Answer.UPDATE if made.source is not None:
                made.replies.append(made.source)
                return self.world.change(made.source, written(self.world, call, data))
            case _:
                return None

    def _write(self, made: Interaction, fields: Payload) -> Payload:
        ours = {"application_id": str(self.world.bot.id), "webhook_id": str(self.world.bot.id)}
        message = self.world.post(self.world.draft(made.channel, self.world.bot, fields | ours))
        made.replies.append(int(message["id"]))
        return message

    def _follow_up(self, call: Call) -> Payload:
        made = self._known(call)
        limits(call.body, call.files)
        if made.replies and self.world.message(made.replies[0])["flags"] & LOADING:
            return self._edit(call, made.replies[0])  # the first to follow takes the place of "thinking"
        return self._write(made, written(self.world, call, call.body))

    def _edit(self, call: Call, identity: int) -> Any:
        before = self.world.message(identity)
        changed = written(self.world, call, call.body, before) | {"flags": before["flags"] & ~LOADING}
        limits(before | changed, (before | changed)["attachments"])
        return self.world.change(identity, changed)
