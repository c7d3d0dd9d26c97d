"""`safi-bot run` on a Discord of this machine: whom it refuses, what it says when it is there, and how it stops."""

import os
import signal
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest
from llmock.pytest_plugin import LLMock

from bot import wiring
from bot.__main__ import main
from bot.cli import run
from bot.cli.opening import chosen, configured, opening
from bot.clock import SystemClock
from bot.errors import ConfigError
from safi.ports import Assignment
from tests.adapters.chat.discord.loopback.loopback import Loopback
from tests.bot.cli.test_run import checked
from tests.bot.on_platforms import DISCORD_TOKEN, answering, configuration, greeted, served, settled
from tests.doubles import NOON

CHANNEL: Final = "123456789012345678"
DISCORD: Final = "[discord]\n"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with a token."""
    settled(tmp_path, monkeypatch)
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)


def test_a_token_that_is_not_there_is_told_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DISCORD_TOKEN")
    configuration(tmp_path, DISCORD)
    assert main(["run"]) == 2
    assert "safi-bot: discord: there is no token; set DISCORD_TOKEN" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["run", "chat"])
def test_a_channels_persona_that_is_not_there_is_told_with_its_key(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration(tmp_path, f'[discord.personas]\n{CHANNEL} = "gamester"\n')
    assert main([command]) == 2
    told = f'discord.personas.{CHANNEL}: there is no persona "gamester"; did you mean "gamemaster"?'
    assert told in capsys.readouterr().err


async def test_the_judges_of_a_persona_that_answers_in_one_channel_have_to_have_passed_too(tmp_path: Path) -> None:
    file = configuration(tmp_path, f'[discord.personas]\n{CHANNEL} = "gamemaster"\n')
    await checked(file, passed=True)
    with pytest.raises(ConfigError) as caught:
        await served(file, unchecked_judges=False)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["gamemaster"]


async def test_the_judges_of_a_persona_that_moderators_gave_to_a_channel_have_to_have_passed_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = configuration(tmp_path, DISCORD)
    await checked(file, passed=True)
    await given(file, "gamemaster")
    await given(file, "somebody", channel="2")
    with pytest.raises(ConfigError) as caught:
        await served(file, unchecked_judges=False)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["gamemaster"]
    assert 'channels to the persona "somebody", which is not there; nobody answers in them' in capsys.readouterr().err


async def given(file: Path, persona: str, channel: str = CHANNEL) -> None:
    """Have it on record that moderators gave a channel to a persona."""
    async with wiring.open_store(configured(file).store) as store:
        assignment = Assignment(workspace="discord:1", channel=channel, persona=persona)
        await store.assign(assignment, actor="ann", at=NOON)


async def test_a_persona_whose_cases_cannot_be_read_is_not_admitted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configuration(tmp_path, DISCORD)
    own = tmp_path / "personas"
    own.mkdir()
    (own / "mine.toml").write_text(profile("mine"))
    (own / "mine.check.jsonl").write_text("{}\n")
    config = configured(file)
    config = replace(config, personas=replace(config.personas, folder=own, default="mine"))
    start = opening(config, chosen(config, os.environ), os.environ)
    async with wiring.open_store(config.store) as store:
        admission = run.Admission(start=start, checks=store, environ=os.environ)
        assert "mine.check.jsonl" in str(await admission.admit(start.scopes.catalogue.default))


def profile(name: str) -> str:
    shipped = Path(run.__file__).parents[1] / "profiles" / "librarian.toml"
    return shipped.read_text().replace('"librarian"', f'"{name}"', 1)


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_is_and_stops_gracefully_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    loopback = Loopback(base=NOON, token=DISCORD_TOKEN)
    async with loopback.running(), greeted(configuration(tmp_path, DISCORD)) as said:
        os.kill(os.getpid(), number)
    assert said == [
        "Connected to Discord as safi, in 1 server: Home.",
        "librarian calls a moderator where a rule says so, and nobody is told in Home. "
        "Name a text channel of each of these servers in discord.moderators_channels.",
        "Intellect on mine:drafter; Will and Conscience on mine:judge (as configured).",
        "Ctrl-C stops it.",
    ]


@pytest.mark.slow
async def test_what_keeps_it_from_a_configured_channel_is_told_at_the_start(tmp_path: Path) -> None:
    file = configuration(tmp_path, f'[discord]\nmoderators_channels = ["{CHANNEL}"]\n')
    async with Loopback(base=NOON, token=DISCORD_TOKEN).running(), greeted(file) as said:
        os.kill(os.getpid(), signal.SIGTERM)
    assert said[1].startswith(f"There is no channel {CHANNEL} (discord.moderators_channels). Correct it: ")


@pytest.mark.slow
async def test_a_mention_is_answered_behind_the_gate(tmp_path: Path, llmock: LLMock) -> None:
    loopback = Loopback(base=SystemClock().now(), token=DISCORD_TOKEN)
    async with loopback.running(), greeted(answering(tmp_path, DISCORD, llmock)):
        loopback.say(loopback.general, loopback.person("ada"), "It squeaks.")
        await loopback.until(lambda: loopback.texts(loopback.general))
        os.kill(os.getpid(), signal.SIGTERM)
    assert loopback.texts(loopback.general) == ["Oil the hinge."]


async def test_a_token_that_discord_refuses_ends_it_in_the_supervisors_words(tmp_path: Path) -> None:
    async with Loopback(base=NOON, token="another").running():
        with pytest.raises(ConfigError) as caught:
            await served(configuration(tmp_path, DISCORD))
    assert str(caught.value).startswith("Discord does not know this token.")


async def test_an_intent_that_discord_refuses_ends_it_with_the_page_on_which_it_is_switched_on(tmp_path: Path) -> None:
    file = configuration(tmp_path, f'[discord]\nfree_response_channels = ["{CHANNEL}"]\n')
    async with Loopback(base=NOON, token=DISCORD_TOKEN).running():
        with pytest.raises(ConfigError) as caught:
            await served(file)
    assert "Privileged Gateway Intents, Message Content" in str(caught.value)
