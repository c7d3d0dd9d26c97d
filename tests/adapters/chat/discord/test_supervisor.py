"""Why a client of Discord's ended is told in few words; what only a person can put right, in words that say where."""

from types import SimpleNamespace
from typing import cast

import aiohttp
import discord
import pytest

from adapters.chat.discord.supervisor import BAD_TOKEN, CONTENT_REFUSED, TOO_MANY_SERVERS, end
from adapters.chat.supervision import ChatRefused


def closed(code: int) -> discord.ConnectionClosed:
    socket = SimpleNamespace(close_code=code)
    return discord.ConnectionClosed(cast("aiohttp.ClientWebSocketResponse", socket), shard_id=None, code=code)


@pytest.mark.parametrize(
    ("error", "words"),
    [(KeyError("a canary"), "KeyError"), (closed(4000), "connection closed, code 4000"), (OSError(), "OSError")],
    ids=["odd", "closed", "unreached"],
)
def test_an_end_is_told_without_anybody_s_words(error: Exception, words: str) -> None:
    assert end(error) == words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (discord.LoginFailure("Improper token has been passed."), BAD_TOKEN),
        (closed(4004), BAD_TOKEN),
        (discord.PrivilegedIntentsRequired(None), CONTENT_REFUSED),
        (closed(4014), CONTENT_REFUSED),
        (closed(4011), TOO_MANY_SERVERS),
    ],
    ids=["login", "4004", "intents", "4014", "4011"],
)
def test_what_a_person_must_put_right_names_the_page_and_the_key(error: Exception, words: str) -> None:
    with pytest.raises(ChatRefused) as refused:
        end(error)
    assert str(refused.value) == words


def test_the_words_name_the_page_and_the_key() -> None:
    assert "page Bot, Reset Token" in BAD_TOKEN
    assert "discord.token_file" in BAD_TOKEN
    assert "Message Content" in CONTENT_REFUSED
    assert "discord.free_response_channels" in CONTENT_REFUSED
