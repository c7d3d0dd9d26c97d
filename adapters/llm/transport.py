"""The way to a vendor's server for httpx2, by which the SDKs speak, and the doctor where it asks no model."""

import ssl
from typing import Final

import httpx2

from adapters.llm.route import Route, trusted
from adapters.llm.vendor import line
from safi.errors import ModelMisconfigured

BROKEN: Final = (httpx2.HTTPError, ssl.SSLError)
"""What a connection that breaks raises where an SDK lets it through: anthropic's does, once a stream has begun."""

_HERE: Final = ("all://localhost", "all://127.0.0.0/8", "all://[::1]")
_LIMITS: Final = httpx2.Limits(max_connections=1_000, max_keepalive_connections=100)
"""The SDKs' own: how many calls run at once is bounded elsewhere."""


def http_client(route: Route) -> httpx2.AsyncClient:
    """A client for a vendor's SDK, without a timeout of its own. Raises ModelMisconfigured.

    A server on this machine is reached directly: a proxy meant for the world outside cannot see it. No redirect is
    followed: a community's words and the key go to the configured address and nowhere else.
    """
    try:
        return httpx2.AsyncClient(
            proxy=route.proxy,
            verify=trusted(route.ca_file),
            mounts=dict.fromkeys(_HERE),
            timeout=None,
            limits=_LIMITS,
        )
    except (httpx2.InvalidURL, ImportError, OSError, ValueError) as error:
        problem = line(error)
    raise ModelMisconfigured(f"the proxy or the certificates cannot be used: {problem}")
