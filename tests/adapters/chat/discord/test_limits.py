"""The table of Discord's limits holds at both ends: what keeps to it is taken, and one more is too much."""

import dataclasses
from typing import Any, TypeAlias

import pytest
from simcord.components import ComponentValidationError, validate_components, validate_embeds, validate_modal

from adapters.chat.discord.limits import LIMITS

Json: TypeAlias = dict[str, Any]


def embed(key: str, size: int) -> Json:
    text = "x" * size
    field = {"name": "n", "value": "v"}
    return {
        "title": {"title": text},
        "description": {"description": text},
        "field_name": {"fields": [field | {"name": text}]},
        "field_value": {"fields": [field | {"value": text}]},
        "footer": {"footer": {"text": text}},
        "author": {"author": {"name": text}},
        "fields": {"fields": [field] * size},
    }[key]


@pytest.mark.parametrize("key", ["title", "description", "field_name", "field_value", "footer", "author", "fields"])
def test_an_embed_is_taken_up_to_its_limits(key: str) -> None:
    limit: int = getattr(LIMITS.embed, key)
    validate_embeds([embed(key, limit)])
    with pytest.raises(ComponentValidationError):
        validate_embeds([embed(key, limit + 1)])


def test_embeds_are_taken_up_to_a_total() -> None:
    texts = [embed("description", LIMITS.embed.total // 2), embed("description", LIMITS.embed.total // 2)]
    validate_embeds(texts)
    with pytest.raises(ComponentValidationError):
        validate_embeds([*texts, embed("title", 1)])
    with pytest.raises(ComponentValidationError):
        validate_embeds([embed("title", 1)] * (LIMITS.message.embeds + 1))


def button(number: int, label: int = 1, custom_id: int = 4) -> Json:
    return {"type": 2, "style": 1, "label": "x" * label, "custom_id": str(number).zfill(custom_id)}


def select(options: int, placeholder: int = 1, label: int = 1) -> Json:
    rows = [{"label": "x" * label, "value": str(number)} for number in range(options)]
    return {"type": 3, "custom_id": "s", "placeholder": "x" * placeholder, "options": rows}


def row(*components: Json) -> Json:
    return {"type": 1, "components": list(components)}


PARTS = LIMITS.components


@pytest.mark.parametrize(
    ("taken", "refused"),
    [
        (row(button(1, label=PARTS.button_label)), row(button(1, label=PARTS.button_label + 1))),
        (row(button(1, custom_id=PARTS.custom_id)), row(button(1, custom_id=PARTS.custom_id + 1))),
        (row(*map(button, range(PARTS.row_buttons))), row(*map(button, range(PARTS.row_buttons + 1)))),
        (row(select(PARTS.select_options)), row(select(PARTS.select_options + 1))),
        (row(select(1, PARTS.select_placeholder)), row(select(1, PARTS.select_placeholder + 1))),
        (row(select(1, 1, PARTS.option_label)), row(select(1, 1, PARTS.option_label + 1))),
    ],
    ids=["label", "custom_id", "buttons", "options", "placeholder", "option label"],
)
def test_components_are_taken_up_to_their_limits(taken: Json, refused: Json) -> None:
    validate_components([taken])
    with pytest.raises(ComponentValidationError):
        validate_components([refused])


def test_rows_are_taken_up_to_their_limit() -> None:
    rows = [row(button(number)) for number in range(LIMITS.components.rows + 1)]
    validate_components(rows[:-1])
    with pytest.raises(ComponentValidationError):
        validate_components(rows)


def modal(*, title: int = 1, inputs: int = 1, label: int = 1, value: int = 1) -> Json:
    rows = [
        row({"type": 4, "custom_id": str(number), "style": 2, "label": "x" * label, "max_length": value})
        for number in range(inputs)
    ]
    return {"custom_id": "m", "title": "x" * title, "components": rows}


@pytest.mark.parametrize(
    ("key", "limit"),
    [
        ("title", LIMITS.modal.title),
        ("inputs", LIMITS.modal.inputs),
        ("label", LIMITS.modal.input_label),
        ("value", LIMITS.modal.input_value),
    ],
)
def test_a_form_is_taken_up_to_its_limits(key: str, limit: int) -> None:
    validate_modal(modal(**{key: limit}))
    with pytest.raises(ComponentValidationError):
        validate_modal(modal(**{key: limit + 1}))


def test_the_table_is_fixed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(LIMITS.message, "content", 4_000)  # noqa: B010 - an assignment would not pass the type checker
