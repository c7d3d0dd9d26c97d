"""One call of the Web API as it came, and the refusals with which it can be answered."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from aiohttp import web

from tests.adapters.chat.slack.loopback.team import Payload, Team

_JSON: Final = ("attachments", "blocks", "files", "metadata", "view")


@dataclass(slots=True)
class Refusal(Exception):
    """Slack declines a call, in its own words."""

    error: str
    more: Payload = field(default_factory=dict[str, Any])


@dataclass(slots=True, kw_only=True)
class Call:
    """One call: its arguments, however they came, and the token. `answer` is None where none was given."""

    method: str
    args: Payload
    token: str = ""
    team: str | None = None
    answer: Payload | None = None

    def needed(self, name: str) -> Any:
        """An argument that must be there."""
        found = self.args.get(name)
        if found is None or found == "":
            raise Refusal("invalid_arguments", {"response_metadata": {"messages": [f"[ERROR] missing {name}"]}})
        return found

    def flag(self, name: str) -> bool:
        """An argument that is yes or no, by JSON or by form."""
        return self.args.get(name) in {True, "true", "1"}


Method = Callable[[Team, Call], Payload]
"""What a method does, and the body of its answer but for `ok`."""

Table = Mapping[str, tuple[Method, tuple[str, ...]]]
"""Methods by name, and the scopes of which one must be granted for each."""


async def read(request: web.Request, method: str) -> Call:
    """A call as it came: arguments from address, form or JSON; the token from the header or the form."""
    args: Payload = dict(request.query)
    if request.content_type == "application/json":
        args |= json.loads(await request.read() or b"{}")
    elif request.can_read_body:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in _JSON:
        if isinstance(args.get(name), str):
            args[name] = json.loads(args[name])
    token = request.headers.get("Authorization", "").removeprefix("Bearer ") or str(args.pop("token", ""))
    args.pop("token", None)
    return Call(method=method, args=args, token=token)
