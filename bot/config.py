"""The configuration as frozen dataclasses: every key, its default and what may stand there. It holds no secrets."""

import stat
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Final, Literal, cast

from bot.errors import ConfigError
from bot.tables import Check, Reader, did_you_mean, joined, matching, parsed, within

EMBEDDED: Final = "embedded"
"""The provider that is no server: the practice model inside this program."""

OLLAMA: Final = "ollama"
"""The provider whose models are whatever is installed there."""

_NAME = matching(r"[a-z0-9][a-z0-9_-]*", "in a-z, 0-9, hyphens and underscores, starting with a letter or digit")
_ROLE = matching(r"[a-z0-9][a-z0-9_-]*(:\S+)?", 'of the form "provider" or "provider:model-id"')
_MODEL = matching(r"\S+", "without spaces: a model's id")
_URL = matching(r"https?://[^\s/]+\S*", "that starts with http:// or https:// and names a server")
_NO_LOGIN = Check(words="without a user name or password", holds=lambda url: "@" not in url, secret=True)
_VARIABLE = matching(
    r"[A-Z_][A-Z0-9_]*", "that names an environment variable in capitals, as in OPENAI_API_KEY", secret=True
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where the record lives."""

    path: Path = Path("state/safi.db")


@dataclass(frozen=True, slots=True, kw_only=True)
class Personas:
    """Who the bot is: the persona of places that have no other, and a folder of a community's own profiles."""

    default: str = "librarian"
    folder: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Whose memory a turn belongs to, and how many earlier exchanges of the place models are shown."""

    scope: Literal["channel", "persona"] = "channel"
    history: Annotated[int, within(0, 50, "exchanges")] = 8
    characters: Annotated[int, within(0, 200_000, "characters")] = 12_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """Which model each faculty uses: `provider` or `provider:model-id`; None leaves it to `bot.choice`."""

    intellect: Annotated[str, _ROLE] | None = None
    will: Annotated[str, _ROLE] | None = None
    conscience: Annotated[str, _ROLE] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelIds:
    """A provider's model ids: one that drafts, and one that judges, for Will and Conscience."""

    intellect: Annotated[str, _MODEL] | None = None
    judge: Annotated[str, _MODEL] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A model server: the interface it speaks, its address, and where its key lies, if it needs one."""

    api: Literal["openai", "anthropic"]
    base_url: Annotated[str, _URL, _NO_LOGIN] | None = None
    key_env: Annotated[str, _VARIABLE] | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long a faculty's model may take, over all tries, in seconds."""

    intellect: Annotated[float, within(1, 600, "seconds")] = 60.0
    will: Annotated[float, within(1, 120, "seconds")] = 20.0
    conscience: Annotated[float, within(1, 1800, "seconds")] = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """How long a reply may be at most, in tokens."""

    answer: Annotated[int, within(50, 32_000, "tokens")] = 1_000
    verdict: Annotated[int, within(50, 8_000, "tokens")] = 300
    ledger: Annotated[int, within(200, 32_000, "tokens")] = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Audits:
    """How audits are worked off: how many at once, when one is tried again, and when a missing one is passed over."""

    at_once: Annotated[int, within(1, 64)] = 2
    retry_seconds: Annotated[float, within(1, 3_600, "seconds")] = 30.0
    hole_after_minutes: Annotated[float, within(1, 10_080, "minutes")] = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coaching:
    """The share of due coachings kept back at random, so that their effect can be known; 0 switches the trial off."""

    withhold: Annotated[float, within(0, 0.5)] = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a person may send."""

    message_characters: Annotated[int, within(100, 100_000, "characters")] = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How much is logged, and where to; without a file it goes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    file: Path | None = None


PROVIDERS: Final[Mapping[str, Provider]] = {
    "anthropic": Provider(api="anthropic", key_env="ANTHROPIC_API_KEY"),
    "openai": Provider(api="openai", key_env="OPENAI_API_KEY"),
    OLLAMA: Provider(api="openai", base_url="http://127.0.0.1:11434/v1"),
}
"""Providers that need no table of their own."""

MODELS: Final[Mapping[str, ModelIds]] = {
    "anthropic": ModelIds(intellect="claude-sonnet-5-5", judge="claude-haiku-5-5"),
    "openai": ModelIds(intellect="gpt-6.1-sol", judge="gpt-6.1-terra"),
}
"""Model ids where the configuration gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set. Paths written in a file start at that file's folder."""

    store: Store = Store()
    personas: Personas = Personas()
    memory: Memory = Memory()
    roles: Roles = Roles()
    models: Mapping[Annotated[str, _NAME], ModelIds] = field(default_factory=lambda: dict(MODELS), hash=False)
    providers: Mapping[Annotated[str, _NAME], Provider] = field(default_factory=lambda: dict(PROVIDERS), hash=False)
    deadlines: Deadlines = Deadlines()
    tokens: Tokens = Tokens()
    audits: Audits = Audits()
    coaching: Coaching = Coaching()
    limits: Limits = Limits()
    log: Log = Log()


def load(path: Path | None) -> Config:
    """The configuration of a file; without a file, all defaults. Raises ConfigError with every problem of the file."""
    if path is None:
        return Config()
    raw = _overlaid(parsed(_content(path), str(path), ConfigError))
    reader = Reader(base=path.parent)
    config = reader.read(Config, raw)
    problems = [*reader.problems, *_strangers(raw), *_provider_problems(raw, path.parent)]
    if config is None or problems:
        raise ConfigError(f"{path}: {problem}" for problem in problems)
    return config


def key_of(provider: Provider, environ: Mapping[str, str]) -> str | None:
    """A provider's key; None where there is none. Raises ConfigError if its file cannot be read or anyone else can."""
    if provider.key_file is None:
        return (environ.get(provider.key_env, "").strip() or None) if provider.key_env else None
    if problem := _key_file_problem(provider.key_file):
        raise ConfigError([f"key_file: {problem}"])
    return provider.key_file.read_text(encoding="utf-8").strip() or None


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from error


def _overlaid(raw: dict[str, Any]) -> dict[str, Any]:
    """The file laid over what is predefined, key by key: one model id can be changed alone."""
    return raw | {
        "store": _row_over({"path": str(Store().path)}, raw.get("store", {})),  # so that it starts at the folder too
        "providers": _laid_over(PROVIDERS, raw.get("providers", {})),
        "models": _laid_over(MODELS, raw.get("models", {})),
    }


def _laid_over(predefined: Mapping[str, Provider] | Mapping[str, ModelIds], given: object) -> object:
    if not isinstance(given, dict):
        return given  # the reader says what is wrong with it
    under = {name: {key: item for key, item in asdict(row).items() if item} for name, row in predefined.items()}
    return under | {name: _row_over(under.get(str(name), {}), table) for name, table in _items(cast("object", given))}


def _row_over(under: Mapping[str, Any], table: object) -> object:
    if not isinstance(table, dict):
        return table
    replaced = {"key_env"} if "key_file" in table else set[str]()
    return {key: item for key, item in under.items() if key not in replaced} | dict(_items(cast("object", table)))


def _strangers(raw: Mapping[str, Any]) -> Iterator[str]:
    """Roles and tables of model ids that name a provider which does not exist."""
    known = [name for name, _ in _items(raw["providers"])] or list(PROVIDERS)
    for role, text in _items(raw.get("roles")):
        name = text.partition(":")[0] if isinstance(text, str) and _ROLE.holds(text) else EMBEDDED
        if name not in (*known, EMBEDDED):
            yield f'roles.{role}: there is no provider "{name}"; {did_you_mean(name, (*known, EMBEDDED))}'
    for name, _ in _items(raw["models"]):
        if name not in known:
            yield f'{joined("models", name)}: there is no provider "{name}"; {did_you_mean(name, known)}'


def _provider_problems(raw: Mapping[str, Any], base: Path) -> Iterator[str]:
    for name, table in _items(raw["providers"]):
        path, keys = joined("providers", name), dict(_items(table))
        if name == EMBEDDED:
            yield f"{path}: is the model inside this program and takes no settings; give your server another name"
        elif name not in PROVIDERS and isinstance(table, dict) and "base_url" not in keys:
            yield f"{path}.base_url: is missing; it must be the address of the server, starting with http:// or https://"
        if "key_env" in keys and "key_file" in keys:
            yield f"{path}: has both key_env and key_file; leave one out"
        file = keys.get("key_file")
        if isinstance(file, str) and file.strip() and (problem := _key_file_problem(base / file)):
            yield f"{path}.key_file: {problem}"


def _key_file_problem(path: Path) -> str | None:
    try:
        mode = path.stat().st_mode
    except OSError as error:
        return f"{path} cannot be read: {error.strerror}"
    if not stat.S_ISREG(mode):
        return f"{path} is not a file"
    return f"{path} has mode {mode & 0o777:04o}, so others can read it; set it to 0600" if mode & 0o077 else None


def _items(table: object) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", table).items()) if isinstance(table, dict) else []
