"""`safi-bot setup slack`: the manifest, the link that brings it along, and the steps in plain words."""

import json
import re
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.__main__ import main

HTTP: Final = '[slack.acme]\nmode = "http"\nlisten = "127.0.0.1:8080"\n'


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> "Told":
    return Told(capsys)


class Told:
    """What the command prints: the manifest, and the text behind it."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def by(self, *arguments: str) -> tuple[dict[str, Any], str]:
        assert main(["setup", "slack", *arguments]) == 0
        printed = self._capsys.readouterr().out
        manifest, end = json.JSONDecoder().raw_decode(printed)
        return manifest, printed[end:].strip()

    def refused(self, *arguments: str) -> str:
        assert main(["setup", "slack", *arguments]) == 2
        return self._capsys.readouterr().err.strip()


def configured(text: str) -> None:
    Path("config.toml").write_text(text)


def test_without_a_configuration_it_has_all_that_a_first_bot_takes(told: Told) -> None:
    manifest, steps = told.by()
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert steps.startswith("That is the manifest of the app for [slack.acme]. What to do with it:")
    assert re.findall(r"^(\d)\.", steps, re.MULTILINE) == list("1234567")
    for words in (
        "into the environment variable SLACK_BOT_TOKEN.",
        "into the environment variable SLACK_APP_TOKEN.",
        "“Basic Information”, under App-Level Tokens, with the scope connections:write",
        "/invite @safi",
        "which models it may use ([roles])",
        "safi-bot doctor --judges",
        "See that all is well: safi-bot doctor.",
    ):
        assert words in steps


def test_the_link_brings_the_same_manifest_along(told: Told) -> None:
    manifest, steps = told.by()
    link = urlsplit(next(word for word in steps.split() if "manifest_json=" in word))
    query = parse_qs(link.query)
    assert (link.scheme, link.netloc, link.path) == ("https", "api.slack.com", "/apps")
    assert query["new_app"] == ["1"]
    assert json.loads(query["manifest_json"][0]) == manifest


@pytest.mark.parametrize(("table", "more"), [("", ()), (HTTP, ("--url", "https://bot.example.org"))])
def test_all_lines_but_the_link_fit_a_terminal(told: Told, table: str, more: tuple[str, ...]) -> None:
    configured(table)
    _, steps = told.by(*more)
    assert [line for line in steps.splitlines() if len(line) > 100 and "manifest_json=" not in line] == []


def test_for_programs_it_prints_the_manifest_alone(told: Told) -> None:
    manifest, steps = told.by("beta", "--json")
    assert manifest["features"]["slash_commands"][0]["command"] == "/safi"
    assert steps == ""


def test_a_configured_workspace_gets_what_its_table_asks_for(told: Told) -> None:
    Path("app.token").write_text("xapp-0123456789")
    Path("app.token").chmod(0o600)
    configured('[slack.acme]\nfollow_threads = true\nbot_token_env = "ACME"\napp_token_file = "app.token"\n')
    manifest, steps = told.by()
    assert "channels:history" in manifest["oauth_config"]["scopes"]["bot"]
    assert "into the environment variable ACME." in steps
    assert "into app.token, with mode 0600." in steps


def test_by_http_slack_is_led_to_where_the_bot_listens(told: Told) -> None:
    configured(HTTP)
    manifest, steps = told.by("acme", "--url", "https://bot.example.org")
    address = "https://bot.example.org/slack/events"
    assert manifest["settings"]["interactivity"]["request_url"] == address
    assert f"Slack calls {address}: have whatever takes" in steps
    assert "with its path and headers, to http://127.0.0.1:8080." in steps
    assert "into the environment variable SLACK_SIGNING_SECRET." in steps
    assert steps.splitlines()[-1].startswith("8. Once it runs, have Slack verify the address")


def test_by_http_nobody_is_led_to_make_an_app_that_slack_cannot_call(told: Told) -> None:
    configured(HTTP)
    manifest, steps = told.by()
    assert manifest["settings"]["interactivity"]["request_url"] == "https://YOUR-HOST/slack/events"
    assert "manifest_json" not in steps
    assert steps.splitlines()[-1] == "   safi-bot setup slack acme --url https://YOUR-HOST"


def test_of_several_workspaces_one_has_to_be_named(told: Told) -> None:
    configured('[slack.acme]\n[slack.beta]\nbot_token_env = "B"\napp_token_env = "A"\n')
    assert told.refused() == "safi-bot: setup slack: say for which workspace: acme, beta"
    assert "[slack.beta]" in told.by("beta")[1]
    assert told.refused("bta") == (
        'safi-bot: setup slack: there is no [slack.bta]; did you mean "beta"? Allowed here: acme, beta'
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://bot.example.org",
        "bot.example.org",
        "https://",
        "https://a.example/?b=c",
        "https://a.example/#d",
        "https://a.example/b",
        "https://somebody:password@a.example",
        "https://a.example:https",
        "https://a example",
    ],
)
def test_an_address_that_slack_would_not_call_is_refused(told: Told, url: str) -> None:
    configured(HTTP)
    assert told.refused("--url", url) == (
        "safi-bot: --url: must be https:// and a host's name, as in https://bot.example.org"
    )


def test_an_address_is_refused_where_slack_does_not_call(told: Told) -> None:
    assert "Slack does not call slack.acme, which holds a line" in told.refused("--url", "https://bot.example.org")
