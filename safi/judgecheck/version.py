"""Names what a judge check rests on besides a profile and models: where any of it changes, a new check is due."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from safi.judgecheck.cases import Case, question
from safi.judgecheck.report import BAR
from safi.profile import Profile

_DIGITS: Final = 12


def version(profile: Profile, cases: Sequence[Case], setting: Sequence[str] = ()) -> str:
    """A hash of our wording, the cases, the bar, and the `setting`: how and where the models are asked.

    12 hexadecimal digits.
    """
    put = [[asdict(case), asdict(question(profile, case))] for case in cases]
    stated = [put, [asdict(line) for line in BAR], list(setting)]
    return hashlib.sha256(json.dumps(stated, sort_keys=True).encode()).hexdigest()[:_DIGITS]
