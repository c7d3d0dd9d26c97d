"""The program as a whole on doubles of platform and models: start, serve, drain, start again."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from adapters.chat.port import Handlers
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore, open_store
from bot.app import App
from safi.errors import StoreUnavailable
from safi.ports import Assignment, Landed, Request
from tests.adapters.store.making import recovered
from tests.bot.making import SCOPE
from tests.bot.running import Killed, Notes, app, asking, event_of
from tests.doubles import PLACE, FakeChat, inbound, ledger_text


async def test_a_patient_program_ends_when_every_due_audit_is_done(store: SQLiteStore) -> None:
    chat, landed = FakeChat(script=asking("one", "two")), list[Landed]()
    await app(store, chat, landed).run(patient=True)
    assert chat.said == ["re: one", "re: two"]
    assert [news.number for news in landed] == [1, 2]


@pytest.mark.parametrize("sees", [True, False])
async def test_a_platform_is_told_where_nobody_answers_and_whether_pictures_are_seen(
    sees: bool, store: SQLiteStore
) -> None:
    silent = list[bool]()
    assignment = Assignment(workspace=PLACE.workspace, channel=PLACE.channel)

    async def pause(handlers: Handlers) -> None:
        for paused in (False, True):
            program.scopes.assigned.take_in([replace(assignment, paused=paused)])
            silent.append(handlers.silent(PLACE))
        assert handlers.sees == sees

    drafter = ScriptedModel(lambda _: "", sees=sees)
    program = app(store, FakeChat(script=pause), [], intellect=drafter)
    await program.run(patient=True)
    assert silent == [False, True]


async def test_an_impatient_program_settles_what_is_under_way_and_the_next_start_does_the_rest(
    store: SQLiteStore,
) -> None:
    auditing, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Request) -> str:
        auditing.set()
        await go_on.wait()
        return ledger_text(Honesty=1, Kindness=1)

    async def leave_during_the_first_audit(handlers: Handlers) -> None:
        await asking("one", "two")(handlers)
        await auditing.wait()
        asyncio.get_running_loop().call_soon(go_on.set)

    landed = list[Landed]()
    chat = FakeChat(script=leave_during_the_first_audit)
    program = app(store, chat, landed, conscience=ScriptedModel(slow))
    await program.run(patient=False)
    assert [news.number for news in landed] == [1]
    assert cast("Notes", program.onlooker).told == ["Approved", "Approved", "draining 1"]
    await app(store, FakeChat(), landed).run(patient=True)
    assert [news.number for news in landed] == [1, 2]


async def test_a_program_that_died_in_mid_answer_answers_at_the_next_start_once(tmp_path: Path) -> None:
    async def die(_: Request) -> str:
        raise Killed

    path, landed = tmp_path / "safi.db", list[Landed]()
    with pytest.raises(BaseExceptionGroup):
        async with open_store(path) as store:
            await app(store, FakeChat(script=asking("one")), landed, intellect=ScriptedModel(die)).run(patient=True)
    chat = FakeChat()
    async with open_store(path) as store:
        await app(store, chat, landed).run(patient=True)
        await app(store, chat, landed).run(patient=True)
        (record,) = await store.turns(SCOPE, limit=5)
    assert chat.said == ["re: one"]
    assert record.delivery == "delivered"


async def test_an_answer_that_was_never_marked_as_sent_is_not_sent_again(store: SQLiteStore) -> None:
    class Dying(FakeChat):
        async def say(self, *args: Any, **kwargs: Any) -> Any:
            await FakeChat.say(self, *args, **kwargs)
            raise Killed

    dying = Dying(script=asking("one"))
    with pytest.raises(BaseExceptionGroup):
        await app(store, dying, []).run(patient=True)
    chat = FakeChat()
    await app(store, chat, []).run(patient=True)
    (record,) = await store.turns(SCOPE, limit=5)
    assert (dying.said, chat.said, record.delivery) == (["re: one"], [], "unknown")


async def test_a_store_that_cannot_be_written_sends_nothing_and_ends_the_program(store: SQLiteStore) -> None:
    async def full(*_: Any, **__: Any) -> None:
        raise StoreUnavailable("disk full")

    chat = FakeChat(script=asking("one"))
    program = app(store, chat, [])
    journal = type("Full", (), {"accept": store.accept, "recover": store.recover, "commit": full})()
    with pytest.raises(ExceptionGroup) as raised:
        await replace(program, converse=replace(program.converse, journal=journal)).run(patient=True)
    assert raised.group_contains(StoreUnavailable, match="disk full")
    assert chat.said == []


async def test_a_program_told_to_stop_ends_the_chat_and_drains(store: SQLiteStore) -> None:
    program: App

    async def stay(handlers: Handlers) -> None:
        await asking("one")(handlers)
        program.stop()
        await asyncio.Event().wait()

    landed = list[Landed]()
    program = app(store, FakeChat(script=stay), landed)
    await program.run(patient=True)
    assert [news.number for news in landed] == [1]


async def test_a_program_told_to_stop_before_it_has_begun_hears_nobody(store: SQLiteStore) -> None:
    chat = FakeChat(script=asking("one"))
    program = app(store, chat, [])
    program.stop()
    await program.run(patient=True)
    assert chat.said == []


async def test_left_over_messages_are_told_of_whether_answered_or_not(store: SQLiteStore) -> None:
    for number, age in ((1, 3_000), (2, 1)):
        message = inbound("still?", number)
        await store.accept(event_of(message, age))
    chat = FakeChat()
    program = app(store, chat, [])
    await program.run(patient=True)
    assert cast("Notes", program.onlooker).told == ["1 left over, 1 stale", "Approved"]
    assert chat.said == ["re: still?"]
    assert await recovered(store) == ()
