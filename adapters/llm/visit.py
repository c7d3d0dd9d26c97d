"""A visit to a vendor's server that asks no model: is it who it says it is, until when, and what time has it?"""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from adapters.llm.route import Route
from adapters.llm.transport import http_client
from adapters.llm.vendor import line
from safi.errors import ModelMisconfigured


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What the server at `url` showed of itself.

    `distrust`: what is wrong with its certificate. `fault`: why it could not be reached for another reason. `expires`:
    when its certificate does, None where the connection has none. `date`: its clock. All times in UTC.
    """

    url: str
    distrust: str | None = None
    fault: str | None = None
    expires: datetime | None = None
    date: datetime | None = None


async def visit(url: str, route: Route, *, patience: float) -> Visit:
    """Knock at an address by the way that a model's questions take, without a key, for at most `patience` seconds."""
    try:
        async with asyncio.timeout(patience), http_client(route) as client, client.stream("HEAD", url) as response:
            return Visit(url=url, expires=_expiry(response), date=_date(response))
    except TimeoutError:
        return Visit(url=url, fault=f"no answer within {patience:g} seconds")
    except ModelMisconfigured as error:
        return Visit(url=url, fault=str(error))
    except (httpx2.HTTPError, httpx2.InvalidURL, ssl.SSLError) as error:
        distrust = next((_said(cause) for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
        return Visit(url=url, distrust=distrust, fault=None if distrust else line(error))


def _expiry(response: httpx2.Response) -> datetime | None:
    connection: object = response.extensions["network_stream"].get_extra_info("ssl_object")
    certificate = connection.getpeercert() if isinstance(connection, ssl.SSLObject) else None
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)


def _date(response: httpx2.Response) -> datetime | None:
    try:
        date = parsedate_to_datetime(response.headers.get("date", ""))
    except ValueError:
        return None
    return date.replace(tzinfo=UTC) if date.tzinfo is None else date.astimezone(UTC)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _said(error: ssl.SSLError) -> str:
    """OpenSSL's own words, without its codes."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return line(error.verify_message)
    return line((error.reason or str(error)).replace("_", " ").lower())
