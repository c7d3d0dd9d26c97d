"""Calls of Slack's Web API: made again where Slack asks to wait, and never where one may have arrived already."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.chat.port import ChatError, File
from adapters.chat.slack.failures import code, reason, retry_after
from safi.ports import Clock

UNFIT: Final = frozenset(
    {
        "invalid_blocks",
        "invalid_blocks_format",
        "markdown_text_too_long",
        "msg_blocks_too_long",
        "msg_too_long",
    }
)
"""Slack's codes where the same words would be taken if they stood in no blocks, or in shorter messages."""


class Refused(ChatError):
    """Slack does not take it, and says so with a `code`: nothing has come of it."""

    def __init__(self, why: str, code: str) -> None:
        super().__init__(why)
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Calls that may wait, on Slack's word, until a moment of the clock."""

    client: Callable[[], Awaitable[AsyncWebClient]]
    clock: Clock
    until: datetime

    async def made(self, method: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """What Slack answers. Raises Refused, and what slack_sdk raises where nobody knows whether it has arrived."""
        given = {name: value for name, value in body.items() if value is not None}
        reply = await self._made(lambda client: client.api_call(method, json=dict(given)))  # pyright: ignore[reportUnknownMemberType]  # slack_sdk's dicts have no types
        return cast("Mapping[str, Any]", reply.data)

    async def uploaded(self, files: Iterable[File], *, channel: str, thread: str | None) -> None:
        """Upload files to a channel, or a thread of it, each as a message of its own. Raises what `made` raises."""
        uploads = [{"filename": file.name, "title": file.name, "file": file.data} for file in files]
        await self._made(
            lambda client: client.files_upload_v2(file_uploads=uploads, channel=channel, thread_ts=thread)  # pyright: ignore[reportUnknownMemberType]  # likewise
        )

    async def _made(self, call: Callable[[AsyncWebClient], Awaitable[AsyncSlackResponse]]) -> AsyncSlackResponse:
        client = await self.client()
        client.retry_handlers = []  # they send again what was lost on the way, and so would post it twice
        while True:
            try:
                return await call(client)
            except SlackApiError as problem:
                pause = retry_after(problem)
                if pause is not None and await self.waited(pause):
                    continue
                if not code(problem):
                    raise
                raise Refused(reason(problem), code(problem)) from None

    async def waited(self, seconds: float) -> bool:
        """Wait for as long as Slack asks; False at once where that is too long."""
        if self.clock.now() + timedelta(seconds=seconds) > self.until:
            return False
        await self.clock.sleep(seconds)
        return True
