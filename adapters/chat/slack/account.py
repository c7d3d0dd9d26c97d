"""Who the bot is in its workspace, by what Slack says of its token; and the client that asks."""

import logging
from dataclasses import dataclass
from typing import Any, Final, cast

from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.proxy import proxy_to
from adapters.chat.slack.failures import bot_token_refused, translated
from adapters.chat.slack.settings import Settings
from adapters.chat.supervision import ChatRefused

_PATIENCE: Final = 30  # seconds for a call


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """The bot's account. `user` is whom people mention, `bot` what its messages bear; `scopes` it was granted.

    `address` is the workspace's, as in https://name.slack.com/.
    """

    team: str
    team_name: str
    address: str
    user: str
    bot: str
    name: str
    scopes: frozenset[str]


def quiet() -> logging.Logger:
    """A log for Slack's clients, which holds errors alone: below that they log what people said, and tokens with it."""
    log = logging.getLogger("slack_sdk.safi")
    log.setLevel(logging.ERROR)
    return log


def web_client(settings: Settings) -> AsyncWebClient:
    """A client with the bot's token. It tries nothing twice by itself: Slack would post it twice.

    Each call has a connection of its own: on one that was kept, Slack may hang up just as something is sent, and nobody
    would know whether it has arrived.
    """
    client = AsyncWebClient(
        token=settings.bot_token, base_url=settings.api, timeout=_PATIENCE, logger=quiet(), retry_handlers=[]
    )
    client.proxy = proxy_to(settings.api)  # it looks for one by itself, and does not know NO_PROXY
    return client


async def introduced(client: AsyncWebClient, settings: Settings) -> Account:
    """Ask Slack whose token it is. Raises ChatRefused where it is no bot's, or none at all; ChatError."""
    refused = bot_token_refused(settings.name)
    with translated(refused):
        answer = cast("Any", await client.auth_test())  # pyright: ignore[reportUnknownMemberType]  # its extras have no types
        said: dict[str, Any] = answer.data
        if not said.get("bot_id"):
            raise ChatRefused(refused["not_allowed_token_type"])
        granted: str = answer.headers.get("x-oauth-scopes", "")
        return Account(
            team=_named(said, "team_id"),
            team_name=str(said.get("team", "")),
            address=str(said.get("url", "")),
            user=_named(said, "user_id"),
            bot=str(said["bot_id"]),
            name=str(said.get("user", "")),
            scopes=frozenset(scope.strip() for scope in granted.split(",") if scope.strip()),
        )


def _named(said: dict[str, Any], key: str) -> str:
    """Raises LookupError for an answer that does not name somebody."""
    found = said.get(key)
    if not isinstance(found, str) or not found:
        raise LookupError(key)
    return found
