"""Anthropic's models, and any server that speaks its messages."""

from typing import Final, Unpack

from adapters.llm.answer import Terms
from adapters.llm.direct import Direct
from adapters.llm.messages import PATH, Messages
from adapters.llm.model import VendorModel, named
from adapters.llm.route import DIRECT

VERSION: Final = "2023-06-01"
"""Of the interface; Anthropic wants it named."""


class AnthropicModel(VendorModel):
    """A Claude model at Anthropic, or behind any other server with its interface, whose paths begin with `base_url`.

    Raises ModelMisconfigured where the address, the proxy or the certificates cannot be used.
    """

    def __init__(self, model: str, *, api_key: str, base_url: str, **terms: Unpack[Terms]) -> None:
        signed = {"X-Api-Key": api_key, "Anthropic-Version": VERSION}
        way = Direct(base_url, PATH, signed, terms.get("route", DIRECT))
        form = Messages(model, name=named("anthropic", model, terms), max_tokens=terms["max_tokens"])
        super().__init__(form, way, api_key, **terms)
