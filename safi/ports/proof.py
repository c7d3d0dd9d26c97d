"""What a check of the whole record comes to: facts, for others to put into words."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The last link of a workspace's chain; whoever keeps it can tell later whether anything was cut off."""

    workspace: str
    height: int
    mark: str


Problem = Literal[
    "damaged",  # the file itself; `detail` has its database's words
    "put in",  # `detail`, a table, index, view or trigger, was put into the store by another program
    "taken out",  # the store lacks `detail`, one of those that belong to it
    "remade",  # `detail`, one of those, is there and is not what it was
    "migrations",  # what the store says of how it was made is not so
    "another key",  # the store says that its chain was made with another key
    "no key",  # the store does not say with which key its chain was made
    "no chain",  # turns are recorded, and neither chain nor key is there
    "no checkpoint",  # the chain begins in its midst
    "not dropped",  # the chain begins with a checkpoint, and no link says that what lay before it was let go
    "gap",  # links are missing before this one
    "no row",  # what the link stands for is not there
    "changed",  # the link or what it stands for is not what was linked
    "no text",  # `detail`, a text that came with it, is not there, and nothing says why
    "other text",  # `detail` is not the text that came with it
    "new text",  # `detail` did not come with it
    "other person",  # somebody else is said to have said it
    "kept",  # `detail` is kept of what is said to be gone
    "other actor",  # somebody else is said to have done it
    "no actor",  # who did it was erased, and the erasures that are recorded since account for fewer acts
    "not erased",  # more is said to be erased than erasures are recorded of; `detail` says how much
    "held",  # it is said to have expired, under a legal hold that is still on and was when it came
    "contradiction",  # `detail` is at odds with the rest of its row
    "other memory",  # a checkpoint or a restore recorded another memory than is kept; `detail` says of which scope
    "not linked",  # it has no link
    "no event",  # `detail`, a text, belongs to no message
    "no scope",  # the scope has no row
    "no number",  # nothing bears the number
    "same number",  # two things bear the number
    "unreadable",  # it cannot go into memory; `detail` says why
    "no memory",  # the memory after the number is not kept
    "memory",  # the memory after the number is not what its record gives
    "reading",  # coherence, confidence or drift is not what its ledger gives
    "fate",  # what became of the number is not what its record gives
    "unfolded",  # the number is settled, and memory did not take it in
    "counted",  # `detail`, which a scope's row says, is not what its record gives
    "profile",  # a profile is not the one that its digest names
    "no profile",  # a profile that was in force is not there
    "hold",  # a legal hold that no link knows of, or one that went without a link
    "cut off",  # a head is higher than the chain
    "anew",  # another link stands where a head was
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that is not as it was recorded. `more`: how many others of its chain, its scope or its kind follow.

    `height` is that of the link; `kind` is what it stands for (turn, delivery, ledger, hole or operation), or event,
    and `subject` the id of that turn, operation or event. What does not apply is None or "". Any text can be printed.
    """

    problem: Problem
    workspace: str = ""
    height: int | None = None
    kind: str = ""
    subject: str = ""
    scope: str = ""
    number: int | None = None
    detail: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """Something that is well and limits what could be checked.

    `checkpoint`: the chain begins with the checkpoint at `height`, written `at`. `incomparable`: a head of that height
    lies before the chain's beginning.
    """

    about: Literal["checkpoint", "incomparable"]
    workspace: str
    height: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """How much was checked; `compared` are the heads that were given, `gone` the turns whose texts are gone."""

    links: int = 0
    turns: int = 0
    gone: int = 0
    scopes: int = 0
    numbers: int = 0
    profiles: int = 0
    compared: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What a check of the whole record came to. It holds if there are no `findings`.

    `linked` is whether the record has a chain; where nothing was ever recorded it has none.
    """

    checked: Checked
    linked: bool
    heads: tuple[Head, ...] = ()
    findings: tuple[Finding, ...] = ()
    remarks: tuple[Remark, ...] = ()
