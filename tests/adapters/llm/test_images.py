"""Pictures: how each vendor gets them, who gets none, and what they are reckoned at."""

import base64
from dataclasses import replace
from typing import Any, Final

from adapters.llm.chat_completions import ChatCompletions, Dialect
from adapters.llm.messages import Messages
from adapters.llm.meter import PICTURE_TOKENS, most_input
from adapters.llm.scripted import ScriptedModel
from safi.intellect import word
from safi.ports import Message, Reply, Request
from safi.turn import Image, Uncoached
from tests.adapters.llm.guarding import Bench, answer
from tests.doubles import small_profile
from tests.safi.making import ALONE

CAT: Final = Image(name="cat.png", media_type="image/png", data=b"\x89PNG a cat")
DOG: Final = Image(name="dog.jpg", media_type="image/jpeg", data=b"\xff\xd8 a dog")
SHOWN: Final = Request(system=("Be kind.",), messages=(Message(role="user", text="Who is it?", images=(CAT, DOG)),))
BLIND: Final = replace(SHOWN, messages=(Message(role="user", text="Who is it?"),))


def encoded(image: Image) -> str:
    return base64.b64encode(image.data).decode()


def content(question: dict[str, Any]) -> object:
    return question["messages"][-1]["content"]


def test_servers_of_openais_kind_get_pictures_behind_the_text() -> None:
    form = ChatCompletions("m", name="p:m", max_tokens=10, dialect=Dialect())
    assert content(form.question(SHOWN, stream=False)) == [
        {"type": "text", "text": "Who is it?"},
        {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded(CAT)}"}},
        {"type": "image_url", "image_url": {"url": f"data:image/jpeg;base64,{encoded(DOG)}"}},
    ]
    assert content(form.question(BLIND, stream=False)) == "Who is it?"


def test_anthropic_gets_pictures_before_the_text() -> None:
    form = Messages("m", name="p:m", max_tokens=10)
    assert content(form.question(SHOWN, stream=False)) == [
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": encoded(CAT)}},
        {"type": "image", "source": {"type": "base64", "media_type": "image/jpeg", "data": encoded(DOG)}},
        {"type": "text", "text": "Who is it?"},
    ]
    assert content(form.question(BLIND, stream=False)) == "Who is it?"


def test_the_intellect_is_shown_pictures_with_the_message_that_they_came_with() -> None:
    request = word(small_profile(), replace(ALONE, images=(CAT,)), Uncoached())
    assert [message.images for message in request.messages] == [(CAT,)]


async def test_a_stand_in_that_sees_nothing_is_asked_without_pictures() -> None:
    bench, asked = Bench(), list[Request]()

    def heard(request: Request) -> Reply:
        asked.append(request)
        return answer()

    blind = bench.candidate(ScriptedModel(heard, name="own:m"))
    seeing = bench.candidate(ScriptedModel(heard, name="own:m", sees=True))
    for own in (blind, seeing):
        guarded = replace(bench.guarded(heard), own=own)
        await guarded.ask(SHOWN)
        assert guarded.sees == own.model.sees
    assert asked == [BLIND, SHOWN]


def test_every_picture_is_reckoned_at_more_than_any_vendor_counts() -> None:
    assert most_input(SHOWN) == most_input(BLIND) + 2 * PICTURE_TOKENS


def test_a_picture_is_no_part_of_what_a_prompt_equals_or_prints() -> None:
    assert replace(ALONE, images=(CAT,)) == ALONE
    assert "PNG" not in repr(CAT)
