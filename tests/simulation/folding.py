"""A scope's record folded once more, by arithmetic of its own: what its memory must be after each number."""

import json
import math
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

NUMBERS: Final = """
select kinds.*, memories.state from (
    select number, 'turn' as kind, fate, ledger, null as detail, profiles.body as profile
    from turns join profiles on profiles.digest = turns.digest
    where scope = :scope and number > :after
    union all
    select number, kind, null, null, detail, profiles.body
    from operations left join profiles on kind = 'profile' and profiles.digest = json_extract(detail, '$.to')
    where scope = :scope and number > :after
) as kinds left join memories on memories.scope = :scope and memories.number = kinds.number
order by kinds.number
"""
"""What a scope's numbers stand for, and the memory that was kept after each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """Mu and a by value, how many ledgers were folded, and whether more will be."""

    traces: Mapping[str, tuple[float, float]] = field(default_factory=dict[str, tuple[float, float]])
    folded: int = 0
    frozen: bool = False

    def is_as(self, column: str | None) -> bool:
        """Whether a column of the store says the same."""
        if column is None:
            return False
        state = json.loads(column)
        kept = state["memory"]
        traces = dict(zip(kept["values"], zip(kept["mu"], kept["a"], strict=True), strict=True))
        return (kept["folded"], state.get("frozen", False)) == (self.folded, self.frozen) and _close(
            self.traces, traces
        )


@dataclass(slots=True)
class Fold:
    """A scope's memory after each number, as far as it is folded; `number` is the last."""

    number: int = 0
    after: dict[int, Memory] = field(default_factory=lambda: {0: Memory()})

    @property
    def memory(self) -> Memory:
        """The memory after the last number."""
        return self.after[self.number]

    def take(self, row: sqlite3.Row) -> Memory:
        """Fold the next number."""
        memory = _next(self, self.memory, row)
        self.number += 1
        self.after[self.number] = memory
        return memory


def is_open(row: sqlite3.Row) -> bool:
    """Whether nothing can be folded for a number yet."""
    return row["kind"] == "turn" and row["fate"] != "hole" and row["ledger"] is None


def _next(fold: Fold, memory: Memory, row: sqlite3.Row) -> Memory:
    match row["kind"]:
        case "turn" if row["fate"] == "hole" or memory.frozen:
            return memory
        case "turn":
            return _integrated(memory, json.loads(row["ledger"])["entries"], json.loads(row["profile"]))
        case "reset":
            return Memory(frozen=memory.frozen)
        case "freeze" | "thaw" as kind:
            return replace(memory, frozen=kind == "freeze")
        case "restore":
            return replace(fold.after[json.loads(row["detail"])["to"]], frozen=memory.frozen)
        case "profile":
            return _carried(memory, [value["name"] for value in json.loads(row["profile"])["values"]])
        case _:  # a baseline
            return memory


def _integrated(memory: Memory, entries: Sequence[Sequence[Any]], profile: Mapping[str, Any]) -> Memory:
    beta = float(profile["beta"])
    found = {name: None if sentence is None else score for name, score, _, sentence in entries}
    before = _carried(memory, [value["name"] for value in profile["values"]])
    traces = {name: _traced(trace, found[name], beta) for name, trace in before.traces.items()}
    return replace(memory, traces=traces, folded=memory.folded + 1)


def _carried(memory: Memory, names: Sequence[str]) -> Memory:
    return replace(memory, traces={name: memory.traces.get(name, (0.0, 0.0)) for name in names})


def _traced(trace: tuple[float, float], score: float | None, beta: float) -> tuple[float, float]:
    mu, a = trace
    return trace if score is None else (beta * mu + (1 - beta) * score, beta * a + (1 - beta))


def _close(ours: Mapping[str, tuple[float, float]], theirs: Mapping[str, tuple[float, float]]) -> bool:
    return ours.keys() == theirs.keys() and all(
        math.isclose(one, other, rel_tol=0, abs_tol=1e-12)
        for name, trace in ours.items()
        for one, other in zip(trace, theirs[name], strict=True)
    )
