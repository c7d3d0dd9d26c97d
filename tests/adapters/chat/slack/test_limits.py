"""The table of Slack's limits holds at both ends, by what Slack's own SDK takes: one more is too much."""

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.basic_objects import JsonObject
from slack_sdk.models.blocks import (
    ActionsBlock,
    ButtonElement,
    ConfirmObject,
    ContextActionsBlock,
    ContextBlock,
    DividerBlock,
    FeedbackButtonsElement,
    HeaderBlock,
    InputBlock,
    MarkdownBlock,
    MarkdownTextObject,
    Option,
    OptionGroup,
    PlainTextInputElement,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)
from slack_sdk.models.blocks.basic_components import FeedbackButtonObject
from slack_sdk.models.views import View

from adapters.chat.slack.limits import LIMITS

OPTION = Option(text="t", value="v")
MESSAGE, BLOCKS, ELEMENTS, VIEW = LIMITS.message, LIMITS.blocks, LIMITS.elements, LIMITS.view


def words(size: int) -> PlainTextObject:
    return PlainTextObject(text="x" * size)


def button(text: int = 1, **changes: Any) -> ButtonElement:
    given: dict[str, Any] = {"text": words(text), "action_id": "a", "value": "v", **changes}
    return ButtonElement(**given)


def feedback() -> FeedbackButtonsElement:
    said = FeedbackButtonObject(text="t", value="v")
    return FeedbackButtonsElement(action_id="a", positive_button=said, negative_button=said)


def field(size: int) -> InputBlock:
    return InputBlock(label=words(size), element=PlainTextInputElement())


def select(placeholder: int = 1, options: int = 1) -> StaticSelectElement:
    return StaticSelectElement(placeholder="x" * placeholder, action_id="a", options=[OPTION] * options)


def grouped(groups: int) -> StaticSelectElement:
    return StaticSelectElement(action_id="a", option_groups=[group(1)] * groups)


def group(label: int) -> OptionGroup:
    return OptionGroup(label="x" * label, options=[OPTION])


def confirm(title: int = 1, text: int = 1, pressed: int = 1) -> ConfirmObject:
    return ConfirmObject(title="x" * title, text="x" * text, confirm="x" * pressed, deny="x")


def view(title: int = 1, blocks: int = 1, submit: int = 1, close: int = 1, **changes: Any) -> View:
    return View(
        type="modal",
        title=words(title),
        submit=words(submit),
        close=words(close),
        blocks=[DividerBlock()] * blocks,
        **changes,
    )


Made = Callable[[int], JsonObject]

AT_BOTH_ENDS: tuple[tuple[str, int, Made], ...] = (
    ("markdown", MESSAGE.markdown, lambda size: MarkdownBlock(text="x" * size)),
    ("block_id", BLOCKS.block_id, lambda size: DividerBlock(block_id="x" * size)),
    ("section", BLOCKS.text, lambda size: SectionBlock(text=MarkdownTextObject(text="x" * size))),
    ("header", BLOCKS.header, lambda size: HeaderBlock(text=words(size))),
    ("fields", BLOCKS.fields, lambda size: SectionBlock(fields=[words(1)] * size)),
    ("actions", BLOCKS.actions, lambda size: ActionsBlock(elements=[button()] * size)),
    ("context", BLOCKS.context, lambda size: ContextBlock(elements=[words(1)] * size)),
    ("context actions", BLOCKS.context_actions, lambda size: ContextActionsBlock(elements=[feedback()] * size)),
    ("input label", BLOCKS.input_label, field),
    ("action_id", ELEMENTS.action_id, lambda size: button(action_id="x" * size)),
    ("button text", ELEMENTS.button_text, button),
    ("button value", ELEMENTS.button_value, lambda size: button(value="x" * size)),
    ("button url", ELEMENTS.button_url, lambda size: button(url="x" * size)),
    ("spoken label", ELEMENTS.accessibility_label, lambda size: button(accessibility_label="x" * size)),
    ("placeholder", ELEMENTS.placeholder, select),
    ("options", ELEMENTS.options, lambda size: select(options=size)),
    ("option text", ELEMENTS.option_text, lambda size: Option(text="x" * size, value="v")),
    ("option value", ELEMENTS.option_value, lambda size: Option(text="t", value="x" * size)),
    ("option groups", ELEMENTS.option_groups, grouped),
    ("group label", ELEMENTS.group_label, group),
    ("confirm title", ELEMENTS.confirm_title, confirm),
    ("confirm text", ELEMENTS.confirm_text, lambda size: confirm(text=size)),
    ("confirm button", ELEMENTS.confirm_button, lambda size: confirm(pressed=size)),
    ("view title", VIEW.title, view),
    ("view submit", VIEW.submit, lambda size: view(submit=size)),
    ("view close", VIEW.close, lambda size: view(close=size)),
    ("view blocks", VIEW.blocks, lambda size: view(blocks=size)),
    ("metadata", VIEW.private_metadata, lambda size: view(private_metadata="x" * size)),
    ("callback_id", VIEW.callback_id, lambda size: view(callback_id="x" * size)),
)


@pytest.mark.parametrize(("limit", "made"), [row[1:] for row in AT_BOTH_ENDS], ids=[row[0] for row in AT_BOTH_ENDS])
def test_slacks_sdk_takes_as_much_and_no_more(limit: int, made: Made) -> None:
    made(limit).validate_json()
    with pytest.raises(SlackObjectFormationError):
        made(limit + 1).validate_json()


def test_our_parts_leave_room_for_what_goes_round_them() -> None:
    assert MESSAGE.part < MESSAGE.text < MESSAGE.markdown < MESSAGE.payload


def test_the_table_is_fixed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(LIMITS.message, "text", 5_000)  # noqa: B010 - an assignment would not pass the type checker
