"""Whatever a vendor does to a role, one outcome is recorded, the person reads honest words, and few calls are made."""

from pathlib import Path
from typing import Final

import pytest
from llmock.pytest_plugin import LLMock

from adapters.llm.openai import OpenAIModel
from bot.settings.choice import Faculty
from tests.adapters.llm.faults import FAULTS, ROLES, USUAL, VENDORS, Scene, Vendor, expected, seen
from tests.adapters.llm.guarding import QUESTION, Bench, outcome
from tests.adapters.llm.loopback import Loopback

LONG: Final = 60.0
SHORT: Final = 0.3
"""Seconds: a deadline that is only waited out where nothing else ends the call."""


SEATS: Final = [
    pytest.param(role, vendor, marks=() if vendor == USUAL[role] else pytest.mark.slow)
    for role in ROLES
    for vendor in VENDORS
]
"""Quickly, each role with its usual vendor; thoroughly, with either."""


@pytest.mark.parametrize(("role", "vendor"), SEATS)
@pytest.mark.parametrize("name", [fault.name for fault in FAULTS])
async def test_a_fault_of_a_vendor_is_recorded_told_and_bounded(
    name: str, vendor: Vendor, role: Faculty, llmock: LLMock, loopback: Loopback, tmp_path: Path
) -> None:
    (fault,) = (fault for fault in FAULTS if fault.name == name)
    bench, scene = Bench(), Scene(llmock, loopback, vendor)
    found = await seen(fault, role, scene, bench, tmp_path, deadline=SHORT if fault.silent else LONG)
    assert (found.recorded, found.shown, found.calls) == expected(fault, role)
    if scene.url == llmock.base_url(vendor) and not fault.silent:
        assert len(llmock.requests) == found.calls
    assert {call.role for call in bench.accounts.calls} == {role}


async def test_a_vendor_that_asks_for_an_hour_is_left_alone_for_it(
    llmock: LLMock, loopback: Loopback, tmp_path: Path
) -> None:
    bench = Bench()
    llmock.fail(429, retry_after=3_600)
    llmock.reply("Tea.", times=None)
    vendor = OpenAIModel("m-1", api_key="k", base_url=llmock.base_url(), max_tokens=50, deadline=LONG)
    model = bench.guarded(bench.candidate(vendor, name="openai:m-1"))
    found = [str(await outcome(model)) for _ in range(2)]
    bench.clock.pass_time(3_600)
    reply = await model.ask(QUESTION)
    await vendor.aclose()
    assert found[1] == "openai failed and is left alone for 3600 more seconds"
    assert (reply.text, len(llmock.requests)) == ("Tea.", 2)
