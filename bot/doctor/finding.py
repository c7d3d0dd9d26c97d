"""What a check found, in one plain sentence and, where something is not well, one thing to do. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

State = Literal["ok", "warning", "problem", "skipped"]

WRITTEN: Final = frozenset({"configuration", "personas", "roles", "fallbacks"})
"""Checks of what a person wrote: with a problem there the bot does not start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One line of the doctor's report. `check` and `subject`, which may be empty, name it for programs too.

    `remedy` is one thing to do; a warning and a problem always have one.
    """

    check: str
    subject: str = ""
    state: State
    sentence: str
    remedy: str | None = None

    def __post_init__(self) -> None:
        if self.state in ("warning", "problem") and not self.remedy:
            raise ValueError(f"{self.name}: says what is wrong and not what to do")

    @property
    def name(self) -> str:
        """The check, and which of its subjects, as people read it."""
        return f"{self.check} {self.subject}".rstrip()


def status(findings: Sequence[Finding]) -> int:
    """The exit status: 0 all well or only warned of, 1 a problem, 2 what a person wrote cannot be used."""
    failing = {finding.check for finding in findings if finding.state == "problem"}
    return 2 if failing & WRITTEN else min(len(failing), 1)


def summary(findings: Sequence[Finding]) -> str:
    """How many of each, in one line."""
    problems, warnings, well = (
        sum(finding.state == state for finding in findings) for state in ("problem", "warning", "ok")
    )
    return f"{len(findings)} checks: {well} well, {counted(warnings, 'warning')}, {counted(problems, 'problem')}."


def as_report(findings: Sequence[Finding], version: str) -> dict[str, Any]:
    """The report for programs. Keys stay what they are; new ones may join them."""
    return {
        "version": version,
        "status": status(findings),
        "summary": summary(findings),
        "checks": [asdict(finding) for finding in findings],
    }


def counted(number: int, what: str) -> str:
    """So many of something, in words."""
    return f"{number or 'no'} {what}{'s' if number != 1 else ''}"
