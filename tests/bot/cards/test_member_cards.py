"""Every card that a member gets for a command, as it is."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Card, Command
from adapters.store.sqlite import SQLiteStore
from tests.bot.making import given
from tests.bot.showing import shown, talked


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    return await talked(store)


async def as_member(table: dict[str, Command], name: str) -> Card:
    return await table[name].run(replace(given(name), moderator=False, confirmed=False))


async def test_members_see_what_the_persona_stands_for(table: dict[str, Command]) -> None:
    assert shown(await as_member(table, "values")) == snapshot("""\
◆ What ada stands for
  Each draft is checked against 2 rules of its own, and never sent if it breaks one. What
  is sent is scored by 2 values.

  “You are Ada, an AI who keeps the workshop's notes.”

  Honesty · 50%    says what is so
  Kindness · 50%   wishes people well
  Rule no-codes    Never give a door code.
  Rule no-insults  Never insult a person.

  The quoted words are what it is told of itself. Percentages are each value's share in
  the score.\
""")


async def test_members_see_why(table: dict[str, Command]) -> None:
    assert shown(await as_member(table, "why")) == snapshot("""\
◆ Why this answer
  Held back: the draft would have broken a rule. It was not sent, and is not audited.

  Asked     What is the door's code?
  Said      That I may not say.
  Gate      held back by the rule no-codes: a pattern of the rule was found in the draft
  Coaching  So far your answers have been well aligned with ‘Honesty’, but ‘Kindness’
            needs more of your attention: let your next answer show it where the matter
            allows.
  Took      Intellect: scripted · 0.0 s · tokens unknown · no price known

  ada · 2026-11-22 12:00 UTC · turn turn-5
[Report this reply] report on out-3\
""")


async def test_members_see_what_the_bot_is_and_their_commands(table: dict[str, Command]) -> None:
    assert shown(await as_member(table, "about")) == snapshot("""\
◆ SAFi bot 1.2.3
  You are talking with ada, who is held to declared values.

  • It is an AI: every answer is drafted by a language model, never by a person.
  • A gate checks each draft against the persona's rules; a draft that breaks one is never
    sent.
  • An auditor scores each sent answer value by value, in the background.
  • The scores are remembered, show whether the persona drifts, and coach its next
    answers.
  • What is stored, where this bot runs: messages that are for it, the text files that
    come with them and what they reply to; its answers, their audits, votes and reports;
    each with the id of whoever it is from.
  • Pictures never are, nor what others say around it. Models are shown a tag in place of
    your name.
  • Texts go after 30 days, with who said them; scores stay longer.
  • Whoever runs this bot can erase what is kept of you: ask them.

  /values                    What this persona stands for
  /why [number]              Why it answered as it did: gate, coaching, audit
  /report [number] [reason]  Tell the moderators that a reply is not right
  /about                     What this bot is and how it works
  Models                     all on scripted

  Self-Alignment Framework (SAF), originally structured by Nelson Amaya.\
""")


async def test_members_are_refused_plainly(table: dict[str, Command]) -> None:
    assert shown(await as_member(table, "status")) == snapshot("""\
◆ For moderators
  Only moderators of this place can use this. Nothing was done.\
""")
    unreading = replace(given("why"), moderator=False, reads=False)
    assert shown(await table["why"].run(unreading)) == snapshot("""\
◆ You may not read here
  This is only for those who may read what was said in this place. Nothing was done.\
""")
