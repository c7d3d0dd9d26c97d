"""The model servers that a configuration names: the interface each speaks, where its key lies, and the way to it."""

import ipaddress
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from urllib.parse import urlsplit

from bot.errors import ConfigError
from bot.settings.keys import VARIABLE, file_problem, secret
from bot.settings.tables import Check, joined, matching

EMBEDDED: Final = "embedded"
"""The provider that is no server: the practice model inside this program."""

OLLAMA: Final = "ollama"
"""The provider whose models are whatever is installed there."""

_MODEL = matching(r"\S+", "without spaces: a model's id")
_URL = matching(r"https?://[^\s/]+\S*", "that starts with http:// or https:// and names a server")
_PROXY = matching(r"https?://[^\s/]+/?", "that starts with http:// or https:// and names a proxy")
_NO_LOGIN = Check(words="without a user name or password", holds=lambda url: "@" not in url, secret=True)
_NO_PROXY_LOGIN = Check(
    words="without a user name or password; a proxy that wants them is named in HTTPS_PROXY, in the environment",
    holds=_NO_LOGIN.holds,
    secret=True,
)
_VERSION = matching(r"[A-Za-z0-9.-]+", "that names a version of Azure's interface, as in 2025-04-01-preview")
_REGION = matching(r"[a-z0-9-]+", "that names a region, as in eu-west-1")
_PROJECT = matching(r"[a-z0-9][a-z0-9:.-]*", "that names a project at Google, as in my-project-123")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIds:
    """A provider's model ids: one that drafts, and one that judges, for Will and Conscience."""

    intellect: Annotated[str, _MODEL] | None = None
    judge: Annotated[str, _MODEL] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A model server: the interface it speaks, its address, where its key lies, if it needs one, and the way to it.

    `images`: its models take pictures.
    """

    api: Literal["openai", "anthropic", "azure", "bedrock", "vertex"]
    base_url: Annotated[str, _URL, _NO_LOGIN] | None = None
    key_env: Annotated[str, VARIABLE] | None = None
    key_file: Path | None = None
    api_version: Annotated[str, _VERSION] | None = None
    region: Annotated[str, _REGION] | None = None
    project: Annotated[str, _PROJECT] | None = None
    proxy: Annotated[str, _PROXY, _NO_PROXY_LOGIN] | None = None
    ca_file: Path | None = None
    images: bool = False


PROVIDERS: Final[Mapping[str, Provider]] = {
    "anthropic": Provider(api="anthropic", key_env="ANTHROPIC_API_KEY", images=True),
    "openai": Provider(api="openai", key_env="OPENAI_API_KEY", images=True),
    OLLAMA: Provider(api="openai", base_url="http://127.0.0.1:11434/v1"),
}
"""Providers that need no table of their own."""

MODELS: Final[Mapping[str, ModelIds]] = {
    "anthropic": ModelIds(intellect="claude-sonnet-5-5", judge="claude-haiku-5-5"),
    "openai": ModelIds(intellect="gpt-6.1-sol", judge="gpt-6.1-terra"),
}
"""Model ids where the configuration gives none."""

_BELONGS: Final[Mapping[str, tuple[str, ...]]] = {
    "api_version": ("azure",),
    "region": ("bedrock", "vertex"),
    "project": ("vertex",),
    "key_env": ("openai", "anthropic", "azure", "bedrock"),
    "key_file": ("openai", "anthropic", "azure", "bedrock"),
}
"""Keys that not every interface has, and those that have them. Google's environment says who we are at Vertex AI."""


def key_of(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """A provider's key; None where there is none. Raises ConfigError if its file cannot be read or anyone else can."""
    return secret(environ, variable=provider.key_env, file=provider.key_file, key="key_file")


def lacks_key(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """What to do, as in "set …", about a key that is not there; None where one can be had, or none is needed."""
    if provider.key_file is None and provider.key_env is None:
        return None
    try:
        if key_of(provider, environ):
            return None
    except ConfigError:
        return f"see that {provider.key_file} is a file of mode 0600 that holds the key"
    if provider.key_file is not None:
        return f"put the key into {provider.key_file}"
    return f"set {provider.key_env} in the environment"


def is_on_this_machine(url: str) -> bool:
    """Whether an address is one of this machine's own."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def provider_problems(name: str, keys: Mapping[str, Any], base: Path) -> Iterator[str]:
    """What is wrong with a provider's table beyond the kinds of its values. Paths in it start at `base`."""
    path = joined("providers", name)
    if name == EMBEDDED:
        yield f"{path}: is the model inside this program and takes no settings; give your server another name"
        return
    yield from _misfits(path, keys)
    if "base_url" not in keys and keys.get("api") not in _found_without(name):
        yield f"{path}.base_url: is missing; it must be the address of the server, starting with http:// or https://"
    if "key_env" in keys and "key_file" in keys:
        yield f"{path}: has both key_env and key_file; leave one out"
    if keys.get("api") == "azure" and not {"key_env", "key_file"} & keys.keys():
        yield f"{path}: Azure wants a key; name where it lies in key_env or key_file"
    if "proxy" in keys and is_on_this_machine(str(keys.get("base_url", ""))):
        yield f"{path}.proxy: base_url is on this machine, which is reached without one; leave it out"
    for key, problem_of in (("key_file", file_problem), ("ca_file", _ca_file_problem)):
        file = keys.get(key)
        if isinstance(file, str) and file.strip() and (problem := problem_of(base / file)):
            yield f"{path}.{key}: {problem}"


def _found_without(name: str) -> tuple[str, ...]:
    """The interfaces for which a provider of this name needs no address."""
    usual = PROVIDERS.get(name)
    return ("bedrock", "vertex", usual.api) if usual else ("bedrock", "vertex")


def _misfits(path: str, keys: Mapping[str, Any]) -> Iterator[str]:
    api = keys.get("api")
    for key, apis in _BELONGS.items():
        if key in keys and isinstance(api, str) and api not in apis:
            fitting = " or ".join(f'"{each}"' for each in apis)
            yield f'{path}.{key}: goes with api = {fitting}, not with "{api}"; leave it out'


def _ca_file_problem(path: Path) -> str | None:
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(path)
    except ssl.SSLError:
        return f"{path} holds no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----"
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    return None
