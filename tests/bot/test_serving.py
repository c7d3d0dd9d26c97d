"""What whoever starts the bot on a platform is told when it is there."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, cast

import pytest

from adapters.chat.discord.checkup import Facts
from adapters.chat.port import ChatError
from adapters.chat.slack.checkup import Facts as SlackFacts
from bot.serving import Greeting, at_discord, at_slack, called_at, serve
from tests.doubles import FakeChat

HERE = Facts(name="safi", application=42, servers=("Home", "Workshop"))


def test_the_account_and_its_servers_are_named() -> None:
    assert list(at_discord(HERE)) == ["Connected to Discord as safi, in 2 servers: Home, Workshop."]


def test_of_many_servers_only_their_number_is_told() -> None:
    many = Facts(name="safi", servers=tuple(map(str, range(6))))
    assert list(at_discord(many)) == ["Connected to Discord as safi, in 6 servers."]


def test_in_no_server_it_says_how_to_invite_it_with_the_least_permissions() -> None:
    told = list(at_discord(Facts(name="safi", application=42)))
    assert told[0] == "Connected to Discord as safi, which is in no server yet. Invite it:"
    assert told[1].startswith("https://discord.com/oauth2/authorize?client_id=42&scope=bot+applications.commands&perm")


def test_where_nobody_could_find_out_it_says_no_more_than_it_knows() -> None:
    assert list(at_discord(Facts(fault="late"))) == ["Connected to Discord."]
    assert at_slack("acme", SlackFacts(fault="late")) == "Connected to Slack (acme)."


def test_at_slack_the_account_and_the_workspace_are_named() -> None:
    found = SlackFacts(name="safi", workspace="Acme")
    assert at_slack("acme", found) == "Connected to Slack as @safi, in the workspace Acme."


def test_where_slack_calls_the_bot_it_says_where_and_how_it_gets_there() -> None:
    assert called_at("127.0.0.1:3000", "safi-bot setup slack acme --url https://YOUR-HOST") == (
        "It listens at 127.0.0.1:3000. Slack calls it by the address in the app's manifest (safi-bot setup slack acme "
        "--url https://YOUR-HOST), which has to be verified once, on the app's page “App Manifest”."
    )


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

    with pytest.raises(KeyboardInterrupt):
        await serve(cast("Any", app), [], print, [])
    assert (app.stopped, app.closed, handlers) == (True, True, {})


class Away(FakeChat):
    """A platform that is never reached."""

    async def ready(self, workspace: str | None = None) -> None:
        raise ChatError("all is over")


class Arriving(FakeChat):
    """A platform that takes its time."""

    def __init__(self) -> None:
        super().__init__()
        self.there = asyncio.Event()

    async def ready(self, workspace: str | None = None) -> None:
        await self.there.wait()


class Served:
    """An App that runs until it is told to end."""

    def __init__(self, *, stopping: bool) -> None:
        self.over = asyncio.Event()
        self.stopping = stopping

    async def run(self, *, patient: bool) -> None:
        await self.over.wait()

    def stop(self) -> None:
        raise AssertionError


def greeting(chat: FakeChat, *lines: str) -> Greeting:
    async def told() -> Iterable[str]:
        return lines

    return Greeting(chat=cast("Any", chat), lines=told)


async def served(
    *greetings: Greeting, meanwhile: Callable[[list[str]], Awaitable[None]], stopping: bool = False
) -> list[str]:
    """What is told while all this is served."""
    app, said = Served(stopping=stopping), list[str]()
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(cast("Any", app), greetings, said.append, ["All on one model."]))
        await meanwhile(said)
        app.over.set()
    return said


async def everybody_waits(_: object) -> None:
    """Let everybody do what they can."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_each_platform_is_greeted_when_it_is_there_and_the_rest_is_told_at_last() -> None:
    late = Arriving()

    async def meanwhile(said: list[str]) -> None:
        await everybody_waits(said)
        assert said == ["Here is one.", "It lacks something."]
        late.there.set()
        await everybody_waits(said)

    greetings = greeting(late, "Here is the other."), greeting(FakeChat(), "Here is one.", "It lacks something.")
    assert await served(*greetings, meanwhile=meanwhile) == [
        "Here is one.",
        "It lacks something.",
        "Here is the other.",
        "All on one model.",
        "Ctrl-C stops it.",
    ]


@pytest.mark.parametrize(
    ("stopping", "more"), [(False, ["All on one model.", "Ctrl-C stops it."]), (True, [])], ids=["going on", "ending"]
)
async def test_a_platform_that_is_never_reached_keeps_nobody_from_being_greeted(
    *, stopping: bool, more: list[str]
) -> None:
    greetings = greeting(Away(), "never"), greeting(FakeChat(), "Here.")
    assert await served(*greetings, meanwhile=everybody_waits, stopping=stopping) == ["Here.", *more]


async def test_where_all_ends_before_anything_could_be_posted_nobody_is_greeted() -> None:
    assert await served(greeting(Away(), "never"), meanwhile=everybody_waits) == []
