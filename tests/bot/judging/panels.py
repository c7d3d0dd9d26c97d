"""What the tests of the judge check share: judges with names, and checks that are kept in a list."""

from dataclasses import dataclass, field, replace
from typing import Any

from adapters.llm.scripted import ScriptedModel
from bot.app import Models
from bot.judging.admission import Panel
from bot.settings.choice import Choice, ModelRef
from safi.judgecheck.asking import Judges
from safi.judgecheck.version import version
from safi.ports import JudgeCheck
from safi.profile import digest
from tests.doubles import NOON
from tests.safi import judges
from tests.safi.checking import CASES, PROFILE


def models(panel: Judges) -> Models:
    """These judges, and an Intellect that is never asked."""
    intellect = ScriptedModel(lambda _: AssertionError("nobody asked for a draft"))
    return Models(intellect=intellect, will=panel.will, conscience=panel.conscience, line="test")


MODELS = models(judges.sound(PROFILE, CASES))


def panel(will: str = "will", conscience: str = "conscience", *, stand_in: str | None = None) -> Panel:
    """Judges of these names, at a provider that is called test."""
    gate, auditor = (ModelRef(provider="test", model=name) for name in (will, conscience))
    return Panel(choice=Choice(intellect=auditor, will=gate, conscience=auditor, reason="test"), stand_in=stand_in)


@dataclass(slots=True)
class Kept:
    """The checks that were kept, in order."""

    checks: list[JudgeCheck] = field(default_factory=list[JudgeCheck])

    async def keep_check(self, check: JudgeCheck) -> None:
        self.checks.append(check)

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:
        wanted = (digest, will, conscience, version)
        found = [kept for kept in self.checks if (kept.digest, kept.will, kept.conscience, kept.version) == wanted]
        return found[-1] if found else None


def check(**changes: Any) -> JudgeCheck:
    """A check that these models passed at noon."""
    made = JudgeCheck(
        digest=digest(PROFILE),
        will="test:will",
        conscience="test:conscience",
        version=version(PROFILE, CASES),
        at=NOON,
        passed=True,
        report="{}",
    )
    return replace(made, **changes)
