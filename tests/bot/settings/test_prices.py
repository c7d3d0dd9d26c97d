"""What models cost: the shipped table as its vendors have it, and what a configuration may lay over it."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import ConfigError
from bot.settings.config import MODELS, Config, load
from bot.settings.prices import FREE, Above, Price, Prices, price_list, unpriced
from bot.settings.providers import PROVIDERS, Provider
from safi.usage import Usage

MILLION = 1_000_000


def shipped() -> Prices:
    return price_list({}, PROVIDERS)


def used(given: int, got: int, *, cached: int | None = None, written: int | None = None) -> Usage:
    return Usage(
        model="m", seconds=0, input_tokens=given, output_tokens=got, cached_tokens=cached, written_tokens=written
    )


ROWS = {
    "anthropic:claude-sonnet-5-5": (2, 0.10, 2.50, 10),
    "anthropic:claude-haiku-5-5": (0.10, 0.01, 0.125, 0.50),
    "anthropic:claude-opus-5-5": (4, 0.20, 5, 20),
    "openai:gpt-6.1-sol": (2, 0.10, 2.50, 10),
    "openai:gpt-6.1-terra": (1, 0.05, 1.25, 5),
    "openai:gpt-6-luna": (0.10, 0.01, 0.125, 0.50),
}
BANDS = {
    "anthropic:claude-haiku-5-5": (100_000, 0.50, 0.05, 0.625, 2.50),
    "openai:gpt-6.1-sol": (272_000, 4, 0.20, 5, 15),
    "openai:gpt-6.1-terra": (272_000, 2, 0.10, 2.50, 7.50),
}


def test_the_shipped_table_is_dated_and_holds_just_these_rows() -> None:
    table = shipped()
    assert table.as_of == date(2026, 11, 22)
    assert {model: (row.input, row.cached, row.written, row.output) for model, row in table.rows.items()} == ROWS
    bands = {model: row.above for model, row in table.rows.items() if row.above}
    assert {
        model: (band.tokens, band.input, band.cached, band.written, band.output) for model, band in bands.items()
    } == BANDS


def test_every_model_that_is_chosen_without_a_configuration_has_a_price() -> None:
    for provider, ids in MODELS.items():
        assert shipped().of(f"{provider}:{ids.intellect}")
        assert shipped().of(f"{provider}:{ids.judge}")


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        (used(MILLION // 10, 0), 0.01),
        (used(MILLION // 10 + 1, 0), 0.0500005),
        (used(1_000, 1_000), 0.0001 + 0.0005),
        (used(1_000, 0, cached=400, written=600), 400 * 0.01e-6 + 600 * 0.125e-6),
        (used(200_000, 100, cached=50_000), 150_000 * 0.5e-6 + 50_000 * 0.05e-6 + 100 * 2.5e-6),
        (used(0, 0), 0),
    ],
)
def test_a_call_costs_what_its_tokens_cost_and_a_long_one_all_of_it_the_dearer_rate(
    usage: Usage, dollars: float
) -> None:
    haiku = shipped().of("anthropic:claude-haiku-5-5")
    assert haiku is not None
    assert haiku.cost(usage) == pytest.approx(dollars)


def test_rates_that_are_left_out_are_the_inputs_and_a_rate_of_nothing_is_one() -> None:
    assert Price(input=3, output=0).cost(used(100, 9, cached=50, written=25)) == pytest.approx(300e-6)
    assert Price(input=3, cached=0, output=0).cost(used(100, 9, cached=100)) == 0


def test_more_tokens_in_the_cache_than_there_are_cost_nothing_less() -> None:
    assert Price(input=1, cached=0, output=0).cost(used(10, 0, cached=99)) == 0


RATE = st.floats(0, 1_000)


@given(
    rates=st.tuples(RATE, RATE, RATE, RATE),
    more=st.tuples(RATE, RATE, RATE, RATE),
    tokens=st.tuples(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6)),
)
def test_with_a_dearer_band_a_longer_question_is_never_cheaper(
    rates: tuple[float, ...], more: tuple[float, ...], tokens: tuple[int, ...]
) -> None:
    above = [rate + extra for rate, extra in zip(rates, more, strict=True)]
    price = Price(
        input=rates[0],
        output=rates[1],
        above=Above(tokens=tokens[0] + 1, input=above[0], output=above[1]),
    )
    short, long = sorted(tokens[1:3])
    assert price.cost(used(short, tokens[3])) <= price.cost(used(long, tokens[3]))


# ------------------------------------------------------------------------------------------ whose price it is


def test_a_price_that_was_given_comes_before_the_shipped_one() -> None:
    mine = Price(input=1, output=1)
    assert price_list({"openai:gpt-6.1-sol": mine}, PROVIDERS).of("openai:gpt-6.1-sol") == mine
    assert price_list({"openai:other": mine}, PROVIDERS).of("openai:gpt-6.1-sol") == shipped().of("openai:gpt-6.1-sol")


def test_a_model_on_this_machine_costs_nothing_unless_somebody_says_so() -> None:
    prices = price_list({"ollama:dear": Price(input=1, output=1)}, PROVIDERS)
    for model in ("embedded:any", "ollama:any", "ollama:qwen3:8b"):
        assert prices.of(model) == FREE
    assert prices.about("ollama:dear", MILLION, MILLION) == 2


@pytest.mark.parametrize("model", ["mine:any", "ollama:gpt-oss:120b-cloud", "ollama:glm-4.6:cloud"])
def test_what_is_only_passed_on_from_this_machine_is_not_free(model: str) -> None:
    here = {**PROVIDERS, "mine": Provider(api="openai", base_url="http://localhost:1/v1")}
    assert price_list({}, here).of(model) is None
    assert price_list({model: FREE}, here).of(model) == FREE


def test_a_gateway_on_this_machine_charges_what_its_vendor_does() -> None:
    here = {**PROVIDERS, "openai": Provider(api="openai", base_url="http://127.0.0.1:2/v1")}
    assert price_list({}, here).of("openai:gpt-6.1-sol") == shipped().of("openai:gpt-6.1-sol")


def test_an_ollama_on_another_machine_has_no_known_price() -> None:
    there = {**PROVIDERS, "ollama": Provider(api="openai", base_url="http://gpu.example.org:11434/v1")}
    assert price_list({}, there).of("ollama:any") is None


def test_what_tokens_cost_is_known_or_none() -> None:
    assert shipped().about("openai:gpt-6.1-terra", MILLION // 10, 1_000) == pytest.approx(0.105)
    assert shipped().about("openai:unheard-of", 1, 1) is None


def test_a_model_without_a_price_is_said_to_be_capped_by_tokens() -> None:
    models = ["openai:gpt-6.1-sol", "openai:odd-1", "ollama:qwen", "openai:odd-1"]
    assert unpriced(models, shipped(), 2_000_000) == (
        "No price is known for openai:odd-1; tokens are capped instead, 2,000,000 a day (spend.day_tokens). "
        'Prices go under [prices."openai:odd-1"]: input = 0, output = 0 if nobody charges.',
    )


def test_models_without_prices_are_told_of_together() -> None:
    (told,) = unpriced(["a:1", "ollama:qwen", "b:2", "c:3"], shipped(), 1_000)
    assert told == (
        "No price is known for a:1, b:2 and c:3; tokens are capped instead, 1,000 a day (spend.day_tokens). "
        'Prices go under [prices."a:1"], [prices."b:2"], [prices."c:3"]: input = 0, output = 0 if nobody charges.'
    )


def test_nothing_is_said_where_every_price_is_known() -> None:
    assert unpriced(["openai:gpt-6.1-sol", "ollama:qwen"], shipped(), 1_000) == ()


# ------------------------------------------------------------------------------------------------ configuration


def loaded(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_a_configuration_may_give_prices(tmp_path: Path) -> None:
    text = (
        '[prices."ollama:big"]\ninput = 1\noutput = 2.5\n'
        "above = { tokens = 10, input = 1, output = 3 }\n[spend]\nday = 0\n[calls]\nat_once = 1\n"
    )
    config = loaded(tmp_path, text)
    band = Above(tokens=10, input=1.0, output=3.0)
    assert config.prices == {"ollama:big": Price(input=1.0, output=2.5, above=band)}
    assert (config.spend.day, config.spend.month, config.calls.at_once) == (0.0, 50.0, 1)


BROKEN = {
    "no model": (
        "[prices.openai]\ninput = 1\noutput = 1\n",
        'prices.openai: must be text of the form "provider:model-id", not "openai"',
    ),
    "no such provider": (
        '[prices."opnai:m"]\ninput = 1\noutput = 1\n',
        'prices."opnai:m": there is no provider "opnai"; did you mean "openai"? '
        "Allowed here: anthropic, ollama, openai",
    ),
    "half a price": (
        '[prices."openai:m"]\ninput = 1\n',
        'prices."openai:m".output: is missing; it must be a number between 0 and 100000 (dollars a million tokens)',
    ),
    "a price below nothing": (
        '[prices."openai:m"]\ninput = -1\noutput = 1\n',
        'prices."openai:m".input: must be a number between 0 and 100000 (dollars a million tokens), not -1',
    ),
    "a band that is cheaper": (
        '[prices."openai:m"]\ninput = 2\ncached = 1\noutput = 1\nabove = { tokens = 9, input = 0.5, output = 1 }\n',
        'prices."openai:m".above.input: must be at least 2, as it is up to that many tokens, not 0.5',
    ),
    "a cap below nothing": (
        "[spend]\nday = -1\n",
        "spend.day: must be a number between 0 and 100000 (dollars), not -1",
    ),
    "no call at all": (
        "[calls]\nat_once = 0\n",
        "calls.at_once: must be a whole number between 1 and 256, not 0",
    ),
}


@pytest.mark.parametrize("case", BROKEN)
def test_what_is_wrong_with_prices_and_caps_is_told_by_its_key(case: str, tmp_path: Path) -> None:
    text, problem = BROKEN[case]
    with pytest.raises(ConfigError) as caught:
        loaded(tmp_path, text)
    assert f"{tmp_path / 'config.toml'}: {problem}" in caught.value.problems
