"""Reporting a reply: recorded once a member, told to the moderators without a word of the exchange."""

from dataclasses import replace

import pytest
from inline_snapshot import snapshot

from adapters.chat.port import Command, Invocation, Place
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from bot.commands.everyone import LONGEST_REASON
from safi.errors import InvalidValue, ModelUnavailable
from tests.bot.making import SCOPE, commands, conversing, drawn, give, given, press, text_of
from tests.doubles import PLACE, FakeChat, inbound, scopes_with, small_profile

ROOM = Place(workspace=PLACE.workspace, channel="moderators")


@pytest.fixture
def chat() -> FakeChat:
    return FakeChat(room=ROOM)


@pytest.fixture
async def table(store: SQLiteStore, chat: FakeChat) -> dict[str, Command]:
    """One answered message; its answer is `out-1` and #1."""
    drafts = ScriptedModel(lambda _: "A canary in the draft.")
    await conversing(store, FakeChat(), intellect=drafts).hear(inbound("A canary in the question.", 1))
    return commands(store, chat=chat)


def pointing(target: str = "out-1", author: str = "eve", **arguments: str | int) -> Invocation:
    """A member who uses the menu of a message."""
    return replace(given("report", **arguments), target=target, author=author, moderator=False)


async def test_moderators_are_told_where_it_is_and_why_and_no_word_of_the_exchange(
    chat: FakeChat, table: dict[str, Command]
) -> None:
    card = await table["report"].run(pointing(reason="  It is rude. "))
    assert drawn(card) == snapshot("""\
◆ Thank you for the report
  The moderators have been told.\
""")
    (told,) = chat.cards
    assert chat.places == [ROOM]
    assert drawn(told) == snapshot("""\
◆ Reply reported
  1 member reported an answer of ada.

  Reason: It is rude.

  Answer  #1
  Audit   owed\
""")
    assert told.about is not None
    assert (told.about.place, told.about.message_id) == (PLACE, "out-1")
    assert "canary" not in text_of(told) + repr(told)


async def test_each_member_reports_a_reply_once_and_moderators_see_how_many_did(
    store: SQLiteStore, chat: FakeChat, table: dict[str, Command]
) -> None:
    await table["report"].run(pointing())
    assert (await table["report"].run(pointing(reason="again"))).title == "You reported this reply before"
    await table["report"].run(pointing(author="zoe"))
    assert [card.sentence for card in chat.cards] == snapshot(
        ["1 member reported an answer of ada.", "2 members reported an answer of ada."]
    )
    (record,) = await store.turns(SCOPE, limit=1)
    assert await store.reports(record.turn.id) == 2
    assert dict((await give(table, "audit show", number=1)).fields)["Members"] == "no votes; reported by 2"
    assert dict((await give(table, "status")).fields)["Reports"] == "2 on #1, among the latest 50 turns"


async def test_a_report_goes_by_a_number_too_and_without_one_by_the_latest_answer(
    chat: FakeChat, table: dict[str, Command]
) -> None:
    assert (await give(table, "report", number=9)).title == "There is no audit #9 here"
    await give(table, "report", number=1)
    assert (await give(table, "report")).title == "You reported this reply before"
    assert chat.cards[0].lines == ("Reason: none given",)


async def test_what_is_none_of_the_bots_answers_cannot_be_reported(chat: FakeChat, table: dict[str, Command]) -> None:
    card = await table["report"].run(pointing("somebody else's"))
    assert card.title == "That is not one of the persona's answers"
    elsewhere = replace(pointing(), place=replace(PLACE, channel="other"))
    assert (await table["report"].run(elsewhere)).title == "That is not one of the persona's answers"
    assert chat.cards == []


async def test_whoever_reports_is_told_plainly_that_nobody_can_be_told(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    for number, chat in enumerate((FakeChat(), FakeChat(room=ROOM, broken=True))):
        card = await commands(store, chat=chat)["report"].run(pointing(author=f"member {number}"))
        assert card.sentence.startswith("It is recorded.")
    (record,) = await store.turns(SCOPE, limit=1)
    assert await store.reports(record.turn.id) == 2


async def test_a_notice_can_be_reported_and_has_no_number(
    store: SQLiteStore, chat: FakeChat, table: dict[str, Command]
) -> None:
    silent = conversing(store, FakeChat(said=["out-1"]), intellect=ScriptedModel(lambda _: ModelUnavailable("busy")))
    await replace(silent, fresh=lambda: "turn-9").hear(inbound("Still there?", 2))
    await table["report"].run(pointing("out-2"))
    assert dict(chat.cards[0].fields)["Answer"] == "a notice"
    assert dict((await give(table, "status")).fields)["Reports"] == "1 on a notice, among the latest 50 turns"


async def test_an_answer_that_was_never_sent_leads_nowhere(store: SQLiteStore, chat: FakeChat) -> None:
    await conversing(store, FakeChat(broken=True)).hear(inbound("Hi", 1))
    table = commands(store, chat=chat)
    assert (await give(table, "why")).buttons[0].label == "Post to channel"
    await give(table, "report")
    assert chat.cards[0].about is None
    assert "Members" not in dict((await give(table, "audit show")).fields)


async def test_the_button_under_a_reason_why_is_about_that_answer_whoever_answers_by_then(
    chat: FakeChat, store: SQLiteStore
) -> None:
    table = commands(store, chat=chat, scopes=scopes_with(small_profile(), small_profile(name="bob")))
    await conversing(store, FakeChat()).hear(inbound("Hi", 1))
    report = (await give(table, "why")).buttons[0]
    await give(table, "persona assign", name="bob")
    await press(table, report)
    assert chat.cards[0].sentence == "1 member reported an answer of ada."


async def test_a_reason_without_end_is_cut(chat: FakeChat, table: dict[str, Command]) -> None:
    await table["report"].run(pointing(reason="x" * 10_000))
    assert chat.cards[0].lines == (f"Reason: {'x' * LONGEST_REASON}",)


async def test_an_answer_that_goes_while_it_is_reported_is_not_there(
    store: SQLiteStore, table: dict[str, Command], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(*_: object, **__: object) -> bool:
        raise InvalidValue("no such turn")

    monkeypatch.setattr(store, "report", gone)
    assert (await table["report"].run(pointing())).title == "That is not one of the persona's answers"
