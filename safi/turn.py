"""One turn as values: what was said, what was drafted, how it was judged, and how it ended."""

from dataclasses import dataclass, field
from typing import Literal

from safi.errors import InvalidValue
from safi.profile import Profile, Rule
from safi.usage import Usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One thing a member said. `speaker` is the member's tag: stable within a place, and no real name."""

    speaker: str
    text: str

    def __post_init__(self) -> None:
        if not self.speaker:
            raise InvalidValue("speaker: must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A picture that came with a message, for the Intellect alone. It is shown once and never kept."""

    name: str
    media_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """An earlier turn of the same place, as its people saw it. `id` is that turn's id."""

    id: str
    message: Utterance
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Prompt:
    """A member's message, and the exchanges before it in the same place, oldest first.

    A prompt that is read from the record has no `images`, and equals the one that had them.
    """

    message: Utterance
    history: tuple[Exchange, ...] = ()
    images: tuple[Image, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What the Intellect wants to say: complete, not yet judged."""

    text: str

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise InvalidValue("text: a draft must not be empty")


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """The Will's clear yes."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """The Will's clear no: what is broken, and who saw it.

    `rules` holds ids of the profile's rules, or of the built-in ones of `safi.firstpass`, which no profile can have.
    """

    rules: tuple[str, ...]
    reason: str
    by: Literal["pattern", "built-in", "judge"]

    def __post_init__(self) -> None:
        if not self.rules:
            raise InvalidValue("rules: a violation names at least one rule")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoVerdict:
    """The Will could not judge, so nothing goes out.

    `cause` is a ModelFailure's cause, `unreadable` or `pattern_too_slow`.
    """

    cause: str
    detail: str


Verdict = Allowed | Denied | NoVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The draft may go out."""

    draft: Draft
    verdict: Allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Suppressed:
    """A hard rule forbids an answer. The draft, if there was need of one, never leaves."""

    draft: Draft | None
    verdict: Denied


@dataclass(frozen=True, slots=True, kw_only=True)
class Unjudged:
    """No verdict could be had, so the draft never leaves. Not a violation."""

    draft: Draft
    verdict: NoVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """The Intellect gave no draft. `cause` is a ModelFailure's cause."""

    cause: str
    detail: str


Outcome = Approved | Suppressed | Unjudged | Failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Coached:
    """The Intellect was shown this sentence before it drafted."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """This sentence was due and kept back at random, so that the effect of coaching can be known."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncoached:
    """Memory had nothing to say yet."""


Coaching = Coached | Withheld | Uncoached


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A judged exchange. `digest` names the wording of the profile it was made under.

    `drafting` and `judging` say what the Intellect and the Will took; None where no model was asked.
    """

    id: str
    persona: str
    digest: str
    prompt: Prompt
    coaching: Coaching
    outcome: Outcome
    drafting: Usage | None = None
    judging: Usage | None = None


def said(profile: Profile, outcome: Outcome) -> str:
    """What the person gets to read: the approved draft, a rule's fixed answer, or the profile's words for why not."""
    match outcome:
        case Approved(draft=draft):
            return draft.text
        case Suppressed(verdict=denied):
            fixed = (rule.answer_with for rule in broken(profile, denied) if rule.answer_with)
            return next(fixed, profile.wording.suppressed)
        case Unjudged(verdict=NoVerdict(cause="budget_spent")) | Failed(cause="budget_spent"):
            return profile.wording.spent
        case Unjudged():
            return profile.wording.unjudged
        case Failed():
            return profile.wording.failed


def broken(profile: Profile, denied: Denied) -> tuple[Rule, ...]:
    """The profile's rules that a verdict names, in declared order."""
    return tuple(rule for rule in profile.rules if rule.id in denied.rules)
