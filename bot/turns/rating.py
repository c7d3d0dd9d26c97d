"""Ratings: what members think of answers, recorded beside the audits, which they never touch."""

from dataclasses import dataclass

from adapters.chat.port import Rating
from safi.errors import InvalidValue
from safi.ports import Archive, Clock, Opinions


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Takes down votes."""

    archive: Archive
    opinions: Opinions
    clock: Clock

    async def rate(self, rating: Rating) -> bool:
        """Record a member's vote on an answer, whichever of its messages was rated; False for all else that was."""
        record = await self.archive.posted(rating.place.encode(), rating.message_id)
        if record is None:
            return False
        try:
            await self.opinions.vote(record.turn.id, author=rating.author, vote=rating.vote, at=self.clock.now())
        except InvalidValue:  # it went meanwhile
            return False
        return True
