"""The judge check from the program's side: which judges may sit, what a check takes, and what a person reads of it."""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from bot.judging.admission import AT_ONCE, Admitted, Barred, admitted, cases_of, estimates, named, panels, put_all
from bot.settings.choice import choose
from bot.settings.config import Config, Personas, Tokens
from bot.settings.providers import MODELS, PROVIDERS, ModelIds, Provider
from safi.judgecheck.asking import Judges
from safi.judgecheck.cases import asked
from safi.ports import Reply, Request
from tests.bot.judging.panels import Kept, check, panel
from tests.doubles import PlainScreen, ids
from tests.safi import judges, making
from tests.safi.checking import CASES, PROFILE

# ------------------------------------------------------------------------------------------------- which judges may sit


async def test_judges_that_passed_may_sit() -> None:
    assert await admitted(PROFILE, CASES, [panel()], Kept([check()])) == Admitted(check=check())


@pytest.mark.parametrize(
    "other",
    [
        {"digest": "another profile"},
        {"will": "test:another"},
        {"conscience": "test:another"},
        {"version": "other words"},
    ],
)
async def test_a_check_of_other_judges_or_words_counts_for_nothing(other: dict[str, str]) -> None:
    verdict = await admitted(PROFILE, CASES, [panel()], Kept([check(**other)]))
    assert isinstance(verdict, Barred)
    assert verdict.why == "unchecked"


async def test_a_later_check_counts_in_an_earlier_ones_place() -> None:
    verdict = await admitted(PROFILE, CASES, [panel()], Kept([check(), check(passed=False)]))
    assert isinstance(verdict, Barred)
    assert verdict.why == "failed"


async def test_whoever_is_barred_reads_why_what_to_run_and_how_to_overrule_it() -> None:
    kept = Kept([check(passed=False)])
    said = [
        await admitted(PROFILE, None, [panel()], Kept()),
        await admitted(PROFILE, CASES, [panel()], Kept()),
        await admitted(PROFILE, CASES, [panel()], kept),
    ]
    told = [verdict.sentence for verdict in said if isinstance(verdict, Barred)]
    assert making.lines("\n".join(told)) == snapshot(
        [
            "ada: has no cases to check its judges by; they stand in a file of the profile's own name that ends ",
            "in .check.jsonl instead of .toml, at least 20 of each kind (copied with a shipped profile, its cases",
            " are a start), or overrule this with --unchecked-judges.",
            "ada: its judges (Will on test:will, Conscience on test:conscience) were never checked as they are ",
            "set up now. Run `safi-bot doctor --judges --persona ada`, or overrule this with --unchecked-judges.",
            "ada: its judges (Will on test:will, Conscience on test:conscience) failed their check of 2026-11-22;",
            " choose others. Run `safi-bot doctor --judges --persona ada`, or overrule this with --unchecked-",
            "judges.",
        ]
    )


async def test_a_stand_in_that_was_not_checked_or_failed_bars_the_judges_it_stands_in_for() -> None:
    bench = [panel(), panel("spare", "spare", stand_in="spare")]
    its = check(will="test:spare", conscience="test:spare")
    barred = [
        await admitted(PROFILE, CASES, bench, kept)
        for kept in (Kept([check()]), Kept([check(), replace(its, passed=False)]))
    ]
    told = [(verdict.why, verdict.stand_in) for verdict in barred if isinstance(verdict, Barred)]
    assert told == [("unchecked", "spare"), ("failed", "spare")]
    verdict = await admitted(PROFILE, CASES, bench, Kept([check(), its]))
    assert verdict == Admitted(check=check(), stand_ins=(its,))


NEAR = Provider(api="openai", base_url="http://near.example.org/v1")
CONFIG = replace(
    Config(),
    providers={**PROVIDERS, "near": NEAR},
    models={**MODELS, "near": ModelIds(judge="small")},
)
CHOICE = choose(CONFIG, {"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}, None)


def seated(config: Config = CONFIG, **environ: str) -> list[tuple[str | None, str, str]]:
    """Who may judge where these are listed."""
    profile = replace(PROFILE, fallbacks=("near", "openai", "anthropic", "ollama"))
    found = panels(profile, CHOICE, config, environ)
    return [(each.stand_in, each.will, each.conscience) for each in found]


def test_each_provider_that_can_stand_in_for_a_judge_is_a_panel_of_its_own() -> None:
    own = f"openai:{MODELS['openai'].judge}"
    assert seated() == [(None, own, own), ("near", "near:small", "near:small")]
    haiku = f"anthropic:{MODELS['anthropic'].judge}"
    assert seated(ANTHROPIC_API_KEY="k")[2] == ("anthropic", haiku, haiku)


def test_a_check_is_for_a_server_and_for_bounds_and_does_not_outlive_them() -> None:
    listing = replace(PROFILE, fallbacks=("near",))

    def versions(config: Config, **environ: str) -> list[str]:
        return [named(listing, CASES, each)["version"] for each in panels(listing, CHOICE, config, environ)]

    moved = replace(CONFIG, providers={**CONFIG.providers, "near": replace(NEAR, base_url="http://far.example.org/v1")})
    own, near = versions(CONFIG)
    assert versions(moved)[0] == own
    found = {near, versions(moved)[1], *versions(replace(CONFIG, tokens=Tokens(verdict=301)))}
    assert len(found | {own, *versions(CONFIG, OPENAI_BASE_URL="http://gateway.example.org/v1")}) == 6


# --------------------------------------------------------------------------------------------------- what a check takes


def test_an_estimate_counts_every_question_and_asks_its_models_price() -> None:
    asked_for: list[tuple[str, int, int]] = []

    def price(model: str, given: int, got: int) -> float | None:
        asked_for.append((model, given, got))
        return None if model == "test:will" else 0.25

    verdicts, audits = estimates(PROFILE, CASES, panel(), Tokens(verdict=1_000, ledger=30), price)
    assert (verdicts.model, verdicts.calls, verdicts.cost) == ("test:will", 96, None)
    assert (audits.model, audits.calls, audits.cost) == ("test:conscience", 24, 0.25)
    assert asked_for == [
        (each.model, each.input_tokens, out)
        for each in (verdicts, audits)
        for out in (each.output_tokens, each.most_output_tokens)
    ]
    assert verdicts.most_output_tokens == 96_000
    assert audits.most_output_tokens == audits.output_tokens
    assert 96 * 300 < verdicts.input_tokens < 96 * 600


async def test_questions_are_put_a_few_at_a_time_each_with_a_nonce_of_its_own() -> None:
    under_way, most = 0, 0
    nonces: list[str] = []

    @dataclass(frozen=True)
    class Watched:
        name: str = "watched"
        sees: bool = False

        async def ask(self, request: Request) -> Reply:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            nonces.append(request.messages[0].text.split(">")[0])
            reply = await sound.will.ask(request) if request.schema and request.schema.name == "verdict" else None
            reply = reply or await sound.conscience.ask(request)
            under_way -= 1
            return reply

    sound, done = judges.sound(PROFILE, CASES), list[None]()
    watched = Judges(will=Watched(), conscience=Watched(), screen=PlainScreen())
    results = await put_all(PROFILE, CASES, watched, fresh=ids("n"), noted=lambda: done.append(None))
    assert [result.case for result in results] == [*asked(CASES)]
    assert len(set(nonces)) == len(nonces) == len(done) == len(results)
    assert most <= AT_ONCE


def test_a_persona_without_a_case_file_has_no_cases(tmp_path: Path) -> None:
    assert cases_of(Personas(folder=tmp_path), PROFILE, PlainScreen()) is None
