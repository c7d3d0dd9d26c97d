"""Who the bot is, by what Slack says of its token; and how its client asks."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import ChatError
from adapters.chat.slack.account import Account, introduced, web_client
from adapters.chat.slack.settings import Settings, Socket
from adapters.chat.supervision import ChatRefused

SAID: dict[str, Any] = {
    "ok": True,
    "url": "https://work.slack.com/",
    "team": "Work",
    "team_id": "T1",
    "user": "safi",
    "user_id": "U1",
    "bot_id": "B1",
}


def settings(**changes: Any) -> Settings:
    return Settings(name="work", bot_token=" xoxb-1 ", line=Socket(token="xapp"), **changes)


def answering(said: dict[str, Any], scopes: str = "") -> AsyncWebClient:
    """A client whose question is answered so."""

    async def auth_test() -> SimpleNamespace:
        return SimpleNamespace(data=said, headers={"x-oauth-scopes": scopes})

    return cast("AsyncWebClient", SimpleNamespace(auth_test=auth_test))


async def test_an_account_is_what_slack_says_of_the_token() -> None:
    assert await introduced(answering(SAID, "chat:write, commands,"), settings()) == Account(
        team="T1",
        team_name="Work",
        address="https://work.slack.com/",
        user="U1",
        bot="B1",
        name="safi",
        scopes=frozenset({"chat:write", "commands"}),
    )


async def test_a_person_s_token_is_refused() -> None:
    with pytest.raises(ChatRefused, match=r"slack\.work .*begins with xoxb-"):
        await introduced(answering(SAID | {"bot_id": None}), settings())


@pytest.mark.parametrize("said", [SAID | {"user_id": None}, {"bot_id": "B1"}], ids=["no user", "no team"])
async def test_an_answer_that_lacks_something_is_an_error(said: dict[str, Any]) -> None:
    with pytest.raises(ChatError, match="cannot be read"):
        await introduced(answering(said), settings())


@pytest.mark.parametrize(
    ("api", "asked"),
    [
        ("https://slack.com/api/", True),
        ("http://127.0.0.1:8000/api/", False),
        ("http://[::1]:8000/api/", False),
        ("http://localhost/api/", False),
        ("https://10.0.0.1/api/", True),
    ],
)
def test_a_proxy_is_asked_for_other_machines_alone(api: str, asked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:3128")
    client = web_client(settings(api=api))
    assert (client.proxy == "http://proxy:3128") == asked
    assert client.token == "xoxb-1"
    assert not client.retry_handlers
