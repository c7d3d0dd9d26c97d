"""OpenAI's models at Azure, through OpenAI's own SDK: what is asked there is a deployment, by the name it was given."""

from typing import Final, Unpack

import openai

from adapters.llm.answer import Terms
from adapters.llm.chat_completions import PATH, ChatCompletions, Dialect
from adapters.llm.model import VendorModel, named
from adapters.llm.route import DIRECT
from adapters.llm.sdk import ThroughSDK
from adapters.llm.transport import http_client

API_VERSION: Final = "2025-04-01-preview"
"""The last of Azure's dated versions, and among the first to know the fields that current models ask for."""


class AzureModel(VendorModel):
    """A deployment at Azure. `base_url` is the resource's address, as in https://my-resource.openai.azure.com."""

    def __init__(
        self,
        deployment: str,
        *,
        api_key: str,
        base_url: str,
        api_version: str | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        client = openai.AsyncAzureOpenAI(
            api_key=api_key,
            azure_endpoint=base_url,
            api_version=api_version or API_VERSION,
            max_retries=0,
            timeout=None,
            http_client=http_client(terms.get("route", DIRECT)),
        )
        # No key for its cache: not every version of Azure's interface knows that field, and an unknown one is refused.
        dialect = Dialect(thinks=True)
        name = named("azure", deployment, terms)
        form = ChatCompletions(deployment, name=name, max_tokens=terms["max_tokens"], dialect=dialect)
        way = ThroughSDK(client, PATH, stream=openai.AsyncStream[object], error=openai.OpenAIError)
        super().__init__(form, way, api_key, **terms)
