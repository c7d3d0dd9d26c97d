"""OpenAI's models, and any server that speaks its chat completions."""

from typing import ClassVar, Final, Unpack
from urllib.parse import urlsplit

from adapters.llm.answer import Terms
from adapters.llm.chat_completions import PATH, ChatCompletions, Dialect
from adapters.llm.direct import Direct
from adapters.llm.model import VendorModel, named
from adapters.llm.route import DIRECT

_OPENAI: Final = "api.openai.com"
_AZURE: Final = ".openai.azure.com"


class OpenAIModel(VendorModel):
    """A model at OpenAI, or at any other server with an interface of its kind, whose paths begin with `base_url`.

    Raises ModelMisconfigured where the address, the proxy or the certificates cannot be used.
    """

    form: ClassVar = ChatCompletions

    def __init__(self, model: str, *, api_key: str, base_url: str, **terms: Unpack[Terms]) -> None:
        way = Direct(base_url, PATH, {"Authorization": f"Bearer {api_key}"}, terms.get("route", DIRECT))
        host = urlsplit(base_url).hostname or ""
        dialect = Dialect(thinks=host.endswith((_OPENAI, _AZURE)), keyed=host.endswith(_OPENAI))
        name = named("openai", model, terms)
        form = self.form(model, name=name, max_tokens=terms["max_tokens"], dialect=dialect)
        super().__init__(form, way, api_key, **terms)
