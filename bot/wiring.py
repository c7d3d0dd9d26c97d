"""Joins ports to adapters. The only module that names concrete ones, and it imports each only when it is used."""

import sys
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bot.app import Models
from bot.choice import Choice, ModelRef
from bot.config import EMBEDDED, OLLAMA, PROVIDERS, Config, Provider, key_of
from bot.errors import ConfigError
from safi.ports import Clock, Model, Screen

if TYPE_CHECKING:
    from adapters.chat.console import Console
    from adapters.store.sqlite import SQLiteStore

NO_KEY: Final = "none"
"""Sent to servers that ask for no key: their SDK insists on one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bounds:
    max_tokens: int
    deadline: float


@asynccontextmanager
async def open_models(choice: Choice, config: Config, environ: Mapping[str, str]) -> AsyncGenerator[Models]:
    """The chosen models, ready to be asked; closed at the end. Raises ConfigError, or ModelFailure for the embedded."""
    tokens, deadlines = config.tokens, config.deadlines
    async with AsyncExitStack() as stack:
        opening = _Opening(config=config, environ=environ, stack=stack)
        if EMBEDDED in {ref.provider for ref in (choice.intellect, choice.will, choice.conscience)}:
            await opening.start_embedded()
        yield Models(
            intellect=opening.model(choice.intellect, _Bounds(max_tokens=tokens.answer, deadline=deadlines.intellect)),
            will=opening.model(choice.will, _Bounds(max_tokens=tokens.verdict, deadline=deadlines.will)),
            conscience=opening.model(
                choice.conscience, _Bounds(max_tokens=tokens.ledger, deadline=deadlines.conscience)
            ),
            line=choice.line,
        )


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

    def model(self, ref: ModelRef, bounds: _Bounds) -> Model:
        if ref.provider == EMBEDDED:
            return self._embedded(bounds)
        provider = self.config.providers[ref.provider]
        key = key_of(provider, self.environ) or ""
        match provider.api:
            case "anthropic":
                return self._anthropic(ref, provider, key, bounds)
            case "openai":
                return self._openai(ref, provider, key, bounds)

    def _embedded(self, bounds: _Bounds) -> Model:
        from adapters.llm.embedded import embedded_model

        model = embedded_model(self._embedded_url, max_tokens=bounds.max_tokens, deadline=bounds.deadline)
        self.stack.push_async_callback(model.aclose)
        return model

    def _anthropic(self, ref: ModelRef, provider: Provider, key: str, bounds: _Bounds) -> Model:
        from adapters.llm.anthropic import AnthropicModel

        model = AnthropicModel(
            ref.model,
            provider=ref.provider,
            api_key=key,
            base_url=provider.base_url,
            max_tokens=bounds.max_tokens,
            deadline=bounds.deadline,
        )
        self.stack.push_async_callback(model.aclose)
        return model

    def _openai(self, ref: ModelRef, provider: Provider, key: str, bounds: _Bounds) -> Model:
        from adapters.llm.openai import OpenAIModel

        model = OpenAIModel(
            ref.model,
            provider=ref.provider,
            api_key=key or NO_KEY,
            base_url=_base_url(ref, provider, self.environ),
            max_tokens=bounds.max_tokens,
            deadline=bounds.deadline,
        )
        self.stack.push_async_callback(model.aclose)
        return model


@asynccontextmanager
async def open_store(path: Path) -> AsyncGenerator["SQLiteStore"]:
    """The store in a file, which is made, with its folder, where there is none."""
    from adapters.store.sqlite import open_store as open_sqlite

    async with open_sqlite(path) as store:
        yield store


def open_screen() -> Screen:
    """What libraries see in a text."""
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


def _base_url(ref: ModelRef, provider: Provider, environ: Mapping[str, str]) -> str | None:
    return _ollama_url(provider, environ) if ref.provider == OLLAMA else provider.base_url


def _ollama_url(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """What the configuration says, else what Ollama's own variable does; None if that is another machine."""
    from adapters.llm.ollama import ollama_url

    if provider != PROVIDERS[OLLAMA]:
        return provider.base_url
    url = ollama_url(environ)
    return url and f"{url}/v1"
