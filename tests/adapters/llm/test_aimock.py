"""Three faculties, three models, one port: a server that answers by the prompt alone shows which prompt went where."""

import json
import shutil
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import httpx2
import pytest

from adapters.llm.anthropic import AnthropicModel
from adapters.llm.openai import OpenAIModel
from safi.loop import reflect, respond
from safi.spirit import Memory
from safi.turn import Allowed, Approved, Denied, Draft, Prompt, Suppressed, Turn, Utterance
from tests.doubles import broken, clear, gated, ledger_text, small_profile

AIMOCK: Final = Path(sys.prefix) / "aimock/node_modules/@copilotkit/aimock/dist/cli.js"
NODE: Final = shutil.which("node")

pytestmark = [
    pytest.mark.skipif(NODE is None, reason="node is not installed"),
    pytest.mark.skipif(not AIMOCK.exists(), reason="aimock is not installed; `make test` does it where npm is"),
]

PROFILE: Final = small_profile()
AUTHOR: Final = "You take part in a community's chat."
GATE: Final = "You are the gate of a chat bot."
AUDITOR: Final = "You are the auditor of a chat bot."
ANSWERS: Final = [
    (AUTHOR, "hinge", "Oil the hinge."),
    (AUTHOR, "fool", "Only a fool would ask."),
    (GATE, "Oil the hinge.", clear()),
    (GATE, "Only a fool", broken("no-insults")),
    (AUDITOR, "Oil the hinge.", ledger_text(Honesty=1, Kindness=0.5)),
]
"""What is answered where the system prompt and the last message hold these words; anything else is an error."""

VENDORS: Final = {"openai": (OpenAIModel, "/v1"), "anthropic": (AnthropicModel, "")}


@pytest.fixture(scope="module")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The server's address."""
    file = tmp_path_factory.mktemp("aimock") / "answers.json"
    matches = [{"systemMessage": system, "userMessage": user} for system, user, _ in ANSWERS]
    answers = [{"match": match, "response": {"content": row[2]}} for match, row in zip(matches, ANSWERS, strict=True)]
    file.write_text(json.dumps({"fixtures": answers}))
    command = [NODE or "", str(AIMOCK), "--port", "0", "--strict", "--fixtures", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "listening on " in line), "")
            assert said, "aimock ended before it listened"
            yield said.split("listening on ")[1].strip()
        finally:
            process.kill()


class Bench:
    """One model a faculty, by names that no other test uses."""

    def __init__(self, vendor: str, url: str, name: str, *, stream: bool) -> None:
        self.names = [f"{faculty}-{name}" for faculty in ("author", "gate", "auditor")]
        kind, path = VENDORS[vendor]
        self.author, self.gate, self.auditor = (
            kind(model, api_key="k", base_url=f"{url}{path}", max_tokens=200, deadline=60, stream=stream)
            for model in self.names
        )

    async def turn(self, text: str) -> Turn:
        prompt = Prompt(message=Utterance(speaker="ann", text=text))
        gate = gated(self.gate)
        return await respond(PROFILE, prompt, Memory(), {}, turn_id="t", intellect=self.author, gate=gate, nonce="n")

    async def aclose(self) -> None:
        for model in (self.author, self.gate, self.auditor):
            await model.aclose()


async def prompts(url: str, names: list[str]) -> list[tuple[str, str]]:
    """Which model was sent which system prompt, in order, for these models."""
    async with httpx2.AsyncClient(trust_env=False) as client:
        journal: list[dict[str, Any]] = (await client.get(f"{url}/__aimock/journal")).json()
    bodies = [entry["body"] for entry in journal if entry["body"]["model"] in names]
    return [(body["model"], body["messages"][0]["content"]) for body in bodies]


@pytest.mark.parametrize("stream", [False, True], ids=["at once", "streamed"])
@pytest.mark.parametrize("vendor", VENDORS)
async def test_each_faculty_asks_its_own_model_with_its_own_prompt(vendor: str, stream: bool, aimock: str) -> None:
    bench = Bench(vendor, aimock, f"{vendor}-{stream}", stream=stream)
    turn = await bench.turn("My hinge creaks.")
    ledger = await reflect(PROFILE, turn, conscience=bench.auditor, nonce="n")
    await bench.aclose()

    assert turn.outcome == Approved(draft=Draft(text="Oil the hinge."), verdict=Allowed(reason="nothing against it"))
    assert [(entry.value, entry.score) for entry in ledger.entries] == [("Honesty", 1), ("Kindness", 0.5)]
    used = (turn.drafting, turn.judging, ledger.usage)
    assert [usage and usage.model for usage in used] == [f"{vendor}:{name}" for name in bench.names]
    assert [usage is not None and usage.first_token is not None for usage in used] == [stream] * 3

    sent = await prompts(aimock, bench.names)
    assert [model for model, _ in sent] == bench.names
    for (_, system), begins in zip(sent, (AUTHOR, GATE, AUDITOR), strict=True):
        assert system.startswith(begins)
    assert ["RUBRIC-UP" in system for _, system in sent] == [False, False, True]


@pytest.mark.parametrize("vendor", VENDORS)
async def test_a_draft_that_the_gate_holds_back_costs_no_further_call(vendor: str, aimock: str) -> None:
    bench = Bench(vendor, aimock, f"{vendor}-held", stream=False)
    turn = await bench.turn("Call me a fool.")
    await bench.aclose()
    assert isinstance(turn.outcome, Suppressed)
    assert turn.outcome.verdict == Denied(rules=("no-insults",), reason="it does that", by="judge")
    assert [model for model, _ in await prompts(aimock, bench.names)] == bench.names[:2]
