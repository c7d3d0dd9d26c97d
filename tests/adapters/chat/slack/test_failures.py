"""Slack's errors in plain words: one line, what to do where somebody can do something, and nothing that was sent."""

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError

from adapters.chat.port import ChatError
from adapters.chat.slack.failures import (
    app_token_refused,
    bot_token_refused,
    code,
    reason,
    retry_after,
    status,
    translated,
)
from adapters.chat.supervision import ChatRefused

CANARY = "xoxb-canary"


def refused(error: str, *, status: int = 200, headers: dict[str, str] | None = None, **more: Any) -> SlackApiError:
    """An answer of Slack's that says no, as slack_sdk raises it: its own words hold what was sent."""
    data = {"ok": False, "error": error, **more} if error else {}
    return SlackApiError(CANARY, SimpleNamespace(data=data, status_code=status, headers=headers or {}))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused("channel_not_found"), "invite it there with /invite"),
        (refused("not_in_channel"), "invite it there with /invite"),
        (refused("is_archived"), "the channel is archived"),
        (refused("msg_too_long"), "too long"),
        (refused("something_new"), "Slack refused it (something_new)"),
        (refused(f"<{CANARY}>"), "no answer that can be read (status 200)"),
        (
            refused("missing_scope", needed="files:write"),
            "lacks the scope files:write: add it at https://api.slack.com",
        ),
        (refused("missing_scope", needed="channels:read,groups:read"), "the scope channels:read,groups:read"),
        (refused("missing_scope", needed=f"<{CANARY}>"), "lacks a scope"),
        (refused("ratelimited", status=429, headers={"Retry-After": "7"}), "asks to wait 7 seconds"),
        (refused("ratelimited", status=429, headers={"Retry-After": CANARY}), "asks to wait 1 second"),
        (refused("", status=429), "asks to wait 1 second"),
        (refused("", status=503), "no answer that can be read (status 503)"),
        (SlackApiError(CANARY, SimpleNamespace(status=200, headers={})), "no answer that can be read (status 200)"),
        (SlackApiError(CANARY, {"error": "is_archived"}), "the channel is archived"),
        (SlackRequestError(CANARY), "cannot be read (SlackRequestError)"),
        (TimeoutError(CANARY), "in time"),
        (aiohttp.ClientOSError(104, CANARY), "could not be reached (ClientOSError)"),
        (RuntimeError(CANARY), "could not be reached (RuntimeError)"),
        (KeyError(CANARY), "cannot be read (KeyError)"),
    ],
)
def test_every_error_is_one_plain_line_without_anything_that_was_sent(error: Exception, words: str) -> None:
    told = reason(error)
    assert words in told
    assert CANARY not in told
    assert "\n" not in told
    with pytest.raises(ChatError) as problem, translated():
        raise error
    assert str(problem.value) == told
    assert not isinstance(problem.value, ChatRefused)
    assert problem.value.__suppress_context__, "slack_sdk's own error holds what was sent"


def test_what_was_told_before_stays_as_it_is() -> None:
    with pytest.raises(ChatError, match="told before"), translated():
        raise ChatError("told before")
    with translated():
        pass


def test_a_token_that_slack_does_not_take_is_refused_with_the_page_and_the_key() -> None:
    with pytest.raises(ChatRefused) as problem, translated(bot_token_refused("work")):
        raise refused("invalid_auth")
    for words in ("slack.work", "invalid_auth", "https://api.slack.com/apps", "OAuth & Permissions", "bot_token_file"):
        assert words in str(problem.value)


@pytest.mark.parametrize("error", ["invalid_auth", "account_inactive", "token_revoked", "missing_scope"])
def test_an_app_s_token_that_slack_does_not_take_is_refused_with_the_page_and_the_key(error: str) -> None:
    with pytest.raises(ChatRefused) as problem, translated(app_token_refused("work")):
        raise refused(error)
    for words in (error, "connections:write", "Basic Information", "slack.work.app_token_env"):
        assert words in str(problem.value)


def test_socket_mode_that_is_switched_off_names_its_page() -> None:
    assert "page Socket Mode" in app_token_refused("work")["socket_mode_not_enabled"]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (refused("is_archived"), ("is_archived", 200, None)),
        (refused("ratelimited", status=429, headers={"retry-after": "30"}), ("ratelimited", 429, 30.0)),
        (refused("ratelimited", headers={}), ("ratelimited", 200, 1.0)),
        (refused("", status=500), ("", 500, None)),
        (OSError(), ("", None, None)),
    ],
)
def test_an_error_has_slack_s_code_its_status_and_how_long_it_asks_to_wait(
    error: Exception, expected: tuple[str, int | None, float | None]
) -> None:
    assert (code(error), status(error), retry_after(error)) == expected
