"""Names what a judge check rests on besides a profile and models: where any of it changes, a new check is due."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Final

from safi.judgecheck.cases import Case, question
from safi.judgecheck.report import BAR
from safi.profile import Profile

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_DIGITS: Final = 12


def version(profile: Profile, cases: Sequence[Case], setting: Sequence[str] = ()) -> str:
    """A hash of our wording, the cases, the bar, and the `setting`: how and where the models are asked.

    12 hexadecimal digits.
    """
    put = [[case, question(profile, case)] for case in cases]
    stated = json.dumps([put, BAR, list(setting)], sort_keys=True, default=_table)
    return hashlib.sha256(stated.encode()).hexdigest()[:_DIGITS]


def _table(record: "DataclassInstance") -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}
