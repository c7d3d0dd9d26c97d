"""`safi-bot doctor --judges`: says what a judge check will cost, makes it, and shows what kind of judges these are."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Final, TextIO

from bot.app import Models
from bot.errors import ConfigError
from bot.judging.admission import NO_CASES, Panel, Price, cases_of, estimates, named, put_all
from bot.judging.report import as_json, lines, offer, took
from bot.settings.config import Personas, Tokens
from bot.settings.personas import Catalogue
from bot.settings.tables import did_you_mean
from safi.judgecheck.asking import Judges
from safi.judgecheck.cases import Case, asked
from safi.judgecheck.report import NotMade, Report, conclude
from safi.ports import Clock, JudgeCheck, JudgeChecks, Screen
from safi.profile import Profile

QUESTION: Final = "Put these questions now?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check is made with.

    `panels` names everyone who may judge for a profile, `opened` opens the models of a panel; `most` bounds the tokens
    of their replies, thinking included. `fresh` gives unguessable nonces.
    """

    personas: Personas
    catalogue: Catalogue
    panels: Callable[[Profile], Sequence[Panel]]
    opened: Callable[[Panel], AbstractAsyncContextManager[Models]]
    most: Tokens
    checks: JudgeChecks
    screen: Screen
    clock: Clock
    fresh: Callable[[], str]
    price: Price


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """Where results go, where all else goes, and how a person answers; `answer` is None where there is no person."""

    out: TextIO
    err: TextIO
    answer: Callable[[], Awaitable[str]] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A persona, its cases, and judges of whom a check says whether they may sit for it."""

    profile: Profile
    cases: tuple[Case, ...]
    panel: Panel

    @property
    def title(self) -> str:
        """What people read."""
        return self.panel.title(self.profile.name)


def here() -> Terminal:
    """The terminal that this process was started at, if it was."""
    person = _is_terminal(sys.stdin) and _is_terminal(sys.stderr)
    return Terminal(out=sys.stdout, err=sys.stderr, answer=line_of(sys.stdin) if person else None)


def line_of(stream: TextIO) -> Callable[[], Coroutine[None, None, str]]:
    """Reads a line from a terminal without a thread, so that Ctrl-C ends the waiting."""

    async def read() -> str:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(stream, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(stream)
        return stream.readline()

    return read


async def refused(terminal: Terminal, question: str, *, undone: str, about: str) -> int | None:
    """The exit status if nobody agrees; None if somebody does. `undone` says what was not done then, as a sentence."""
    if terminal.answer is None:
        say(terminal.err, [f"{undone}: nobody here can agree to {about}. Add --yes to agree beforehand."])
        return 2
    terminal.err.write(f"{question} [y/N] ")
    terminal.err.flush()
    if (await terminal.answer()).strip().casefold() in {"y", "yes"}:
        return None
    say(terminal.err, [f"{undone}."])
    return 1


def say(stream: TextIO, told: Iterable[str]) -> None:
    """Print lines."""
    stream.writelines(f"{line}\n" for line in told)
    stream.flush()


async def run(bench: Bench, personas: Sequence[str], *, yes: bool, json_only: bool, terminal: Terminal) -> int:
    """Check the judges of these personas, or of the default one, and record what came of it.

    Exit status: 0 all passed, 1 not, or not made, 2 nobody was there to agree to the cost. With `json_only`, one JSON
    object goes to `terminal.out` and nothing else. Raises ConfigError, ProfileFileError or StoreUnavailable.
    """
    names = personas or [bench.catalogue.default.name]
    subjects = [subject for name in names for subject in _subjects(bench, name)]
    for subject in subjects:
        costs = estimates(subject.profile, subject.cases, subject.panel, bench.most, bench.price)
        say(terminal.err if json_only else terminal.out, offer(subject.title, costs))
    no = None if yes else await refused(terminal, QUESTION, undone="Nothing was asked", about="the cost")
    if no is not None:
        return no
    reports: list[tuple[Subject, dict[str, Any]]] = []
    for subject in subjects:
        report, told = await _checked(bench, subject, terminal.err)
        reports.append((subject, told))
        await _keep(bench, subject, report)  # first: it was paid for, and whoever reads along may leave
        if not json_only:
            say(terminal.out, lines(subject.title, report))
    passed = all(told.get("passed", False) for _, told in reports)
    if json_only:
        say(terminal.out, [json.dumps({"passed": passed, "personas": _by_persona(reports)}, ensure_ascii=False)])
    return 0 if passed else 1


def _by_persona(reports: Iterable[tuple[Subject, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Each persona's report, which holds those of its stand-ins by their providers."""
    personas: dict[str, dict[str, Any]] = {}
    for subject, told in reports:
        if subject.panel.stand_in is None:
            personas[subject.profile.name] = told | {"stand_ins": {}}
        else:
            personas[subject.profile.name]["stand_ins"][subject.panel.stand_in] = told
    return personas


def _subjects(bench: Bench, name: str) -> list[Subject]:
    """A persona with its judges, then with each that may stand in for them."""
    profile = bench.catalogue.named(name)
    if profile is None:
        raise ConfigError([f'--persona: there is no persona "{name}"; {did_you_mean(name, bench.catalogue.names)}'])
    cases = cases_of(bench.personas, profile, bench.screen)
    if cases is None:
        raise ConfigError([f"{name}: {NO_CASES}"])
    return [Subject(profile=profile, cases=cases, panel=panel) for panel in bench.panels(profile)]


async def _checked(bench: Bench, subject: Subject, err: TextIO) -> tuple[Report | NotMade, dict[str, Any]]:
    progress = _Progress(err=err, name=subject.title, total=len(asked(subject.cases)))
    async with bench.opened(subject.panel) as models:
        judges = Judges(will=models.will, conscience=models.conscience, screen=bench.screen)
        results = await put_all(subject.profile, subject.cases, judges, fresh=bench.fresh, noted=progress.step)
    report = conclude(results, will=subject.panel.will, conscience=subject.panel.conscience)
    return report, as_json(report) | {"took": took(results)}


async def _keep(bench: Bench, subject: Subject, report: Report | NotMade) -> None:
    """A check that could not be made says nothing of the judges, and is not kept."""
    if isinstance(report, Report):
        check = JudgeCheck(
            **named(subject.profile, subject.cases, subject.panel),
            at=bench.clock.now(),
            passed=report.passed,
            report=json.dumps(as_json(report), ensure_ascii=False),
        )
        await bench.checks.keep_check(check)


@dataclass(slots=True, kw_only=True)
class _Progress:
    """A line that counts up at a terminal; elsewhere one line for each quarter."""

    err: TextIO
    name: str
    total: int
    done: int = 0

    def step(self) -> None:
        self.done += 1
        line = f"{self.name}: {self.done} of {self.total} questions asked"
        if self.err.isatty():
            self.err.write(f"\r{line}" + ("\n" if self.done == self.total else ""))
            self.err.flush()
        elif self.done * 4 // self.total > (self.done - 1) * 4 // self.total:
            say(self.err, [line])


def _is_terminal(stream: TextIO | None) -> bool:
    """A closed stream is None."""
    return stream is not None and stream.isatty()
