"""What people are shown of turns whose words are gone: every card reads well, and none says what is not so."""

from datetime import timedelta

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Card
from adapters.chat.terminal import typeset
from adapters.store.sqlite import SQLiteStore
from bot import cards
from bot.cards import turns
from safi.errors import ModelUnavailable
from safi.ports import Landed
from safi.record import fold
from tests.bot.making import SCOPE, auditing, commands, conversing, give
from tests.doubles import NOON, PLACE, FakeChat, HandClock, Heard, in_turn, inbound, ledger_text

DAY = timedelta(days=1)


def drawn(card: Card) -> str:
    page = typeset.Page(width=90, marks=typeset.marks_for("utf-8"))
    return "\n".join(line.plain.rstrip() for line in typeset.card(card, page))


async def expired(store: SQLiteStore) -> None:
    later = NOON + DAY
    await store.expire(texts_before=later, ledgers_before=NOON, checkpoint_before=NOON, step=fold, at=later)


@pytest.fixture
async def gone(store: SQLiteStore) -> SQLiteStore:
    """An audited answer, a suppressed draft, a failure and an answer whose audit is owed; then all texts expire."""
    chat, numbers = FakeChat(), iter(range(1, 9))
    drafts = in_turn("Oil the hinge.", "The code is 99.", ModelUnavailable("busy"), "I am Ada.")
    converse = conversing(store, chat, intellect=drafts, fresh=lambda: f"turn-{next(numbers)}")
    await converse.hear(inbound("It squeaks.", 1))
    audits = auditing(store, in_turn(ledger_text(Honesty=1, Kindness=-0.5)), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    for number, text in enumerate(("What is the code?", "Still there?", "Who are you?"), start=2):
        await converse.hear(inbound(text, number))
    await expired(store)
    return store


async def test_an_audited_answer_keeps_its_scores_and_says_that_its_words_are_gone(gone: SQLiteStore) -> None:
    assert drawn(await give(commands(gone), "audit show", number=1)) == snapshot("""\
◆ Audit · #1
  Sent. Its audit: coherence 6.6 of 10 (confidence 100%).

  Asked     [this text is no longer kept]
  Said      [this text is no longer kept]
  Gate      let out: [this text is no longer kept]
  Coaching  none; memory had nothing to say yet
  Members   no votes
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known
            Will: scripted · 0.0 s · tokens unknown · no price known
            Conscience: scripted · 0.0 s · tokens unknown · no price known
            in all: 0.0 s · tokens unknown · no price known

  Honesty   ──────────┼━━━━━━━━━━ +1.00
            [this text is no longer kept] — sentence 1, confidence 100%
  Kindness  ─────━━━━━┼────────── -0.50
            [this text is no longer kept] — the answer as a whole, confidence 100%

  ada · 2026-11-22 12:00 UTC · turn turn-1

  Later #2: /audit show 2\
""")


async def test_a_list_of_turns_says_what_became_of_them(gone: SQLiteStore) -> None:
    assert drawn(await give(commands(gone), "audit list")) == snapshot("""\
◆ Latest turns

  #2  11-22 12:00 · given up · “[this text is no longer kept]”
  –   11-22 12:00 · failed · “[this text is no longer kept]”
  –   11-22 12:00 · suppressed · “[this text is no longer kept]”
  #1  11-22 12:00 · 6.6 · “[this text is no longer kept]”

  #2: /audit show 2 · #1: /audit show 1\
""")


async def test_an_answer_whose_audit_was_owed_says_why_it_has_none(gone: SQLiteStore) -> None:
    assert drawn(await give(commands(gone), "why")) == snapshot("""\
◆ Why this answer · #2
  Sent. Its audit: none; memory stays as it was (its words had expired before the audit).

  Asked     [this text is no longer kept]
  Said      [this text is no longer kept]
  Gate      let out: [this text is no longer kept]
  Coaching  [this text is no longer kept]
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known
            Will: scripted · 0.0 s · tokens unknown · no price known
            in all: 0.0 s · tokens unknown · no price known

  ada · 2026-11-22 12:00 UTC · turn turn-7

  Report this reply: /report 2\
""")


async def test_turns_without_an_answer_say_why_as_far_as_it_is_kept(gone: SQLiteStore) -> None:
    failed, suppressed = await gone.turns(SCOPE, limit=2, skip=1)
    assert drawn(turns.why(failed)) == snapshot("""\
◆ Why this answer
  There was no draft, so there is nothing to audit.

  Asked     [this text is no longer kept]
  Said      Words fail me.
  Gate      nothing to judge, there was no draft: the model could not be reached in time
  Coaching  [this text is no longer kept]
  Took      nothing: no model was asked

  ada · 2026-11-22 12:00 UTC · turn turn-5\
""")
    assert drawn(turns.why(suppressed)) == snapshot("""\
◆ Why this answer
  Held back: the draft would have broken a rule. It was not sent, and is not audited.

  Asked     [this text is no longer kept]
  Said      That I may not say.
  Gate      held back by the rule no-codes: [this text is no longer kept]
  Coaching  [this text is no longer kept]
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known

  ada · 2026-11-22 12:00 UTC · turn turn-3\
""")


async def test_no_prompt_is_made_of_what_is_gone(gone: SQLiteStore) -> None:
    heard = Heard("Hello.")
    await conversing(gone, FakeChat(), intellect=heard, fresh=lambda: "turn-9").hear(inbound("Hi", 9))
    assert [message.text for message in heard.requests[0].messages] == ["Hi"]


async def test_an_audit_whose_answer_was_erased_says_so(store: SQLiteStore) -> None:
    await conversing(store, FakeChat()).hear(inbound("Hi", 1))
    await store.erase("ann", workspace=PLACE.workspace, actor="ann", step=fold, at=NOON)
    (record,) = await store.turns(SCOPE, limit=1)
    assert cards.audit_landed(record, await store.state(SCOPE)).sentence == (
        "none; memory stays as it was (its words were erased before the audit)"
    )
