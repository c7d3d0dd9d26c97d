"""Cards: what people are shown, in plain words. Pure; what is unknown is never a number.

A card names no command in its texts, since each platform has its own way of typing it: it has a button for it.
"""

from bot.cards.notices import (
    audit_landed,
    draining,
    interrupted,
    no_answer,
    person_needed,
    still_owed,
    taken_up,
)

__all__ = [
    "audit_landed",
    "draining",
    "interrupted",
    "no_answer",
    "person_needed",
    "still_owed",
    "taken_up",
]
