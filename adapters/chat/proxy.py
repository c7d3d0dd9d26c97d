"""Which proxy leads to a platform: the environment says so, for every platform in the same way."""

import ipaddress
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_to(address: str) -> str | None:
    """The proxy through which an address is reached, by HTTPS_PROXY and NO_PROXY; None where it is reached directly.

    This machine is: a proxy meant for the world outside cannot see it.
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    proxy = getproxies().get(parts.scheme)
    if not proxy or _is_here(host) or proxy_bypass(host):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
