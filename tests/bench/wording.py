"""What everybody in the bench says and hears: one persona, its questions, and the model's answers. Needs no package.

The contenders' own processes import it too, in environments that have nothing of ours.
"""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

_PROFILE: Final = Path(__file__).parents[2] / "bot" / "profiles" / "librarian.toml"
_LIBRARIAN: Final[dict[str, Any]] = tomllib.loads(_PROFILE.read_text(encoding="utf-8"))

DRAFTER: Final = "drafter"
JUDGE: Final = "judge"
AUDITOR: Final = "auditor"
CHECKER: Final = "checker"
FLAGGER: Final = "flagger"
"""Models of the loopback server: each gives one answer, in the form that its asker reads."""

CLEAR: Final = "no violation"

PERSONA: Final = str(_LIBRARIAN["worldview"]).strip()
RULES: Final = "\n".join(f"- {rule['id']}: {rule['text']}" for rule in _LIBRARIAN["rules"])

DRAFT: Final = (
    "Yes, you can renew it before it falls due. Open your account, choose the loan, and press the button beside it; "
    "I have not seen which edition you hold, so look at the date that is shown there. Where somebody waits for the "
    "same book it cannot be renewed, and the desk can tell you when the next copy comes back."
)

_SCORES: Final = (0.5, 1, 0.5, 0.5, -0.5)


def question(number: int) -> str:
    """The number-th message of a member: each is another one, so that no answer can be remembered."""
    return f"Question {number}: may I renew a book that I borrowed three weeks ago, and how is that done?"


def gate_prompt() -> str:
    """The instruction of a plain gate."""
    return (
        f"You check the drafts of a chat bot against these rules:\n{RULES}\n"
        f'Answer with JSON: "verdict" is "{CLEAR}" or "violation", "reason" is one short sentence.'
    )


def answers() -> dict[str, str]:
    """What each model says."""
    return {
        DRAFTER: DRAFT,
        JUDGE: json.dumps({"verdict": CLEAR, "reason": "Nothing in the draft touches a rule."}),
        AUDITOR: json.dumps(_ledger()),
        CHECKER: "No",
        FLAGGER: json.dumps({"flagged": False, "confidence": 0.0}),
    }


def _ledger() -> dict[str, Any]:
    return {
        value["name"]: {
            "sentence": number if score > 0 else 0,
            "reason": "It says what can be done and where it cannot be known from here.",
            "score": score,
            "confidence": 0.75,
        }
        for value, score, number in zip(_LIBRARIAN["values"], _SCORES, (1, 2, 1, 3, 3), strict=True)
    }
