"""The straight way to a vendor's server: JSON over HTTP, at a tenth of the processor time that an SDK takes."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, cast

import aiohttp
from yarl import URL

from adapters.llm.events import Events
from adapters.llm.failures import UNSENDABLE, Broken, Refused
from adapters.llm.route import Route, proxy_to, trusted
from adapters.llm.vendor import line
from safi.errors import AnswerEmpty, ModelMisconfigured, NoAnswer

LARGEST: Final = 16 * 1024 * 1024
"""Bytes that are read of a reply, unpacked."""

CONNECTIONS: Final = 1_000
"""How many calls run at once is bounded elsewhere."""

_DONE: Final = b"[DONE]"
"""By which OpenAI's streams end, for what comes after them may be long in coming."""

_WRITTEN: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

_NO_LIMIT: Final = aiohttp.ClientTimeout(total=None, sock_connect=None)
"""One deadline is over all, and it is not kept here."""

_NEVER_SENT: Final = (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError)
"""Failures before the server saw anything of the question, so that it cannot bill it."""


class Direct:
    """Posts questions to one address. No redirect is followed: words and key go there and nowhere else."""

    def __init__(self, base_url: str, path: str, signed: Mapping[str, str], route: Route) -> None:
        """`signed`: the headers that hold the key. Raises ModelMisconfigured."""
        self._signed = signed
        self._session: aiohttp.ClientSession | None = None
        try:
            self._url = _http(base_url.rstrip("/") + path)
        except ValueError as error:
            raise ModelMisconfigured(f"the address cannot be used: {line(error)}") from None
        try:
            proxy = proxy_to(self._url.scheme, self._url.host or "", route)
            self._proxy = proxy and _http(proxy)
            secure = self._url.scheme == "https" or route.ca_file is not None
            self._trust = trusted(route.ca_file) if secure else None
        except (OSError, ValueError) as error:
            raise ModelMisconfigured(f"the proxy or the certificates cannot be used: {line(error)}") from None

    async def whole(self, question: Mapping[str, Any]) -> object:
        """The reply as JSON. Raises Refused, Broken, AnswerEmpty or NoAnswer."""
        async with self._posted(question) as response:
            return _unless_error(_parsed(await _read(response)), response)

    async def parts(self, question: Mapping[str, Any]) -> AsyncGenerator[object]:
        """The events of a reply, each as JSON. Raises as `whole` does."""
        events, size = Events(), 0
        async with self._posted(question) as response:
            async for chunk in response.content.iter_any():
                size += len(chunk)
                _bound(size)
                for data in events.feed(chunk):
                    if data == _DONE:
                        return
                    yield _unless_error(_parsed(data), response)

    async def aclose(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    @asynccontextmanager
    async def _posted(self, question: Mapping[str, Any]) -> AsyncGenerator[aiohttp.ClientResponse]:
        body = _WRITTEN(question).encode()
        try:
            async with self._opened().post(self._url, data=body, allow_redirects=False) as response:
                if response.status >= 300:
                    raise Refused(response.status, _shown(await _beginning(response)), response.headers)
                yield response
        except (aiohttp.ClientError, OSError) as error:
            raise Broken(_words(error), sent=not isinstance(error, _NEVER_SENT)) from None

    def _opened(self) -> aiohttp.ClientSession:
        """The session, made with the first question: it belongs to the loop that runs then."""
        if self._session is None:
            if not all(value.isascii() and value.isprintable() for value in self._signed.values()):
                raise ModelMisconfigured(UNSENDABLE)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=CONNECTIONS, ssl=self._trust or True),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={**self._signed, "Content-Type": "application/json", "User-Agent": "safi-bot"},
                proxy=self._proxy,
                timeout=_NO_LIMIT,
            )
        return self._session


def _http(address: str) -> URL:
    """Raises ValueError where it is no address of a server that speaks HTTP."""
    url = URL(address)
    if url.scheme not in {"http", "https"} or not url.host:
        raise ValueError("it must start with http:// or https:// and name a server")
    return url


async def _beginning(response: aiohttp.ClientResponse) -> bytes:
    """A reply, or a bit more than the largest that is read."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LARGEST:
            break
    return bytes(body)


async def _read(response: aiohttp.ClientResponse) -> bytes:
    body = await _beginning(response)
    _bound(len(body))
    return body


def _bound(size: int) -> None:
    if size > LARGEST:
        raise NoAnswer(f"the reply is larger than {LARGEST >> 20} MiB")


def _parsed(body: bytes) -> object:
    try:
        return json.loads(body.decode())
    except ValueError:
        page = body.lstrip().startswith(b"<")
    raise AnswerEmpty(f"the reply is {'a page of HTML' if page else 'not JSON'}")


def _shown(body: bytes) -> object:
    """What a refusal says, as JSON where it is that."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body.decode(errors="replace")


def _unless_error(body: object, response: aiohttp.ClientResponse) -> object:
    """What came, unless it is an error that was met after the status had been sent: both vendors tell it like that."""
    if isinstance(body, dict) and cast("dict[str, object]", body).get("error"):
        raise Refused(response.status, cast("object", body), response.headers)
    return cast("object", body)


def _words(error: Exception) -> str:
    """What happened, without the addresses that aiohttp names: a proxy's may hold a password."""
    match error:
        case aiohttp.ClientHttpProxyError():
            return f"the proxy says {error.status}: {error.message}"
        case aiohttp.ClientResponseError():  # what came is no HTTP
            return error.message.partition("\n")[0].rstrip(":")
        case aiohttp.ClientConnectorError():
            return f"{error.host}: {error.os_error.strerror or error.os_error}"
        case _:
            return str(error) or type(error).__name__
