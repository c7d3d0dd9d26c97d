"""The record once more, as plainly as it can be said: memory is recomputed from nothing, each time it is asked for."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from safi.ledger import Ledger
from safi.record import Item, ProfileChanged
from safi.spirit import Memory
from tests.adapters.store.plainly import SCOPES, Answered, Asked, Numbered


@dataclass(kw_only=True, eq=False)
class Checkpoint:
    """When it was written, after which link, with which turns behind and beyond it, and how far memories had come."""

    minute: int
    linked: int
    behind: list[Answered]
    beyond: list[Answered]
    reached: dict[str, int]


@dataclass(kw_only=True, eq=False)
class Model:
    """All that there is to know, and what each act makes of it."""

    events: dict[str, Asked] = field(default_factory=dict[str, Asked])
    turns: dict[str, Answered] = field(default_factory=dict[str, Answered])
    scopes: dict[str, Numbered] = field(default_factory=lambda: {name: Numbered() for name in SCOPES})
    linked: set[str] = field(default_factory=set[str])
    links: int = 0
    checkpoints: dict[str, list[Checkpoint]] = field(default_factory=dict[str, list[Checkpoint]])
    last_checkpoint: dict[str, int] = field(default_factory=dict[str, int])
    held: bool = False
    waiting: set[tuple[str, str | None]] = field(default_factory=set[tuple[str, str | None]])

    def scope(self, turn: Answered) -> Numbered:
        return self.scopes[turn.asked.scope]

    def commit(self, turn: Answered) -> None:
        turn.asked.outcome = "turn"
        self.turns[turn.id] = turn
        self._link(turn)

    def deliver(self, turn: Answered, minute: int) -> int | None:
        if turn.delivery == "delivered":
            return turn.number
        turn.delivery = "delivered"
        self._link(turn)
        if not turn.approved or turn.asked.gone:
            return None
        scope = self.scope(turn)
        if scope.profile not in {None, turn.profile}:
            scope.items.append(ProfileChanged(profile=turn.profile))
            scope.fold_on()
        scope.profile = turn.profile
        scope.items.append(turn)
        turn.number, turn.audit, turn.due = len(scope.items), "owed", minute
        return turn.number

    def withdraw(self, asked: Asked) -> None:
        asked.withdrawn, asked.outcome = True, asked.outcome or "ignored"

    def recover(self, unsent_since: int, now: int) -> tuple[set[str], set[str]]:
        """The events that are open, and the turns that are to be sent."""
        unsent = [turn for turn in self.turns.values() if turn.delivery == "committed"]
        for turn in self.turns.values():
            turn.lease = None
        for turn in unsent:
            if not unsent_since <= turn.minute <= now or turn.asked.gone or turn.asked.withdrawn:
                turn.delivery = "unknown"
        still_open = [event for event in self.events.values() if event.outcome is None]
        for event in still_open:
            event.outcome = "failed" if event.gone else None
        return (
            {event.id for event in still_open if not event.gone},
            {turn.id for turn in unsent if turn.delivery == "committed"},
        )

    def hasten(self, minute: int) -> None:
        for turn in self.turns.values():
            turn.due = min(turn.due, minute) if turn.audit == "owed" else turn.due

    def claimable(self, minute: int) -> list[Answered]:
        owed = [turn for turn in self.turns.values() if turn.audit == "owed" and turn.due <= minute]
        return [turn for turn in owed if turn.lease is None or turn.lease <= minute]

    def settle(self, turn: Answered, ledger: Ledger, minute: int) -> list[str]:
        if turn.ledger is not None:
            return []
        self._link(turn)
        turn.ledger, turn.landed, turn.audit, turn.lease = ledger, minute, "landed", None
        return [turn.id] if turn.hole is not None else self.scope(turn).fold_on()

    def give_up(self, turn: Answered, reason: str) -> list[str]:
        if turn.audit != "owed":
            return []
        if turn.hole is None:
            self._link(turn)
        turn.audit, turn.lease, turn.hole = "abandoned", None, turn.hole or reason
        return self.scope(turn).fold_on()

    def pass_over(self, age: int, minute: int) -> list[str]:
        scopes = [self.scopes[name] for name in sorted(self.scopes)]
        return [turn_id for scope in scopes for turn_id in self._passed(scope, age, minute)]

    def _passed(self, scope: Numbered, age: int, minute: int) -> list[str]:
        turns = [each for each in scope.items[scope.reach :] if isinstance(each, Answered)]
        late: list[Answered] = []
        for turn in turns:
            later = [other for other in turns if (other.number or 0) > (turn.number or 0)]
            blocks = any(other.landed is not None and abs(minute - other.landed) > age for other in later)
            if blocks and turn.landed is None and turn.hole is None:
                late.append(turn)
        for turn in late:
            self._link(turn)
            turn.hole = "too late"
        return scope.fold_on() if late else []

    def restorable(self, scope: str, number: int) -> Memory | None:
        found, done = self.scopes[scope], self.scopes[scope].fold()
        return done[number].state.memory if max(1, found.kept) <= number < len(done) else None

    def operate(self, scope: str, item: Item) -> int:
        self.linked.add(SCOPES[scope])
        self.scopes[scope].items.append(item)
        self.scopes[scope].fold_on()
        return len(self.scopes[scope].items)

    # what goes

    def expire(self, *, texts: int, ledgers: int, checkpoint: int, minute: int) -> tuple[int, int]:
        """How many events lost their texts, and how many turns went: behind one checkpoint, and one is written."""
        any(self._check(workspace, checkpoint, minute) for workspace in sorted(self.linked))
        if self.held:
            return 0, 0
        old = [event for event in self.events.values() if event.gone is None and event.minute < texts]
        self._forget(old, "expired")
        drops = (self._drop(workspace, ledgers) for workspace in sorted(self.linked))
        gone = next((turns for turns in drops if turns is not None), 0)
        for event in list(self.events.values()):
            if event.outcome not in {None, "turn"} and event.gone and event.minute < ledgers:
                del self.events[event.id]
        return len(old), gone

    def erase(self, author: str, workspace: str | None) -> int | None:
        """Of how many events the words went; None where that has to wait."""
        if self.held:
            self.waiting.add((author, workspace))
            return None
        found = [event for event in self.events.values() if event.author == author and event.gone is None]
        found = [event for event in found if workspace in {None, event.workspace}]
        self._forget(found, "erased")
        self.linked |= {event.workspace for event in found}
        return len(found)

    def hold(self, *, held: bool) -> int:
        """Of how many events the words went at the end of it."""
        changed, self.held = held != self.held, held
        if held or not changed:
            return 0
        waited, self.waiting = self.waiting, set()
        return sum(self.erase(author, workspace) or 0 for author, workspace in waited)

    def _forget(self, events: list[Asked], why: str) -> None:
        for event in events:
            event.gone = why
            for turn in self.turns.values():
                if turn.asked is event:
                    self.give_up(turn, why)

    def _of(self, workspace: str) -> Iterator[tuple[str, Numbered]]:
        return ((name, scope) for name, scope in self.scopes.items() if SCOPES[name] == workspace)

    def _check(self, workspace: str, before: int, minute: int) -> bool:
        last = self.last_checkpoint.get(workspace)
        waits = any(
            not isinstance(each, Answered) for _, scope in self._of(workspace) for each in scope.items[scope.reach :]
        )
        if waits or (last is not None and last >= before):
            return False
        turns = [turn for turn in self.turns.values() if turn.asked.workspace == workspace]
        beyond = [turn for turn in turns if self.scope(turn).unfinished(turn)]
        behind = [turn for turn in turns if turn not in beyond]
        reached = {name: scope.reach for name, scope in self._of(workspace)}
        written = Checkpoint(minute=minute, linked=self.links, behind=behind, beyond=beyond, reached=reached)
        self.checkpoints.setdefault(workspace, []).append(written)
        self.last_checkpoint[workspace] = max(minute, minute if last is None else last)
        return True

    def _drop(self, workspace: str, before: int) -> int | None:
        written = self.checkpoints.get(workspace, [])
        for place, old in enumerate(each for each in written if each.minute < before):
            behind = [turn for turn in old.behind if turn.id in self.turns]
            if all(turn.linked <= old.linked for turn in behind):
                for turn in behind:
                    del self.turns[turn.id], self.events[turn.asked.id]
                for name, number in old.reached.items():
                    self.scopes[name].kept = number
                self.checkpoints[workspace] = written[place + 1 :]
                return len(behind)
        return None

    def _link(self, turn: Answered) -> None:
        """Something was linked to a turn just now."""
        self.links += 1
        turn.linked = self.links
        self.linked.add(turn.asked.workspace)
