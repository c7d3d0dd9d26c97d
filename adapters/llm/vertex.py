"""Claude models at Google's Vertex AI, through Anthropic's own SDK. Google's environment says who we are there."""

import importlib.util
from typing import Final, Unpack

import anthropic
from anthropic import not_given
from anthropic.lib.vertex import AsyncAnthropicVertex

from adapters.llm.answer import Terms
from adapters.llm.messages import PATH, Messages
from adapters.llm.model import VendorModel, named
from adapters.llm.route import DIRECT
from adapters.llm.sdk import ThroughSDK
from adapters.llm.transport import http_client
from adapters.llm.vendor import line
from safi.errors import ModelFailure, ModelMisconfigured, ModelUnavailable

_WANTED: Final = 'Vertex AI needs packages that are not installed; run: pip install "safi-bot[vertex]"'
_NOWHERE: Final = "Vertex AI needs a region: set it beside api, or CLOUD_ML_REGION in the environment"
_NO_PROJECT: Final = "Vertex AI needs a project: set it beside api, or ANTHROPIC_VERTEX_PROJECT_ID in the environment"
_NOBODY: Final = (
    "Google gives no credentials; set GOOGLE_APPLICATION_CREDENTIALS, or run: gcloud auth application-default login"
)


class VertexModel(VendorModel):
    """A Claude model at Vertex AI, by the id it has there.

    `project` and `region` None are what the environment says. Tokens come from Google's own environment, and are
    fetched without our route. Raises ModelMisconfigured where packages, a project or a region are missing.
    """

    def __init__(
        self,
        model: str,
        *,
        project: str | None = None,
        region: str | None = None,
        base_url: str | None = None,
        **terms: Unpack[Terms],
    ) -> None:
        if not _installed("google.auth", "requests"):
            raise ModelMisconfigured(_WANTED)
        try:
            client = AsyncAnthropicVertex(
                project_id=project or not_given,
                region=region or not_given,
                base_url=base_url,
                max_retries=0,
                timeout=None,
                http_client=http_client(terms.get("route", DIRECT)),
            )
        except ValueError:
            raise ModelMisconfigured(_NOWHERE) from None
        if not client.project_id:
            raise ModelMisconfigured(_NO_PROJECT)
        way = ThroughSDK(client, PATH, stream=anthropic.AsyncStream[object], error=anthropic.AnthropicError)
        form = Messages(model, name=named("vertex", model, terms), max_tokens=terms["max_tokens"])
        super().__init__(form, way, "", **terms)

    def _unsent(self, error: Exception) -> ModelFailure | None:
        from google.auth.exceptions import GoogleAuthError, TransportError

        match error:
            case TransportError():
                return ModelUnavailable(f"Google's credentials could not be fetched: {line(error)}")
            case GoogleAuthError():
                return ModelMisconfigured(f"{_NOBODY} ({line(error)})")
            case _:
                return None


def _installed(*packages: str) -> bool:
    try:
        return all(importlib.util.find_spec(package) is not None for package in packages)
    except ModuleNotFoundError:  # the package that holds it is missing too
        return False
