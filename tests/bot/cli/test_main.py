"""The command line as a person types it: what it prints, and its exit status."""

import asyncio
import io
import json
import os
import signal
import subprocess
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from bot.__main__ import main
from tests.adapters.llm.loopback import Loopback

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, without anybody's keys, and with no Ollama where it is looked for."""
    monkeypatch.chdir(tmp_path)
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


def test_a_commands_own_help_says_what_it_is_for(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["verify", "--help"], ["setup", "slack", "--help"]):
        with pytest.raises(SystemExit):
            main(words)
    told = capsys.readouterr().out
    assert "\n\nSay whether the record is still what was recorded.\n\n" in told
    assert "\n\nPrint the manifest of the app, and the next steps.\n\n" in told


def test_a_broken_configuration_is_told_key_by_key_and_nothing_starts(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text('[memory]\nscope = "guild"\n[audits]\nat_once = 0\n')
    assert main(["chat"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert len(told) == 2
    assert told[0].startswith("safi-bot: config.toml: memory.scope")
    assert told[1].startswith("safi-bot: config.toml: audits.at_once")
    assert not Path("state").exists()


def test_an_unknown_persona_is_told_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--persona", "librarien"]) == 2
    told = capsys.readouterr().err
    assert told.startswith('safi-bot: --persona: there is no persona "librarien"')
    assert "librarian" in told


def test_a_configuration_that_is_not_there_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["chat", "--config", "nowhere.toml"]) == 2
    assert capsys.readouterr().err == "safi-bot: nowhere.toml: cannot be read: No such file or directory\n"


def test_a_role_without_a_key_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text('[roles]\nintellect = "anthropic"\n')
    assert main(["chat"]) == 2
    assert "anthropic has no key; set ANTHROPIC_API_KEY" in capsys.readouterr().err


def test_a_store_that_cannot_be_opened_is_told_and_the_status_is_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-none")
    Path("state").write_text("in the way")
    assert main(["chat"]) == 1
    told = capsys.readouterr().err
    assert told.startswith("safi-bot: state/safi.db")
    assert "Traceback" not in told


def test_no_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main([])
    assert left.value.code == 2
    assert "safi-bot" in capsys.readouterr().err


def test_the_doctor_tells_every_problem_of_a_configuration_and_looks_no_further(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("config.toml").write_text('[memory]\nscope = "guild"\n[audits]\nat_once = 0\n')
    assert main(["doctor"]) == 2
    told = capsys.readouterr()
    rows = [line for line in told.out.splitlines() if line.startswith("problem  configuration")]
    assert len(rows) == 2
    assert rows[0].endswith("To do: Correct memory.scope in config.toml.")
    assert "skipped  all else" in told.out
    assert told.err == ""


def test_the_doctor_goes_on_where_roles_and_personas_cannot_be_had(capsys: pytest.CaptureFixture[str]) -> None:
    Path("config.toml").write_text('[roles]\nintellect = "anthropic"\n[personas]\ndefault = "nobody"\n')
    assert main(["doctor", "--json"]) == 2
    report = json.loads(capsys.readouterr().out)
    states = {check["check"]: check["state"] for check in report["checks"]}
    assert (states["roles"], states["personas"], states["store"], states["model"]) == (
        "problem",
        "problem",
        "ok",
        "skipped",
    )


def test_what_belongs_to_the_judge_check_is_refused_without_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", "--yes"]) == 2
    assert capsys.readouterr().err == "safi-bot: doctor: --persona and --yes go with --judges\n"


def test_judges_are_not_asked_where_nobody_agrees_to_the_cost(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-none")
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["doctor", "--judges", "--persona", "gamemaster"]) == 2
    assert "--yes" in capsys.readouterr().err


@pytest.mark.slow
async def test_ctrl_c_ends_the_doctor_at_once_and_without_a_trace(tmp_path: Path) -> None:
    silent = Loopback()
    server = await asyncio.start_server(silent.handle, "127.0.0.1", 0)
    async with server:
        (tmp_path / "config.toml").write_text(
            f'[providers.mine]\napi = "openai"\nbase_url = "http://127.0.0.1:{server.sockets[0].getsockname()[1]}"\n'
            '[roles]\nintellect = "mine:a"\nwill = "mine:b"\n'
        )
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "doctor"),
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=PIPE,
            stderr=PIPE,
        )
        assert program.stdout is not None
        while (row := await program.stdout.readline()) and b"store space" not in row:
            pass  # what comes next is to wait for the models
        program.send_signal(signal.SIGINT)
        _, err = await program.communicate()
    assert (program.returncode, err) == (130, b"")


@pytest.mark.slow
def test_a_reader_who_leaves_early_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[memory]\nscope = 1\n")
    for arguments in ("doctor", "doctor --json"):
        reading, writing = os.pipe()
        os.close(reading)
        done = subprocess.run(
            [sys.executable, "-m", "bot", *arguments.split()],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=writing,
            stderr=subprocess.PIPE,
            check=False,
            timeout=600,
        )
        os.close(writing)
        assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.slow
@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_output_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "bot", "doctor", "--json"],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
            timeout=600,
        )
    assert (done.returncode, done.stderr) == (1, b"safi-bot: [Errno 28] No space left on device\n")


def piped(folder: Path, text: str) -> "subprocess.CompletedProcess[str]":
    """The program as a process of its own in that folder, with that input."""
    return subprocess.run(
        [sys.executable, "-m", "bot", "chat"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        input=text,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


@pytest.mark.slow
def test_a_vendor_that_cannot_be_reached_is_told_in_the_personas_voice_and_the_program_goes_on(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(
        '[providers.mine]\napi = "openai"\nbase_url = "http://127.0.0.1:9/v1"\n'
        '[roles]\nintellect = "mine:a"\nwill = "mine:b"\n[log]\nfile = "safi.log"\n'
    )
    done = piped(tmp_path, "Hello?\n/why\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert "I went to the shelves and came back with nothing" in done.stdout
    assert "could not be reached" in done.stdout
    assert "the Intellect gave no draft (model_unavailable)" in (tmp_path / "safi.log").read_text()


@pytest.mark.slow
def test_the_practice_model_answers_and_audits_through_a_pipe(tmp_path: Path) -> None:
    done = piped(tmp_path, "What is a good first step to learn the guitar?\nThanks!\n")
    assert done.returncode == 0, done.stderr
    assert "tiny practice model" in done.stdout
    assert done.stdout.count("●") == 2
    assert done.stdout.count("Audit #") == 2
