"""Which model each faculty uses: what the configuration names, else the best that is found. Asks nobody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

from bot.errors import ConfigError
from bot.settings.config import Config, Deadlines, Tokens
from bot.settings.providers import EMBEDDED, OLLAMA, ModelIds, lacks_key
from bot.settings.tables import did_you_mean

EMBEDDED_MODEL: Final = "SmolLM2-135M-Instruct"

_NOT_FOR_CHAT: Final = ("embed", "minilm", "bge-", "rerank")
"""Parts of names under which Ollama keeps models that turn text into vectors and cannot answer."""

_PRACTICE: Final = (
    "The embedded model is a tiny practice model: it shows the machinery, and its audits mean nothing. "
    "For real answers, set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama with a model."
)
_SAME_MODEL: Final = (
    "Author and judge are the same model, so it judges its own answers; give it a second model to judge."
)
_EMPTY_OLLAMA: Final = "Ollama answers on this machine but has no chat model; fetch one with `ollama pull`."

_PRACTICE_SECONDS: Final = 600.0
_PRACTICE_TOKENS: Final = 600
_PRACTICE_CHARACTERS: Final = 3_000
"""What suits the practice model: a busy machine may make less than a token a second, and its context is small."""

Faculty = Literal["intellect", "will", "conscience"]
FACULTIES: Final[tuple[Faculty, ...]] = ("intellect", "will", "conscience")


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelRef:
    """A model by its provider's name in the configuration and the id it has there."""

    provider: str
    model: str

    def __str__(self) -> str:
        return f"{self.provider}:{self.model}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A model for each faculty; `reason` says where they come from, and each warning is for a person to read."""

    intellect: ModelRef
    will: ModelRef
    conscience: ModelRef
    reason: str
    warnings: tuple[str, ...] = ()

    @property
    def models(self) -> tuple[ModelRef, ModelRef, ModelRef]:
        """The models of Intellect, Will and Conscience."""
        return self.intellect, self.will, self.conscience

    @property
    def line(self) -> str:
        """Which faculty uses which model, and why, in one line."""
        faculties: dict[ModelRef, list[str]] = {}
        for faculty in FACULTIES:
            faculties.setdefault(getattr(self, faculty), []).append(faculty.capitalize())
        parts = [f"{listed(names)} on {model}" for model, names in faculties.items()]
        return f"{'; '.join(parts)} ({self.reason})."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """All that a choice rests on. `installed` holds Ollama's chat models; None if no Ollama answers."""

    config: Config
    environ: Mapping[str, str]
    installed: tuple[str, ...] | None


def choose(config: Config, environ: Mapping[str, str], ollama_models: Sequence[str] | None) -> Choice:
    """Models for `chat`: the configuration's roles, else vendors' keys, else an Ollama here, else the embedded model.

    `ollama_models`: the models installed there, in its own order; None if no Ollama answers. Raises ConfigError for a
    role that cannot be had. A platform must not run on models merely found: there, `config.roles` has to name them.
    """
    installed = None if ollama_models is None else tuple(name for name in ollama_models if _can_chat(name))
    found = _Found(config=config, environ=environ, installed=installed)
    return _configured(found) if _named(config) else _best(found)


def fitted(config: Config, choice: Choice) -> Config:
    """The configuration, with what the practice model needs where any faculty uses it: more time, and shorter texts."""
    if EMBEDDED not in {model.provider for model in choice.models}:
        return config
    seconds, tokens, memory = _PRACTICE_SECONDS, _PRACTICE_TOKENS, config.memory
    return replace(
        config,
        deadlines=Deadlines(intellect=seconds, will=seconds, conscience=seconds),
        tokens=Tokens(answer=tokens, verdict=tokens, ledger=tokens),
        memory=replace(memory, characters=min(memory.characters, _PRACTICE_CHARACTERS)),
    )


def _named(config: Config) -> dict[Faculty, str]:
    roles = config.roles
    given: dict[Faculty, str | None] = {
        "intellect": roles.intellect,
        "will": roles.will,
        "conscience": roles.conscience,
    }
    return {faculty: text for faculty, text in given.items() if text is not None}


def _configured(found: _Found) -> Choice:
    """The roles as named. One that is left out stays with a provider that was named: no words go anywhere else."""
    named = _named(found.config)
    models: dict[Faculty, ModelRef] = {}
    problems: dict[str, None] = {}  # an ordered set: a role that follows another has the same problem
    for faculty in FACULTIES:
        role, text = _deciding(faculty, named)
        try:
            models[faculty] = _model(found, faculty, role, text)
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(problems)
    return _choice(models, "as configured")


def _deciding(faculty: Faculty, named: Mapping[Faculty, str]) -> tuple[Faculty, str]:
    """The role that decides for a faculty, and what it says. The judges follow each other, model and all."""
    twin: dict[Faculty, Faculty] = {"will": "conscience", "conscience": "will"}
    for role in (faculty, twin.get(faculty, faculty)):
        if role in named:
            return role, named[role]
    role = next(iter(named))
    return role, named[role].partition(":")[0]


def _best(found: _Found) -> Choice:
    vendors = [name for name in ("anthropic", "openai") if not lacks_key(found.config.providers[name], found.environ)]
    match vendors:
        case [author, judge]:
            return _seated(found, author, judge, f"{author} and {judge} have keys here")
        case [vendor]:
            return _seated(found, vendor, vendor, f"{vendor} has a key here", _one_vendor(vendor))
        case _ if found.installed:
            return _seated(found, OLLAMA, OLLAMA, "Ollama answers on this machine")
        case _:
            hint = () if found.installed is None else (_EMPTY_OLLAMA,)
            return _seated(found, EMBEDDED, EMBEDDED, "no key and no other model was found", *hint)


def _seated(found: _Found, author: str, judge: str, reason: str, *warnings: str) -> Choice:
    providers: dict[Faculty, str] = {"intellect": author, "will": judge, "conscience": judge}
    models: dict[Faculty, ModelRef] = {
        faculty: _model(found, faculty, faculty, provider) for faculty, provider in providers.items()
    }
    return _choice(models, reason, *warnings)


def _model(found: _Found, faculty: Faculty, role: Faculty, text: str) -> ModelRef:
    """The model of a faculty by what stands in a role: `provider` or `provider:model-id`. Raises ConfigError."""
    name, _, model = text.partition(":")
    if name == EMBEDDED:
        return _embedded(role, model)
    provider = found.config.providers.get(name)
    if provider is None:
        hint = did_you_mean(name, (*found.config.providers, EMBEDDED))
        raise ConfigError([f'roles.{role}: there is no provider "{name}"; {hint}'])
    if remedy := lacks_key(provider, found.environ):
        raise ConfigError([f"roles.{role}: {name} has no key; {remedy}"])
    return ModelRef(provider=name, model=model or _default_id(found, faculty, role, name))


def _embedded(role: Faculty, model: str) -> ModelRef:
    if model not in ("", EMBEDDED_MODEL):
        raise ConfigError(
            [f'roles.{role}: must be "embedded" alone: that one model is {EMBEDDED_MODEL}, not "{model}"']
        )
    return ModelRef(provider=EMBEDDED, model=EMBEDDED_MODEL)


def _default_id(found: _Found, faculty: Faculty, role: Faculty, provider: str) -> str:
    kind = "intellect" if faculty == "intellect" else "judge"
    ids = found.config.models.get(provider, ModelIds())
    if given := getattr(ids, kind):
        return given
    if provider != OLLAMA:
        state = f"no model id is known for {provider}" if role == faculty else f"is missing beside roles.{role}"
        raise ConfigError([f'roles.{faculty}: {state}; set models.{provider}.{kind}, or write "{provider}:model-id"'])
    if not found.installed:
        state = "does not answer; start it" if found.installed is None else "has no chat model; fetch one"
        raise ConfigError([f"roles.{role}: Ollama {state}, or set models.ollama.{kind}"])
    return found.installed[0] if kind == "intellect" else found.installed[1 % len(found.installed)]


def _choice(models: Mapping[Faculty, ModelRef], reason: str, *warnings: str) -> Choice:
    intellect, will, conscience = (models[faculty] for faculty in FACULTIES)
    if EMBEDDED in {model.provider for model in models.values()}:
        warnings = (_PRACTICE, *warnings)
    elif intellect in (will, conscience):
        warnings = (*warnings, _SAME_MODEL)
    return Choice(intellect=intellect, will=will, conscience=conscience, reason=reason, warnings=warnings)


def _one_vendor(vendor: str) -> str:
    other = {"anthropic": "OPENAI_API_KEY", "openai": "ANTHROPIC_API_KEY"}[vendor]
    return (
        f"Only {vendor} has a key, so one vendor both answers and judges; set {other} as well and another will judge."
    )


def _can_chat(name: str) -> bool:
    return not any(part in name.lower() for part in _NOT_FOR_CHAT)


def listed(names: Sequence[str]) -> str:
    """Names in a sentence: `a, b and c`."""
    return " and ".join(part for part in (", ".join(names[:-1]), names[-1]) if part)
