"""OpenAI's models at Azure, through OpenAI's own SDK: what is asked there is a deployment, by the name it was given."""

from typing import Final, Unpack

import openai

from adapters.llm.answer import Terms
from adapters.llm.openai import ChatModel, Dialect
from adapters.llm.transport import DIRECT, http_client

API_VERSION: Final = "2025-04-01-preview"
"""The last of Azure's dated versions, and among the first to know the fields that current models ask for."""


class AzureModel(ChatModel):
    """A deployment at Azure. `base_url` is the resource's address, as in https://my-resource.openai.azure.com."""

    vendor = "azure"

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
        super().__init__(deployment, client, Dialect(thinks=True), **terms)
