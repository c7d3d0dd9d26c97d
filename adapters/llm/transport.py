"""The way to a vendor's server: which proxy it takes, and whose certificates are trusted."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx2

from adapters.llm.vendor import line
from safi.errors import ModelMisconfigured

BROKEN: Final = (httpx2.HTTPError, ssl.SSLError)
"""What a connection that breaks raises where an SDK lets it through: anthropic's does, once a stream has begun."""

_HERE: Final = ("all://localhost", "all://127.0.0.0/8", "all://[::1]")
_LIMITS: Final = httpx2.Limits(max_connections=1_000, max_keepalive_connections=100)
"""The SDKs' own: how many calls run at once is bounded elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a server is reached.

    Without a `proxy`, the environment's is used (HTTPS_PROXY, NO_PROXY). `ca_file`, in PEM, holds authorities that are
    trusted besides the system's own.
    """

    proxy: str | None = None
    ca_file: Path | None = None


DIRECT: Final = Route()


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


def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Whose certificates are trusted: the system's authorities, and those in `ca_file`. Raises OSError."""
    context = httpx2.create_ssl_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context
