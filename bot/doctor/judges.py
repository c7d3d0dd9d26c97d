"""Whether the judges in use were checked for the personas in use, and with what result. Puts no case to them."""

from collections.abc import Mapping, Sequence
from typing import Final

from bot.doctor import declared
from bot.doctor.finding import Finding, counted
from bot.errors import Refused
from bot.judging.admission import COMMAND, Admitted, Barred, Panel, Why, admitted, cases_of
from bot.settings.config import Personas
from safi.ports import Assignment, JudgeCheck, LastChecks, Screen
from safi.profile import Profile

_REMEDIES: Final[Mapping[Why, str]] = {
    "failed": "Name other models in roles.will and roles.conscience.",
    "unchecked": f"Run `{COMMAND}`.",
    "no cases": "Write some into a file that ends in .check.jsonl, beside the persona's own.",
}
_STAND_IN: Final = "Name another model in models.{provider}.judge, or take it out of the persona's fallbacks."


PRACTISING: Final = Finding(
    check="judges",
    state="ok",
    sentence="The practice model is no judge, so there is nothing to check; `safi-bot run` does not take it.",
)
"""What there is to say where the practice model judges: a check of it takes long, and it never passes."""


class NothingKnown:
    """What a store knows of judges and personas that is not there yet."""

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:  # noqa: ARG002  # the contract's
        """Nothing was."""
        return None

    async def assignments(self) -> Sequence[Assignment]:
        """Nothing was said."""
        return ()


NOTHING_KNOWN: Final = NothingKnown()


async def judges(
    profile: Profile, personas: Personas, bench: Sequence[Panel], checks: LastChecks, screen: Screen
) -> list[Finding]:
    """What is known of a persona's judges and of those that may stand in for them. Raises StoreUnavailable."""
    try:
        cases = cases_of(personas, profile, screen)
    except Refused as error:
        return list(declared.refused("judges", error))
    return [finding(profile.name, await admitted(profile, cases, bench, checks))]


def finding(persona: str, verdict: Admitted | Barred) -> Finding:
    """What an admission means. Only a failed check is a problem: `chat` asks for none."""
    match verdict:
        case Admitted(check=check, stand_ins=others):
            sentence = (
                f"Will on {check.will} and Conscience on {check.conscience} passed their check of {check.at:%-d %B %Y}."
            )
            also = f" So did {counted(len(others), 'stand-in')}." if others else ""
            return Finding(check="judges", subject=persona, state="ok", sentence=f"{sentence}{also}")
        case Barred(why=why, sentence=sentence, stand_in=stand_in):
            what, _ = declared.told(sentence.removeprefix(f"{persona}: "))
            instead = _STAND_IN.format(provider=stand_in) if stand_in and why == "failed" else _REMEDIES[why]
            return Finding(
                check="judges",
                subject=persona,
                state="problem" if why == "failed" else "warning",
                sentence=f"{what[0].upper()}{what[1:]}",
                remedy=instead,
            )
