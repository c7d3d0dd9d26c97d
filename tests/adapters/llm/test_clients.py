"""Azure and Vertex AI through the SDKs' own clients: what they send, and as whom."""

import importlib.util
import json
from pathlib import Path
from typing import Any, Final

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from adapters.llm.azure import AzureModel
from adapters.llm.vertex import VertexModel
from safi.errors import AnswerEmpty, ModelMisconfigured, ModelUnavailable
from safi.ports import Reply
from tests.adapters.llm.clouds import CLAUDES_ANSWER, CLAUDES_QUESTION, FORM, Cloud, ask
from tests.adapters.llm.loopback import http

pytestmark = pytest.mark.usefixtures("nobody")

CHAT: Final = {"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}]}


# --------------------------------------------------------------------------------------------------------------- Azure


async def test_azure_is_asked_for_a_deployment_in_a_version_of_its_interface(cloud: Cloud) -> None:
    cloud.answers["/openai"] = http(CHAT)
    model = AzureModel("my-judge", api_key="k-1", base_url=f"{cloud.url}/", max_tokens=50, deadline=20)
    assert model.name == "azure:my-judge"
    assert isinstance(await ask(model), Reply)
    (asked,) = cloud.asked
    assert asked.path == "/openai/deployments/my-judge/chat/completions?api-version=2025-04-01-preview"
    assert asked.headers["api-key"] == "k-1"
    assert "authorization" not in asked.headers
    assert asked.body == {
        "model": "my-judge",
        "messages": [{"role": "system", "content": "You are Ada."}, {"role": "user", "content": "Tea?"}],
        "max_completion_tokens": 8_050,
        "store": False,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "strict": True, "schema": FORM},
        },
    }


async def test_another_version_of_azures_interface_can_be_named(cloud: Cloud) -> None:
    cloud.answers["/openai"] = http({"error": {"message": "no such deployment"}}, status=404)
    version = "2027-01-01"
    model = AzureModel("x", api_key="k", base_url=cloud.url, api_version=version, max_tokens=50, deadline=20)
    failure = await ask(model)
    assert (type(failure), str(failure)) == (ModelMisconfigured, "status 404: no such deployment")
    assert cloud.asked[0].path.endswith("?api-version=2027-01-01")


EVENTS: Final[tuple[dict[str, object], ...]] = (
    {"choices": [{"delta": {"content": "Ye"}}]},
    {"choices": [{"delta": {"content": "s."}, "finish_reason": "stop"}]},
    {"choices": list[object](), "usage": {"prompt_tokens": 3, "completion_tokens": 1}},
)


@pytest.mark.parametrize(
    ("events", "found"),
    [
        (EVENTS, "Yes."),
        (EVENTS[:1], "the stream broke off before the reply had ended"),
        (({"error": {"message": "Overloaded"}},), "the connection failed: Overloaded"),
    ],
)
async def test_azures_stream_is_read_as_any_other(events: tuple[object, ...], found: str, cloud: Cloud) -> None:
    sse = "".join(f"data: {json.dumps(event)}\n\n" for event in events)
    cloud.answers["/openai"] = http(f"{sse}data: [DONE]\n\n", kind="text/event-stream")
    reply = await ask(AzureModel("x", api_key="k", base_url=cloud.url, max_tokens=50, deadline=20, stream=True))
    assert (reply.text if isinstance(reply, Reply) else str(reply)) == found
    assert cloud.asked[0].body["stream_options"] == {"include_usage": True}


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 X\r\ncontent-length: 9\r\n\r\n"])
async def test_a_connection_to_a_cloud_that_breaks_is_unavailable(answer: bytes, cloud: Cloud) -> None:
    cloud.answers["/openai"] = answer
    failure = await ask(AzureModel("x", api_key="k", base_url=cloud.url, max_tokens=50, deadline=20))
    assert type(failure) is ModelUnavailable
    assert str(failure).startswith("the connection failed: ")
    assert failure.usage is not None


async def test_a_cloud_that_is_not_there_bills_nothing() -> None:
    failure = await ask(AzureModel("x", api_key="k", base_url="http://127.0.0.1:9", max_tokens=50, deadline=20))
    assert (type(failure), failure.usage) == (ModelUnavailable, None)


async def test_a_page_in_place_of_a_clouds_reply_counts_as_empty(cloud: Cloud) -> None:
    cloud.answers["/openai"] = http("<html>Log in</html>", kind="text/html")
    failure = await ask(AzureModel("x", api_key="k", base_url=cloud.url, max_tokens=50, deadline=20))
    assert (type(failure), str(failure)) == (AnswerEmpty, "the reply is no chat completion")


# -------------------------------------------------------------------------------------------------------------- Vertex


@pytest.fixture
def account(nobody: None, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A service account whose tokens our server gives."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file = tmp_path / "account.json"
    file.write_text(
        json.dumps(
            {
                "type": "service_account",
                "project_id": "elsewhere",
                "client_email": "bot@elsewhere.example",
                "private_key": key.decode(),
                "token_uri": f"{cloud.url}/token",
            }
        )
    )
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))
    cloud.answers["/token"] = http({"access_token": "t-1", "expires_in": 3_600, "token_type": "Bearer"})


def at_vertex(cloud: Cloud, **settings: Any) -> VertexModel:
    settings = {"project": "my-project", "region": "eu", **settings}
    return VertexModel("claude-haiku-5-5", base_url=cloud.url, max_tokens=50, deadline=20, **settings)


async def test_vertex_is_asked_for_a_model_of_a_project_with_googles_token(cloud: Cloud, account: None) -> None:
    cloud.answers["/projects"] = http(CLAUDES_ANSWER)
    reply = await ask(at_vertex(cloud))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage.model) == ("Yes.", "vertex:claude-haiku-5-5")
    _, asked = cloud.asked
    assert asked.path == "/projects/my-project/locations/eu/publishers/anthropic/models/claude-haiku-5-5:rawPredict"
    assert asked.headers["authorization"] == "Bearer t-1"
    assert asked.body == {**CLAUDES_QUESTION, "anthropic_version": asked.body["anthropic_version"]}


async def test_a_token_that_google_refuses_is_a_misconfiguration(cloud: Cloud, account: None) -> None:
    cloud.answers["/token"] = http({"error": "invalid_grant", "error_description": "no such account"}, status=400)
    failure = await ask(at_vertex(cloud))
    assert type(failure) is ModelMisconfigured
    assert str(failure).startswith("Google gives no credentials; set GOOGLE_APPLICATION_CREDENTIALS, or run: ")
    assert "no such account" in str(failure)


async def test_without_googles_credentials_it_is_said_what_to_set(cloud: Cloud) -> None:
    failure = await ask(at_vertex(cloud))
    assert type(failure) is ModelMisconfigured
    assert str(failure).startswith("Google gives no credentials; ")


async def test_a_place_that_gives_no_tokens_now_may_do_so_later(cloud: Cloud, account: None) -> None:
    cloud.answers["/token"] = b"no HTTP at all"
    failure = await ask(at_vertex(cloud))
    assert type(failure) is ModelUnavailable
    assert str(failure).startswith("Google's credentials could not be fetched: ")


@pytest.mark.parametrize(
    ("missing", "variable"), [("project", "ANTHROPIC_VERTEX_PROJECT_ID"), ("region", "CLOUD_ML_REGION")]
)
def test_project_and_region_come_from_the_environment_where_none_is_named(
    missing: str, variable: str, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelMisconfigured, match=f"needs a {missing}: set it beside api, or {variable} "):
        at_vertex(cloud, **{missing: None})
    monkeypatch.setenv(variable, "x")
    assert at_vertex(cloud, **{missing: None}).name == "vertex:claude-haiku-5-5"


@pytest.mark.parametrize("problem", [None, ModuleNotFoundError()], ids=["the package", "the one that holds it"])
def test_googles_packages_are_named_by_their_extra_where_they_are_missing(
    problem: Exception | None, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        if problem is not None:
            raise problem

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    with pytest.raises(ModelMisconfigured, match=r'run: pip install "safi-bot\[vertex\]"$'):
        at_vertex(cloud)
