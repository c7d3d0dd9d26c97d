"""The way to a vendor's server: which proxy it takes, and whose certificates are trusted."""

import ipaddress
import ssl
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final
from urllib.request import getproxies, proxy_bypass


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How a server is reached.

    Without a `proxy`, the environment's is used (HTTPS_PROXY, NO_PROXY). `ca_file`, in PEM, holds authorities that are
    trusted besides the system's own.
    """

    proxy: str | None = None
    ca_file: Path | None = None


DIRECT: Final = Route()


@cache
def trusted(ca_file: Path | None) -> ssl.SSLContext:
    """Whose certificates are trusted: the system's authorities, and those in `ca_file`. Raises OSError.

    Made once for each file: there are some hundred authorities to read.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        context.load_verify_locations(ca_file)
    return context


def proxy_to(scheme: str, host: str, route: Route) -> str | None:
    """The proxy that a server is reached through; None where it is reached directly.

    A server on this machine is: a proxy meant for the world outside cannot see it.
    """
    if _is_here(host):
        return None
    if route.proxy is not None:
        return route.proxy
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    if not proxy or proxy_bypass(host) or any(_lies_in(host, each) for each in proxies.get("no", "").split(",")):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_here(host: str) -> bool:
    return host == "localhost" or _lies_in(host, "127.0.0.0/8") or _lies_in(host, "::1")


def _lies_in(host: str, network: str) -> bool:
    """Whether a host is an address of this network; NO_PROXY may name such, which `proxy_bypass` does not know."""
    with suppress(ValueError):
        return ipaddress.ip_address(host) in ipaddress.ip_network(network.strip(), strict=False)
    return False
