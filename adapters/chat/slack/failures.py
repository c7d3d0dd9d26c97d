"""What Slack did not take, in plain words: its clients' errors end here."""

import os
import re
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any, Final, cast

import aiohttp
from slack_sdk.errors import SlackApiError

from adapters.chat.port import ChatError
from adapters.chat.supervision import ChatRefused, seconds

APPS: Final = "https://api.slack.com/apps"
"""Where everything about an app is set up."""

_LIMITED: Final = frozenset({"ratelimited", "rate_limited"})
MISSING_SCOPE: Final = "missing_scope"

_SCOPES: Final = f"{APPS}: your app, page OAuth & Permissions, Scopes; then install it to the workspace again"

_REASONS: Final = {
    "cant_invite_self": "the bot cannot be invited by itself",
    "cannot_dm_bot": "that is a bot, which takes no direct messages",
    "channel_is_archived": "the channel is archived",
    "channel_not_found": "the channel is not there, or the bot cannot see it: invite it there with /invite",
    "duplicate_channel_not_found": "the channel is not there, or the bot cannot see it",
    "duplicate_message_not_found": "the message is not there any more",
    "ekm_access_denied": "the organization's administrators have suspended posting",
    "expired_trigger_id": "it came too late: Slack waits three seconds for a form",
    "file_uploads_disabled": "the workspace takes no files",
    "file_uploads_except_images_disabled": "the workspace takes no files but pictures",
    "fatal_error": "Slack itself failed",
    "internal_error": "Slack itself failed",
    "invalid_blocks": "it has a form that Slack does not take",
    "is_archived": "the channel is archived",
    "message_not_found": "the message is not there any more",
    "messages_tab_disabled": f"direct messages are switched off: {APPS}, your app, page App Home, Messages Tab",
    "msg_blocks_too_long": "it is too long for Slack",
    "msg_too_long": "it is too long for Slack",
    "no_text": "there is nothing in it",
    "not_in_channel": "the bot is not in the channel: invite it there with /invite",
    "org_login_required": "the workspace is being moved into an organization",
    "posting_to_general_channel_denied": "only some may post in the general channel",
    "request_timeout": "Slack did not get all of it",
    "restricted_action": "the workspace lets only some post there",
    "restricted_action_non_threadable_channel": "that channel takes no threads",
    "restricted_action_read_only_channel": "that channel can only be read",
    "restricted_action_thread_locked": "the thread is locked",
    "restricted_action_thread_only_channel": "that channel takes answers in threads only",
    "service_unavailable": "Slack itself is not available",
    "storage_limit_reached": "the workspace has no room left for files",
    "team_added_to_org": "the workspace is being moved into an organization",
    "thread_locked": "the thread is locked",
    "user_disabled": "this person's account is switched off",
    "user_not_found": "Slack does not know this person, or does not show them to the bot",
    "user_not_in_channel": "this person is not in the channel",
    "user_not_visible": "Slack does not show this person to the bot",
}
"""What Slack's codes mean to whoever runs the bot, or waits for it. A code that is not here is shown itself."""

_BAD_TOKEN: Final = frozenset(
    {
        "access_denied",
        "account_inactive",
        "invalid_auth",
        "not_allowed_token_type",
        "not_authed",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "user_removed_from_team",
    }
)
"""Slack's codes where no further try helps: the token has to be another one."""

_SOCKET_OFF: Final = frozenset({"forbidden_team", "not_enabled", "socket_mode_not_enabled"})


def bot_token_refused(name: str) -> Mapping[str, str]:
    """What a person must put right about the bot's token of a workspace, by Slack's code."""
    words = (
        f"Slack does not take the bot's token of slack.{name} (%s). Take the one that begins with xoxb- from {APPS}: "
        "your app, page OAuth & Permissions; install the app to the workspace there if it is not; "
        f"then put the token where slack.{name}.bot_token_env or bot_token_file says."
    )
    return {code: words % code for code in _BAD_TOKEN}


def app_token_refused(name: str) -> Mapping[str, str]:
    """What a person must put right about the app's token, or Socket Mode itself, by Slack's code."""
    token = (
        f"Slack does not take the app's token of slack.{name} (%s). Make one that begins with xapp-, with the scope "
        f"connections:write, at {APPS}: your app, page Basic Information, App-Level Tokens; "
        f"then put it where slack.{name}.app_token_env or app_token_file says."
    )
    socket = (
        f"Socket Mode is switched off for the app of slack.{name} (%s). Switch it on at {APPS}: your app, page Socket "
        f'Mode; or set slack.{name}.mode = "http".'
    )
    wrong = {code: token % code for code in _BAD_TOKEN | {MISSING_SCOPE}}
    return wrong | {code: socket % code for code in _SOCKET_OFF}


@contextmanager
def translated(refused: Mapping[str, str] | None = None) -> Generator[None]:
    """Whatever Slack's clients raise within becomes a ChatError that says why: an odd answer is to end nothing else.

    It is a ChatRefused, with its words, where Slack's code is one of `refused`.
    """
    try:
        yield
    except ChatError:
        raise
    except Exception as problem:  # noqa: BLE001  # a vendor's client, on answers that it did not expect
        words = (refused or {}).get(code(problem))
        raise (ChatError(reason(problem)) if words is None else ChatRefused(words)) from None


def code(error: Exception) -> str:
    """Slack's own word for what was wrong; "" where it has said none."""
    said = _said(error).get("error")
    return said if isinstance(said, str) and re.fullmatch(r"[a-z0-9_]{1,80}", said) else ""


def status(error: Exception) -> int | None:
    """The HTTP status of Slack's answer; None where there was none."""
    response = _response(error)
    found = getattr(response, "status_code", None) or getattr(response, "status", None)
    return found if isinstance(found, int) else None


def retry_after(error: Exception) -> float | None:
    """Seconds that Slack asks to wait, where that is why it took nothing; then one is the least."""
    if status(error) != 429 and code(error) not in _LIMITED:
        return None
    headers: Mapping[str, str] = getattr(_response(error), "headers", None) or {}
    asked = next((value for name, value in headers.items() if name.lower() == "retry-after"), "")
    return max(1.0, float(asked)) if re.fullmatch(r"[0-9]{1,6}", asked) else 1.0


def reason(error: Exception) -> str:
    """Why Slack did not take something, on one line, without anything that was sent."""
    match error:
        case SlackApiError() if (pause := retry_after(error)) is not None:
            return f"Slack asks to wait {seconds(pause)}"
        case SlackApiError() if code(error) == MISSING_SCOPE:
            return f"the bot lacks {_needed(error)}: add it at {_SCOPES}"
        case SlackApiError() if said := code(error):
            return _REASONS.get(said, f"Slack refused it ({said})")
        case SlackApiError():
            return f"Slack gave no answer that can be read (status {status(error)})"
        case TimeoutError():
            return "Slack did not take it in time"
        case aiohttp.ClientError() | OSError() | RuntimeError():
            return f"Slack could not be reached ({type(error).__name__})"
        case _:
            return f"what Slack answered cannot be read ({type(error).__name__})"


def unheard(error: OSError) -> str:
    """Why nobody can listen at an address, in the system's own words: asyncio's say the address once more."""
    return type(error).__name__ if error.errno is None or error.errno < 0 else os.strerror(error.errno)


def _needed(error: Exception) -> str:
    """The scopes that Slack says are missing, by name."""
    said = _said(error).get("needed")
    named = isinstance(said, str) and re.fullmatch(r"[a-z_.:]{1,60}(,[a-z_.:]{1,60})*", said)
    return f"the scope {said}" if named else "a scope"


def _said(error: Exception) -> Mapping[str, Any]:
    """The body of Slack's answer; empty where it was nothing that Slack says."""
    response = _response(error)
    body = getattr(response, "data", response)
    return cast("Mapping[str, Any]", body) if isinstance(body, Mapping) else {}


def _response(error: Exception) -> Any:  # noqa: ANN401  # slack_sdk's answer, aiohttp's, or a bare body
    return cast("Any", error).response if isinstance(error, SlackApiError) else None
