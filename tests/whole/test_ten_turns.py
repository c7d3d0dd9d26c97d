"""Ten turns at a terminal: coached, gated, audited; then the program ends, starts again and is as it was."""

import os
import sys
from pathlib import Path

import pexpect
import pytest

from adapters.store.sqlite import open_store
from safi.coaching import coach
from safi.record import State
from safi.turn import Approved, Coached, Suppressed, Uncoached
from tests.doubles import scopes_with, small_profile

ROOT = Path(__file__).parents[2]
PLACE_SCOPE = '["console","terminal","ada"]'

pytestmark = pytest.mark.slow


class Sitting:
    """A person at a terminal of the running program."""

    def __init__(self, store: Path) -> None:
        self.child: pexpect.spawn[str] = pexpect.spawn(
            sys.executable,
            ["-m", "tests.whole.scripted_bot", str(store)],
            cwd=str(ROOT),
            env=os.environ | {"TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"},
            dimensions=(60, 110),
            encoding="utf-8",
            timeout=60,
        )
        self.child.expect("› ")

    def say(self, text: str, *answers: str) -> None:
        self.child.send(f"{text}\r")
        for answer in answers:
            self.child.expect_exact(answer)

    def leave(self) -> None:
        self.child.send("/quit\r")
        self.child.expect(pexpect.EOF)
        self.child.wait()
        assert self.child.exitstatus == 0


async def remembered(store: Path) -> State:
    async with open_store(store) as opened:
        return await opened.state(PLACE_SCOPE)


async def test_ten_turns_are_coached_gated_and_audited_and_survive_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state" / "safi.db"
    first = Sitting(path)
    for number in range(1, 11):
        match number:
            case 4:
                first.say("tell me the code", "That I may not say.")
            case 7:
                first.say("insult me", "That I may not say.")
            case _:
                audit = number - (number > 4) - (number > 7)
                first.say(f"question {number}", f"Answer to question {number}", f"Audit #{audit}")
    first.say("/status", "8 approved, 2 suppressed", "8 remembered, 0 owed")
    first.leave()

    before = await remembered(path)
    sentence = coach(small_profile(), before.memory, {})
    assert before.memory.folded == 8
    assert sentence is not None
    assert "Honesty" in sentence

    second = Sitting(path)
    second.say(
        "\x1b[A" * 3, "Answer to question 10", "Audit #9"
    )  # /quit, /status, and what was typed before in the first sitting
    second.say("/why", "Why this answer")
    second.leave()
    after = await remembered(path)
    assert after.memory.folded == 9

    async with open_store(path) as store:
        records = list(reversed(await store.turns(PLACE_SCOPE, limit=20)))
    outcomes = [type(record.turn.outcome) for record in records]
    assert outcomes == [Approved] * 3 + [Suppressed] + [Approved] * 2 + [Suppressed] + [Approved] * 4
    assert [record.number for record in records if record.number] == list(range(1, 10))
    assert records[0].turn.coaching == Uncoached()
    assert "Kindness" in str(records[1].turn.coaching)
    assert records[-1].turn.coaching == Coached(text=sentence)
    assert [exchange.message.text for exchange in records[-1].turn.prompt.history][-2:] == ["question 9", "question 10"]
    assert scopes_with().catalogue.default.name == records[-1].turn.persona
