"""Joins ports to adapters. The only module that names concrete ones, and it imports each only when it is used."""

import asyncio
import random
import sys
import threading
from collections.abc import AsyncGenerator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bot.app import Models
from bot.choice import Choice, ModelRef
from bot.clock import SystemClock
from bot.config import Config, Store
from bot.errors import ConfigError
from bot.providers import EMBEDDED, OLLAMA, PROVIDERS, Provider, key_of
from bot.roles import Role, roles, stand_ins
from bot.tables import joined
from safi.errors import ModelMisconfigured
from safi.ports import Accounts, Clock, Model, Screen
from safi.ports.proof import Head, Proof

if TYPE_CHECKING:
    from adapters.chat.console import Console
    from adapters.llm.answer import Terms
    from adapters.llm.attempt import Bounded
    from adapters.llm.visit import Visit
    from adapters.store.backup import Backup
    from adapters.store.checkup import KeyFacts, StoreFacts
    from adapters.store.record import SQLiteRecord
    from adapters.store.restore import Restored
    from adapters.store.sqlite import SQLiteStore
    from adapters.store.upgrade import Upgrade

NO_KEY: Final = "none"
"""Sent in place of a key to servers that ask for none."""

_USUAL: Final = {
    "anthropic": ("ANTHROPIC_BASE_URL", "https://api.anthropic.com"),
    "openai": ("OPENAI_BASE_URL", "https://api.openai.com/v1"),
}
"""For each interface, the variable from which programs commonly take its address, and the address without any."""

_ELSEWHERE: Final = f"OLLAMA_HOST names another machine; to ask it, set base_url under [providers.{OLLAMA}]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    max_tokens: int
    deadline: float
    stream: bool


@asynccontextmanager
async def open_models(
    choice: Choice,
    config: Config,
    environ: Mapping[str, str],
    *,
    accounts: Accounts | None = None,
    clock: Clock | None = None,
    fallbacks: Collection[str] = (),
) -> AsyncGenerator[Models]:
    """The chosen models under guard, and those of `fallbacks` to stand in for them; closed at the end.

    Without `accounts` nothing is recorded, and the caps start at nothing. Raises ConfigError, StoreUnavailable, or
    ModelFailure for the embedded model.
    """
    from bot.guarding import guarding

    guard = await guarding(config, accounts, clock or SystemClock(), random.random)
    async with AsyncExitStack() as stack:
        opening = _Opening(config=config, environ=environ, stack=stack)
        if EMBEDDED in {ref.provider for ref in choice.models}:
            await opening.start_embedded()

        def guarded(role: Role) -> Model:
            bounds = _Bounds(max_tokens=role.max_tokens, deadline=role.deadline, stream=config.calls.stream)
            others = stand_ins(role, config, environ, fallbacks)
            return guard.guarded(role, others, lambda ref: opening.model(ref, bounds))

        intellect, will, conscience = (guarded(role) for role in roles(choice, config))
        yield Models(intellect=intellect, will=will, conscience=conscience, line=choice.line)


@dataclass(slots=True, kw_only=True)
class _Opening:
    """Models being opened, to be closed with `stack`."""

    config: Config
    environ: Mapping[str, str]
    stack: AsyncExitStack
    _embedded_url: str = ""

    async def start_embedded(self) -> None:
        from adapters.llm.embedded import embedded_server

        self._embedded_url = await self.stack.enter_async_context(embedded_server())

    def model(self, ref: ModelRef, bounds: _Bounds) -> "Bounded":
        try:
            model = self._embedded(bounds) if ref.provider == EMBEDDED else self._served(ref, bounds)
        except ModelMisconfigured as problem:
            raise ConfigError([f"{joined('providers', ref.provider)}: {problem}"]) from None
        self.stack.push_async_callback(model.aclose)
        return model

    def _embedded(self, bounds: _Bounds) -> "_Closing":
        from adapters.llm.embedded import embedded_model

        return embedded_model(self._embedded_url, max_tokens=bounds.max_tokens, deadline=bounds.deadline)

    def _served(self, ref: ModelRef, bounds: _Bounds) -> "_Closing":
        """A model that is asked over the network. Each adapter is imported only where it is used: some bring an SDK."""
        provider = self.config.providers[ref.provider]
        base_url = address(ref.provider, self.config, self.environ)
        if ref.provider == OLLAMA and base_url is None:
            raise ModelMisconfigured(_ELSEWHERE)
        key, terms = key_of(provider, self.environ), self._terms(ref, bounds)
        match provider.api:
            case "anthropic":
                from adapters.llm.anthropic import AnthropicModel

                return AnthropicModel(ref.model, api_key=key or "", base_url=base_url or "", **terms)
            case "openai":
                from adapters.llm.openai import OpenAIModel

                return OpenAIModel(ref.model, api_key=key or NO_KEY, base_url=base_url or "", **terms)
            case "azure":
                from adapters.llm.azure import AzureModel

                version = provider.api_version
                return AzureModel(ref.model, api_key=key or "", base_url=base_url or "", api_version=version, **terms)
            case "bedrock":
                from adapters.llm.bedrock import BedrockModel

                return BedrockModel(ref.model, region=provider.region, api_key=key, base_url=base_url, **terms)
            case "vertex":
                from adapters.llm.vertex import VertexModel

                project, region = provider.project, provider.region
                return VertexModel(ref.model, project=project, region=region, base_url=base_url, **terms)

    def _terms(self, ref: ModelRef, bounds: _Bounds) -> "Terms":
        from adapters.llm.route import Route

        provider = self.config.providers[ref.provider]
        return {
            "provider": ref.provider,
            "route": Route(proxy=provider.proxy, ca_file=provider.ca_file),
            "max_tokens": bounds.max_tokens,
            "deadline": bounds.deadline,
            "stream": bounds.stream,
        }


class _Closing(Model, Protocol):
    """A model that holds connections."""

    @property
    def most_output(self) -> int: ...

    async def aclose(self) -> None: ...


@asynccontextmanager
async def open_store(config: Store) -> AsyncGenerator["SQLiteStore"]:
    """The store in a file, which is made, with its folder, where there is none."""
    from adapters.store.sqlite import open_store as open_sqlite

    async with open_sqlite(config.path, key=config.key_file) as store:
        yield store


@asynccontextmanager
async def open_record(path: Path) -> AsyncGenerator["SQLiteRecord"]:
    """A store that is there and up to date, to be read alone, even while a running bot holds it."""
    from adapters.store.checkup import open_record as open_sqlite_record

    async with open_sqlite_record(path) as store:
        yield store


def require_store(config: Store) -> None:
    """Raises StoreUnavailable where there is no store: opening one would make it."""
    from adapters.store.backup import require

    require(config.path)


def look_at_key(config: Store) -> "KeyFacts":
    """What there is to know of the key's file without reading it."""
    from adapters.store.checkup import look_at_key as look

    return look(config.path, config.key_file)


def back_up(config: Store, file: Path) -> "Backup":
    """Copy the store to a new file, also while a bot runs. Raises StoreUnavailable."""
    from adapters.store.backup import back_up as back_up_sqlite

    return back_up_sqlite(config.path, file, key=config.key_file)


def restore(config: Store, file: Path, clock: Clock) -> "Restored | Proof":
    """Put a backup in the store's place; what is wrong with it, where it was not. Raises StoreUnavailable."""
    from adapters.store.restore import restore as restore_sqlite

    return restore_sqlite(file, config.path, key=config.key_file, at=clock.now())


async def verify(config: Store, heads: Sequence[Head]) -> Proof:
    """What a check of the whole record comes to. Raises StoreUnavailable."""
    from adapters.store.verify.record import verified

    return await verified(config.path, key=config.key_file, heads=heads)


def upgrade(config: Store) -> "Upgrade":
    """Bring the store up to date. Raises StoreUnavailable."""
    from adapters.store.upgrade import upgrade_file

    return upgrade_file(config.path, key=config.key_file)


async def look_at_store(path: Path, *, patience: float) -> "StoreFacts":
    """What there is to know of a store without changing it; its own check is left after `patience` seconds."""
    from adapters.store.checkup import look

    over = threading.Event()
    timer = asyncio.get_running_loop().call_later(patience, over.set)
    try:
        return await asyncio.to_thread(look, path, over.is_set)
    finally:
        timer.cancel()
        over.set()  # whoever is cancelled does not wait for the rest of it


async def visit(provider: str, config: Config, environ: Mapping[str, str], *, patience: float) -> "Visit | None":
    """What a provider's server shows of itself unasked; None where only its SDK knows where that is."""
    from adapters.llm.route import Route
    from adapters.llm.visit import visit as knock

    url, settings = address(provider, config, environ), config.providers[provider]
    if not url:
        return None
    return await knock(url, Route(proxy=settings.proxy, ca_file=settings.ca_file), patience=patience)


def address(provider: str, config: Config, environ: Mapping[str, str]) -> str | None:
    """Where a provider's server is; None where only its SDK knows, for the practice model and an Ollama elsewhere."""
    settings = config.providers.get(provider)
    if settings is None:
        return None
    own, (variable, usual) = _base_url(provider, settings, environ), _USUAL.get(settings.api, ("", None))
    return own if own or provider == OLLAMA else environ.get(variable) or usual


def thinking_room() -> int:
    """Tokens that a reply of a model that thinks may take beyond its bound."""
    from adapters.llm.vendor import THINKING_TOKENS

    return THINKING_TOKENS


@cache
def open_screen() -> Screen:
    """What libraries see in a text: made once, for it takes half a second and nothing about it ever changes."""
    from adapters.screen.libraries import LibraryScreen

    return LibraryScreen()


def open_console(clock: Clock, fresh: Callable[[], str], history: Path) -> "Console":
    """The console on this process's own streams. Raises ConfigError where there is no output to write to."""
    from adapters.chat.console import Console

    if getattr(sys, "stdout", None) is None:
        raise ConfigError(["standard output is closed, so there is nobody to talk to"])
    return Console(author="you", clock=clock, ids=fresh, stdin=sys.stdin, stdout=sys.stdout, history_file=history)


def ollama_models(config: Config, environ: Mapping[str, str]) -> tuple[str, ...] | None:
    """The models of an Ollama that answers on this machine; None if none does. Blocks for a second at most."""
    from adapters.llm.ollama import installed_ollama_models

    url = _ollama_url(config.providers[OLLAMA], environ)
    return installed_ollama_models(url.removesuffix("/v1")) if url else None


def _base_url(provider: str, settings: Provider, environ: Mapping[str, str]) -> str | None:
    return _ollama_url(settings, environ) if provider == OLLAMA else settings.base_url


def _ollama_url(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """What the configuration says, else what Ollama's own variable does; None if that is another machine."""
    from adapters.llm.ollama import ollama_url

    if provider != PROVIDERS[OLLAMA]:
        return provider.base_url
    url = ollama_url(environ)
    return url and f"{url}/v1"
