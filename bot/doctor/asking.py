"""One tiny real question to the model of each asked, and what its failure means in keys and variables."""

import asyncio
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.app import Models
from bot.doctor.declared import key_place
from bot.doctor.finding import Finding, State
from bot.settings.choice import FACULTIES, Choice, Faculty, ModelRef
from bot.settings.config import Config, Deadlines
from bot.settings.providers import EMBEDDED, Provider
from safi import reading
from safi.errors import (
    AnswerCutShort,
    AnswerEmpty,
    BudgetSpent,
    ModelFailure,
    NoAnswer,
    Unreadable,
)
from safi.ports import Message, Model, Request, Schema
from safi.usage import Usage

PATIENCE: Final = 20.0
"""Seconds that a model may take over the question."""

PRACTICE: Final = 120.0
"""Seconds that the practice model may take on a busy machine."""

_WORDS: Final = ("yes", "no")
_PLAIN: Final = Request(
    system=("Answer with one word.",), messages=(Message(role="user", text="Is water wet: yes or no?"),)
)
_FORMED: Final = replace(
    _PLAIN,
    schema=Schema(
        name="answer",
        body={
            "type": "object",
            "properties": {"answer": {"type": "string", "enum": list(_WORDS)}},
            "required": ["answer"],
            "additionalProperties": False,
        },
    ),
)
"""What a judge is asked: it must be able to keep to a form."""

_LIMITS: Final[Mapping[Faculty, str]] = {
    "intellect": "tokens.answer",
    "will": "tokens.verdict",
    "conscience": "tokens.ledger",
}


_STATUS: Final = re.compile(r"\bstatus (\d{3})\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A faculty and the model that is asked for it: its own, or one to stand in."""

    faculty: Faculty
    ref: ModelRef
    config: Config
    stand_in: bool = False

    @property
    def subject(self) -> str:
        """What findings of it are about."""
        return f"{self.faculty} {self.ref.provider}" if self.stand_in else self.faculty

    @property
    def model_key(self) -> str:
        """The key of the configuration from which the model's id comes."""
        roles = self.config.roles
        for faculty in (self.faculty, "will", "conscience") if self.faculty != "intellect" else (self.faculty,):
            if getattr(roles, faculty) == str(self.ref):
                return f"roles.{faculty}"
        return f"models.{self.ref.provider}.{'intellect' if self.faculty == 'intellect' else 'judge'}"


def hasty(config: Config, choice: Choice) -> Config:
    """The configuration with deadlines that somebody who waits can bear; the practice model needs longer."""
    practising = EMBEDDED in {model.provider for model in choice.models}
    patience, given = PRACTICE if practising else PATIENCE, config.deadlines
    return replace(
        config,
        deadlines=Deadlines(
            intellect=min(given.intellect, patience),
            will=min(given.will, patience),
            conscience=min(given.conscience, patience),
        ),
    )


async def ask_all(models: Models, askings: Iterable[Asked]) -> list[Finding]:
    """All at once; each question takes what its model's deadline allows at most."""
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(getattr(models, asked.faculty), asked)) for asked in askings]
    return [task.result() for task in tasks]


def own(choice: Choice, config: Config) -> list[Asked]:
    """What every role's own model is asked."""
    return [Asked(faculty=faculty, ref=getattr(choice, faculty), config=config) for faculty in FACULTIES]


def others(place: Choice, choice: Choice, config: Config) -> list[Asked]:
    """What the models are asked that stand in for those of a choice."""
    there = [replace(asked, stand_in=True) for asked in own(place, config)]
    return [asked for asked in there if asked.ref != getattr(choice, asked.faculty)]


async def ask(model: Model, asked: Asked) -> Finding:
    """One question, and what came of it."""
    request = _PLAIN if asked.faculty == "intellect" else _FORMED
    try:
        reply = await model.ask(request)
        if request.schema:
            reading.read_choice(reading.parse_object(reply.text, ["answer"]), "answer", _WORDS, "answer")
    except ModelFailure as failure:
        return failed(asked, failure)
    except Unreadable:
        return _found(
            asked,
            "warning",
            f"{asked.ref} answers, but does not keep to the form that a judge is asked for.",
            f"Choose a model that can give structured answers, in {asked.model_key}.",
        )
    return _found(asked, "ok", f"{asked.ref} answered in {reply.usage.seconds:.1f} s, {price(reply.usage)}.")


def failed(asked: Asked, failure: ModelFailure) -> Finding:
    """What a failure means for whoever runs the bot."""
    state: State = "warning" if isinstance(failure, NoAnswer) and not isinstance(failure, AnswerEmpty) else "problem"
    return _found(asked, state, f"{asked.ref}: {str(failure).rstrip('.')}.", _remedy(asked, failure))


def price(usage: Usage) -> str:
    """What a question took, in words."""
    if usage.cost == 0:
        return "at no cost"
    if usage.cost is not None:
        return f"for ${usage.cost:.6f}"
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    return f"for {tokens} tokens of unknown price" if tokens else "at an unknown price"


def _found(asked: Asked, state: State, sentence: str, remedy: str | None = None) -> Finding:
    return Finding(check="model", subject=asked.subject, state=state, sentence=sentence, remedy=remedy)


def _remedy(asked: Asked, failure: ModelFailure) -> str:
    match failure:
        case BudgetSpent():
            return "Wait for that, or raise the cap."
        case AnswerCutShort():
            return f"If that happens to real questions too, raise {_LIMITS[asked.faculty]}."
        case AnswerEmpty():
            return f"See whether {_address(asked)} leads to a model server, and which proxy stands before it."
        case NoAnswer():
            return f"Choose another model in {asked.model_key}."
        case _:
            return _by_status(asked, str(failure))


def _by_status(asked: Asked, failure: str) -> str:
    found = _STATUS.search(failure)
    if found is None:
        return _unreached(asked, failure)
    match int(found[1]):
        case 401 | 403:
            return f"Put a valid key into {_key(asked)}."
        case 402:
            return "Top up the account with that vendor."
        case 404:
            return f"Correct {asked.model_key}, or {_address(asked)}."
        case 429:
            return "Wait a little; if it stays so, have the vendor raise your limits."
        case status if status >= 500:
            return "Try again later: the fault is with the vendor."
        case _:
            return f"Change what it names; the model comes from {asked.model_key}."


def _unreached(asked: Asked, failure: str) -> str:
    if asked.ref.provider == EMBEDDED:
        return 'Install safi-bot with its extra "embedded", or choose another model.'
    if "no answer within" in failure:
        return "Try again; if it stays so, look at the network and the server."
    if "certificate" in failure:
        return "See the check of its certificate."
    if _settings(asked).base_url is None:
        return f"See that this machine reaches the network; a proxy is named in providers.{asked.ref.provider}.proxy."
    return f"See that its server runs, can be reached from here, and is the one in {_address(asked)}."


def _address(asked: Asked) -> str:
    return f"providers.{asked.ref.provider}.base_url"


def _settings(asked: Asked) -> Provider:
    return asked.config.providers[asked.ref.provider]


def _key(asked: Asked) -> str:
    return key_place(_settings(asked))
