"""HTTP mode: Slack calls the bot and signs what it says, rightly or not."""

import hashlib
import hmac
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import urlencode

import aiohttp

from tests.adapters.chat.slack.loopback.deliveries import Delivery, Journal, Retry
from tests.adapters.chat.slack.loopback.team import App

Signature = Literal["right", "wrong", "missing", "stale"]

STALE_S: Final = 6 * 60


@dataclass(slots=True, kw_only=True, repr=False)
class Calling:
    """Calls the bot's address. `now` is the time in seconds with which it signs."""

    journal: Journal
    now: Callable[[], float]
    session: aiohttp.ClientSession = field(init=False)
    unreachable: list[Delivery] = field(default_factory=list[Delivery])

    async def bring(
        self, app: App, delivery: Delivery, retry: Retry | None = None, signature: Signature = "right"
    ) -> int | None:
        """Bring it once; the status of the bot's answer, None where nobody was there."""
        assert app.address is not None
        body, kind = _body(delivery)
        headers = {"Content-Type": kind, **_told(retry), **self._signed(app, body, signature)}
        delivery.sent += 1
        self.journal.add("brought", delivery)
        try:
            async with self.session.post(app.address, data=body.encode(), headers=headers) as response:
                self._answered(delivery, response.status, await response.text())
                return response.status
        except aiohttp.ClientError:
            self.unreachable.append(delivery)
            self.journal.tell()
            return None

    def _answered(self, delivery: Delivery, status: int, text: str) -> None:
        delivery.statuses.append(status)
        if status == 200:
            self.journal.acknowledge(delivery, json.loads(text) if text.startswith("{") else {})
        else:
            self.journal.tell()

    def _signed(self, app: App, body: str, signature: Signature) -> dict[str, str]:
        at = str(int(self.now()) - (STALE_S if signature == "stale" else 0))
        secret = app.secret + ("x" if signature == "wrong" else "")
        mark = hmac.new(secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
        if signature == "missing":
            return {}
        return {"X-Slack-Request-Timestamp": at, "X-Slack-Signature": f"v0={mark}"}


def _body(delivery: Delivery) -> tuple[str, str]:
    form = "application/x-www-form-urlencoded"
    match delivery.kind:
        case "events_api":
            return json.dumps(delivery.payload), "application/json"
        case "slash_commands":
            return urlencode(delivery.payload), form
        case "interactive":
            return urlencode({"payload": json.dumps(delivery.payload)}), form


def _told(retry: Retry | None) -> dict[str, str]:
    if retry is None:
        return {}
    return {"X-Slack-Retry-Num": str(retry.number), "X-Slack-Retry-Reason": f"http_{retry.reason}"}
