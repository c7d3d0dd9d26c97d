"""`safi-bot run`: what it refuses to serve with, in which words, and what it says while there is no platform."""

import asyncio
from pathlib import Path

import pytest

from bot import wiring
from bot.__main__ import main
from bot.cli.opening import configured
from bot.judging.admission import cases_of, named, panels
from bot.settings.choice import Choice, ModelRef
from bot.settings.personas import catalogue
from safi.ports import JudgeCheck
from tests.bot.examining import ROLES, standing_in, written
from tests.doubles import NOON

NO_PLATFORM = (
    "safi-bot: no platform is configured, so there is nobody to talk to; write [discord] or [slack.NAME] into the "
    "configuration, as README.md shows, or talk in this terminal with `safi-bot chat`\n"
)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with keys in the environment that nobody wrote into a configuration."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MY_KEY", "sk-test")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-found")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-found")
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


def test_models_that_are_merely_found_are_refused_with_the_keys_to_set(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run"]) == 2
    why = "is not set; `run` uses only models that the configuration names, as in"
    assert capsys.readouterr().err.splitlines() == [
        f'safi-bot: roles.intellect: {why} intellect = "anthropic" under [roles]',
        f'safi-bot: roles.will: {why} will = "openai" under [roles]',
        f'safi-bot: roles.conscience: {why} conscience = "openai" under [roles]',
    ]
    assert not Path("state").exists()


def test_the_practice_model_is_refused_for_each_role_that_it_has(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text('[roles]\nintellect = "anthropic"\nwill = "embedded"\n')
    assert main(["run"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in told] == ["roles.will", "roles.conscience"]
    assert "the practice model is for `safi-bot chat`" in told[0]


def test_judges_that_were_never_checked_are_refused_with_the_command_and_the_switch(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "http://127.0.0.1:9/v1")
    assert main(["run"]) == 2
    told = capsys.readouterr().err
    assert "mine:judge" in told
    assert "were never checked" in told
    assert "`safi-bot doctor --judges" in told
    assert "--unchecked-judges" in told
    assert told.endswith(NO_PLATFORM), "a check costs money, so whoever serves nobody yet hears that at once too"


@pytest.mark.parametrize(("passed", "told"), [(False, "failed their check of 2026-11-22"), (True, NO_PLATFORM)])
def test_judges_that_failed_are_refused_and_those_that_passed_may_sit(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, passed: bool, told: str
) -> None:
    asyncio.run(checked(written(tmp_path, "http://127.0.0.1:9/v1"), passed=passed))
    assert main(["run"]) == 2
    assert told in capsys.readouterr().err


def test_without_a_platform_it_says_so_and_where_to_talk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "http://127.0.0.1:9/v1").rename(tmp_path / "mine.toml")
    assert main(["run", "--config", str(file), "--unchecked-judges"]) == 2
    assert capsys.readouterr().err.endswith(NO_PLATFORM)


SPARE = '[providers.spare]\napi = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n[models.spare]\njudge = "second"\n'


def test_a_judge_that_may_stand_in_has_to_have_passed_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = written(tmp_path, "http://127.0.0.1:9/v1", roles=f"{ROLES}{SPARE}{standing_in(tmp_path, 'spare')}")
    asyncio.run(checked(file, passed=True))
    assert main(["run"]) == 2
    told = capsys.readouterr().err
    assert "mine: its judges with spare standing in (Will on spare:second, Conscience on spare:second)" in told
    assert "mine: spare has no model to stand in for Intellect; set models.spare.intellect." in told
    assert "No price is known for spare:second" in told
    asyncio.run(checked(file, passed=True, provider="spare", model="second"))
    assert main(["run"]) == 2
    assert capsys.readouterr().err.endswith(NO_PLATFORM)


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_misspelt_fallback_is_refused_with_the_persona_and_the_key(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path, "http://127.0.0.1:9/v1", roles=f"{ROLES}{standing_in(tmp_path, 'opnai')}")
    assert main([command]) == 2
    assert 'mine: fallbacks: there is no provider "opnai"; did you mean "openai"?' in capsys.readouterr().err


async def checked(file: Path, *, passed: bool, provider: str = "mine", model: str = "judge") -> None:
    """Have it on record that these judges were checked for this configuration's persona."""
    config = configured(file)
    profile = catalogue(config.personas).default
    cases = cases_of(config.personas, profile, wiring.open_screen())
    assert cases is not None
    judge = ModelRef(provider=provider, model=model)
    choice = Choice(intellect=judge, will=judge, conscience=judge, reason="test")
    (panel, *_) = panels(profile, choice, config, {})
    async with wiring.open_store(config.store) as store:
        await store.keep_check(JudgeCheck(**named(profile, cases, panel), at=NOON, passed=passed, report="{}"))
