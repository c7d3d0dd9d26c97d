"""Guarded models out of a configuration: whose price, which caps, who stands in, and what is asked only once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from adapters.llm.cached import Cached
from adapters.llm.guarded import Guarded
from adapters.llm.scripted import ScriptedModel
from bot.settings.choice import Choice, Faculty, ModelRef
from bot.settings.config import Config, Spend
from bot.settings.prices import Price
from bot.settings.providers import PROVIDERS, ModelIds, Provider
from bot.settings.roles import Role, roles, stand_ins
from bot.wiring.guarding import guarding
from safi.errors import BudgetSpent, ModelMisconfigured
from safi.ports import Model, Request, Spent
from tests.adapters.llm.guarding import QUESTION, BriskClock, FakeAccounts, answer, outcome, scripted
from tests.doubles import clear

CHOICE = Choice(
    intellect=ModelRef(provider="anthropic", model="claude-sonnet-5-5"),
    will=ModelRef(provider="openai", model="gpt-6.1-terra"),
    conscience=ModelRef(provider="openai", model="odd-1"),
    reason="because",
)
MOST_OUTPUT = 8_000
"""Tokens that a reply of any of the models has at most."""

KEYS = {"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}


def role(faculty: Faculty) -> Role:
    return {each.faculty: each for each in roles(CHOICE, Config())}[faculty]


async def guarded(
    faculty: Faculty,
    *,
    config: Config | None = None,
    accounts: FakeAccounts | None = None,
    others: tuple[ModelRef, ...] = (),
    **scripts: Any,
) -> Model:
    """A role's model; a provider's models answer by its script, or say their name."""

    def opened(ref: ModelRef) -> ScriptedModel:
        said = scripted(answer(str(ref), model=str(ref), input_tokens=1_000, output_tokens=1_000))
        return ScriptedModel(scripts.get(ref.provider, said), name=str(ref), most_output=MOST_OUTPUT)

    guard = await guarding(config or Config(), accounts or FakeAccounts(), BriskClock(), lambda: 0.5)
    return guard.guarded(role(faculty), others, opened)


def test_each_role_has_its_own_bounds() -> None:
    assert [(each.faculty, str(each.own), each.max_tokens, each.deadline) for each in roles(CHOICE, Config())] == [
        ("intellect", "anthropic:claude-sonnet-5-5", 1_000, 60.0),
        ("will", "openai:gpt-6.1-terra", 300, 20.0),
        ("conscience", "openai:odd-1", 2_000, 120.0),
    ]


async def test_a_model_is_charged_at_its_price_and_noted_under_its_role() -> None:
    accounts = FakeAccounts()
    reply = await (await guarded("intellect", accounts=accounts)).ask(QUESTION)
    assert reply.usage.cost == pytest.approx(0.012)
    (call,) = accounts.calls
    assert (call.role, call.fate, call.usage.model) == ("intellect", "answered", "anthropic:claude-sonnet-5-5")


async def test_a_model_without_a_price_counts_in_tokens() -> None:
    accounts = FakeAccounts()
    reply = await (await guarded("conscience", accounts=accounts)).ask(QUESTION)
    assert (reply.usage.cost, accounts.calls[0].unpriced) == (None, 2_000)


async def test_a_configured_price_counts() -> None:
    config = replace(Config(), prices={"openai:odd-1": Price(input=1, output=1)})
    assert (await (await guarded("conscience", config=config)).ask(QUESTION)).usage.cost == pytest.approx(0.002)


async def test_what_was_spent_before_the_start_and_the_longest_reply_count_against_the_cap() -> None:
    def before(since: datetime) -> Spent:
        return Spent(cost=0.9)

    config = replace(Config(), spend=Spend(day=0.9 + MOST_OUTPUT * 10e-6))
    found = await outcome(await guarded("intellect", config=config, accounts=FakeAccounts(before=before)))
    assert isinstance(found, BudgetSpent)
    assert str(found).startswith("spend.day: this call may take $0.")


async def test_without_accounts_nothing_is_recorded_and_the_models_answer() -> None:
    guard = await guarding(Config(), None, BriskClock(), lambda: 0.5)
    model = guard.guarded(role("will"), (), lambda ref: ScriptedModel(lambda _: answer("yes"), name=str(ref)))
    assert (await model.ask(QUESTION)).text == "yes"


async def test_only_verdicts_are_remembered() -> None:
    kinds: dict[Faculty, type] = {"intellect": Guarded, "will": Cached, "conscience": Guarded}
    for faculty, kind in kinds.items():
        assert type(await guarded(faculty)) is kind


async def test_a_verdict_that_was_given_costs_nothing_again() -> None:
    from safi.turn import Draft, Prompt, Utterance
    from safi.will import word
    from tests.doubles import small_profile

    asked: list[Request] = []

    def judge(request: Request) -> str:
        asked.append(request)
        return clear()

    accounts = FakeAccounts()
    will = await guarded("will", accounts=accounts, openai=judge)
    prompt, draft = Prompt(message=Utterance(speaker="ann", text="Tea?")), Draft(text="Yes.")
    costs = [(await will.ask(word(small_profile(), prompt, draft, nonce=nonce))).usage.cost for nonce in "ab"]
    assert (len(asked), len(accounts.calls)) == (1, 1)
    assert costs[0]
    assert costs[1] == 0.0


async def test_a_stand_in_answers_where_a_profile_lists_it() -> None:
    def down(_: Request) -> ModelMisconfigured:
        return ModelMisconfigured("401")

    other = ModelRef(provider="openai", model="gpt-6.1-sol")
    model = await guarded("intellect", others=(other,), anthropic=down)
    reply = await model.ask(replace(QUESTION, instead=("openai",)))
    assert (reply.text, reply.usage.instead_of) == ("openai:gpt-6.1-sol", "anthropic:claude-sonnet-5-5")


@pytest.mark.parametrize(
    ("faculty", "listed", "environ", "found"),
    [
        ("intellect", ("openai",), KEYS, ["openai:gpt-6.1-sol"]),
        ("will", ("anthropic", "openai"), KEYS, ["anthropic:claude-haiku-5-5"]),
        ("intellect", ("openai",), {}, []),
        ("intellect", ("anthropic",), KEYS, []),
        ("intellect", ("nobody", "ollama", "embedded"), KEYS, []),
        ("will", ("near", "near"), {}, ["near:small"]),
    ],
)
def test_who_may_stand_in_has_a_key_or_needs_none_and_a_model_for_the_role(
    faculty: Faculty, listed: tuple[str, ...], environ: Mapping[str, str], found: list[str]
) -> None:
    near = Provider(api="openai", base_url="http://near.example.org/v1")
    config = replace(
        Config(),
        providers={**PROVIDERS, "near": near},
        models={**Config().models, "near": ModelIds(judge="small")},
    )
    assert [str(ref) for ref in stand_ins(role(faculty), config, environ, listed)] == found
