"""Whole cards as a terminal shows them: a turn with what it took, a persona with its rules, a place's status."""

from dataclasses import replace

from inline_snapshot import snapshot

from bot.cards import costs, personas, places, turns
from bot.cards.places import Stand
from bot.cards.remembered import Remembered
from bot.settings.config import Spend
from safi.ports import Agreement, Spent, Standing
from safi.profile import Document, Rule
from safi.record import State
from safi.turn import Denied, Suppressed
from safi.usage import Usage
from tests.bot.cards.test_cards import MEMORY, record
from tests.bot.making import drawn
from tests.doubles import NOON, small_profile


def test_a_turn_shows_what_led_to_it_and_what_it_took() -> None:
    usage = Usage(model="vendor:m", seconds=1.25, input_tokens=900, output_tokens=40, cost=0.0021)
    sent = record()
    card = turns.why(replace(sent, turn=replace(sent.turn, drafting=usage, judging=usage)))
    assert drawn(card, 100) == snapshot("""\
◆ Why this answer · #7
  Sent. Its audit: coherence 8.2 of 10 (confidence 75%).

  Asked     It squeaks.
  Said      Oil the hinge.
  Gate      let out: harmless
  Coaching  none; memory had nothing to say yet
  Took      Intellect: vendor:m · 1.2 s · 900 tokens in, 40 out · about $0.0021
            Will: vendor:m · 1.2 s · 900 tokens in, 40 out · about $0.0021
            in all: 2.5 s · 1,880 tokens · about $0.0042

  Honesty   ──────────┼━━━━━━━━━━ +1.00  says so — “Oil the hinge.”, confidence 75%
  Kindness  ──────────┼──────────     –  not touched

  ada · 2026-11-22 12:00 UTC · turn t1

  Report this reply: /report 7\
""")


def test_a_turn_without_a_draft_says_whose_words_were_said() -> None:
    rule = Rule(id="in-danger", text="Someone is in danger.", message_patterns=("help me",), answer_with="Call 112.")
    denied = Denied(rules=("in-danger",), reason="found in the message", by="pattern")
    card = turns.why(
        record(
            Suppressed(draft=None, verdict=denied),
            profile=small_profile(rules=(rule,)),
            ledger=None,
            reading=None,
            audit=None,
            fate=None,
            number=None,
        )
    )
    assert drawn(card, 100) == snapshot("""\
◆ Why this answer
  Fixed words were sent; nothing was drafted, and nothing is audited.

  Asked     It squeaks.
  Said      Call 112.
  Gate      no answer was drafted: the message itself called for the fixed words of the rule
            in-danger
  Coaching  none; memory had nothing to say yet
  Took      nothing: no model was asked

  ada · 2026-11-22 12:00 UTC · turn t1\
""")


def test_a_persona_shows_what_follows_where_a_rule_is_broken() -> None:
    crisis = Rule(
        id="in-danger",
        text="Someone is in danger.",
        message_patterns=("help me",),
        answer_with="Call 112.\nNow.\n",
        notify=True,
    )
    plain = Rule(id="no-codes", text="Never give a door code.")
    assert dict(personas.declared(small_profile(rules=(crisis, plain))).fields) == snapshot(
        {
            "Honesty · 50%": "says what is so",
            "Kindness · 50%": "wishes people well",
            "Rule in-danger": """\
Someone is in danger.
A message can call for it by itself; then nothing is drafted.
What is said then: “Call 112.
Now.”
A moderator is called.\
""",
            "Rule no-codes": "Never give a door code.",
        }
    )


def test_status_shows_what_was_spent() -> None:
    standing = Standing(outcomes={"approved": 3, "failed": 1}, owed=1, folded=2, holes=0, oldest_owed=NOON)
    today = Spent(cost=0.42, unpriced=1200, calls=9, failed=1)
    month = Spent(cost=12.5, unpriced=88_000, calls=800, failed=4)
    remembered = Remembered(state=State(memory=MEMORY))
    spent = costs.spent(today, month, Spend())
    stand = Stand(
        persona="ada, the default",
        quiet="",
        standing=standing,
        remembered=remembered,
        agreement=Agreement(rated=20, agreed=17),
        reports="2 on #3, 1 on a notice, among the latest 50 turns",
        models="all on m",
        spent=spent,
        held=False,
    )
    card = places.status(stand)
    assert drawn(card, 100) == snapshot("""\
◆ Status

  Persona    ada, the default
  Turns      3 approved, 1 failed
  Audits     2 remembered, 1 owed (since 2026-11-22 12:00 UTC), 0 without a ledger
  Memory     9 audits
  Agreement  good: members and Conscience judge 17 of 20 rated answers alike
  Reports    2 on #3, 1 on a notice, among the latest 50 turns
  Models     all on m
  Spent      about $0.42 of $5.00 today, about $12.50 of $50.00 this month, in all places together
  Calls      9 today, 1 of them without an answer; 1,200 of 2,000,000 tokens today, 88,000 this
             month on models of which no price is known

  Honesty   ──────────┼━━━━━───── +0.50
  Kindness  ──────────┼━───────── +0.10

  Latest audits: /audit list · Memory: /memory show\
""")


def test_a_persona_shows_what_it_relies_on_and_who_else_may_hear() -> None:
    profile = small_profile(knowledge=(Document(name="faq.md", text="x"),), fallbacks=("openai", "mine"))
    fields = dict(personas.declared(profile).fields)
    assert fields["Knowledge"] == "faq.md"
    assert fields["Stand-ins"].startswith("Where its own models cannot be reached, openai, mine may be asked")
    assert not {"Knowledge", "Stand-ins"} & {name for name, _ in personas.declared(small_profile()).fields}
