"""Mistakes that anybody could make in this program, each put into the real code for a test."""

import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import pytest

from adapters.chat.port import Chat, ChatError, Posted
from adapters.store import audits, journal, lookup, numbers, queries
from adapters.store.sqlite import SQLiteStore
from bot.turns import converse
from bot.turns.converse import Converse
from safi.ports import Event, LeftOver
from safi.profile import Profile
from safi.turn import Outcome, Turn, Unjudged
from tests.simulation.checks import (
    ALLOWED,
    COMMITTED,
    FORGOTTEN,
    GAPLESS,
    IN_ORDER,
    KEPT,
    MEMORY,
    NOTHING_OPEN,
    ONCE,
    ONE_AUDIT,
)
from tests.simulation.loop import EPOCH

Plant = Callable[[pytest.MonkeyPatch], None]

_UNSENT: Final = "(workspace, event) in (select workspace, event from turns where delivery = 'committed')"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Retrying:
    """A platform as somebody has it who tries again whatever failed."""

    chat: Chat

    def __getattr__(self, name: str) -> Any:
        return getattr(self.chat, name)

    async def say(self, *place_and_words: Any, **rest: Any) -> Posted:
        """Post words."""
        try:
            return await self.chat.say(*place_and_words, **rest)
        except ChatError:
            return await self.chat.say(*place_and_words, **rest)


def hasty_fold(patch: pytest.MonkeyPatch) -> None:
    """Folds what has landed without waiting for the numbers before it."""
    real: Any = numbers.entry_of
    landed = """
        select min(number) as number from turns
        where scope = :scope and number > :number and ledger is not null and fate is null
    """

    def entry_of(connection: sqlite3.Connection, scope: str, number: int, *rest: Any) -> Any:
        if found := real(connection, scope, number, *rest):
            return found
        (later,) = lookup.every(connection, landed, scope=scope, number=number)
        return real(connection, scope, later["number"], *rest) if later["number"] else None

    patch.setattr(numbers, "entry_of", entry_of)


def wasted_number(patch: pytest.MonkeyPatch) -> None:
    """Takes a number ahead of asking whether there is need of one."""
    real: Any = journal.deliver

    def deliver(connection: sqlite3.Connection, chain: Any, turn_id: str, *rest: Any) -> int | None:
        (row,) = lookup.every(connection, queries.TURN, id=turn_id)
        if row["outcome"] == "unjudged":
            connection.execute("update scopes set numbered = numbered + 1 where id = ?", (row["scope"],))
        return real(connection, chain, turn_id, *rest)

    patch.setattr(journal, "deliver", deliver)


def answering_again(patch: pytest.MonkeyPatch) -> None:
    """Takes what was committed and not marked for something that was never sent, and answers once more."""
    real: Any = journal.recover

    def recover(connection: sqlite3.Connection, unsent_since: Callable[[str], datetime], at: datetime) -> LeftOver:
        unsent = _UNSENT.replace("(workspace, event) in", "(workspace, id) in")
        connection.execute(f"update events set outcome = null where {unsent}")
        connection.execute(f"delete from texts where part <> 'message' and {_UNSENT}")
        connection.execute("delete from turns where delivery = 'committed'")
        return real(connection, unsent_since, at)

    patch.setattr(journal, "recover", recover)


def sending_again(patch: pytest.MonkeyPatch) -> None:
    """Sends again what was not marked as sent, however long ago that was and whatever the platform remembers."""
    real: Any = journal.recover

    def recover(connection: sqlite3.Connection, _: Callable[[str], datetime], at: datetime) -> LeftOver:
        def long_ago(workspace: str) -> datetime:
            return EPOCH - timedelta(days=9)

        return real(connection, long_ago, at)

    patch.setattr(journal, "recover", recover)


def unforgetting(patch: pytest.MonkeyPatch) -> None:
    """Withdraws a message for as long as it waits, and leaves what was answered in the conversation."""
    real: Any = journal.withdraw

    def withdraw(connection: sqlite3.Connection, *rest: Any) -> None:
        real(connection, *rest)
        connection.execute("update events set withdrawn = null where outcome = 'turn'")

    patch.setattr(journal, "withdraw", withdraw)


def second_ledger(patch: pytest.MonkeyPatch) -> None:
    """Lets a ledger land where there is one already."""
    real: Any = audits.settle

    def settle(connection: sqlite3.Connection, chain: Any, turn_id: str, *rest: Any) -> Any:
        (row,) = lookup.every(connection, queries.TURN, id=turn_id)
        of_ledgers = "workspace = ? and event = ? and part in ('reasons', 'quotes')"
        connection.execute(f"delete from texts where {of_ledgers}", (row["workspace"], row["event"]))
        connection.execute("update turns set ledger = null where id = ?", (turn_id,))
        return real(connection, chain, turn_id, *rest)

    patch.setattr(audits, "settle", settle)


def stale_cache(patch: pytest.MonkeyPatch) -> None:
    """Keeps each scope's last folded number at hand, and does not forget it when the transaction is undone."""
    real: Any = numbers.fold_on
    kept: dict[str, int] = {}

    def fold_on(connection: sqlite3.Connection, scope: str, step: Any, *at_hand: Any) -> Any:
        if scope in kept:
            connection.execute("update scopes set folded = ? where id = ?", (kept[scope], scope))
        landed = real(connection, scope, step, *at_hand)
        (row,) = lookup.every(connection, queries.SCOPE, scope=scope)
        kept[scope] = row["folded"]
        return landed

    patch.setattr(numbers, "fold_on", fold_on)


def sent_ahead(patch: pytest.MonkeyPatch) -> None:
    """Leaves the commit for later and sends already."""

    async def commit(self: Any, event: Event, turn: Turn, **named: Any) -> None:
        def later(connection: sqlite3.Connection) -> None:
            journal.commit(connection, self._chain, event, turn, **named)

        self._writer.note(later)

    patch.setattr(SQLiteStore, "commit", commit)


def post_again(patch: pytest.MonkeyPatch) -> None:
    """Takes a platform's error for a proof that nothing was posted."""
    real: Any = Converse._say  # pyright: ignore[reportPrivateUsage]  # it is what the mistake is in

    async def say(self: Converse, *asked: Any) -> None:
        await real(replace(self, chat=_Retrying(chat=self.chat)), *asked)

    patch.setattr(Converse, "_say", say)


def acknowledged_ahead(patch: pytest.MonkeyPatch) -> None:
    """Takes a message for kept before it is."""
    real: Any = Converse._accepted  # pyright: ignore[reportPrivateUsage]  # it is what the mistake is in

    async def accepted(self: Converse, event: Event, kept: Callable[[], None]) -> bool:
        kept()
        return await real(self, event, kept)

    patch.setattr(Converse, "_accepted", accepted)


def ungated(patch: pytest.MonkeyPatch) -> None:
    """Takes silence for consent: what the Will could not judge is sent as drafted."""
    real: Any = converse.said

    def said(profile: Profile, outcome: Outcome) -> str:
        return outcome.draft.text if isinstance(outcome, Unjudged) else real(profile, outcome)

    patch.setattr(converse, "said", said)


PLANTED: Final[Mapping[str, tuple[Plant, str]]] = {
    "a fold that does not wait": (hasty_fold, f"{IN_ORDER}|{ONE_AUDIT}"),
    "a number that is wasted": (wasted_number, GAPLESS),
    "a recovery that answers again": (answering_again, ONCE),
    "a recovery that sends what is too old": (sending_again, f"{ONCE}|{NOTHING_OPEN}"),
    "a message that is withdrawn by halves": (unforgetting, FORGOTTEN),
    "a second ledger": (second_ledger, f"{MEMORY}|{ONE_AUDIT}"),
    "a cache that outlives its transaction": (stale_cache, f"{IN_ORDER}|{ONE_AUDIT}|{GAPLESS}|{MEMORY}"),
    "words sent ahead of their record": (sent_ahead, COMMITTED),
    "a post that is tried again": (post_again, ONCE),
    "a message acknowledged ahead of its record": (acknowledged_ahead, KEPT),
    "a draft that nobody allowed": (ungated, ALLOWED),
}
"""Each mistake, and a pattern of the invariants that it breaks."""
