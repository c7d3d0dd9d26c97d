"""What whoever starts the bot on a platform is told when it is there."""

import asyncio
import signal
from collections.abc import Callable
from typing import Any, cast

import pytest

from adapters.chat.discord.checkup import Facts
from adapters.chat.port import ChatError
from bot.serving import greeting, serve
from tests.doubles import FakeChat

MODELS = ("All on one model.",)
HERE = Facts(name="safi", application=42, servers=("Home", "Workshop"))


def test_the_account_and_its_servers_are_named() -> None:
    assert list(greeting(HERE, MODELS)) == [
        "Connected to Discord as safi, in 2 servers: Home, Workshop.",
        *MODELS,
        "Ctrl-C stops it.",
    ]


def test_of_many_servers_only_their_number_is_told() -> None:
    many = Facts(name="safi", servers=tuple(map(str, range(6))))
    assert next(greeting(many, MODELS)) == "Connected to Discord as safi, in 6 servers."


def test_in_no_server_it_says_how_to_invite_it_with_the_least_permissions() -> None:
    told = list(greeting(Facts(name="safi", application=42), MODELS))
    assert told[0] == "Connected to Discord as safi, which is in no server yet. Invite it:"
    assert told[1].startswith("https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands&perm")


def test_where_nobody_could_find_out_it_says_no_more_than_it_knows() -> None:
    assert next(greeting(Facts(fault="late"), MODELS)) == "Connected to Discord."


class Stuck:
    """An App that is told to stop, and waits for something that never comes."""

    def __init__(self, press: Callable[[], None]) -> None:
        self.chat = FakeChat()
        self.stopped = self.closed = False
        self.press = press

    async def run(self, *, patient: bool) -> None:
        self.press()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            self.closed = True

    def stop(self) -> None:
        self.stopped = True
        asyncio.get_running_loop().call_soon(self.press)


async def test_a_second_signal_closes_all_in_order_and_ends_as_ctrl_c_does(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers, loop = dict[int, Callable[[], None]](), asyncio.get_running_loop()
    monkeypatch.setattr(loop, "add_signal_handler", handlers.__setitem__)
    monkeypatch.setattr(loop, "remove_signal_handler", handlers.pop)
    app = Stuck(lambda: handlers[signal.SIGINT]())  # noqa: PLW0108  # it is there only later

    async def greet() -> None:
        pass

    with pytest.raises(KeyboardInterrupt):
        await serve(cast("Any", app), greet)
    assert (app.stopped, app.closed, handlers) == (True, True, {})


class Away(FakeChat):
    """A platform that is never reached."""

    async def ready(self, workspace: str | None = None) -> None:
        raise ChatError("all is over")


class Unreached:
    """An App on such a platform, which ends by itself."""

    chat = Away()

    async def run(self, *, patient: bool) -> None:
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    def stop(self) -> None:
        raise AssertionError


async def test_where_all_ends_before_anything_could_be_posted_nobody_is_greeted() -> None:
    async def greet() -> None:
        raise AssertionError

    await serve(cast("Any", Unreached()), greet)
