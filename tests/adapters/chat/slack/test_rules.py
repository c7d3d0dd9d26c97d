"""The checks that messages and views are held against see what Slack would refuse."""

from typing import Any

import pytest

from tests.adapters.chat.slack.rules import broken

Json = dict[str, Any]


def plain(text: str = "t") -> Json:
    return {"type": "plain_text", "text": text}


def button(**changes: Any) -> Json:
    return {"type": "button", "text": plain(), "action_id": "a", "value": "v", **changes}


def option(number: int = 0, **changes: Any) -> Json:
    return {"text": plain(), "value": f"v{number}", **changes}


def select(**changes: Any) -> Json:
    return {"type": "static_select", "action_id": "s", **changes}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def rich(*runs: Json, kind: str = "rich_text_section") -> Json:
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(runs)}]}


def rated(**changes: Any) -> Json:
    said = {"text": plain(), "value": "v"}
    buttons = {"positive_button": said, "negative_button": said, **changes}
    return {"type": "context_actions", "elements": [{"type": "feedback_buttons", **buttons}]}


def asked(**changes: Any) -> Json:
    return {"type": "input", "label": plain(), "element": {"type": "plain_text_input"}, **changes}


HEADER = {"type": "header", "text": plain()}
DIVIDER = {"type": "divider"}
MARKDOWN = {"type": "markdown", "text": "**words**"}
SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "t"}}
CONTEXT = {"type": "context", "elements": [plain()]}
GOOD = (
    HEADER,
    DIVIDER,
    MARKDOWN,
    SECTION | {"fields": [plain()] * 10, "accessory": button()},
    CONTEXT,
    rich({"type": "text", "text": "\n", "style": {"bold": True}}),
    actions(button(), select(options=[option(number) for number in range(100)])),
    actions(select(option_groups=[{"label": plain(), "options": [option()]}], placeholder=plain())),
    actions(button(style="danger"), {"type": "conversations_select", "action_id": "c"}),
    rated(),
)

BAD_BLOCKS = (
    {"type": "header", "text": plain("t" * 151)},
    {"type": "header", "text": {"type": "mrkdwn", "text": "t"}},
    {"type": "header", "text": plain(" ")},
    {"type": "header"},
    {"type": "image"},
    DIVIDER | {"block_id": "b" * 256},
    MARKDOWN | {"text": "m" * 12_001},
    MARKDOWN | {"text": ""},
    MARKDOWN | {"text": "<!channel>"},
    {"type": "section"},
    {"type": "section", "text": plain("<@U1>")},
    SECTION | {"fields": [plain()] * 11},
    SECTION | {"fields": [plain("f" * 2_001)]},
    SECTION | {"text": plain("t" * 3_001)},
    SECTION | {"accessory": {"type": "plain_text_input"}},
    CONTEXT | {"elements": []},
    CONTEXT | {"elements": [plain()] * 11},
    CONTEXT | {"elements": [plain("<https://a.example|b>")]},
    rich(),
    rich({"type": "text", "text": ""}),
    rich({"type": "user", "user_id": "U1"}),
    rich({"type": "text", "text": "t"}, kind="rich_text_table"),
    actions(),
    actions(*(button(action_id=str(number)) for number in range(26))),
    actions(button(), button()),
    actions(button(action_id="a" * 256)),
    actions(button(text=plain("t" * 76))),
    actions(button(value="v" * 2_001)),
    actions(button(url="u" * 3_001)),
    actions(button(style="warning")),
    actions(select()),
    actions(select(options=[])),
    actions(select(options=[option(number) for number in range(101)])),
    actions(select(options=[option()], option_groups=[{"label": plain(), "options": [option()]}])),
    actions(select(option_groups=[{"label": plain("l" * 76), "options": [option()]}])),
    actions(select(options=[option(), option()])),
    actions(select(options=[option(value="v" * 151)])),
    actions(select(options=[option(text=plain("t" * 76))])),
    actions(select(options=[option()], placeholder=plain("p" * 151))),
    actions({"type": "plain_text_input"}),
    rated(negative_button={"text": plain()}),
    {"type": "context_actions", "elements": [button()]},
    asked(label=plain("l" * 2_001)),
    asked(hint=plain("h" * 2_001)),
    asked(element=button()),
    asked(element={"type": "plain_text_input", "max_length": 3_001}),
    asked(element={"type": "plain_text_input", "max_length": 2, "initial_value": "abc"}),
)


def message(*blocks: Json, **changes: Any) -> Json:
    return {"channel": "C1", "text": "t", "blocks": list(blocks), **changes}


@pytest.mark.parametrize("block", BAD_BLOCKS)
def test_a_block_that_slack_would_refuse_is_seen(block: Json) -> None:
    assert broken("chat.postMessage", message(block))


BAD_MESSAGES = (
    message(channel=""),
    message(text=""),
    message(text="t" * 4_001),
    message(text="hello <!here>"),
    message(text="hello <#C1|general>"),
    message(link_names=True),
    message(parse="full"),
    message(unfurl_links=True),
    message(*[DIVIDER] * 51),
    message(DIVIDER | {"block_id": "b"}, DIVIDER | {"block_id": "b"}),
    message(*[MARKDOWN | {"text": "m" * 6_001}] * 2),
    message(*[SECTION | {"text": plain("t" * 3_000)}] * 5),
)


@pytest.mark.parametrize("body", BAD_MESSAGES)
def test_a_message_that_slack_would_refuse_is_seen(body: Json) -> None:
    assert broken("chat.postMessage", body)


def test_what_slack_takes_has_no_problem() -> None:
    assert broken("chat.postMessage", message(*GOOD)) == []
    assert broken("chat.postMessage", message(*[DIVIDER] * 50, text="a < b &amp; &lt;!here&gt;")) == []
    assert broken("chat.postEphemeral", message(user="U1")) == []
    assert broken("chat.update", message(ts="1.1")) == []
    assert broken("response_url", {"text": "t", "response_type": "ephemeral"}) == []
    assert broken("auth.test", {}) == []


def test_whom_and_what_it_is_about_is_needed() -> None:
    assert broken("chat.postEphemeral", message()) == ["no user"]
    assert broken("chat.update", message()) == ["no ts"]


def modal(*blocks: Json, **changes: Any) -> Json:
    return {"type": "modal", "title": plain(), "blocks": list(blocks or (DIVIDER,)), **changes}


BAD_VIEWS: tuple[Json, ...] = (
    modal(title=plain("t" * 25)),
    modal(title=None),
    modal(close=plain("c" * 25)),
    modal(asked()),
    modal(asked(), submit=plain("s" * 25)),
    modal(*[DIVIDER] * 101),
    modal(private_metadata="m" * 3_001),
    modal(callback_id="c" * 256),
    modal(MARKDOWN),
    modal(rated()),
    modal(*[SECTION | {"text": plain("é" * 3_000)}] * 100),
    modal() | {"blocks": []},
    modal() | {"type": "home"},
)


@pytest.mark.parametrize("view", BAD_VIEWS)
def test_a_view_that_slack_would_refuse_is_seen(view: Json) -> None:
    assert broken("views.open", {"trigger_id": "1", "view": view})


def test_a_view_that_slack_takes_has_no_problem() -> None:
    whole = modal(asked(), *[DIVIDER] * 99, submit=plain(), close=plain(), private_metadata="m" * 3_000)
    assert broken("views.update", {"view_id": "V1", "view": whole}) == []
    assert broken("views.publish", {"user_id": "U1", "view": {"type": "home", "blocks": [DIVIDER] * 100}}) == []
