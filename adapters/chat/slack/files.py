"""What is attached to a message on Slack, as something that can be read: from Slack's own addresses, and no others.

The bot's token goes with each download. So no redirect is followed: Slack itself sends whoever may not read a file to
a page to log in, and nobody else is to see the token.
"""

import logging
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final, cast

import aiohttp
from yarl import URL

from adapters.chat.attached import Offered
from adapters.chat.proxy import proxy_to
from adapters.chat.slack.settings import Settings

_log = logging.getLogger(__name__)

HOST: Final = URL("https://files.slack.com")
"""Where Slack keeps files."""

UNNAMED: Final = "a file without a name"
"""What is said of a file that Slack tells nothing of, as of one that is gone, or is kept from the bot."""

_CHUNK: Final = 64 * 1024  # bytes that are read at once


def offered(event: Mapping[str, Any], settings: Settings) -> tuple[Offered, ...]:
    """All that is attached to a message. What lies elsewhere is not to be read; and nothing is, unless settings say."""
    files: Iterable[object] = event.get("files") or ()
    return tuple(_offered(cast("dict[str, Any]", each), settings) for each in files if isinstance(each, dict))


def _offered(file: Mapping[str, Any], settings: Settings) -> Offered:
    said: object = file.get("size")
    size = said if isinstance(said, int) else 0
    address = _address(file, settings) if settings.read_files and size else None
    return Offered(
        name=str(file.get("name") or file.get("title") or UNNAMED),
        media_type=str(file.get("mimetype") or ""),
        size=size,
        read=None if address is None else partial(_read, address, most=size, token=settings.bot_token),
    )


def _address(file: Mapping[str, Any], settings: Settings) -> URL | None:
    """Where its bytes are, if that is at Slack."""
    if file.get("is_external"):
        return None
    try:
        address = URL(str(file.get("url_private_download") or ""))
        at_slack = address.origin() in {HOST, URL(settings.api).origin()}
    except ValueError:
        return None
    return address if at_slack and address.user is None and address.password is None else None


async def _read(address: URL, *, most: int, token: str) -> bytes | None:
    """The bytes that are there, if they are no more than `most`. None where they cannot be had."""
    try:
        async with (
            _session(address, token) as session,
            session.get(address, allow_redirects=False) as reply,
        ):
            if reply.status != 200 or _is_page(reply):
                _log.warning(
                    "Slack did not hand over a file (status %d): is files:read among its scopes?", reply.status
                )
                return None
            return await _bounded(reply.content, most)
    except (aiohttp.ClientError, OSError, ValueError) as error:
        _log.warning("a file could not be read from Slack (%s)", type(error).__name__)
        return None


def _session(address: URL, token: str) -> aiohttp.ClientSession:
    """A session for one download. Nothing is decompressed, so no more is read than comes."""
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {token}", "Accept-Encoding": "identity"},
        cookie_jar=aiohttp.DummyCookieJar(),
        auto_decompress=False,
        proxy=proxy_to(str(address)) if address.scheme == "https" else None,  # a proxy must not see the token
    )


def _is_page(reply: aiohttp.ClientResponse) -> bool:
    """Whether it is a page to log in, and not a file: Slack sends HTML files as attachments, like all others."""
    disposition = reply.content_disposition
    return reply.content_type == "text/html" and (disposition is None or disposition.type != "attachment")


async def _bounded(content: aiohttp.StreamReader, most: int) -> bytes | None:
    data = bytearray()
    async for chunk in content.iter_chunked(_CHUNK):
        data += chunk
        if len(data) > most:
            return None
    return bytes(data)
