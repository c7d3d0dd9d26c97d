"""HTTP mode: Slack calls the bot, which listens here. Bolt checks who it is that calls."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Final, Never

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from adapters.chat.slack.failures import unheard
from adapters.chat.slack.manifest import PATH
from adapters.chat.slack.settings import Web
from adapters.chat.supervision import ChatRefused

_log = logging.getLogger(__name__)

HEALTH: Final = "/health"
"""Where whoever watches the bot asks whether it listens."""

LARGEST: Final = 1024 * 1024
"""Bytes of a body that are read at most; Slack's are far smaller."""

PATIENCE: Final = 10.0
"""Seconds that a caller may take to send a body."""

_ROOM_WITHIN: Final = 2.0  # seconds to wait until one more message can be taken: Slack hangs up after three
_UNSIGNED: Final = 401
_LEAVE: Final = 0.25  # seconds for answers that are being sent when all ends


class Listener:
    """Listens for Slack. `free` returns once one more message can be taken; `connected` is called when it listens."""

    def __init__(
        self, app: AsyncApp, line: Web, *, name: str, free: Callable[[], Awaitable[None]], connected: Callable[[], None]
    ) -> None:
        self._app = app
        self._line = line
        self._name = name
        self._free = free
        self._connected = connected
        self._told = False

    async def listen(self) -> Never:
        """Serve until cancelled. Raises ChatRefused where somebody else listens there."""
        site = web.Application(client_max_size=LARGEST)
        site.router.add_post(PATH, self._brought)
        site.router.add_get(HEALTH, _well)
        runner = web.AppRunner(site, access_log=None, shutdown_timeout=_LEAVE)
        await runner.setup()
        try:
            await self._begin(runner)
            self._connected()
            while True:
                await asyncio.Event().wait()
        finally:
            await runner.cleanup()

    async def _begin(self, runner: web.AppRunner) -> None:
        host, port = self._line.host, self._line.port
        try:
            await web.TCPSite(runner, host, port).start()
        except OSError as error:
            raise ChatRefused(
                f"the bot cannot listen for Slack at {host}:{port} ({unheard(error)}): end what listens there, or say "
                f"another address in slack.{self._name}.listen, and have Slack's calls brought there"
            ) from None

    async def _brought(self, request: web.Request) -> web.StreamResponse:
        """A request, if its body comes in time and is fit to be read."""
        if not _is_signed(request):
            return web.Response(status=_UNSIGNED)
        try:
            async with asyncio.timeout(PATIENCE):
                read = await to_bolt_request(request)
        except TimeoutError:
            return web.Response(status=408)
        except web.HTTPException:
            raise
        except Exception as error:  # noqa: BLE001  # a vendor's reader, on whatever anybody sends
            _log.warning("something was sent to %s that cannot be read (%s)", PATH, type(error).__name__)
            return web.Response(status=400)
        try:
            async with asyncio.timeout(_ROOM_WITHIN):
                await self._free()
        except TimeoutError:
            return web.Response(status=503)  # Slack brings it once more
        answer = await to_aiohttp_response(await self._app.async_dispatch(read))
        if answer.status == _UNSIGNED:
            self._tell_once()
        return answer

    def _tell_once(self) -> None:
        """Log that a signature was wrong: the first time only, since anybody can send as many as they like."""
        if not self._told:
            self._told = True
            _log.warning(
                "something was sent to %s whose signature is wrong or old; if it was Slack, look at the signing secret "
                "of slack.%s and at this machine's clock (this is told once)",
                PATH,
                self._name,
            )


def _is_signed(request: web.Request) -> bool:
    """Whether there is a signature that can be checked: Bolt stumbles over others, and their bodies need no reading."""
    at = request.headers.get("X-Slack-Request-Timestamp", "")
    mark = request.headers.get("X-Slack-Signature", "")
    return re.fullmatch(r"[0-9]{1,12}", at) is not None and mark.isascii()


async def _well(_request: web.Request) -> web.StreamResponse:
    return web.Response(text="ok")
