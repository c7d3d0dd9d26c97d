"""`safi-bot run` on a Slack of this machine: whom it refuses, what it says when it is there, and beside Discord."""

import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
from llmock.pytest_plugin import LLMock

from adapters.chat.slack import settings
from bot.__main__ import main
from bot.errors import ConfigError
from bot.serving import called_at
from tests.adapters.chat.discord.loopback.loopback import Loopback as DiscordLoopback
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.serving import free_port
from tests.bot.cli.test_run import checked
from tests.bot.on_platforms import DISCORD_TOKEN, answering, configuration, greeted, served, settled
from tests.doubles import NOON

CHANNEL: Final = "C0123456789"
SLACK: Final = "[slack.acme]\n"
REFUSED: Final = "Slack does not take the bot's token of slack.beta (invalid_auth)."
BETA: Final = '[slack.beta]\nbot_token_env = "BETA_BOT"\napp_token_env = "BETA_APP"\n'


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with a token of Discord's."""
    settled(tmp_path, monkeypatch)
    monkeypatch.setenv("DISCORD_TOKEN", DISCORD_TOKEN)


@pytest.fixture
def loopback(monkeypatch: pytest.MonkeyPatch) -> Loopback:
    """A Slack of two workspaces, with their tokens in the environment."""
    made = Loopback()
    made.found("Beta")
    for name, workspace in zip(("SLACK_{}_TOKEN", "BETA_{}"), made.workspaces, strict=True):
        monkeypatch.setenv(name.format("BOT"), workspace.team.app.bot_token)
        monkeypatch.setenv(name.format("APP"), workspace.team.app.app_token)
    return made


@asynccontextmanager
async def reached(loopback: Loopback, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None]:
    """That is where Slack is."""
    async with loopback.running():
        monkeypatch.setattr(settings, "API", loopback.api)
        yield


@pytest.mark.usefixtures("loopback")
def test_tokens_that_are_not_there_are_told_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("SLACK_APP_TOKEN")
    monkeypatch.delenv("BETA_BOT")
    configuration(tmp_path, f"{SLACK}{BETA}")
    assert main(["run"]) == 2
    told = capsys.readouterr().err
    assert "safi-bot: slack.acme: there is no app token; set SLACK_APP_TOKEN" in told
    assert "safi-bot: slack.beta: there is no bot token; set BETA_BOT" in told
    assert not (tmp_path / "state").exists()


@pytest.mark.usefixtures("loopback")
def test_two_workspaces_with_one_token_are_refused_before_anything_is_opened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BETA_BOT", os.environ["SLACK_BOT_TOKEN"])
    configuration(tmp_path, f"{SLACK}{BETA}")
    assert main(["run"]) == 2
    assert "slack.beta: has the same bot token as slack.acme" in capsys.readouterr().err
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("command", ["run", "chat"])
@pytest.mark.usefixtures("loopback")
def test_a_channels_persona_that_is_not_there_is_told_with_its_key(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    configuration(tmp_path, f'[slack.acme.personas]\n{CHANNEL} = "gamester"\n')
    assert main([command]) == 2
    told = f'slack.acme.personas.{CHANNEL}: there is no persona "gamester"; did you mean "gamemaster"?'
    assert told in capsys.readouterr().err


@pytest.mark.usefixtures("loopback")
async def test_the_judges_of_a_persona_that_answers_in_one_channel_have_to_have_passed_too(tmp_path: Path) -> None:
    file = configuration(tmp_path, f'[slack.acme.personas]\n{CHANNEL} = "gamemaster"\n')
    await checked(file, passed=True)
    with pytest.raises(ConfigError) as caught:
        await served(file, unchecked_judges=False)
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["gamemaster"]


async def test_a_token_that_slack_refuses_ends_it_in_words_that_say_what_to_change(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BETA_BOT", "xoxb-of-somebody-else")
    async with reached(loopback, monkeypatch):
        with pytest.raises(ConfigError) as caught:
            await served(configuration(tmp_path, BETA))
    assert str(caught.value).startswith(f"{REFUSED} Take the one")


@pytest.mark.slow
async def test_where_one_token_of_several_is_refused_the_others_are_served_and_the_log_says_it(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("BETA_BOT", "xoxb-of-somebody-else")
    file = configuration(tmp_path, f"{SLACK}{BETA}")
    async with reached(loopback, monkeypatch), greeted(file) as said:
        os.kill(os.getpid(), signal.SIGTERM)
    assert said[0] == "Connected to Slack as @safi, in the workspace Home."
    (told,) = (line for line in caplog.messages if line.startswith(REFUSED))
    assert told.endswith("All else goes on without it.")


@pytest.mark.slow
async def test_it_says_where_it_is_and_what_keeps_it_from_something(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = loopback.home.channel("away", bot=False)
    file = configuration(tmp_path, f'[slack.acme]\nmoderators_channel = "{away.id}"\n')
    async with reached(loopback, monkeypatch), greeted(file) as said:
        os.kill(os.getpid(), signal.SIGTERM)
    assert said == [
        "Connected to Slack as @safi, in the workspace Home.",
        "The bot is not in #away (slack.acme.moderators_channel). Say there: /invite @safi",
        "Nobody is a moderator, so moderators' commands are closed to all. "
        "Name people or user groups in slack.acme.moderators or slack.acme.moderator_groups.",
        "Intellect on mine:drafter; Will and Conscience on mine:judge (as configured).",
        "Ctrl-C stops it.",
    ]


@pytest.mark.slow
async def test_where_slack_calls_the_bot_it_says_where_it_listens_and_how_slack_comes_to_know(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SLACK_SIGNING_SECRET", "0123456789abcdef" * 2)
    address = f"127.0.0.1:{free_port()}"
    file = configuration(tmp_path, f'[slack.acme]\nmode = "http"\nlisten = "{address}"\n')
    async with reached(loopback, monkeypatch), greeted(file) as said:
        os.kill(os.getpid(), signal.SIGTERM)
    assert said[1] == called_at(address, "safi-bot setup slack acme --url https://YOUR-HOST")


@pytest.mark.slow
async def test_two_workspaces_and_discord_are_served_by_one_process(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = configuration(tmp_path, f"[discord]\n{SLACK}{BETA}")
    discord = DiscordLoopback(base=NOON, token=DISCORD_TOKEN)
    async with reached(loopback, monkeypatch), discord.running(), greeted(file) as said:
        os.kill(os.getpid(), signal.SIGTERM)
    assert {line for line in said if line.startswith("Connected")} == {
        "Connected to Discord as safi, in 1 server: Home.",
        "Connected to Slack as @safi, in the workspace Home.",
        "Connected to Slack as @safi, in the workspace Beta.",
    }
    assert said[-1] == "Ctrl-C stops it."


@pytest.mark.slow
async def test_a_mention_is_answered_behind_the_gate(
    tmp_path: Path, loopback: Loopback, monkeypatch: pytest.MonkeyPatch, llmock: LLMock
) -> None:
    home = loopback.home
    async with reached(loopback, monkeypatch), greeted(answering(tmp_path, SLACK, llmock)):
        await home.says(loopback.owner, loopback.general, f"<@{home.bot}> It squeaks.")
        await loopback.until(lambda: home.texts(loopback.general))
        os.kill(os.getpid(), signal.SIGTERM)
    assert home.texts(loopback.general) == ["Oil the hinge."]
