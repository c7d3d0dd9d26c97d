"""The models of the configuration: each role's adapter, with its key, its address and its bounds."""

import random
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from bot.app import Models
from bot.clock import SystemClock
from bot.errors import ConfigError
from bot.settings.choice import Choice, ModelRef
from bot.settings.config import Config
from bot.settings.providers import EMBEDDED, OLLAMA, PROVIDERS, Provider, key_of
from bot.settings.roles import Role, roles, stand_ins
from bot.settings.tables import joined
from safi.errors import ModelMisconfigured
from safi.ports import Accounts, Clock, Model

if TYPE_CHECKING:
    from adapters.llm.answer import Terms
    from adapters.llm.attempt import Bounded
    from adapters.llm.visit import Visit

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
    from bot.wiring.guarding import guarding

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
            "sees": provider.images,
        }


class _Closing(Model, Protocol):
    """A model that holds connections."""

    @property
    def most_output(self) -> int: ...

    async def aclose(self) -> None: ...


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
