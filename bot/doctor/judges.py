"""Whether the judges in use were checked for the personas in use, and with what result. Puts no case to them."""

from collections.abc import Iterable, Mapping
from typing import Final

from bot.app import Models
from bot.config import Personas
from bot.doctor import declared
from bot.doctor.finding import Finding
from bot.errors import Refused
from bot.judging import COMMAND, Admitted, Barred, Why, admitted, cases_of
from safi.errors import StoreUnavailable
from safi.ports import JudgeCheck, JudgeChecks, Screen
from safi.profile import Profile

_REMEDIES: Final[Mapping[Why, str]] = {
    "failed": "Name other models in roles.will and roles.conscience.",
    "unchecked": f"Run `{COMMAND}`.",
    "no cases": "Write some into a file that ends in .check.jsonl, beside the persona's own.",
}


class NothingKnown:
    """The JudgeChecks of a store that is not there yet."""

    async def keep_check(self, check: JudgeCheck) -> None:  # noqa: ARG002  # the contract's
        """Nothing can be kept."""
        raise StoreUnavailable("there is no store to keep a check in")

    async def last_check(self, *, digest: str, will: str, conscience: str, version: str) -> JudgeCheck | None:  # noqa: ARG002  # the contract's
        """Nothing was."""
        return None


NOTHING_KNOWN: Final = NothingKnown()


async def judges(
    profiles: Iterable[Profile], personas: Personas, models: Models, checks: JudgeChecks, screen: Screen
) -> list[Finding]:
    """For each of these personas, what is known of its judges. Raises StoreUnavailable."""
    found: list[Finding] = []
    for profile in profiles:
        try:
            cases = cases_of(personas, profile, screen)
        except Refused as error:
            found += declared.refused("judges", error)
            continue
        found.append(finding(profile.name, await admitted(profile, cases, models, checks)))
    return found


def finding(persona: str, verdict: Admitted | Barred) -> Finding:
    """What an admission means. Only a failed check is a problem: `chat` asks for none."""
    match verdict:
        case Admitted(check=check):
            sentence = (
                f"Will on {check.will} and Conscience on {check.conscience} passed their check of {check.at:%-d %B %Y}."
            )
            return Finding(check="judges", subject=persona, state="ok", sentence=sentence)
        case Barred(why=why, sentence=sentence):
            what, _ = declared.told(sentence.removeprefix(f"{persona}: "))
            return Finding(
                check="judges",
                subject=persona,
                state="problem" if why == "failed" else "warning",
                sentence=f"{what[0].upper()}{what[1:]}",
                remedy=_REMEDIES[why],
            )
