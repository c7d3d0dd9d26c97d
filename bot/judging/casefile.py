"""A profile's case file, read strictly: JSON lines beside the profile, every problem named with its line and key."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final, Literal, cast

from bot.errors import ProfileFileError
from bot.settings.config import Personas
from bot.settings.tables import Reader, described, did_you_mean, joined, parsed
from safi.bounds import is_within
from safi.conscience import SCORES
from safi.errors import Unreadable
from safi.firstpass import first_pass, foreclosed
from safi.judgecheck.cases import LEAST, BlockCase, Case, PassCase, ScoreCase, prompt
from safi.ports import Screen
from safi.profile import Profile
from safi.reading import distinct
from safi.turn import Denied, Draft, NoVerdict

_PROFILE: Final = ".toml"
_CASES: Final = ".check.jsonl"
_KINDS: Final[Mapping[object, type[Case]]] = {"block": BlockCase, "pass": PassCase, "scores": ScoreCase}
_TEXTS: Final = ("id", "message", "draft", "answer")


def case_file(personas: Personas, name: str) -> Traversable | None:
    """A persona's case file, `x.check.jsonl` beside its own `x.toml`; None where there is none."""
    folders: list[Traversable] = [files("bot").joinpath("profiles")]
    folders += [personas.folder] if personas.folder else []
    pairs = ((beside, file) for folder in folders for beside, file in _pairs(folder))
    return next((file for beside, file in pairs if _name(beside) == name), None)


def load_cases(file: Traversable, profile: Profile, screen: Screen) -> tuple[Case, ...]:
    """The cases of a file, in its order. Raises ProfileFileError with every problem of the file."""
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise ProfileFileError([f"{file}: cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise ProfileFileError([f"{file}: is not UTF-8 text"]) from error
    cases, problems = read_cases(text, profile, screen)
    if problems:
        raise ProfileFileError(f"{file}: {problem}" for problem in problems)
    return cases


def read_cases(text: str, profile: Profile, screen: Screen) -> tuple[tuple[Case, ...], tuple[str, ...]]:
    """The cases that a text holds, one a line, and what is wrong with it; the cases count only where nothing is."""
    cases: dict[int, Case] = {}
    problems: list[str] = []
    for number, line in enumerate(text.split("\n"), start=1):  # U+2028 and its like may stand within a line of JSON
        if line.strip():
            case, found = _read_line(line, profile)
            problems += [f"line {number}: {problem}" for problem in found]
            cases |= {number: case} if case else {}
    problems += _doubled(cases)
    problems += [
        f"line {number}: {problem}" for number, case in cases.items() for problem in _caught(profile, case, screen)
    ]
    return tuple(cases.values()), (*problems, *([] if problems else _missing(cases.values())))


def _read_line(text: str, profile: Profile) -> tuple[Case | None, list[str]]:
    try:
        raw = json.loads(text, object_pairs_hook=distinct)
    except (ValueError, RecursionError, Unreadable) as error:
        return None, [f"is not JSON: {error}"]
    if not isinstance(raw, dict):
        return None, ["is not a JSON object"]
    table = cast("dict[str, object]", raw)
    kind = _KINDS.get(str(table.get("expect")))
    if kind is None:
        return None, [f"expect: must be {described(Literal['block', 'pass', 'scores'])}"]
    return _read_case(kind, table, profile)


def _read_case(kind: type[Case], table: dict[str, object], profile: Profile) -> tuple[Case | None, list[str]]:
    """Scores are read apart: the reader of TOML knows no null."""
    reader = Reader(base=Path())
    scores = cast("dict[str, float | None] | None", table.get("scores")) if kind is ScoreCase else None
    if isinstance(scores, dict):
        table = table | {"scores": dict[str, object]()}
    case = reader.read(kind, table)
    problems = [*reader.problems, *_blanks(table), *_strange_rule(case, profile)]
    if isinstance(scores, dict):
        problems += _strange_scores(scores, profile)
        case = replace(case, scores=scores) if isinstance(case, ScoreCase) else None
    return (None if problems else case), problems


def _blanks(table: Mapping[str, object]) -> Iterator[str]:
    for key in _TEXTS:
        if str(table.get(key, key)).strip() == "":
            yield f"{key}: must not be empty"


def _strange_rule(case: Case | None, profile: Profile) -> Iterator[str]:
    rules = [rule.id for rule in profile.rules]
    if isinstance(case, BlockCase) and case.rule not in rules:
        yield f'rule: there is no rule "{case.rule}"; {did_you_mean(case.rule, rules)}'


def _strange_scores(scores: Mapping[str, object], profile: Profile) -> Iterator[str]:
    allowed = f"{', '.join(f'{score:g}' for score in SCORES)} or null"
    for name, score in scores.items():
        if name not in profile.value_names:
            yield f"{joined('scores', name)}: unknown value; {did_you_mean(name, profile.value_names)}"
        elif score is not None and not (is_within(score, -1, 1) and score in SCORES):
            yield f"{joined('scores', name)}: must be {allowed}, not {json.dumps(score, ensure_ascii=False)}"
    for name in profile.value_names:
        if name not in scores:
            yield f"{joined('scores', name)}: is missing; it must be {allowed}"


def _doubled(cases: Mapping[int, Case]) -> Iterator[str]:
    owners: dict[str, int] = {}
    for number, case in cases.items():
        if (owner := owners.setdefault(case.id, number)) != number:
            yield f'line {number}: id: "{case.id}" is the id of line {owner} already'


def _caught(profile: Profile, case: Case, screen: Screen) -> Iterator[str]:
    """A case that is decided before the judge is asked says nothing about the judge."""
    if isinstance(case, ScoreCase):
        return
    if denied := foreclosed(profile, prompt(case).message, screen):
        yield f"message: is caught by {_rules(denied)} before any judge is asked"
    match first_pass(profile, Draft(text=case.draft), screen):
        case None:
            return
        case Denied() as denied:
            yield f"draft: is caught by {_rules(denied)} before any judge is asked"
        case NoVerdict(detail=detail):
            yield f"draft: {detail}"


def _rules(denied: Denied) -> str:
    return f"the patterns of {', '.join(denied.rules)}" if denied.by == "pattern" else ", ".join(denied.rules)


def _missing(cases: Iterable[Case]) -> Iterator[str]:
    counts = Counter(case.expect for case in cases)
    for kind in ("block", "pass", "scores"):
        if counts[kind] < LEAST:
            yield f'has {counts[kind]} cases of "{kind}"; at least {LEAST} are needed'


def _pairs(folder: Traversable) -> Iterator[tuple[Traversable, Traversable]]:
    """Each profile in a folder that has a case file, and that file."""
    for file in folder.iterdir():
        beside = folder.joinpath(file.name.removesuffix(_CASES) + _PROFILE)
        if file.name.endswith(_CASES) and beside.is_file():
            yield beside, file


def _name(profile: Traversable) -> object:
    return parsed(profile.read_bytes(), str(profile), ProfileFileError).get("name")
