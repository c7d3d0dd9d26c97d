"""Bedrock through Anthropic's own client: what it sends, as whom, and AWS's framing of streams."""

import importlib.util
import json
from base64 import b64encode
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote
from zlib import crc32

import pytest

from adapters.llm.bedrock import BedrockModel
from safi.errors import AnswerEmpty, ModelMisconfigured, ModelUnavailable
from safi.ports import Reply
from tests.adapters.llm.clouds import CLAUDES_ANSWER, CLAUDES_QUESTION, Cloud, ask
from tests.adapters.llm.loopback import http

pytestmark = pytest.mark.usefixtures("nobody")

NUMBERS: Final = count()
CLAUDE: Final = "eu.anthropic.claude-haiku-5-5-v1:0"


def at_bedrock(cloud: Cloud, *, stream: bool = False, **settings: Any) -> BedrockModel:
    settings = {"region": f"test-{next(NUMBERS)}", **settings}  # the SDK remembers who we are, region by region
    return BedrockModel(CLAUDE, base_url=cloud.url, max_tokens=50, deadline=20, stream=stream, **settings)


async def test_bedrock_gets_a_request_that_is_signed_with_awss_credentials(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIATEST")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    cloud.answers["/model"] = http(CLAUDES_ANSWER)
    reply = await ask(at_bedrock(cloud, region="eu-west-1"))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage.model) == ("Yes.", f"bedrock:{CLAUDE}")
    (asked,) = cloud.asked
    assert unquote(asked.path) == f"/model/{CLAUDE}/invoke"
    assert asked.headers["authorization"].startswith("AWS4-HMAC-SHA256 Credential=AKIATEST/")
    assert "/eu-west-1/bedrock/aws4_request" in asked.headers["authorization"]
    assert asked.body == {**CLAUDES_QUESTION, "anthropic_version": asked.body["anthropic_version"]}


async def test_bedrocks_own_key_is_sent_in_place_of_a_signature_and_never_told(cloud: Cloud) -> None:
    key = "bedrock-api-key-0123456789"
    cloud.answers["/model"] = http({"message": f"The key {key} is not valid"}, status=403)
    failure = await ask(at_bedrock(cloud, api_key=key))
    assert (type(failure), str(failure)) == (ModelMisconfigured, "status 403: The key [key] is not valid")
    assert cloud.asked[0].headers["authorization"] == f"Bearer {key}"


async def test_without_credentials_it_is_said_what_to_set(cloud: Cloud) -> None:
    failure = await ask(at_bedrock(cloud))
    assert type(failure) is ModelMisconfigured
    assert str(failure).startswith("AWS gives no credentials; set AWS_PROFILE, AWS_BEARER_TOKEN_BEDROCK, ")
    assert cloud.asked == []


async def test_a_profile_that_is_not_there_is_said_so(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    failure = await ask(at_bedrock(cloud))
    assert type(failure) is ModelMisconfigured
    assert "(The config profile (nobody) could not be found)" in str(failure)


async def test_credentials_that_cannot_be_fetched_now_may_be_later(
    cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/bot")
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", token_file(tmp_path))
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    failure = await ask(at_bedrock(cloud))
    assert type(failure) is ModelUnavailable
    assert str(failure).startswith("AWS's credentials could not be fetched: ")


def token_file(folder: Path) -> str:
    file = folder / "token"
    file.write_text("a-token")
    return str(file)


def test_a_region_comes_from_awss_environment_where_none_is_named(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ModelMisconfigured, match="needs a region"):
        at_bedrock(cloud, region=None)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    assert at_bedrock(cloud, region=None).name == f"bedrock:{CLAUDE}"


async def test_bedrocks_stream_is_read_in_awss_own_framing(cloud: Cloud) -> None:
    events = [
        {"type": "message_start", "message": {"usage": {"input_tokens": 3}}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "Y"}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "es."}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 1}},
    ]
    frames = b"".join(frame(event) for event in events)
    cloud.answers["/model"] = streamed(frames)
    reply = await ask(at_bedrock(cloud, api_key="k", stream=True))
    assert isinstance(reply, Reply)
    assert (reply.text, reply.usage.input_tokens, reply.usage.output_tokens) == ("Yes.", 3, 1)
    assert reply.usage.first_token is not None
    assert unquote(cloud.asked[0].path) == f"/model/{CLAUDE}/invoke-with-response-stream"

    cloud.answers["/model"] = streamed(frames[:-40])
    assert type(await ask(at_bedrock(cloud, api_key="k", stream=True))) is ModelUnavailable

    cloud.answers["/model"] = streamed(frames[:20] + bytes([frames[20] ^ 1]) + frames[21:])
    assert type(await ask(at_bedrock(cloud, api_key="k", stream=True))) is AnswerEmpty


def streamed(frames: bytes) -> bytes:
    head = "HTTP/1.1 200 X\r\ncontent-type: application/vnd.amazon.eventstream\r\nconnection: close\r\n"
    return f"{head}content-length: {len(frames)}\r\n\r\n".encode() + frames


def frame(event: Any) -> bytes:
    """One event as AWS frames it: lengths and headers with a checksum, the payload, and a checksum of all."""
    payload = json.dumps({"bytes": b64encode(json.dumps(event).encode()).decode()}).encode()
    names = {":event-type": "chunk", ":content-type": "application/json", ":message-type": "event"}
    headers = b"".join(
        bytes([len(name)]) + name.encode() + b"\x07" + len(value).to_bytes(2, "big") + value.encode()
        for name, value in names.items()
    )
    head = (16 + len(headers) + len(payload)).to_bytes(4, "big") + len(headers).to_bytes(4, "big")
    body = head + crc32(head).to_bytes(4, "big") + headers + payload
    return body + crc32(body).to_bytes(4, "big")


def test_awss_packages_are_named_by_their_extra_where_they_are_missing(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        """No package has that name."""

    monkeypatch.setattr(importlib.util, "find_spec", missing)
    with pytest.raises(ModelMisconfigured, match=r'run: pip install "safi-bot\[bedrock\]"$'):
        at_bedrock(cloud)
