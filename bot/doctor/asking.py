"""One tiny real question to the model of each role, and what its failure means in keys and variables."""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from bot.app import Models
from bot.choice import Choice, Faculty, ModelRef
from bot.config import Config, Deadlines
from bot.doctor.declared import key_place
from bot.doctor.finding import Finding, State
from bot.providers import EMBEDDED, Provider
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

FACULTIES: Final[tuple[Faculty, ...]] = ("intellect", "will", "conscience")

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
class Role:
    """A faculty and the model that it was given."""

    faculty: Faculty
    ref: ModelRef
    config: Config

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
    practising = EMBEDDED in {choice.intellect.provider, choice.will.provider, choice.conscience.provider}
    patience, given = PRACTICE if practising else PATIENCE, config.deadlines
    return replace(
        config,
        deadlines=Deadlines(
            intellect=min(given.intellect, patience),
            will=min(given.will, patience),
            conscience=min(given.conscience, patience),
        ),
    )


async def ask_all(models: Models, choice: Choice, config: Config) -> list[Finding]:
    """All roles at once; each question takes what its model's deadline allows at most."""
    async with asyncio.TaskGroup() as group:
        asked = [
            group.create_task(
                ask(getattr(models, faculty), Role(faculty=faculty, ref=getattr(choice, faculty), config=config))
            )
            for faculty in FACULTIES
        ]
    return [task.result() for task in asked]


async def ask(model: Model, role: Role) -> Finding:
    """One question, and what came of it."""
    request = _PLAIN if role.faculty == "intellect" else _FORMED
    try:
        reply = await model.ask(request)
        if request.schema:
            reading.read_choice(reading.parse_object(reply.text, ["answer"]), "answer", _WORDS, "answer")
    except ModelFailure as failure:
        return failed(role, failure)
    except Unreadable:
        return _found(
            role,
            "warning",
            f"{role.ref} answers, but does not keep to the form that a judge is asked for.",
            f"Choose a model that can give structured answers, in {role.model_key}.",
        )
    return _found(role, "ok", f"{role.ref} answered in {reply.usage.seconds:.1f} s, {price(reply.usage)}.")


def failed(role: Role, failure: ModelFailure) -> Finding:
    """What a failure means for whoever runs the bot."""
    state: State = "warning" if isinstance(failure, NoAnswer) and not isinstance(failure, AnswerEmpty) else "problem"
    return _found(role, state, f"{role.ref}: {str(failure).rstrip('.')}.", _remedy(role, failure))


def price(usage: Usage) -> str:
    """What a question took, in words."""
    if usage.cost == 0:
        return "at no cost"
    if usage.cost is not None:
        return f"for ${usage.cost:.6f}"
    tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
    return f"for {tokens} tokens of unknown price" if tokens else "at an unknown price"


def _found(role: Role, state: State, sentence: str, remedy: str | None = None) -> Finding:
    return Finding(check="model", subject=role.faculty, state=state, sentence=sentence, remedy=remedy)


def _remedy(role: Role, failure: ModelFailure) -> str:
    match failure:
        case BudgetSpent():
            return "Wait for that, or raise the cap."
        case AnswerCutShort():
            return f"If that happens to real questions too, raise {_LIMITS[role.faculty]}."
        case AnswerEmpty():
            return f"See whether {_address(role)} leads to a model server, and which proxy stands before it."
        case NoAnswer():
            return f"Choose another model in {role.model_key}."
        case _:
            return _by_status(role, str(failure))


def _by_status(role: Role, failure: str) -> str:
    found = _STATUS.search(failure)
    if found is None:
        return _unreached(role, failure)
    match int(found[1]):
        case 401 | 403:
            return f"Put a valid key into {_key(role)}."
        case 402:
            return "Top up the account with that vendor."
        case 404:
            return f"Correct {role.model_key}, or {_address(role)}."
        case 429:
            return "Wait a little; if it stays so, have the vendor raise your limits."
        case status if status >= 500:
            return "Try again later: the fault is with the vendor."
        case _:
            return f"Change what it names; the model comes from {role.model_key}."


def _unreached(role: Role, failure: str) -> str:
    if role.ref.provider == EMBEDDED:
        return 'Install safi-bot with its extra "embedded", or choose another model.'
    if "no answer within" in failure:
        return "Try again; if it stays so, look at the network and the server."
    if "certificate" in failure:
        return "See the check of its certificate."
    if _settings(role).base_url is None:
        return f"See that this machine reaches the network; a proxy is named in providers.{role.ref.provider}.proxy."
    return f"See that its server runs, can be reached from here, and is the one in {_address(role)}."


def _address(role: Role) -> str:
    return f"providers.{role.ref.provider}.base_url"


def _settings(role: Role) -> Provider:
    return role.config.providers[role.ref.provider]


def _key(role: Role) -> str:
    return key_place(_settings(role))
