"""The way to a vendor's server: proxies, certificates, and servers on this machine that are reached directly."""

import asyncio
import ssl
from asyncio import StreamReader, StreamWriter
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
import trustme

from adapters.llm.openai import OpenAIModel
from adapters.llm.route import Route, proxy_to, trusted
from adapters.llm.transport import http_client
from safi.errors import ModelFailure, ModelMisconfigured, ModelUnavailable
from safi.ports import Message, Reply, Request
from tests.adapters.llm.loopback import Loopback, http

REQUEST: Final = Request(system=(), messages=(Message(role="user", text="Tea?"),))
ANSWER: Final = http({"choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}]})


async def ask(base_url: str, route: Route) -> Reply | ModelFailure:
    model = OpenAIModel("m", api_key="k", base_url=base_url, route=route, max_tokens=50, deadline=20)
    try:
        return await model.ask(REQUEST)
    except ModelFailure as failure:
        return failure
    finally:
        await model.aclose()


@dataclass(slots=True)
class Proxy:
    """A proxy that keeps the head of each request, and leads every tunnel to one port of this machine."""

    port: int = 0
    url: str = ""
    refusal: bytes = b""
    heads: list[str] = field(default_factory=list[str])

    @property
    def lines(self) -> list[str]:
        return [head.split("\r\n")[0] for head in self.heads]

    async def handle(self, reader: StreamReader, writer: StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head.decode())
        if self.refusal or not head.startswith(b"CONNECT"):
            writer.write(self.refusal or ANSWER)
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        inner, outer = await asyncio.open_connection("127.0.0.1", self.port)
        async with asyncio.TaskGroup() as group:
            group.create_task(pour(reader, outer))
            group.create_task(pour(inner, writer))


async def pour(source: StreamReader, sink: StreamWriter) -> None:
    try:
        while data := await source.read(65_536):
            sink.write(data)
    except ConnectionError:
        pass  # whoever hangs up first
    finally:
        sink.close()


@pytest.fixture
async def proxy(monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Proxy]:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    handler = Proxy()
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0)
    handler.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield handler


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> Path:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    return file


@pytest.fixture
async def secure(authority: trustme.CA, tmp_path: Path) -> AsyncGenerator[int]:
    """The port of a vendor behind TLS, certified by our own authority."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    identity = tmp_path / "server.pem"
    authority.issue_cert("127.0.0.1", "models.example.org").private_key_and_cert_chain_pem.write_to_path(str(identity))
    context.load_cert_chain(identity)
    handler = Loopback(answer=ANSWER)
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0, ssl=context)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_the_configured_proxy_is_asked_and_not_the_environments(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert isinstance(await ask("http://models.example.org/v1", Route(proxy=proxy.url)), Reply)
    assert proxy.lines == ["POST http://models.example.org/v1/chat/completions HTTP/1.1"]


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy"])
async def test_without_one_the_environments_proxy_is_asked(
    variable: str, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable.swapcase(), raising=False)
    monkeypatch.setenv(variable, proxy.url.removeprefix("http://"))
    assert isinstance(await ask("http://models.example.org/v1", Route()), Reply)
    assert len(proxy.lines) == 1


@pytest.mark.parametrize(
    ("host", "exempt", "proxied"),
    [
        ("models.example.org", "", True),
        ("models.example.org", "models.example.com", True),
        ("models.example.org", "a.example, models.example.org", False),
        ("models.example.org", ".example.org", False),
        ("models.example.org", "example.org", False),
        ("models.example.org", "*", False),
        ("10.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "192.168.0.0/16, 10.1.2.3", False),
        ("10.1.2.3", "192.168.0.0/16", True),
        ("fd00::1", "fd00::/8", False),
        ("fd00::1", "", True),
        ("localhost", "", False),
        ("127.0.0.53", "", False),
        ("::1", "", False),
    ],
)
def test_the_environment_says_who_is_reached_without_a_proxy(
    host: str, exempt: str, proxied: bool, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", exempt)
    assert proxy_to("https", host, Route()) == ("http://proxy.example.org:3128" if proxied else None)


async def test_a_proxy_is_signed_in_to_with_the_environments_password(
    proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("http://", "http://me:hunter2@"))
    assert isinstance(await ask("http://models.example.org/v1", Route()), Reply)
    assert "Proxy-Authorization: Basic bWU6aHVudGVyMg==" in proxy.heads[0]


async def test_a_proxy_that_refuses_is_told_without_its_password(proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy.refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://me:hunter2@"))
    failure = await ask("https://models.example.org/v1", Route())
    told = "the connection failed: the proxy says 407: Proxy Authentication Required"
    assert (type(failure), str(failure)) == (ModelUnavailable, told)
    assert isinstance(failure, ModelFailure)
    assert failure.usage is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_this_machine_is_reached_directly_whatever_the_proxy(host: str, loopback: Loopback) -> None:
    loopback.answer = ANSWER
    url = loopback.url.replace("127.0.0.1", host)
    assert isinstance(await ask(url, Route(proxy="http://127.0.0.1:9")), Reply)


async def test_a_proxy_leads_to_a_server_behind_tls(proxy: Proxy, secure: int, ca_file: Path) -> None:
    proxy.port = secure
    assert isinstance(await ask("https://models.example.org/v1", Route(proxy=proxy.url, ca_file=ca_file)), Reply)
    assert proxy.lines == ["CONNECT models.example.org:443 HTTP/1.1"]


async def test_a_proxy_that_is_not_there_is_unavailable() -> None:
    failure = await ask("https://models.example.org/v1", Route(proxy="http://127.0.0.1:9"))
    assert type(failure) is ModelUnavailable


async def test_an_unknown_authority_is_refused_and_told_as_a_matter_of_certificates(secure: int) -> None:
    failure = await ask(f"https://127.0.0.1:{secure}/v1", Route())
    assert isinstance(failure, ModelFailure)
    assert "certificate verify failed" in str(failure)


async def test_an_authority_of_our_own_is_trusted_where_it_is_named(secure: int, ca_file: Path) -> None:
    assert isinstance(await ask(f"https://127.0.0.1:{secure}/v1", Route(ca_file=ca_file)), Reply)


async def test_a_server_that_is_certified_for_another_name_is_refused(secure: int, ca_file: Path) -> None:
    failure = await ask(f"https://localhost:{secure}/v1", Route(ca_file=ca_file))
    assert isinstance(failure, ModelFailure)
    assert "localhost" in str(failure)


def test_authorities_are_trusted_besides_the_systems_own(ca_file: Path) -> None:
    with_ours, without = (trusted(file).cert_store_stats()["x509_ca"] for file in (ca_file, None))
    assert with_ours == without + 1


def at_example(route: Route) -> OpenAIModel:
    return OpenAIModel("m", api_key="k", base_url="http://models.example.org", route=route, max_tokens=50, deadline=20)


@pytest.mark.parametrize(
    "route",
    [Route(ca_file=Path("/nowhere.pem")), Route(ca_file=Path(__file__)), Route(proxy="gopher://proxy:70")],
)
@pytest.mark.parametrize("through", [at_example, http_client], ids=["straight", "for an SDK"])
def test_a_way_that_cannot_be_taken_is_a_misconfiguration(through: Callable[[Route], object], route: Route) -> None:
    with pytest.raises(ModelMisconfigured, match=r"^the proxy or the certificates cannot be used: "):
        through(route)
