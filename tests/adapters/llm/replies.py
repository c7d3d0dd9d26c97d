"""What either vendor replies when all is well, and one question put to it through its adapter."""

from typing import Any, Final

from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from safi.errors import ModelFailure
from safi.ports import Message, Request

KEY: Final = "sk-test-0123456789abcdefghij"
REQUEST: Final = Request(system=("Be kind.",), messages=(Message(role="user", text="Tea?"),))
Body = dict[str, Any]
NO_FIELDS: Final[Body] = {}
EMPTY: Final[list[object]] = []

MODELS: Final = {"openai": OpenAIModel, "anthropic": AnthropicModel}


def openai(text: object = "Tea.", end: object = "stop", refusal: object = None, usage: object = None) -> Body:
    message = {"role": "assistant", "content": text, "refusal": refusal}
    choice = {"index": 0, "finish_reason": end, "message": message}
    return {"id": "1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": usage}


def anthropic(
    text: object = "Tea.", end: object = "end_turn", why: object = None, usage: object = None
) -> dict[str, Any]:
    thinking = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
    details = {"type": "refusal", "category": None, "explanation": why}
    return {
        "id": "1",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [thinking, {"type": "text", "text": text}],
        "stop_reason": end,
        "stop_details": details if why else None,
        "usage": usage,
    }


async def ask(vendor: str, base_url: str, *, deadline: float = 20.0, request: Request = REQUEST) -> Any:
    """The reply, or the failure if there was one."""
    model = MODELS[vendor]("m-1", api_key=KEY, base_url=base_url, max_tokens=100, deadline=deadline)
    try:
        return await model.ask(request)
    except ModelFailure as failure:
        return failure
    finally:
        await model.aclose()
