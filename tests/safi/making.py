"""Small profiles, a model that answers from a list, and strategies: all that the tests of the loop share."""

import textwrap
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from safi.errors import ModelFailure
from safi.exhibit import visible
from safi.ledger import Entry, Ledger
from safi.ports import Reply, Request
from safi.profile import Profile, Rubric, Rule, Value
from safi.spirit import Memory, integrate
from safi.turn import Exchange, Prompt, Utterance
from safi.usage import Usage

USAGE = Usage(model="test:model", seconds=1.5, input_tokens=10, output_tokens=2)

PROFILE = Profile(
    name="gardener",
    worldview="Gardens are for everyone.",
    values=(
        Value(
            name="Patience",
            meaning="Takes time with beginners.",
            rubric=Rubric(upheld="ANCHOR-explains", neutral="ANCHOR-brief", betrayed="ANCHOR-mocks"),
        ),
        Value(name="Honest Doubt", meaning="Says what is not known.", weight=3.0),
    ),
    rules=(
        Rule(id="no-poison", text="Never tell how to poison animals.", patterns=(r"rat\s+poison",)),
        Rule(id="no-brands", text="Advertise no brand."),
    ),
)

PROMPT = Prompt(
    message=Utterance(speaker="member-2", text="And in winter?"),
    history=(
        Exchange(id="t1", message=Utterance(speaker="member-1", text="How do I prune?"), answer="Cut above a bud."),
    ),
)

ALONE = Prompt(message=Utterance(speaker="member-1", text="How do I prune?"))


@dataclass(slots=True)
class Listed:
    """A model that gives one answer after another, or raises the failure that stands in its place."""

    answers: Iterable[str | ModelFailure]
    asked: list[Request] = field(default_factory=list[Request])
    name: str = "test:model"
    sees: bool = False

    async def ask(self, request: Request) -> Reply:
        answer = list(self.answers)[len(self.asked)]
        self.asked.append(request)
        if isinstance(answer, ModelFailure):
            raise answer
        return Reply(text=answer, usage=USAGE)


def lines(text: str) -> list[str]:
    """The text in pieces of at most 100 characters, for snapshots; joined they are the text without its newlines."""
    return [piece for line in text.split("\n") for piece in textwrap.wrap(line, 100, drop_whitespace=False) or [""]]


def valued(count: int, **changes: float) -> Profile:
    """A profile of `count` values v1, v2, …, all of weight 1 but for `changes`."""
    names = [f"v{number}" for number in range(1, count + 1)]
    values = tuple(Value(name=name, meaning="means something", weight=changes.get(name, 1.0)) for name in names)
    return Profile(name="plain", worldview="w", values=values, rules=(Rule(id="rule", text="text"),))


def ledger(*scores: float | None, confidence: float = 1.0) -> Ledger:
    """A ledger over v1, v2, … with these scores, each shown by the first sentence where it may be."""
    return Ledger(entries=tuple(_entry(f"v{n}", score, confidence) for n, score in enumerate(scores, start=1)))


def remembering(profile: Profile, *ledgers: Ledger) -> Memory:
    """The memory after these ledgers."""
    memory = Memory()
    for each in ledgers:
        memory = integrate(profile, each, memory).memory
    return memory


def _entry(name: str, score: float | None, confidence: float) -> Entry:
    if score is None:
        return Entry(value=name)
    return Entry(value=name, score=score, confidence=confidence, sentence=1, reason="it does")


words = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30).filter(lambda text: text.strip())
"""Any text that is not blank and can be written down."""

names_of_values = words.map(lambda text: " ".join(visible(text).split())).filter(bool)
"""Any name that a value may have."""

slugs = st.from_regex(r"[a-z0-9][a-z0-9-]{0,15}", fullmatch=True)


@st.composite
def profiles(draw: st.DrawFn) -> Profile:
    """Any profile of up to four values and three rules, some rubrics among them, marked RUBRIC."""
    names = draw(st.lists(names_of_values, min_size=1, max_size=4, unique_by=str.casefold))
    ids = draw(st.lists(slugs, min_size=1, max_size=3, unique=True))
    rubrics = st.none() | words.map(
        lambda text: Rubric(upheld=f"RUBRIC {text}", neutral="RUBRIC 0", betrayed="RUBRIC -")
    )
    weights = st.floats(min_value=1e-3, max_value=1e3)
    values = [Value(name=n, meaning=draw(words), weight=draw(weights), rubric=draw(rubrics)) for n in names]
    patterns = st.lists(st.sampled_from(["bomb", r"\d{4}", "a|b"]), max_size=2).map(tuple)
    return Profile(
        name=draw(slugs),
        worldview=draw(words),
        values=tuple(values),
        rules=tuple(Rule(id=rule, text=draw(words), patterns=draw(patterns)) for rule in ids),
        beta=draw(st.floats(min_value=0, max_value=0.99)),
    )


@st.composite
def memories(draw: st.DrawFn, profile: Profile) -> Memory:
    """Any memory that ledgers could have left for the profile; some values may be unknown to it."""
    traces = [draw(st.none() | st.tuples(st.floats(-1, 1), st.floats(0.1, 1))) for _ in profile.values]
    return Memory(
        values=profile.value_names,
        mu=tuple(0.0 if trace is None else trace[0] * trace[1] for trace in traces),
        a=tuple(0.0 if trace is None else trace[1] for trace in traces),
        folded=5,
    )


def shapes(text: str) -> str:
    """A text as one reads it who minds neither its widths and capitals nor what does not show."""
    folded = unicodedata.normalize("NFKC", visible(unicodedata.normalize("NFKC", visible(text)))).casefold()
    return "".join("-" if unicodedata.category(sign) == "Pd" else sign for sign in folded if not sign.isspace())
