"""Claude models at Amazon Bedrock, through Anthropic's own SDK. AWS's environment says who we are there."""

import importlib.util
from typing import Final, Unpack

import anthropic
from anthropic.lib.bedrock import AsyncAnthropicBedrock

from adapters.llm.answer import Terms
from adapters.llm.messages import PATH, Messages
from adapters.llm.model import VendorModel, named
from adapters.llm.route import DIRECT
from adapters.llm.sdk import ThroughSDK
from adapters.llm.transport import http_client
from adapters.llm.vendor import line
from safi.errors import ModelFailure, ModelMisconfigured, ModelUnavailable

_WANTED: Final = 'Bedrock needs packages that are not installed; run: pip install "safi-bot[bedrock]"'
_NOWHERE: Final = "Bedrock needs a region: set it beside api, or AWS_REGION in the environment"
_NOBODY: Final = (
    "AWS gives no credentials; set AWS_PROFILE, AWS_BEARER_TOKEN_BEDROCK, "
    "or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
)


class BedrockModel(VendorModel):
    """A Claude model at Bedrock, by the id or the inference profile it has there.

    `region` None is what AWS's environment says. `api_key` is a key of Bedrock's own; without one, requests are signed
    with the credentials of AWS's environment. These are fetched, where they have to be, without our route. Raises
    ModelMisconfigured where packages or a region are missing.
    """

    def __init__(
        self,
        model: str,
        *,
        region: str | None = None,
        api_key: str | None = None,
        base_url: str | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        if importlib.util.find_spec("boto3") is None:
            raise ModelMisconfigured(_WANTED)
        from botocore.exceptions import BotoCoreError

        try:
            client = AsyncAnthropicBedrock(
                aws_region=region,
                api_key=api_key,
                base_url=base_url,
                max_retries=0,
                timeout=None,
                http_client=http_client(terms.get("route", DIRECT)),
            )
        except (BotoCoreError, ValueError):
            raise ModelMisconfigured(_NOWHERE) from None
        way = ThroughSDK(client, PATH, stream=anthropic.AsyncStream[object], error=anthropic.AnthropicError)
        form = Messages(model, name=named("bedrock", model, terms), max_tokens=terms["max_tokens"])
        super().__init__(form, way, client.api_key or "", **terms)

    def _unsent(self, error: Exception) -> ModelFailure | None:
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
        from botocore.exceptions import ConnectionError as Unreachable

        match error:
            case HTTPClientError() | Unreachable():
                return ModelUnavailable(f"AWS's credentials could not be fetched: {line(error)}")
            case BotoCoreError() | ClientError():
                return ModelMisconfigured(f"{_NOBODY} ({line(error)})")
            case RuntimeError() if not isinstance(error, RecursionError):  # so says the SDK when there are none at all
                return ModelMisconfigured(_NOBODY)
            case _:
                return None
