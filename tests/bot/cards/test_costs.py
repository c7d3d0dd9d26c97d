"""What models took is said to whoever asks: nothing is left out, and what is unknown is no number."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from bot.cards import costs
from bot.settings.config import Spend
from safi.ledger import Ledger
from safi.ports import Spent, TurnRecord
from safi.usage import Usage
from tests.bot.cards.test_cards import LEDGER, record

DRAFTING = Usage(
    model="anthropic:sonnet",
    seconds=2.14,
    first_token=0.61,
    input_tokens=1812,
    cached_tokens=1500,
    output_tokens=95,
    cost=0.0031,
)
JUDGING = Usage(model="anthropic:haiku", seconds=0.6, input_tokens=700, output_tokens=24, cost=0.000082)
AUDITING = Usage(model="openai:terra", seconds=3.26, input_tokens=1400, output_tokens=210, cost=0.00245)


def turn(
    drafting: Usage | None = DRAFTING, judging: Usage | None = JUDGING, ledger: Ledger | None = None
) -> TurnRecord:
    """A turn whose faculties took that."""
    sent = record(ledger=ledger)
    return replace(sent, turn=replace(sent.turn, drafting=drafting, judging=judging))


def test_every_faculty_has_a_line_and_there_is_a_sum() -> None:
    assert costs.took(turn(ledger=replace(LEDGER, usage=AUDITING))) == snapshot("""\
Intellect: anthropic:sonnet · 2.1 s, first token after 0.6 s · 1,812 tokens in (1,500 cached), 95 out · about $0.0031
Will: anthropic:haiku · 0.6 s · 700 tokens in, 24 out · less than $0.0001
Conscience: openai:terra · 3.3 s · 1,400 tokens in, 210 out · about $0.0024
in all: 6.0 s · 4,241 tokens · about $0.0056\
""")


def test_a_turn_that_asked_no_model_says_so() -> None:
    assert costs.took(turn(None, None)) == snapshot("nothing: no model was asked")


def test_one_faculty_alone_needs_no_sum() -> None:
    assert costs.took(turn(drafting=None)) == snapshot(
        "Will: anthropic:haiku · 0.6 s · 700 tokens in, 24 out · less than $0.0001"
    )


def test_what_stood_in_for_what_and_how_often_it_was_asked_is_told() -> None:
    helped = replace(JUDGING, model="openai:luna", instead_of="anthropic:haiku", calls=3)
    assert costs.took(turn(None, helped)) == snapshot(
        "Will: openai:luna stood in for anthropic:haiku · 0.6 s · 700 tokens in, 24 out · less than $0.0001 · 3 calls"
    )


def test_a_verdict_that_was_at_hand_cost_nothing_and_spoils_no_sum() -> None:
    at_hand = Usage(model="anthropic:haiku", seconds=0, cost=0, calls=0)
    assert costs.took(turn(judging=at_hand, ledger=replace(LEDGER, usage=AUDITING))) == snapshot("""\
Intellect: anthropic:sonnet · 2.1 s, first token after 0.6 s · 1,812 tokens in (1,500 cached), 95 out · about $0.0031
Will: anthropic:haiku · no call was made
Conscience: openai:terra · 3.3 s · 1,400 tokens in, 210 out · about $0.0024
in all: 5.4 s · 3,517 tokens · about $0.0055\
""")


def test_what_is_unknown_is_said_so_and_leaves_a_sum_that_is_a_least() -> None:
    silent = Usage(model="local:mystery", seconds=30.04)
    half = Usage(model="local:mystery", seconds=1, output_tokens=12)
    assert costs.took(turn(DRAFTING, silent)) == snapshot("""\
Intellect: anthropic:sonnet · 2.1 s, first token after 0.6 s · 1,812 tokens in (1,500 cached), 95 out · about $0.0031
Will: local:mystery · 30.0 s · tokens unknown · no price known
in all: 32.2 s · at least 1,907 tokens · at least $0.0031\
""")
    assert costs.took(turn(silent, half)) == snapshot("""\
Intellect: local:mystery · 30.0 s · tokens unknown · no price known
Will: local:mystery · 1.0 s · unknown tokens in, 12 out · no price known
in all: 31.0 s · at least 12 tokens · no price known\
""")
    assert costs.took(turn(silent, silent)) == snapshot("""\
Intellect: local:mystery · 30.0 s · tokens unknown · no price known
Will: local:mystery · 30.0 s · tokens unknown · no price known
in all: 60.1 s · tokens unknown · no price known\
""")
    assert costs.took(turn(replace(JUDGING, cost=0), silent)) == snapshot("""\
Intellect: anthropic:haiku · 0.6 s · 700 tokens in, 24 out · $0
Will: local:mystery · 30.0 s · tokens unknown · no price known
in all: 30.6 s · at least 724 tokens · no price known\
""")


def test_a_model_on_this_machine_is_free() -> None:
    here = Usage(model="embedded:SmolLM2-135M-Instruct", seconds=9.9, input_tokens=900, output_tokens=60, cost=0)
    assert costs.took(turn(here, replace(here, model="ollama:llama3"))) == snapshot("""\
Intellect: embedded:SmolLM2-135M-Instruct · 9.9 s · 900 tokens in, 60 out · free: on this machine
Will: ollama:llama3 · 9.9 s · 900 tokens in, 60 out · free: on this machine
in all: 19.8 s · 1,920 tokens · $0\
""")


def test_an_ollama_model_of_the_cloud_is_not_said_to_be_here() -> None:
    away = Usage(model="ollama:glm-4.6:cloud", seconds=1, input_tokens=1, output_tokens=1, cost=0)
    assert costs.took(turn(away, None)).endswith(" · $0")


def test_audits_that_came_to_nothing_are_part_of_what_the_conscience_took() -> None:
    landed = turn(None, None, ledger=replace(LEDGER, usage=AUDITING))
    assert costs.took(replace(landed, wasted=AUDITING)) == snapshot(
        "Conscience: openai:terra · 6.5 s · 2,800 tokens in, 420 out · about $0.0049 · 2 calls"
    )
    assert costs.took(replace(turn(None, None), ledger=None, wasted=AUDITING)) == snapshot(
        "Conscience: openai:terra · 3.3 s · 1,400 tokens in, 210 out · about $0.0024"
    )


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (0, "$0"),
        (0.00000002, "less than $0.0001"),
        (0.0001, "about $0.0001"),
        (0.0031, "about $0.0031"),
        (0.0999, "about $0.0999"),
        (0.1, "about $0.10"),
        (1234.5678, "about $1,234.57"),
    ],
)
def test_dollars_are_as_fine_as_they_are_few(cost: float, words: str) -> None:
    alone = Usage(model="vendor:m", seconds=1, input_tokens=1, output_tokens=1, cost=cost)
    assert costs.took(turn(alone, None)) == f"Intellect: vendor:m · 1.0 s · 1 tokens in, 1 out · {words}"


def test_a_day_and_a_month_are_told_in_dollars_and_in_tokens_without_a_price() -> None:
    month = Spent(cost=12.3456, unpriced=2_400_000, calls=9_000, failed=40)
    assert costs.spent(Spent(cost=0.421, calls=212, failed=3), replace(month, unpriced=0), Spend()) == snapshot("""\
about $0.42 of $5.00 today, about $12.35 of $50.00 this month, in all places together
212 today, 3 of them without an answer\
""")
    assert costs.spent(Spent(cost=0.421, unpriced=120_000, calls=212, failed=3), month, Spend()) == snapshot("""\
about $0.42 of $5.00 today, about $12.35 of $50.00 this month, in all places together
212 today, 3 of them without an answer
120,000 of 2,000,000 tokens today, 2,400,000 this month on models of which no price is known\
""")


def test_nothing_spent_is_nothing() -> None:
    assert costs.spent(Spent(), Spent(), Spend()) == snapshot("""\
$0 of $5.00 today, $0 of $50.00 this month, in all places together
0 today, 0 of them without an answer\
""")
