"""Files are read from Slack alone, within bounds; the token goes nowhere else; a page to log in is no file."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web

from adapters.chat.attached import Offered, chosen
from adapters.chat.slack.files import UNNAMED, offered
from adapters.chat.slack.settings import Settings, Socket
from tests.adapters.chat.proxying import refusing
from tests.adapters.chat.slack.loopback.loopback import Loopback

PATIENCE = 60.0
"""Seconds until a test that waits in vain gives up."""

TOKEN = "xoxb-secret"
FILE: dict[str, Any] = {
    "name": "notes.txt",
    "mimetype": "text/plain",
    "size": 5,
    "mode": "hosted",
    "is_external": False,
    "url_private_download": "https://files.slack.com/files-pri/T1-F1/download/notes.txt",
}

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def settings(**more: Any) -> Settings:
    given: dict[str, Any] = {"bot_token": TOKEN, "read_files": True} | more
    return Settings(name="home", line=Socket(token="t"), **given)


def together(*files: object) -> dict[str, Any]:
    """A message with these files."""
    return {"type": "message", "files": list(files)}


def one(**changes: Any) -> Offered:
    """What is made of one file's description."""
    (made,) = offered(together(FILE | changes), settings())
    return made


async def read(file: Offered) -> bytes | None:
    assert file.read is not None
    async with asyncio.timeout(PATIENCE):
        return await file.read()


@dataclass
class Host:
    """A server on this machine, which answers as it is told."""

    answer: Answer
    port: int = 0
    asked: list[web.Request] = field(default_factory=list[web.Request])

    async def ask(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        return await self.answer(request)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def file(self, **changes: Any) -> Offered:
        """A file that lies here, for a bot that has its Slack here."""
        here = FILE | {"url_private_download": f"{self.url}/file"} | changes
        (made,) = offered(together(here), settings(api=f"{self.url}/api/"))
        return made


@asynccontextmanager
async def host(answer: Answer) -> AsyncGenerator[Host]:
    made = Host(answer)
    app = web.Application()
    app.router.add_get("/{path:.*}", made.ask)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        made.port = int(runner.addresses[0][1])
        yield made
    finally:
        await runner.cleanup()


async def hello(_: web.Request) -> web.StreamResponse:
    return web.Response(body=b"hello", content_type="text/plain")


def test_a_file_is_offered_by_its_name_type_and_size() -> None:
    made = one()
    assert (made.name, made.media_type, made.size) == ("notes.txt", "text/plain", 5)
    assert made.read is not None


def test_a_message_without_files_offers_none() -> None:
    assert offered({"type": "message"}, settings()) == ()


def test_nothing_is_read_unless_the_settings_say_so() -> None:
    made = offered(together(FILE, FILE), settings(read_files=False))
    assert [(each.name, each.read) for each in made] == [("notes.txt", None)] * 2
    assert chosen(made, room=1_000) == []


@pytest.mark.parametrize(
    "address",
    [
        "https://files.slack.com.example.org/a",
        "https://example.org/files.slack.com",
        "https://files.slack.com@example.org/a",
        "https://somebody@files.slack.com/a",
        "https://:secret@files.slack.com/a",
        "https://files.slack.com:8443/a",
        "https://docs.slack.com/a",
        "http://files.slack.com/a",
        "file:///etc/passwd",
        "//files.slack.com/a",
        "/files-pri/a",
        "https://[files.slack.com/a",
        "",
        None,
        7,
    ],
)
def test_the_token_goes_nowhere_but_to_slack(address: object) -> None:
    assert one(url_private_download=address).read is None


@pytest.mark.parametrize("changes", [{"is_external": True}, {"size": None}, {"size": "5"}, {"size": 0}])
def test_what_lies_elsewhere_or_is_of_no_known_size_is_not_to_be_read(changes: dict[str, Any]) -> None:
    assert one(**changes).read is None


def test_a_file_of_which_slack_tells_nothing_has_a_name_all_the_same() -> None:
    made = offered(together({"id": "F1", "mode": "tombstone"}, {"title": "Minutes"}, "odd"), settings())
    assert [(each.name, each.media_type, each.size) for each in made] == [(UNNAMED, "", 0), ("Minutes", "", 0)]


async def test_a_file_is_read_with_the_bots_token() -> None:
    async with host(hello) as there:
        assert await read(there.file()) == b"hello"
        assert there.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_no_redirect_is_followed() -> None:
    async with host(hello) as elsewhere:

        async def away(request: web.Request) -> web.StreamResponse:
            raise web.HTTPFound(f"{elsewhere.url}/login?redir={request.path}")

        async with host(away) as there:
            assert await read(there.file()) is None
            assert len(there.asked) == 1
        assert elsewhere.asked == []


async def test_a_page_to_log_in_is_no_file(caplog: pytest.LogCaptureFixture) -> None:
    async def page(_: web.Request) -> web.StreamResponse:
        return web.Response(text="<p>Hi", content_type="text/html")

    async with host(page) as there:
        assert await read(there.file()) is None
        assert await read(there.file(mimetype="text/html")) is None
        assert "files:read" in caplog.text
        assert TOKEN not in caplog.text


async def test_a_page_that_somebody_attached_is_a_file() -> None:
    async def attached(_: web.Request) -> web.StreamResponse:
        headers = {"Content-Disposition": 'attachment; filename="a.html"'}
        return web.Response(text="<p>Hi", content_type="text/html", headers=headers)

    async with host(attached) as there:
        assert await read(there.file(mimetype="text/html")) == b"<p>Hi"


@pytest.mark.parametrize("status", [401, 404, 429, 500])
async def test_what_slack_does_not_hand_over_cannot_be_had(status: int) -> None:
    async def refused(_: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text="hello")

    async with host(refused) as there:
        assert await read(there.file()) is None


async def test_no_more_is_read_than_the_file_was_said_to_have() -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/plain"})
        await reply.prepare(request)
        while True:
            await reply.write(b"x" * 65_536)

    async with host(endless) as there:
        assert await read(there.file(size=100_000)) is None
        assert await read(there.file(size=1)) is None


async def test_what_comes_packed_is_not_unpacked() -> None:
    async def packed(request: web.Request) -> web.StreamResponse:
        assert request.headers["Accept-Encoding"] == "identity"
        return web.Response(body=b"\x1f\x8b123", headers={"Content-Encoding": "gzip"}, content_type="text/plain")

    async with host(packed) as there:
        assert await read(there.file()) == b"\x1f\x8b123"


async def test_a_file_that_breaks_off_cannot_be_had(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        reply = web.StreamResponse(headers={"Content-Type": "text/plain", "Content-Length": "5"})
        await reply.prepare(request)
        await reply.write(b"he")
        assert request.transport is not None
        request.transport.abort()
        return reply

    async with host(broken) as there:
        assert await read(there.file()) is None
    assert "could not be read" in caplog.text


async def test_a_token_that_is_none_ends_nothing() -> None:
    async with host(hello) as there:
        given = settings(api=f"{there.url}/api/", bot_token="xoxb\n-broken")
        (file,) = offered(together(FILE | {"url_private_download": f"{there.url}/file"}), given)
        assert await read(file) is None
        assert there.asked == []


async def test_what_people_attach_at_slack_is_read_and_without_the_scope_it_is_not() -> None:
    async with Loopback().running() as there:
        app = there.home.team.app
        own = settings(api=there.api, bot_token=app.bot_token)
        said = await there.home.says(
            there.owner, there.general, "look", files={"a.txt": ("text/plain", b"hello")}, wait=False
        )
        (file,) = offered(said.payload(), own)
        assert await read(file) == b"hello"
        app.scopes = ("chat:write",)
        assert await read(file) is None


async def test_a_proxy_of_the_environment_is_asked_the_way_and_sees_no_token() -> None:
    (file,) = offered(together(FILE), settings())
    async with refusing() as asked:
        assert await read(file) is None
    assert asked == ["CONNECT files.slack.com:443 HTTP/1.1"]
