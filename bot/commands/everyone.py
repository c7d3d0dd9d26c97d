"""Commands that everyone may give: what the persona stands for, why it answered as it did, what this bot is."""

from dataclasses import dataclass
from typing import Final

from adapters.chat.port import Card, Command, Invocation
from bot import cards
from bot.commands.desk import NUMBER, Desk, nothing

_ABOUT: Final = (
    "• It is an AI: every answer is drafted by a language model, never by a person.",
    "• A gate checks each draft against the persona's rules; a draft that breaks one is never sent.",
    "• An auditor scores each sent answer value by value, in the background.",
    "• The scores are remembered, show whether the persona drifts, and coach its next answers.",
    "• What is said here is stored, with its scores, where this bot runs.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Everyone:
    """Rows of the command table that everyone may use."""

    desk: Desk

    def rows(self) -> tuple[Command, ...]:
        """In the order in which help lists them."""
        return (
            Command(name="values", summary="What this persona stands for", audience="everyone", run=self.values),
            Command(
                name="why",
                summary="Why it answered as it did: gate, coaching, audit",
                audience="everyone",
                run=self.why,
                options=(NUMBER,),
            ),
            Command(name="about", summary="What this bot is and how it works", audience="everyone", run=self.about),
        )

    async def values(self, invocation: Invocation) -> Card:
        """The persona's declaration."""
        return cards.persona(self.desk.persona(invocation.place))

    async def why(self, invocation: Invocation) -> Card:
        """What led to an answer, and what became of it."""
        record = await self.desk.asked(invocation)
        return cards.turn(record, title="Why this answer") if record else nothing(invocation)

    async def about(self, invocation: Invocation) -> Card:
        """What this bot is."""
        persona = self.desk.persona(invocation.place).name
        return Card(
            title=f"SAFi bot {self.desk.version}",
            sentence=f"You are talking with {persona}, who is held to declared values.",
            fields=(("Models", self.desk.models),),
            lines=_ABOUT,
            footer="Self-Alignment Framework (SAF), originally structured by Nelson Amaya.",
        )
