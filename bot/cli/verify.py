"""`safi-bot verify`: says whether the record is still what was recorded, and where it first is not. It only reads."""

import asyncio
import json
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from adapters.chat.sheet import Sheet
from bot import wiring
from bot.cli.opening import configured
from bot.doctor.finding import counted
from bot.errors import Refused
from safi.errors import StoreUnavailable
from safi.ports.proof import Checked, Finding, Head, Problem, Proof, Remark

UNCHECKED: Final = 3
"""The exit status for a record that could not be checked, as it is neither valid nor found to be changed."""

_HEAD: Final = re.compile(r'head ("(?:[^"\\]|\\.)*") ([1-9]\d{0,17}) ([0-9a-f]{64})')

_SENTENCES: Final[Mapping[Problem, str]] = {
    "damaged": "the file itself is damaged ({detail}): put a backup in its place",
    "put in": "the store has a part that this program did not make, {detail}: take it out, if nobody needs it there",
    "taken out": "the store lacks a part that this program made, {detail}",
    "remade": "a part of the store is not as this program made it, {detail}: it may show or keep something else than "
    "was recorded",
    "migrations": "the store's list of what made it is not the one that this program wrote",
    "another key": "the store says that its chain was made with another key than the one at hand: either that is not "
    "this store's key, or the chain was made anew without it",
    "no key": "the store no longer says which key its chain was made with",
    "no chain": "it is recorded, and neither chain nor key is there: start the bot once if an older program made the "
    "store, else both were taken away",
    "no checkpoint": "the chain begins here, and no checkpoint stands for what lay before",
    "not dropped": "the chain begins here, and no link says that what lay before was let go: it was cut off",
    "gap": "link {detail} is missing before it",
    "no row": "what it stands for is gone",
    "changed": "it, or what it stands for, is not what was linked",
    "no text": "its {detail} is gone, and nothing says why",
    "other text": "its {detail} is not what it was",
    "new text": "its {detail} was not there when it was linked",
    "other person": "who said it is not who said it then",
    "kept": "its {detail} is kept, though it is said to be gone",
    "other actor": "who did it is not who did it then",
    "no actor": "who did it is gone, and no erasure that was recorded since accounts for it",
    "not erased": "more messages are said to be erased than were ({detail})",
    "held": "its words are said to have expired, though a legal hold was on when it came and still is",
    "contradiction": "its row contradicts itself ({detail})",
    "other memory": "the memory of {detail} that it recorded is not the one that is kept",
    "not linked": "it has no link in the chain",
    "no event": "a text is kept that belongs to no message ({detail})",
    "no scope": "what is known of its numbers is gone",
    "no number": "nothing bears this number",
    "same number": "something else bears this number too",
    "unreadable": "it cannot be taken into memory ({detail})",
    "no memory": "the memory after it is gone",
    "memory": "the memory after it is not what its record gives",
    "reading": "its coherence, confidence or drift is not what its ledger gives",
    "fate": "what is said to have become of it is not what its record gives",
    "unfolded": "memory did not take it in, though nothing holds it up",
    "counted": "what is kept beside it is not what its record gives ({detail})",
    "profile": "profile {detail} is not the one that was in force",
    "no profile": "profile {detail}, under which it was made, is gone",
    "hold": "the legal hold is not as it was recorded last ({detail})",
    "cut off": "the chain does not reach up to this head: its end was cut off, or an older backup put in place",
    "anew": "another link stands where this head was: from there or from before, the chain was made anew",
}
"""What each problem means, behind the words that say where it is."""

_ADVICE: Final = "`safi-bot restore FILE` puts a backup in its place, and keeps this store beside it to be looked into."
_OTHER_KEY: Final = (
    "Find the key that this store was made with first: with another one nothing can be told of its links."
)

_BEGINS: Final = "The chain of {workspace} begins with link {height}, a checkpoint of {at}: what lay before was let go."
_INCOMPARABLE: Final = "Head {height} of {workspace} lies before what is left of its chain, so nobody can compare it."


def run(file: Path | None, heads_file: Path | None, *, as_json: bool) -> int:
    """Check the record and print what it came to. Exit status: 0 valid, 1 something was found, 3 nobody could look.

    Raises Refused for a configuration or heads that cannot be used.
    """
    config = configured(file)
    heads = heads_of(heads_file) if heads_file else ()
    try:
        with Sheet(sys.stdout, mark=0, name=0).busy("Checking every link ..."):
            proof = asyncio.run(wiring.verify(config.store, heads))
    except StoreUnavailable as error:
        return _unchecked(str(error), as_json=as_json)
    status = min(len(proof.findings), 1)
    for line in [_object(report(proof, status))] if as_json else told(config.store.path, proof):
        print(line, flush=True)  # noqa: T201  # what was asked for
    return status


def _unchecked(error: str, *, as_json: bool) -> int:
    """Say why the record could not be checked: that is no word about what stands in it."""
    if as_json:
        print(_object({"version": version("safi-bot"), "status": UNCHECKED, "error": error}), flush=True)  # noqa: T201  # what was asked for
    else:
        print(f"safi-bot: {error}", file=sys.stderr)  # noqa: T201  # the command line speaks to a person
    return UNCHECKED


def _object(report: Mapping[str, Any]) -> str:
    return json.dumps(report, indent=2)


def heads_of(file: Path) -> tuple[Head, ...]:
    """The heads among the lines that an earlier check or backup printed. Raises Refused."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise Refused([f"{file}: cannot be read: {getattr(error, 'strerror', None) or error}"]) from None
    read = {number: _head(line.rstrip()) for number, line in enumerate(lines, start=1) if line.startswith("head ")}
    if wrong := [number for number, head in read.items() if head is None]:
        raise Refused(
            f'{file}: line {number}: is no head, which reads head "workspace" height mark' for number in wrong
        )
    if not read:
        raise Refused([f"{file}: holds no heads: name a file of what `safi-bot verify` or `safi-bot backup` printed"])
    return tuple(head for head in read.values() if head)


def head_line(head: Head) -> str:
    """A head as `heads_of` reads it."""
    return f"head {json.dumps(head.workspace)} {head.height} {head.mark}"


def sentence(finding: Finding) -> str:
    """A finding in one line: where it is, what is wrong, and how many follow it."""
    where, wrong = _where(finding), _SENTENCES[finding.problem].format(detail=_shown(finding.detail))
    said = f"{where}: {wrong}" if where else f"{wrong[0].upper()}{wrong[1:]}"
    return f"{said}{_more(finding)}"


def told(store: Path, proof: Proof) -> Iterator[str]:
    """What a check came to, line by line."""
    if not proof.checked.links and not proof.findings:
        yield f"Nothing is recorded in {store} yet."
        return
    yield f"Checked {store}: {_amount(len(proof.heads), proof.checked)}"
    for remark in proof.remarks:
        yield _remark(remark)
    for finding in proof.findings:
        yield sentence(finding)
    if proof.findings:
        yield "The record is not what was recorded."
        yield _OTHER_KEY if any(finding.problem == "another key" for finding in proof.findings) else _ADVICE
    else:
        yield "Every link holds, and every memory is what its record gives."
    yield "Keep what follows in another place; `safi-bot verify --heads FILE` compares with it."
    yield from map(head_line, proof.heads)


def _amount(chains: int, checked: Checked) -> str:
    """What was checked, in words."""
    gone = f" (the words of {checked.gone} are gone)" if checked.gone else ""
    of_heads = f", against {counted(checked.compared, 'head')}" if checked.compared else ""
    return (
        f"{counted(checked.links, 'link')} in {counted(chains, 'chain')}, {counted(checked.turns, 'turn')}{gone}, "
        f"{counted(checked.numbers, 'number')} in {counted(checked.scopes, 'scope')}, "
        f"{counted(checked.profiles, 'profile')}{of_heads}."
    )


def _remark(remark: Remark) -> str:
    at = f"{remark.at:%Y-%m-%d %H:%M} UTC" if remark.at else ""
    words = _BEGINS if remark.about == "checkpoint" else _INCOMPARABLE
    return words.format(workspace=_shown(remark.workspace), height=remark.height, at=at)


def _where(finding: Finding) -> str:
    link = "" if finding.height is None else f"link {finding.height}"
    if finding.problem in ("cut off", "anew"):
        link = f"head {finding.height}"
    what = _what(finding)
    stands = f"{link} ({what})" if link and what else link or what
    return ", ".join(part for part in (_shown(finding.workspace), stands) if part)


def _what(finding: Finding) -> str:
    """What it is about: a turn or an operation, with its number."""
    named = f" {_shown(finding.subject)}" if finding.subject else ""
    alone = finding.kind in ("turn", "operation", "event", "")
    kind = finding.kind if alone else f"{_shown(finding.kind)} of turn"
    number = "" if finding.number is None else f"number {finding.number}"
    scope = f"scope {_shown(finding.scope)}" if finding.scope else ""
    return ", ".join(part for part in (f"{kind}{named}", number, scope) if part)


def _more(finding: Finding) -> str:
    if not finding.more:
        return ""
    chained = finding.height is not None and finding.kind
    return f"; and {counted(finding.more, 'link')} after it" if chained else f"; and {finding.more} more like it"


def report(proof: Proof, status: int) -> dict[str, Any]:
    """The report for programs. Keys stay what they are; new ones may join them."""
    return {
        "version": version("safi-bot"),
        "status": status,
        "checked": asdict(proof.checked),
        "linked": proof.linked,
        "findings": [asdict(finding) | {"sentence": sentence(finding)} for finding in proof.findings],
        "remarks": [asdict(remark) | {"at": remark.at and remark.at.isoformat()} for remark in proof.remarks],
        "heads": [asdict(head) for head in proof.heads],
    }


def _head(line: str) -> Head | None:
    found = _HEAD.fullmatch(line)
    try:
        return found and Head(workspace=json.loads(found[1]), height=int(found[2]), mark=found[3])
    except ValueError:
        return None


def _shown(text: str) -> str:
    """Text of a store as it may stand in a line: what could move the cursor is spelt out."""
    return text if text.isprintable() else json.dumps(text)
