"""`safi-bot doctor --judges`: says what a judge check will cost, makes it, and shows what kind of judges these are."""

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TextIO

from bot.app import Models
from bot.config import Config
from bot.errors import ConfigError
from bot.judge_report import as_json, lines, offer, took
from bot.judging import Price, cases_of, estimates, put_all
from bot.personas import Catalogue
from bot.tables import did_you_mean
from safi.judgecheck.asking import Judges
from safi.judgecheck.cases import Case, asked, version
from safi.judgecheck.report import NotMade, Report, conclude
from safi.ports import Clock, JudgeCheck, JudgeChecks, Screen
from safi.profile import Profile, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a check is made with. `fresh` gives unguessable nonces."""

    config: Config
    catalogue: Catalogue
    models: Models
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
    """A persona and its cases."""

    profile: Profile
    cases: tuple[Case, ...]


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


async def run(bench: Bench, personas: Sequence[str], *, yes: bool, json_only: bool, terminal: Terminal) -> int:
    """Check the judges of these personas, or of the default one, and record what came of it.

    Exit status: 0 all passed, 1 not, or not made, 2 nobody was there to agree to the cost. With `json_only`, one JSON
    object goes to `terminal.out` and nothing else. Raises ConfigError, ProfileFileError or StoreUnavailable.
    """
    subjects = [_subject(bench, name) for name in personas or [bench.catalogue.default.name]]
    for subject in subjects:
        costs = estimates(subject.profile, subject.cases, bench.models, bench.price)
        _say(terminal.err if json_only else terminal.out, offer(subject.profile.name, costs))
    refused = None if yes else await _refused(terminal)
    if refused is not None:
        return refused
    reports: dict[str, dict[str, Any]] = {}
    for subject in subjects:
        report, reports[subject.profile.name] = await _checked(bench, subject, terminal.err)
        if not json_only:
            _say(terminal.out, lines(subject.profile.name, report))
        await _keep(bench, subject, report)
    passed = all(report.get("passed", False) for report in reports.values())
    if json_only:
        _say(terminal.out, [json.dumps({"passed": passed, "personas": reports}, ensure_ascii=False)])
    return 0 if passed else 1


def _subject(bench: Bench, name: str) -> Subject:
    profile = bench.catalogue.named(name)
    if profile is None:
        raise ConfigError([f'there is no persona "{name}"; {did_you_mean(name, bench.catalogue.names)}'])
    cases = cases_of(bench.config.personas, profile, bench.screen)
    if cases is None:
        raise ConfigError([f'{name}: has no judge check; its cases go into "x.check.jsonl" beside its own "x.toml"'])
    return Subject(profile=profile, cases=cases)


async def _refused(terminal: Terminal) -> int | None:
    """The exit status if nobody agrees; None if somebody does."""
    if terminal.answer is None:
        _say(terminal.err, ["Nothing was asked: nobody is here to agree to the cost. Say --yes to agree beforehand."])
        return 2
    terminal.err.write("Put these questions now? [y/N] ")
    terminal.err.flush()
    if (await terminal.answer()).strip().casefold() in {"y", "yes"}:
        return None
    _say(terminal.err, ["Nothing was asked."])
    return 1


async def _checked(bench: Bench, subject: Subject, err: TextIO) -> tuple[Report | NotMade, dict[str, Any]]:
    will, conscience = bench.models.will, bench.models.conscience
    progress = _Progress(err=err, name=subject.profile.name, total=len(asked(subject.cases)))
    judges = Judges(will=will, conscience=conscience, screen=bench.screen)
    findings = await put_all(subject.profile, subject.cases, judges, fresh=bench.fresh, noted=progress.step)
    report = conclude(findings, will=will.name, conscience=conscience.name)
    return report, as_json(report) | {"took": took(findings)}


async def _keep(bench: Bench, subject: Subject, report: Report | NotMade) -> None:
    """A check that could not be made says nothing of the judges, and is not kept."""
    if isinstance(report, Report):
        check = JudgeCheck(
            digest=digest(subject.profile),
            will=report.will.model,
            conscience=report.conscience.model,
            version=version(subject.profile, subject.cases),
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
        line = f"{self.name}: {self.done} of {self.total} questions answered"
        if self.err.isatty():
            self.err.write(f"\r{line}" + ("\n" if self.done == self.total else ""))
            self.err.flush()
        elif self.done * 4 // self.total > (self.done - 1) * 4 // self.total:
            _say(self.err, [line])


def _is_terminal(stream: TextIO | None) -> bool:
    """A closed stream is None."""
    return stream is not None and stream.isatty()


def _say(stream: TextIO, told: Iterable[str]) -> None:
    stream.writelines(f"{line}\n" for line in told)
    stream.flush()
