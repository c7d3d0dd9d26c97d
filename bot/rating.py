"""Ratings: what members think of answers, recorded beside the audits, which they never touch."""

from dataclasses import dataclass

from adapters.chat.port import Rating
from safi.ports import Archive, Clock, Opinions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Takes down votes."""

    archive: Archive
    opinions: Opinions
    clock: Clock

    async def rate(self, rating: Rating) -> None:
        """Record a member's vote on an answer, whichever of its messages was rated. Anything else posted has none."""
        record = await self.archive.posted(rating.place.encode(), rating.message_id)
        if record is not None:
            await self.opinions.vote(record.turn.id, author=rating.author, vote=rating.vote, at=self.clock.now())
