"""What the loop needs of the outside world. The docstrings are the contract, and contract tests hold it.

All times are aware and in UTC. Every method of what records or looks up raises StoreUnavailable when the store cannot
be reached or written. What a method says it records is durable when it returns, or none of it is recorded.
"""

from safi.ports.clock import Clock
from safi.ports.community import Agreement, Assignment, Assignments, Notes, Opinions, Vote, Votes
from safi.ports.keeping import Erased, Expired, Operation, Operators, Retention
from safi.ports.models import (
    Accounts,
    Call,
    Gate,
    Matches,
    Message,
    Model,
    Reply,
    Request,
    Schema,
    Screen,
    Spent,
)
from safi.ports.store import (
    Archive,
    AuditQueue,
    Disposition,
    Event,
    Journal,
    JudgeCheck,
    JudgeChecks,
    Landed,
    LastChecks,
    LeftOver,
    Owed,
    Past,
    Recall,
    Standing,
    TurnRecord,
    Unsent,
)

__all__ = [
    "Accounts",
    "Agreement",
    "Archive",
    "Assignment",
    "Assignments",
    "AuditQueue",
    "Call",
    "Clock",
    "Disposition",
    "Erased",
    "Event",
    "Expired",
    "Gate",
    "Journal",
    "JudgeCheck",
    "JudgeChecks",
    "Landed",
    "LastChecks",
    "LeftOver",
    "Matches",
    "Message",
    "Model",
    "Notes",
    "Operation",
    "Operators",
    "Opinions",
    "Owed",
    "Past",
    "Recall",
    "Reply",
    "Request",
    "Retention",
    "Schema",
    "Screen",
    "Spent",
    "Standing",
    "TurnRecord",
    "Unsent",
    "Vote",
    "Votes",
]
