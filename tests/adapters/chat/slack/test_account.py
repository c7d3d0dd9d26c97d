"""Who the bot is, by what Slack says of its token; and how its client asks."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.port import ChatError
from adapters.chat.slack.account import Account, introduced, web_client
from adapters.chat.slack.settings import Settings, Socket
from adapters.chat.supervision import ChatRefused
from tests.adapters.chat.proxying import proxied

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


@pytest.mark.parametrize(("exempt", "proxy"), [("", "http://proxy:3128"), ("slack.com", None)])
def test_it_asks_slack_through_the_environments_proxy_and_tries_nothing_twice(exempt: str, proxy: str | None) -> None:
    with proxied("http://proxy:3128", exempt=exempt):
        client = web_client(settings())
    assert client.proxy == proxy
    assert client.token == "xoxb-1"
    assert not client.retry_handlers
