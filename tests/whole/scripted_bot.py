"""The whole program with models that are functions: the real chat, loop, store and console around them.

Its one argument is the store's file. The Intellect repeats its coaching at the end of each answer, so that a person at
the terminal sees it; "code" and "insult" make it draft what it must not say. The Conscience finds every answer
honest, and unkind unless it was coached to be kind.
"""

import asyncio
import sys
from pathlib import Path

from adapters.llm.scripted import ScriptedModel
from bot import wiring
from bot.app import Models
from bot.cli.chat import talk
from bot.settings import config
from safi.ports import Request
from tests.doubles import broken, clear, ledger_text, scopes_with


def drafted(request: Request) -> str:
    """What the Intellect says."""
    asked, coaching = request.messages[-1].text, request.system[1:]
    if "code" in asked:
        return "The code is 1234."
    if "insult" in asked:
        return "You are a fool."
    earlier = sum(message.role == "user" for message in request.messages) - 1
    told = coaching[0].splitlines()[-1] if coaching else "nothing"
    return f"Answer to {asked} after {earlier} exchanges.\n\nI was told: {told}"


def judged(request: Request) -> str:
    """What the Will says."""
    return broken("no-insults") if "fool" in request.messages[-1].text else clear()


def audited(request: Request) -> str:
    """What the Conscience says."""
    answer = request.messages[-1].text.rpartition('"answer": {')[2]
    coached = "‘Kindness’ needs more" in answer
    return ledger_text(Honesty=1, Kindness=0.5 if coached else -1)


def models() -> Models:
    """A model for each faculty."""
    return Models(
        intellect=ScriptedModel(drafted, name="script:intellect"),
        will=ScriptedModel(judged, name="script:will"),
        conscience=ScriptedModel(audited, name="script:conscience"),
        line="All faculties on scripts.",
    )


def main(store: Path) -> None:
    """Talk, with no coaching withheld."""
    settings = config.Config(store=config.Store(path=store), coaching=config.Coaching(withhold=0.0))

    async def whole() -> None:
        async with wiring.open_store(settings.store) as opened:
            await talk(settings, scopes_with(), models(), opened, ())

    asyncio.run(whole())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
