"""Which models an Ollama on this machine has. Talking to them is the affair of `openai`, whose interface it speaks."""

import http.client
import json
from collections.abc import Mapping
from typing import Final, cast
from urllib.parse import urlsplit

DEFAULT_PORT: Final = 11_434
PATIENCE: Final = 0.5
"""Seconds; on this machine the answer comes at once or not at all."""

_HERE: Final = {"", "localhost", "127.0.0.1", "0.0.0.0", "::", "::1"}  # noqa: S104  # names of hosts, nothing is bound


def ollama_url(environ: Mapping[str, str]) -> str | None:
    """Where an Ollama on this machine would answer, as `http://host:port`; None if OLLAMA_HOST is another machine."""
    given = environ.get("OLLAMA_HOST", "").strip()
    try:
        parts = urlsplit(given if "://" in given else f"//{given}")
        host, port = parts.hostname or "", parts.port or DEFAULT_PORT
    except ValueError:
        return None
    if host not in _HERE:
        return None
    return f"http://[::1]:{port}" if host == "::1" else f"http://127.0.0.1:{port}"


def installed_ollama_models(base_url: str, *, patience: float = PATIENCE) -> tuple[str, ...] | None:
    """The models that the Ollama at this address has and that can talk; None where no Ollama answers in time.

    Blocks for `patience` seconds at most for each step of the exchange. No proxy is asked.
    """
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=patience)
    try:
        connection.request("GET", "/api/tags")
        listing = json.load(connection.getresponse())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return _names(listing)


def _names(listing: object) -> tuple[str, ...] | None:
    models = cast("dict[str, object]", listing).get("models") if isinstance(listing, dict) else None
    if not isinstance(models, list):
        return None
    named = (_name(model) for model in cast("list[object]", models))
    return tuple(name for name in named if name is not None)


def _name(model: object) -> str | None:
    match model:
        case {"details": {"family": str(family)}} if "bert" in family:
            return None  # it turns texts into vectors and cannot talk
        case {"name": str(name)}:
            return name
        case _:
            return None
