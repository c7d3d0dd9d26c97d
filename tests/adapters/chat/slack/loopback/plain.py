"""A client that is nothing but the SDK's, and a list of what it heard."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.team import Payload
from tests.adapters.chat.slack.loopback.workspace import Workspace


class Plain:
    """The SDK's client with a bot's token, or another."""

    def __init__(self, there: Loopback, workspace: Workspace | None = None, token: str | None = None) -> None:
        self.sdk: Any = AsyncWebClient(  # not fully typed
            token=(workspace or there.home).team.app.bot_token if token is None else token,
            base_url=there.api,
            retry_handlers=[],  # as it comes, the SDK makes a call anew whose connection broke, be it done or not
        )

    async def call(self, method: str, **arguments: Any) -> Payload:
        """What Slack answers; what it refuses as well."""
        try:
            answer: Any = await self.sdk.api_call(method, json=arguments)
        except SlackApiError as error:
            answer = error.response
        return dict(answer.data)

    async def post(self, channel: str, text: str, **more: Any) -> Payload:
        """Post as a bot is to: without anything that draws out links."""
        return await self.call(
            "chat.postMessage", channel=channel, text=text, unfurl_links=False, unfurl_media=False, **more
        )


@asynccontextmanager
async def listening(
    there: Loopback, workspace: Workspace | None = None, *, acknowledges: bool = True
) -> AsyncGenerator[list[Payload]]:
    """A line that acknowledges everything, and what it heard: payloads with `attempt` and `reason` of a retry."""
    home, heard = workspace or there.home, list[Payload]()

    async def hear(client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        told: Any = request  # not fully typed
        heard.append(told.payload | {"attempt": request.retry_attempt, "reason": request.retry_reason})
        if acknowledges:
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=request.envelope_id))
        there.changes.tell()

    client = SocketModeClient(app_token=home.team.app.app_token, web_client=AsyncWebClient(base_url=there.api))
    client.socket_mode_request_listeners.append(hear)
    opened = home.lines.opened
    try:
        await client.connect_to_new_endpoint()
        await there.until(lambda: home.lines.opened > opened)
        yield heard
    finally:
        await client.close()
