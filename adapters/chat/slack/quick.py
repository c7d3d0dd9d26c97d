"""Quick answers: to a command or to the press of a button, by the address that Slack hands over with it."""

import json
from collections.abc import Mapping
from typing import Any, Final, cast

from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient
from slack_sdk.webhook.webhook_response import WebhookResponse
from yarl import URL

from adapters.chat.port import ChatError
from adapters.chat.slack.calls import Calls, Refused
from adapters.chat.supervision import seconds

_TAKEN: Final = 200
_TOO_OFTEN: Final = 429
_OVER: Final = "Slack takes no further answer to it: half an hour has passed, or there were five"
_REASONS: Final = {"expired_url": _OVER, "used_url": _OVER}


async def answer(address: str, body: Mapping[str, Any], calls: Calls) -> None:
    """Send an answer there, if that is where Slack's API is, and nowhere else.

    Raises Refused, ChatError, and what slack_sdk raises where nobody knows whether it has arrived.
    """
    client = await calls.client()
    if not within(URL(address), URL(client.base_url)):
        raise ChatError("the address for the answer is none of Slack's")
    hook = _hook(address, client)
    reply = await hook.send_dict(dict(body))
    while reply.status_code == _TOO_OFTEN and await calls.waited(_pause(reply)):
        reply = await hook.send_dict(dict(body))
    if reply.status_code == _TOO_OFTEN:
        raise ChatError(f"Slack asks to wait {seconds(_pause(reply))}")
    code = _code(reply.body)
    if code:
        raise Refused(_REASONS.get(code, f"Slack refused it ({code})"), code)
    if reply.status_code != _TAKEN:
        raise ChatError(f"Slack did not take it (status {reply.status_code})")


def within(address: URL, api: URL) -> bool:
    """Whether an address lies where the API does, or below its name."""
    host, home = address.host or "", api.host or ""
    return (address.scheme, address.port) == (api.scheme, api.port) and f".{host}".endswith(f".{home}")


def _hook(address: str, client: AsyncWebClient) -> AsyncWebhookClient:
    """A client for that address alone, like the one for the API. It sends nothing twice by itself."""
    hook = AsyncWebhookClient(address, timeout=client.timeout, ssl=client.ssl, logger=client.logger, retry_handlers=[])
    hook.proxy = client.proxy  # given none, it would look for one by itself
    return hook


def _pause(reply: WebhookResponse) -> float:
    asked = str(reply.headers.get("Retry-After", ""))
    return max(1.0, float(asked)) if asked.isascii() and asked.isdigit() else 1.0


def _code(said: str) -> str:
    """Why Slack refuses an answer, from what it says, as JSON or as a word alone; "" where that is no reason."""
    try:
        told: object = json.loads(said)
    except ValueError:
        return said if said.isidentifier() and said != "ok" else ""
    error: object = cast("dict[str, object]", told).get("error") if isinstance(told, dict) else ""
    return error if isinstance(error, str) else ""
