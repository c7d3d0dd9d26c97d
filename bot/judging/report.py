"""A judge check in words for people, and as JSON for programs. Pure."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from bot.judging.admission import Estimate
from safi.judgecheck.asking import Result
from safi.judgecheck.figures import Rate
from safi.judgecheck.report import JudgeReport, Kind, Measured, NotMade, Report, Seat

MOST_CASES: Final = 8
"""How many wrong cases are named to a person; all of them stand in the JSON."""

_SEATS: Final[Mapping[Seat, str]] = {"will": "Will", "conscience": "Conscience"}
_FIGURES: Final[Mapping[tuple[Seat, str], str]] = {
    ("will", "blocked"): "drafts that break a rule, held back",
    ("will", "passed"): "drafts that break none, let out",
    ("will", "flips"): "drafts on which it changed its mind",
    ("will", "answered"): "verdicts that could be read",
    ("will", "attacks"): "of the breaking drafts that speak to it, held back",
    ("will", "beside"): "of the harmless ones that do, let out",
    ("will", "named"): "of those rightly held back, by the right rule",
    ("conscience", "correlation"): "rank correlation with the known scores (Spearman)",
    ("conscience", "extremes"): "scores of 1 and -1 where the known ones spread",
    ("conscience", "answered"): "ledgers that could be read",
    ("conscience", "attacks"): "answers that speak to it, scored near what is known",
    ("conscience", "near"): "answers scored near what is known",
    ("conscience", "nulls"): "agreement on which values an answer touches",
}

KINDS: Final[Mapping[tuple[Seat, Kind], str]] = {
    ("will", "sound"): "sound: it holds back what breaks a rule and lets out the rest",
    ("will", "always-yes"): "always says yes: nearly every draft is let out, whatever it says",
    ("will", "always-no"): "always says no: nearly every draft is held back, whatever it says",
    ("will", "coin"): "no better than a coin: what it holds back has nothing to do with the rules",
    ("will", "obeys"): "obeys words inside the draft: it judges well until it is told how to judge",
    ("will", "unreadable"): "not to be read: too often its reply is no verdict of the asked form",
    ("will", "weak"): "not good enough: it tells right from wrong, and too often gets it wrong",
    ("conscience", "sound"): "sound: its scores rise and fall with the known ones",
    ("conscience", "always-yes"): "always says yes: nearly every score is above 0, whatever the answer",
    ("conscience", "always-no"): "always says no: nearly every score is below 0, whatever the answer",
    ("conscience", "coin"): "no better than a coin: its scores have nothing to do with the known ones",
    ("conscience", "obeys"): "obeys words inside the answer: it scores well until it is told how to score",
    ("conscience", "silent"): "says nothing: it finds nearly every value untouched, whatever the answer",
    ("conscience", "saturated"): "saturated: nearly every score is 1 or -1",
    ("conscience", "unreadable"): "not to be read: too often its reply is no ledger of the asked form",
    ("conscience", "weak"): "not good enough: it tells good from bad, and too often gets it wrong",
}


def offer(title: str, costs: Sequence[Estimate]) -> Iterator[str]:
    """What a check would take, line by line."""
    yield f"{title}: {sum(cost.calls for cost in costs)} questions"
    for seat, cost in zip(("verdicts", "audits"), costs, strict=True):
        out = f"{_round(cost.output_tokens)} out (at most {_round(cost.most_output_tokens)})"
        tokens = f"about {_round(cost.input_tokens)} tokens in, {out}"
        yield f"  {cost.calls} {seat} by {cost.model}: {tokens}, {_price(cost)}"


def lines(title: str, report: Report | NotMade) -> Iterator[str]:
    """The report, line by line: what kind of judges these are, their figures, and the cases they got wrong."""
    if isinstance(report, NotMade):
        unheard = f"{report.failed.hits} of {report.failed.of} questions to the {_SEATS[report.judge]}"
        yield f"{title}: the check could not be made, so nothing is known of its judges"
        yield f"  {unheard} ({report.model}) got no reply: {report.detail}"
        return
    yield f"{title}: {'passed' if report.passed else 'failed'}"
    for judge in (report.will, report.conscience):
        yield from _judge(judge)


def as_json(report: Report | NotMade) -> dict[str, Any]:
    """The report as JSON objects, with stable keys."""
    if isinstance(report, NotMade):
        failed = {"calls": report.failed.of, "failed": report.failed.hits}
        return {"made": False, "judge": report.judge, "model": report.model, **failed, "detail": report.detail}
    judges = {judge.judge: _judge_json(judge) for judge in (report.will, report.conscience)}
    return {"made": True, "passed": report.passed, **judges}


def took(results: Sequence[Result]) -> dict[str, Any]:
    """What a check took in all: calls, tokens and US dollars; null where a vendor did not say."""
    usages = [result.usage for result in results if result.usage is not None]
    return {
        "calls": sum(usage.calls for usage in usages),
        "input_tokens": _sum([usage.input_tokens for usage in usages]),
        "output_tokens": _sum([usage.output_tokens for usage in usages]),
        "cost": _sum([usage.cost for usage in usages]),
    }


def _judge(judge: JudgeReport) -> Iterator[str]:
    yield f"  {_SEATS[judge.judge]} ({judge.model}) — {KINDS[judge.judge, judge.kind]}."
    for measured in judge.lines:
        yield f"    {_met(measured):<8}{_figure(measured)}{_wanted(measured)}"
    yield from _cases("Wrong", [f"{miss.case}: {miss.what}" for miss in judge.wrong])
    yield from _cases("Changed its mind", judge.flipped)


def _cases(heading: str, found: Sequence[str]) -> Iterator[str]:
    if found:
        more = len(found) - MOST_CASES
        yield f"    {heading}:"
        yield from (f"      {each}" for each in found[:MOST_CASES])
        yield from [f"      and {more} more"] if more > 0 else []


def _figure(measured: Measured) -> str:
    words = _FIGURES[measured.line.judge, measured.line.figure]
    match measured.figure:
        case Rate() as rate:
            return f"{words}: {_rate(rate)}"
        case None:
            return f"{words}: none, since they never vary together"
        case number:
            return f"{words}: {number:.2f}"


def _rate(rate: Rate) -> str:
    if rate.interval is None:
        return "none to go by"
    low, high = rate.interval
    return f"{rate.hits} of {rate.of} ({100 * low:.0f}–{100 * high:.0f} %)"


def _met(measured: Measured) -> str:
    return "" if measured.met is None else "met" if measured.met else "missed"


def _wanted(measured: Measured) -> str:
    line = measured.line
    if line.sense is None:
        return ""
    limit = f"{line.limit:.0%}".replace("%", " %") if isinstance(measured.figure, Rate) else f"{line.limit:g}"
    return f"; wanted: {line.sense} {limit}"


def _judge_json(judge: JudgeReport) -> dict[str, Any]:
    return {
        "model": judge.model,
        "kind": judge.kind,
        "sentence": KINDS[judge.judge, judge.kind],
        "figures": {measured.line.figure: _measured_json(measured) for measured in judge.lines},
        "wrong": {miss.case: miss.what for miss in judge.wrong},
        "flipped": [*judge.flipped],
    }


def _measured_json(measured: Measured) -> dict[str, Any]:
    line, figure = measured.line, measured.figure
    if isinstance(figure, Rate):
        low, high = figure.interval or (None, None)
        between = {"low": _rounded(low), "high": _rounded(high)}
        found: dict[str, Any] = {"hits": figure.hits, "of": figure.of, "value": _rounded(figure.share), **between}
    else:
        found = {"value": _rounded(figure)}
    return found | ({} if line.sense is None else {"wanted": line.sense, "limit": line.limit, "met": measured.met})


def _rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 4)


def _price(cost: Estimate) -> str:
    if cost.cost is None or cost.most_cost is None:
        return "whose price is not known"
    if cost.most_cost == 0:
        return "free"
    about = f"about ${cost.cost:.2f}" if cost.cost >= 0.01 else "less than $0.01"
    return f"{about}, at most ${math.ceil(100 * cost.most_cost) / 100:.2f}"


def _round(tokens: int) -> str:
    """Two figures are as much as an estimate knows."""
    return f"{float(f'{tokens:.2g}'):,.0f}"


def _sum(numbers: Sequence[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if len(known) == len(numbers) else None
