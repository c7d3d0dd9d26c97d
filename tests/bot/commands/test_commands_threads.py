"""Commands where threads hide from nobody: words of all threads of the channel are shown, and of no other channel."""

import re
from dataclasses import replace

import pytest

from adapters.chat.port import Card, Command, Invocation, Place
from adapters.llm.scripted import ScriptedModel
from adapters.store.sqlite import SQLiteStore
from safi.ports import Landed, Request
from tests.bot.making import auditing, commands, conversing, given, press, text_of
from tests.doubles import PLACE, FakeChat, HandClock, ids, inbound, ledger_text, scopes_with

ONE, TWO, NEVER = (replace(PLACE, thread=thread) for thread in ("1", "2", "never used"))
SAID_IN = (
    PLACE,
    ONE,
    replace(PLACE, channel="c1"),
    replace(ONE, channel="c1"),
    TWO,
    replace(PLACE, channel='c"'),
    replace(ONE, channel="%"),
    ONE,
    replace(ONE, workspace="w2"),
)
"""Where each question was asked, one after the other. They are numbered so, but for the last: that is #1 elsewhere."""

IN_CHANNEL = {1, 2, 5, 8}
ASKED = (
    (PLACE, True, IN_CHANNEL),
    (ONE, True, IN_CHANNEL),
    (NEVER, True, IN_CHANNEL),
    (PLACE, False, {1}),
    (ONE, False, {2, 8}),
    (NEVER, False, set[int]()),
    (replace(PLACE, channel="c1"), True, {3, 4}),
    (replace(PLACE, channel="%"), True, {7}),
    (replace(PLACE, channel="_"), True, set[int]()),
    (replace(PLACE, channel=""), True, set[int]()),
    (replace(PLACE, workspace="w2"), True, {9}),
)
"""Where a command is given, whether its threads hide from nobody, and of which questions it may show words."""


async def talk(store: SQLiteStore) -> dict[str, Command]:
    """A question in each place, answered and numbered. One memory is shared by all places of a workspace."""
    shared = scopes_with(sharing="persona")
    converse = conversing(store, FakeChat(), scopes=shared, fresh=ids("turn"), history=0)
    for number, place in enumerate(SAID_IN, start=1):
        await converse.hear(inbound(f"canary-{number}", number, place=place))
    return commands(store, scopes=shared)


@pytest.fixture
async def owing(store: SQLiteStore) -> dict[str, Command]:
    """Nothing is audited."""
    return await talk(store)


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    """All is audited."""
    table = await talk(store)
    audits = auditing(store, ScriptedModel(quoting), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    return table


def quoting(request: Request) -> str:
    """An audit whose reasons are the words of the question."""
    (canary,) = set(re.findall(r"canary-\d+", request.messages[-1].text))
    return ledger_text(Honesty=1, Kindness=1).replace("it shows", canary)


def asking(name: str, place: Place, *, threads: bool, **arguments: str | int) -> Invocation:
    return replace(given(name, **arguments), place=place, threads=threads)


def words(card: Card) -> set[int]:
    """The questions whose words are on a card or in its files."""
    files = "".join(file.data.decode() for file in card.files)
    return {int(number) for number in re.findall(r"canary-(\d+)", text_of(card) + files)}


@pytest.mark.parametrize("name", ["audit list", "export audits", "export ledger"])
async def test_lists_and_files_have_the_words_that_may_be_read_there(table: dict[str, Command], name: str) -> None:
    for place, threads, readable in ASKED:
        assert words(await table[name].run(asking(name, place, threads=threads))) == readable


async def test_what_is_owed_is_listed_with_the_words_that_may_be_read_there(owing: dict[str, Command]) -> None:
    for place, threads, readable in ASKED:
        card = await owing["audit pending"].run(asking("audit pending", place, threads=threads))
        assert len(card.fields) == sum(said_in.workspace == place.workspace for said_in in SAID_IN)
        assert words(card) == readable


@pytest.mark.parametrize("name", ["why", "audit show"])
async def test_a_turn_is_shown_by_its_message_or_as_the_latest_where_it_may_be_read(
    table: dict[str, Command], name: str
) -> None:
    for place, threads, readable in ASKED:
        asked = asking(name, place, threads=threads)
        assert words(await table[name].run(asked)) == set(sorted(readable)[-1:])
        for number in range(1, len(SAID_IN) + 1):
            assert words(await table[name].run(replace(asked, target=f"out-{number}"))) == {number} & readable


@pytest.mark.parametrize("name", ["why", "audit show"])
async def test_a_turn_is_shown_by_its_number_where_it_may_be_read(table: dict[str, Command], name: str) -> None:
    for place, threads, readable in ASKED:
        numbers = {1: 9} if place.workspace == "w2" else {number: number for number in range(1, 9)}
        for number, question in numbers.items():
            card = await table[name].run(asking(name, place, threads=threads, number=number))
            assert words(card) == {question} & readable


async def test_neighbours_are_those_of_all_threads_of_the_channel(table: dict[str, Command]) -> None:
    for threads, labels in ((True, ["Earlier #1", "Later #5"]), (False, ["Later #8"])):
        card = await table["audit show"].run(asking("audit show", ONE, threads=threads, number=2))
        assert [button.label for button in card.buttons if not button.public] == labels


async def test_what_was_said_in_a_thread_can_be_reported_and_posted_from_the_channel(
    store: SQLiteStore, table: dict[str, Command]
) -> None:
    why = asking("why", PLACE, threads=True)
    card = await table["why"].run(why)
    assert words(card) == {8}
    report, post = card.buttons
    titles = list[str]()
    for button in (report, post):
        pressed = replace(why, command=button.command, arguments=button.arguments, target=button.target)
        titles.append((await table[button.command].run(pressed)).title)
    assert titles == ["Thank you for the report", card.title]
    latest = await store.posted(ONE.encode(), "out-8")
    assert latest is not None
    assert await store.reports(latest.turn.id) == 1
    assert (await press(table, report)).title == "That is not one of the persona's answers"


async def test_whoever_may_not_read_is_shown_no_words_whatever_threads_do(owing: dict[str, Command]) -> None:
    for name in ("why", "audit list", "audit show", "audit pending", "export audits", "export ledger"):
        for place, threads, _ in ASKED:
            asked = replace(asking(name, place, threads=threads), reads=False)
            assert words(await owing[name].run(asked)) == set()
