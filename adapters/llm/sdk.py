"""The way through a vendor's SDK, for clouds with a sign-in of their own: it signs and frames, and reads nothing."""

from collections.abc import AsyncGenerator, Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import httpx2

from adapters.llm.failures import Broken, Refused
from adapters.llm.transport import BROKEN

_NEVER_SENT: Final = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
"""Failures before the vendor saw anything of the question, so that it cannot bill it."""


class ThroughSDK:
    """Posts questions by either SDK's client to a path of its interface.

    `stream` is the SDK's class for streams of plain objects, `error` the base of its errors.
    """

    def __init__(self, client: Any, path: str, *, stream: type[Any], error: type[Exception]) -> None:  # noqa: ANN401  # two SDKs, one shape
        self._client = client
        self._path = path
        self._stream = stream
        self._failures = (error, *BROKEN)

    async def whole(self, question: Mapping[str, Any]) -> object:
        """The reply as JSON, or as text where it is none. Raises Refused or Broken, and what signing in raises."""
        with self._named():
            return await self._client.post(self._path, cast_to=object, body=question)

    async def parts(self, question: Mapping[str, Any]) -> AsyncGenerator[object]:
        """The events of a reply, each as JSON. Raises as `whole` does."""
        with self._named():
            asked = self._client.post(self._path, cast_to=object, body=question, stream=True, stream_cls=self._stream)
            async with await asked as events:
                async for event in events:
                    yield event

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.close()

    @contextmanager
    def _named(self) -> Generator[None]:
        """The SDKs' errors hold a status and a body where the vendor replied; the others are a connection's."""
        try:
            yield
        except self._failures as error:
            failure = _failure(error)
        else:
            return
        raise failure


def _failure(error: Exception) -> Refused | Broken:
    status: object = getattr(error, "status_code", None)
    if isinstance(status, int):
        headers = cast("Mapping[str, str]", getattr(getattr(error, "response", None), "headers", {}))
        return Refused(status, cast("object", getattr(error, "body", None)), headers)
    cause = error.__cause__ or error
    return Broken(str(cause), sent=not isinstance(cause, _NEVER_SENT))
