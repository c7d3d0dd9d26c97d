"""`safi-bot doctor` as a whole: real SDKs against servers on this machine, and what a person is told of each."""

import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import trustme
from llmock.pytest_plugin import LLMock

from adapters.store.sqlite import open_store
from bot.__main__ import main
from bot.clock import SystemClock
from bot.doctor import asking, judges, rounds
from safi.errors import ModelUnavailable
from tests.adapters.llm.loopback import http
from tests.bot.examining import KEY, ROLES, examined, serving, standing_in, written


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]  # pytest uses it
    """In an empty folder, with a key of our own and nobody else's, and all the time that a busy machine needs."""
    monkeypatch.chdir(tmp_path)
    for module, bound in ((asking, "PATIENCE"), (rounds, "VISIT"), (rounds, "LOOK")):
        monkeypatch.setattr(module, bound, 600.0)
    monkeypatch.setenv("MY_KEY", KEY)
    for name in ("ANTHROPIC_API_KEY", "OPENAI_API_KEY", "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OLLAMA_HOST", "127.0.0.1:9")


def test_a_bot_whose_models_answer_is_well(tmp_path: Path, llmock: LLMock, capsys: pytest.CaptureFixture[str]) -> None:
    written(tmp_path, llmock.base_url("openai"))
    assert main(["doctor"]) == 0
    told = capsys.readouterr()
    assert told.err == ""
    for row in ("ok       configuration", "ok       model intellect", "ok       model will", "ok       store space"):
        assert row in told.out
    assert told.out.splitlines()[-1].endswith("no problems.")
    assert not (tmp_path / "state").exists()


def test_what_is_printed_for_programs_is_one_object_with_stable_keys(
    tmp_path: Path, llmock: LLMock, capsys: pytest.CaptureFixture[str]
) -> None:
    llmock.fail(401, times=None, message="Incorrect API key.")
    written(tmp_path, llmock.base_url("openai"))
    assert main(["doctor", "--json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert list(report) == ["version", "status", "summary", "checks"]
    assert report["status"] == 1
    assert {tuple(check) for check in report["checks"]} == {("check", "subject", "state", "sentence", "remedy")}


@pytest.mark.parametrize(
    ("api", "status", "remedy"),
    [
        ("openai", 401, "Put a valid key into the environment variable MY_KEY."),
        ("anthropic", 401, "Put a valid key into the environment variable MY_KEY."),
        ("openai", 404, "Correct roles.will, or providers.mine.base_url."),
    ],
)
async def test_what_a_vendor_refuses_is_told_in_its_words_with_what_to_change(
    tmp_path: Path, llmock: LLMock, api: str, status: int, remedy: str
) -> None:
    llmock.fail(status, times=None, message="Not today.")
    will = (await examined(written(tmp_path, llmock.base_url(api), api=api)))["model will"]
    assert (will.state, will.remedy) == ("problem", remedy)
    assert will.sentence == f"mine:judge: status {status}: Not today."


async def test_a_key_is_never_shown(tmp_path: Path) -> None:
    async with serving(http({"error": {"message": f"no such key: {KEY}"}}, status=401)) as url:
        found = await examined(written(tmp_path, url))
    assert found["model will"].state == "problem"
    assert KEY not in str(found)


async def test_a_server_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = await examined(written(tmp_path, "http://127.0.0.1:9/v1"))
    intellect = found["model intellect"]
    assert intellect.sentence.startswith("mine:drafter: the connection failed: ")
    assert (
        intellect.remedy
        == "See that its server runs, can be reached from here, and is the one in providers.mine.base_url."
    )
    assert found["clock"].state == "skipped"


async def test_a_silent_server_is_left_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "PATIENCE", 0.01)
    monkeypatch.setattr(rounds, "VISIT", 0.01)
    async with serving(None) as url:
        found = await examined(written(tmp_path, url))
    assert found["model conscience"].sentence == "mine:judge: no answer within 0.01 seconds."
    assert found["model conscience"].remedy == "Try again; if it stays so, look at the network and the server."


async def test_a_judge_that_cannot_keep_to_a_form_is_warned_of(tmp_path: Path, llmock: LLMock) -> None:
    llmock.reply("Yes, very wet.", times=None)
    found = await examined(written(tmp_path, llmock.base_url("openai")))
    assert (found["model intellect"].state, found["model will"].state) == ("ok", "warning")
    assert found["model will"].remedy == "Choose a model that can give structured answers, in roles.will."


async def test_a_page_of_html_is_no_model(tmp_path: Path) -> None:
    async with serving(http("<html>Welcome</html>", kind="text/html")) as url:
        intellect = (await examined(written(tmp_path, url)))["model intellect"]
    assert intellect.state == "problem"
    assert intellect.remedy is not None
    assert intellect.remedy.startswith("See whether providers.mine.base_url leads to a model server")


# ------------------------------------------------------------------------------------------------------- certificates


OK = http(
    {
        "id": "1",
        "object": "chat.completion",
        "created": 1,
        "model": "m",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}],
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Somebody who certifies, and the file by which that is known."""

    ca: trustme.CA
    file: Path

    def server(self, name: str = "127.0.0.1", ends: datetime | None = None) -> ssl.SSLContext:
        """What a server with a certificate for that name, until then, speaks TLS with."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self.ca.issue_cert(name, not_after=ends).configure_cert(context)  # pyright: ignore[reportUnknownMemberType]  # it also takes a context of pyOpenSSL
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    ca = trustme.CA()
    ca.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    return Authority(ca=ca, file=tmp_path / "ca.pem")


TRUSTED = 'ca_file = "ca.pem"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A certificate for a name and so many days from now, and what is told of it."""

    name: str = "127.0.0.1"
    days: int = 90
    more: str = TRUSTED
    state: str = "problem"
    told: str
    remedy: str


CERTIFICATES = {
    "sound": Shown(state="ok", told="is trusted; its certificate ends on", remedy="None"),
    "ends soon": Shown(days=3, state="warning", told="'s certificate ends on", remedy="Have it renewed."),
    "has ended": Shown(days=-3, told="certificate has expired", remedy="Look at this machine's clock"),
    "another's": Shown(
        name="example.org", told="IP address mismatch", remedy="Write the server's name into providers.mine"
    ),
    "of an unknown authority": Shown(
        more="", told="unable to get local issuer certificate", remedy="If it is yours or your company's"
    ),
}


@pytest.mark.parametrize("shown", CERTIFICATES.values(), ids=CERTIFICATES)
async def test_a_servers_certificate_is_looked_at(tmp_path: Path, authority: Authority, shown: Shown) -> None:
    ends = SystemClock().now() + timedelta(days=shown.days)
    async with serving(OK, authority.server(shown.name, ends)) as url:
        found = await examined(written(tmp_path, url, more=shown.more))
    certificate, model = found["certificate mine"], found["model intellect"]
    assert certificate.state == shown.state
    assert shown.told in certificate.sentence
    assert str(certificate.remedy).startswith(shown.remedy)
    if shown.state == "problem":
        assert (model.state, model.remedy) == ("problem", "See the check of its certificate.")
    else:
        assert model.state == "ok"


# ------------------------------------------------------------------------------------------------- what rests on what


def embedded(folder: Path) -> Path:
    file = folder / "config.toml"
    file.write_text('[roles]\nintellect = "embedded"\n')
    return file


async def test_a_practice_model_that_does_not_start_is_told_for_each_role(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def unready() -> AsyncGenerator[str]:
        raise ModelUnavailable("the practice model ended before it was ready")
        yield ""

    monkeypatch.setattr("adapters.llm.embedded.embedded_server", unready)
    found = await examined(embedded(tmp_path))
    assert [found[f"model {role}"].state for role in ("intellect", "will", "conscience")] == ["problem"] * 3
    assert found["judges"].state == "skipped"
    assert "certificate embedded" not in found
    assert "clock" not in found


async def test_nobody_is_told_to_check_the_practice_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.llm.embedded.embedded_server", lambda: nullcontext("http://127.0.0.1:9/v1"))
    assert (await examined(embedded(tmp_path)))["judges"] == judges.PRACTISING


async def test_settings_that_a_vendors_client_refuses_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        """No package is installed."""

    monkeypatch.setattr("importlib.util.find_spec", absent)
    roles = '[roles]\nintellect = "mine:m"\nwill = "mine:m"\n'
    (tmp_path / "config.toml").write_text(f'[providers.mine]\napi = "bedrock"\nregion = "eu-west-1"\n{roles}')
    found = await examined(tmp_path / "config.toml")
    assert (found["roles"].state, found["judges"].state) == ("problem", "skipped")
    assert "certificate mine" not in found


async def test_judges_of_personas_that_cannot_be_read_are_not_looked_at(tmp_path: Path, llmock: LLMock) -> None:
    more = '[personas]\ndefault = "nobody"\n'
    found = await examined(written(tmp_path, llmock.base_url("openai"), roles=f"{ROLES}{more}"))
    assert (found["personas"].state, found["judges"].state) == ("problem", "skipped")


async def test_a_broken_store_keeps_nobody_from_looking_at_the_models(tmp_path: Path, llmock: LLMock) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "safi.db").write_text("Dear diary, " * 1000)
    found = await examined(written(tmp_path, llmock.base_url("openai")))
    assert found["store"].sentence == f"{tmp_path}/state/safi.db is not a SQLite database."
    assert str(found["store"].remedy).startswith("Move that file away, or choose another path")
    assert (found["model will"].state, found["judges"].state) == ("ok", "skipped")


async def test_a_store_that_is_there_is_asked_about_the_judges(tmp_path: Path, llmock: LLMock) -> None:
    file = written(tmp_path, llmock.base_url("openai"))
    async with open_store(tmp_path / "state" / "safi.db"):
        found = await examined(file)
    assert found["store"].sentence == f"{tmp_path}/state/safi.db is in use by a running bot, so it was only read."
    assert found["judges librarian"].state == "warning"


async def test_models_that_may_stand_in_are_asked_and_visited_too(tmp_path: Path, llmock: LLMock) -> None:
    llmock.fail(401, model="second", times=None, message="Incorrect API key.")
    url = llmock.base_url("openai")
    spare = (
        f'[providers.spare]\napi = "openai"\nbase_url = "{url}"\n[models.spare]\nintellect = "first"\njudge = "second"'
    )
    roles = f"{ROLES}{spare}\n{standing_in(tmp_path, 'spare', 'ollama')}"
    found = await examined(written(tmp_path, url, roles=roles))
    assert (found["model intellect"].state, found["model intellect spare"].state) == ("ok", "ok")
    assert (found["model will spare"].state, found["model conscience spare"].state) == ("problem", "problem")
    assert (found["certificate spare"].state, found["fallbacks mine spare"].state) == ("ok", "ok")
    assert found["fallbacks mine ollama"].state == "warning"
    assert "certificate ollama" not in found


async def test_a_misspelt_fallback_is_a_problem(tmp_path: Path, llmock: LLMock) -> None:
    more = standing_in(tmp_path, "anthropc")
    found = await examined(written(tmp_path, llmock.base_url("openai"), roles=f"{ROLES}{more}"))
    assert 'did you mean "anthropic"?' in found["fallbacks"].sentence


async def test_fallbacks_wait_for_the_roles(tmp_path: Path) -> None:
    more = standing_in(tmp_path, "anthropic")
    found = await examined(written(tmp_path, "http://127.0.0.1:9", roles=f'[roles]\nwill = "openai"\n{more}'))
    assert (found["roles"].state, found["fallbacks"].state) == ("problem", "skipped")


async def test_a_stand_in_whose_settings_cannot_be_used_is_told(
    tmp_path: Path, llmock: LLMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_VERTEX_PROJECT_ID", raising=False)
    spare = '[providers.spare]\napi = "vertex"\nregion = "eu"\n[models.spare]\njudge = "second"\n'
    roles = f"{ROLES}{spare}{standing_in(tmp_path, 'spare')}"
    found = await examined(written(tmp_path, llmock.base_url("openai"), roles=roles))
    assert found["fallbacks"].state == "problem"
    assert found["model will"].state == "ok"
