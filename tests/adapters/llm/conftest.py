"""The vendors on this machine as fixtures, and an environment in which a cloud knows nobody."""

import asyncio
import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.adapters.llm.clouds import Cloud
from tests.adapters.llm.loopback import Loopback, listening


@pytest.fixture
async def loopback() -> AsyncGenerator[Loopback]:
    async with listening() as handler:
        yield handler


@pytest.fixture
async def cloud() -> AsyncGenerator[Cloud]:
    handler = Cloud()
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0)
    handler.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield handler


@pytest.fixture
def nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No account of AWS's or Google's is to be found, in the environment, in the home folder or on the network."""
    for name in os.environ:
        if name.startswith(("AWS_", "GOOGLE_", "CLOUDSDK_", "GCLOUD_", "CLOUD_ML_", "ANTHROPIC_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_GCE_CHECK", "true")
