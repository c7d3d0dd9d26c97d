"""Several platforms as one: each place is one platform's, none waits for another, and one that is lost ends alone."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.port import Card, ChatError, Handlers, Inbound, Place, Posted, nobody_waits
from adapters.chat.several import Several
from safi.errors import StoreUnavailable

MINUTE = timedelta(minutes=1)
CARD = Card(title="Look")


@dataclass(slots=True, kw_only=True)
class Platform:
    """One that has `workspaces`. A slow one cannot tell so before `there`; one that is `over` will never be there."""

    workspaces: frozenset[str] = frozenset()
    slow: bool = False
    over: bool = False
    lost: frozenset[str] = frozenset()
    memory: timedelta = timedelta()
    there: asyncio.Event = field(default_factory=asyncio.Event)
    life: Callable[[Handlers], Awaitable[None]] | None = None
    waiting: int = 0
    log: list[str] = field(default_factory=list[str])

    def serves(self, workspace: str) -> bool | None:
        if self.slow and not (self.there.is_set() and not self.over):
            return None
        return workspace in self.workspaces

    def remembers(self, workspace: str) -> timedelta:
        return self.memory

    async def run(self, handlers: Handlers) -> None:
        self.waiting += 1
        try:
            await self.life(handlers) if self.life else await asyncio.Event().wait()
        finally:
            self.waiting -= 1

    async def ready(self, workspace: str | None = None) -> None:
        self.waiting += 1
        try:
            await self.there.wait()
        finally:
            self.waiting -= 1
        if self.over or workspace in self.lost:
            raise ChatError("all is over")

    async def say(self, place: Place, text: str, *, turn_id: str, reply_to: str | None, rated: bool = True) -> Posted:
        self.log.append(f"said {text} of {turn_id} to {reply_to}" + (", rated" if rated else ""))
        return Posted(place=place, message_id="out-1")

    async def show(self, place: Place, card: Card) -> Posted:
        self.log.append(f"shown {card.title}")
        return Posted(place=place, message_id="out-2")

    def moderators(self, workspace: str) -> Place | None:
        return Place(workspace=workspace, channel="mods")

    @asynccontextmanager
    async def working(self, place: Place) -> AsyncGenerator[None]:
        self.log.append(f"working in {place.channel}")
        yield
        self.log.append(f"done in {place.channel}")


def having(*workspaces: str, **changes: object) -> Platform:
    """A platform that is there."""
    platform = Platform(workspaces=frozenset(workspaces))
    platform.there.set()
    for name, value in changes.items():
        setattr(platform, name, value)
    return platform


def away(*workspaces: str, slow: bool = True) -> Platform:
    """A platform that is not there yet."""
    return Platform(workspaces=frozenset(workspaces), slow=slow)


def at(workspace: str) -> Place:
    return Place(workspace=workspace, channel="c")


async def unheard(inbound: Inbound, kept: Callable[[], None] = nobody_waits) -> None:
    """Nobody hears anything."""


async def nothing(*_: object) -> None:
    """Nobody withdraws anything."""


async def uncounted(_: object) -> bool:
    return False


HANDLERS = Handlers(hear=unheard, withdraw=nothing, rate=uncounted, commands=())


async def test_words_and_cards_go_to_the_platform_that_has_the_workspace() -> None:
    one, other = having("one"), having("two", "three")
    chat = Several([one, other])
    assert (await chat.say(at("two"), "Hi", turn_id="t", reply_to="m", rated=False)).place == at("two")
    await chat.say(at("one"), "Ho", turn_id="t", reply_to=None)
    await chat.show(at("three"), CARD)
    async with chat.working(at("three")):
        other.log.append("…")
    assert one.log == ["said Ho of t to None, rated"]
    assert other.log == ["said Hi of t to m", "shown Look", "working in c", "…", "done in c"]


@given(workspace=st.text(), owners=st.lists(st.sets(st.text(max_size=2), max_size=3), min_size=1, max_size=4))
def test_what_is_known_of_a_workspace_is_known_by_its_own_platform_or_by_nobody(
    workspace: str, owners: list[set[str]]
) -> None:
    members = [having(*names, memory=number * MINUTE) for number, names in enumerate(owners, start=1)]
    chat = Several(members)
    for asked in {workspace}.union(*owners):
        owner = next((number for number, names in enumerate(owners, start=1) if asked in names), 0)
        assert chat.remembers(asked) == owner * MINUTE
        assert chat.moderators(asked) == (Place(workspace=asked, channel="mods") if owner else None)


async def test_nothing_is_posted_where_nobody_has_the_place_and_what_is_made_for_it_is_made_all_the_same() -> None:
    decided, undecided = having("one"), away("two")
    chat = Several([decided, undecided])
    for place in (at("nowhere"), at("two")):
        with pytest.raises(ChatError, match="no platform has a workspace"):
            await chat.say(place, "Hi", turn_id="t", reply_to=None)
        with pytest.raises(ChatError, match="no platform has a workspace"):
            await chat.show(place, CARD)
        async with chat.working(place):
            made = True
        assert made
        assert (chat.remembers(place.workspace), chat.moderators(place.workspace)) == (timedelta(), None)
    assert decided.log + undecided.log == []


async def test_what_goes_wrong_while_something_is_made_is_not_held_back() -> None:
    for place in (at("one"), at("nowhere")):
        with pytest.raises(ZeroDivisionError):
            async with Several([having("one")]).working(place):
                raise ZeroDivisionError


async def test_something_can_be_posted_as_soon_as_one_platform_is_there() -> None:
    first, second = away("one"), away("two", slow=False)
    second.there.set()
    await Several([first, second]).ready()
    assert first.waiting == 0


async def test_a_platform_that_is_over_keeps_nobody_from_another() -> None:
    over, late = having(over=True), away("two")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(Several([over, late]).ready())
        await until(lambda: late.waiting == 1)
        assert not waiting.done()
        late.there.set()
    assert late.waiting == 0


async def test_a_workspace_is_there_when_its_own_platform_is_whatever_others_are() -> None:
    own, other = away("one", slow=False), having("two")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(Several([other, own]).ready("one"))
        await until(lambda: own.waiting == 1)
        assert not waiting.done()
        own.there.set()


async def test_a_workspace_is_waited_for_until_somebody_can_tell_that_it_is_his() -> None:
    decided, over, other, own = having("zero"), having(over=True, slow=True), away("other"), away("one")
    async with asyncio.TaskGroup() as group:
        waiting = group.create_task(Several([decided, over, other, own]).ready("one"))
        await until(lambda: own.waiting == 1)
        other.there.set()
        await until(lambda: other.waiting == 0)
        assert not waiting.done()
        own.there.set()
    assert [member.waiting for member in (decided, over, other, own)] == [0, 0, 0, 0]


async def test_whoever_has_a_workspace_is_waited_for_and_nobody_else() -> None:
    own, silent = away("one"), away("other")
    own.there.set()
    await Several([silent, own]).ready("one")
    assert (own.waiting, silent.waiting) == (0, 0)


@pytest.mark.parametrize("workspace", [None, "one", "nowhere"])
async def test_where_all_is_over_whoever_waits_is_told(workspace: str | None) -> None:
    members = [having("one", over=True, slow=slow) for slow in (True, False)]
    with pytest.raises(ChatError):
        await Several(members).ready(workspace)
    assert [member.waiting for member in members] == [0, 0]


async def test_a_workspace_that_nobody_has_is_said_so_at_once_where_all_can_tell() -> None:
    with pytest.raises(ChatError, match="no platform has a workspace nowhere"):
        await Several([having("one"), away("two", slow=False)]).ready("nowhere")


async def test_a_workspace_that_nobody_turns_out_to_have_is_said_so_once_all_can_tell() -> None:
    members = [away("one"), away("two")]
    for member in members:
        member.there.set()
        member.slow = True
    with pytest.raises(ChatError, match="no platform has a workspace nowhere"):
        await Several(members).ready("nowhere")


async def test_a_platform_that_never_says_whose_a_workspace_is_does_not_keep_anybody_waiting() -> None:
    class Vague(Platform):
        def serves(self, workspace: str) -> bool | None:
            return None

    vague = Vague()
    vague.there.set()
    with pytest.raises(ChatError):
        await Several([vague]).ready("one")


async def test_a_workspace_that_its_platform_has_lost_is_told_by_that_platform() -> None:
    with pytest.raises(ChatError, match="all is over"):
        await Several([having("two"), having("one", lost=frozenset({"one"}))]).ready("one")


async def test_whoever_stops_waiting_leaves_nothing_running() -> None:
    members = [away("one"), away("two")]
    for workspace in (None, "one"):
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(Several(members).ready(workspace))
            await until(lambda: all(member.waiting for member in members))
            waiting.cancel()
        assert [member.waiting for member in members] == [0, 0]


async def test_all_run_until_the_last_one_is_done() -> None:
    go_on, ended = asyncio.Event(), list[str]()

    async def short(_: Handlers) -> None:
        ended.append("short")
        go_on.set()

    async def long(handlers: Handlers) -> None:
        assert handlers is HANDLERS
        await go_on.wait()
        ended.append("long")

    await Several([having("one", life=long), having("two", life=short)]).run(HANDLERS)
    assert ended == ["short", "long"]


async def refused(_: Handlers) -> None:
    raise ChatError("who are you?")


async def test_one_that_is_let_in_no_more_ends_alone_and_says_so_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async def short(_: Handlers) -> None:
        await until(lambda: bool(caplog.records))

    await Several([having("one", life=refused), having("two", life=short)]).run(HANDLERS)
    assert caplog.messages == ["who are you? All else goes on without it."]


async def test_where_none_is_let_in_all_ends_with_what_each_was_told() -> None:
    with pytest.raises(ExceptionGroup) as raised:
        await Several([having("one", life=refused), having("two", life=refused)]).run(HANDLERS)
    assert raised.group_contains(ChatError, match="who are you")
    assert len(raised.value.exceptions) == 2


async def test_a_failure_of_the_program_itself_ends_all() -> None:
    async def broken(_: Handlers) -> None:
        await until(lambda: others[0].waiting == 1)
        raise StoreUnavailable("the disk is gone")

    others = [having("one"), having("two")]
    with pytest.raises(ExceptionGroup) as raised:
        await Several([*others, having("three", life=broken)]).run(HANDLERS)
    assert raised.group_contains(StoreUnavailable, match="the disk is gone")
    assert [member.waiting for member in others] == [0, 0]


async def test_whoever_ends_the_program_ends_all() -> None:
    members = [having("one"), having("two")]
    async with asyncio.TaskGroup() as group:
        running = group.create_task(Several(members).run(HANDLERS))
        await until(lambda: all(member.waiting for member in members))
        running.cancel()
    assert [member.waiting for member in members] == [0, 0]


async def until(so: Callable[[], bool]) -> None:
    """Let others go on until it is so."""
    async with asyncio.timeout(30):
        while not so():  # noqa: ASYNC110  # steps of the loop alone are awaited, and nothing tells of them
            await asyncio.sleep(0)
