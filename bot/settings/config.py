"""The configuration as frozen dataclasses: every key, its default and what may stand there. It holds no secrets."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from bot.errors import ConfigError
from bot.settings.platforms import Discord, Given, Slack, crossed, given, in_tables, misplaced
from bot.settings.prices import Price, price_problems
from bot.settings.providers import EMBEDDED, MODELS, PROVIDERS, ModelIds, Provider, provider_problems
from bot.settings.tables import Reader, did_you_mean, joined, matching, parsed, within

_NAME = matching(r"[a-z0-9][a-z0-9_-]*", "in a-z, 0-9, hyphens and underscores, starting with a letter or digit")
_ROLE = matching(r"[a-z0-9][a-z0-9_-]*(:\S+)?", 'of the form "provider" or "provider:model-id"')
_PRICED = matching(r"[a-z0-9][a-z0-9_-]*:\S+", 'of the form "provider:model-id"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where the record lives, and the key of its chain; None is a file beside it."""

    path: Path = Path("state/safi.db")
    key_file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """When texts go, and when all else that stands in the record does; a legal hold keeps everything."""

    texts_days: Annotated[int, within(1, 36_500, "days")] = 30
    ledger_days: Annotated[int, within(1, 36_500, "days")] = 730
    legal_hold: bool = False


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
    """Which model each faculty uses: `provider` or `provider:model-id`; None leaves it to `bot.settings.choice`."""

    intellect: Annotated[str, _ROLE] | None = None
    will: Annotated[str, _ROLE] | None = None
    conscience: Annotated[str, _ROLE] | None = None


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
class Calls:
    """How models are asked: how many questions each role may have under way at once, and whether replies are streamed.

    A streamed reply is judged and sent whole all the same; streaming is what the time to its first token is known by.
    """

    at_once: Annotated[int, within(1, 256)] = 16
    stream: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Spend:
    """The most that models may take, days and months in UTC: US dollars, and tokens of models without a price."""

    day: Annotated[float, within(0, 100_000, "dollars")] = 5.0
    month: Annotated[float, within(0, 1_000_000, "dollars")] = 50.0
    day_tokens: Annotated[int, within(0, 100_000_000_000, "tokens")] = 2_000_000


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
    """What a person may send, and how many messages of a channel may wait for those before them."""

    message_characters: Annotated[int, within(100, 100_000, "characters")] = 8_000
    attachment_characters: Annotated[int, within(0, 200_000, "characters")] = 20_000
    waiting: Annotated[int, within(1, 1_000, "messages")] = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """How much is logged, and where to; without a file it goes to standard error."""

    level: Literal["debug", "info", "warning", "error"] = "warning"
    file: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that can be set. Paths written in a file start at that file's folder."""

    store: Store = Store()
    retention: Retention = Retention()
    personas: Personas = Personas()
    memory: Memory = Memory()
    roles: Roles = Roles()
    models: Mapping[Annotated[str, _NAME], ModelIds] = field(default_factory=lambda: dict(MODELS), hash=False)
    providers: Mapping[Annotated[str, _NAME], Provider] = field(default_factory=lambda: dict(PROVIDERS), hash=False)
    deadlines: Deadlines = Deadlines()
    tokens: Tokens = Tokens()
    calls: Calls = Calls()
    spend: Spend = Spend()
    prices: Mapping[Annotated[str, _PRICED], Price] = field(default_factory=dict[str, Price], hash=False)
    audits: Audits = Audits()
    coaching: Coaching = Coaching()
    limits: Limits = Limits()
    log: Log = Log()
    discord: Discord | None = None
    slack: Mapping[Annotated[str, _NAME], Slack] = field(default_factory=dict[str, Slack], hash=False)

    @property
    def given(self) -> tuple[Given, ...]:
        """Every channel that is given a persona, on any platform."""
        return tuple(given(self.discord, self.slack))


def load(path: Path | None) -> Config:
    """The configuration of a file; without a file, all defaults. Raises ConfigError with every problem of the file."""
    if path is None:
        return Config()
    raw = _overlaid(parsed(_content(path), str(path), ConfigError))
    reader = Reader(base=path.parent)
    config = reader.read(Config, raw | {"slack": in_tables(raw.get("slack", {}))})
    problems = [*reader.problems, *_strangers(raw), *_misused(raw, path.parent), *misplaced(raw, path.parent)]
    if config is not None:
        problems += (*price_problems(config.prices), *_retention_problems(config.retention), *crossed(config.slack))
    if config is None or problems:
        raise ConfigError(f"{path}: {problem}" for problem in problems)
    return config


def _retention_problems(retention: Retention) -> Iterator[str]:
    if retention.texts_days > retention.ledger_days:
        days = f"{retention.texts_days} days, and what is older than {retention.ledger_days} goes with its scores"
        yield f"retention.texts_days: is {days}; make it at most retention.ledger_days"


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
    given = dict(_items(cast("object", table)))
    if given.get("api", under.get("api")) != under.get("api"):
        return given  # a server of another kind under a known name
    replaced = {"key_env"} if "key_file" in given else set[str]()
    return {key: item for key, item in under.items() if key not in replaced} | given


def _strangers(raw: Mapping[str, Any]) -> Iterator[str]:
    """Roles, tables of model ids and prices that name a provider which does not exist."""
    known = [name for name, _ in _items(raw["providers"])] or list(PROVIDERS)
    for role, text in _items(raw.get("roles")):
        name = text.partition(":")[0] if isinstance(text, str) and _ROLE.holds(text) else EMBEDDED
        if name not in (*known, EMBEDDED):
            yield f'roles.{role}: there is no provider "{name}"; {did_you_mean(name, (*known, EMBEDDED))}'
    for name, _ in _items(raw["models"]):
        if name not in known:
            yield f'{joined("models", name)}: there is no provider "{name}"; {did_you_mean(name, known)}'
    for model, _ in _items(raw.get("prices")):
        name = model.partition(":")[0]
        if _PRICED.holds(model) and name not in known:
            yield f'{joined("prices", model)}: there is no provider "{name}"; {did_you_mean(name, known)}'


def _misused(raw: Mapping[str, Any], base: Path) -> Iterator[str]:
    for name, table in _items(raw["providers"]):
        if isinstance(table, dict):
            yield from provider_problems(name, cast("dict[str, Any]", table), base)


def _items(table: object) -> list[tuple[str, Any]]:
    return list(cast("dict[str, Any]", table).items()) if isinstance(table, dict) else []
