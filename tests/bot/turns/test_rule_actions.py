"""What follows when a rule is broken: fixed words instead of the general ones, and a moderator who is called."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import pytest

from adapters.chat.port import Place, Posted
from adapters.llm.scripted import ScriptedModel
from adapters.screen.libraries import LibraryScreen
from adapters.store.sqlite import SQLiteStore
from bot.settings.config import Personas
from bot.settings.personas import catalogue
from bot.turns.converse import Converse
from safi.errors import ModelUnavailable, StoreUnavailable
from safi.ports import Gate, Model
from safi.profile import Profile, Rule
from safi.turn import Suppressed, Turn
from tests.bot.making import conversing
from tests.doubles import FakeChat, Heard, broken, clear, inbound, scopes_with, small_profile

CRISIS: Final = Rule(
    id="in-need",
    text="Answer nobody in need yourself.",
    message_patterns=(r"\bhelp me now\b",),
    answer_with="Call 112.",
    notify=True,
)
SCREEN: Final = LibraryScreen()
PROFILE: Final = small_profile(rules=(*small_profile().rules, CRISIS))
LIBRARIAN: Final = catalogue(Personas()).default


class Calls(list[tuple[str, ...]]):
    """The rules for which a moderator was called, one entry a call, each once the words were out."""

    def __init__(self, chat: FakeChat) -> None:
        self.chat = chat

    async def __call__(self, asked: Posted, turn: Turn, rules: Sequence[Rule]) -> None:
        assert self.chat.said or self.chat.broken
        self.append(tuple(rule.id for rule in rules))


def converse(
    store: SQLiteStore, chat: FakeChat, intellect: Model, judge: Model, profile: Profile = PROFILE
) -> Converse:
    gate = Gate(screen=SCREEN, model=judge)
    made = conversing(store, chat, intellect=intellect, gate=gate, scopes=scopes_with(profile))
    return replace(made, called=Calls(chat))


def calls(made: Converse) -> list[tuple[str, ...]]:
    assert isinstance(made.called, Calls)
    return made.called


async def only_turn(store: SQLiteStore, made: Converse) -> Turn:
    (record,) = await store.turns(made.scopes.scope(Place(workspace="w", channel="c")), limit=9)
    return record.turn


async def test_a_message_that_a_rule_forbids_to_answer_gets_the_fixed_words_and_asks_no_model(
    store: SQLiteStore,
) -> None:
    chat, author, judge = FakeChat(), Heard("Chin up!"), Heard(clear())
    made = converse(store, chat, author, judge)
    await made.hear(inbound("Please, help  me\nNOW", 1))
    assert chat.said == ["Call 112."]
    assert calls(made) == [("in-need",)]
    assert (author.requests, judge.requests) == ([], [])
    turn = await only_turn(store, made)
    assert isinstance(turn.outcome, Suppressed)
    assert (turn.outcome.draft, turn.drafting, turn.judging) == (None, None, None)
    assert turn.outcome.verdict.by == "pattern"


async def test_the_judge_can_find_such_a_rule_broken_too(store: SQLiteStore) -> None:
    chat = FakeChat()
    made = converse(store, chat, Heard("Chin up!"), Heard(broken("in-need")))
    await made.hear(inbound("I see no way on", 1))
    assert chat.said == ["Call 112."]
    assert calls(made) == [("in-need",)]


async def test_other_rules_keep_the_general_words_and_call_nobody(store: SQLiteStore) -> None:
    chat = FakeChat()
    made = converse(store, chat, Heard("You are a fool."), Heard(broken("no-insults")))
    await made.hear(inbound("Am I clever?", 1))
    assert chat.said == [PROFILE.wording.suppressed]
    assert calls(made) == []


async def test_the_fixed_words_go_out_though_no_model_can_be_reached(store: SQLiteStore) -> None:
    chat, away = FakeChat(), ScriptedModel(lambda _: ModelUnavailable("away"))
    made = converse(store, chat, away, away)
    await made.hear(inbound("help me now", 1))
    assert chat.said == ["Call 112."]


async def test_a_message_that_is_too_long_gets_the_fixed_words_all_the_same(store: SQLiteStore) -> None:
    chat = FakeChat()
    made = converse(store, chat, Heard("x"), Heard(clear()))
    await made.hear(inbound(f"help me now {'and ' * 1_000}", 1))
    assert (chat.said, chat.cards) == (["Call 112."], [])
    assert calls(made) == [("in-need",)]


async def test_a_moderator_is_called_though_the_store_fails_once_the_words_are_out(store: SQLiteStore) -> None:
    chat = FakeChat()
    made = converse(store, chat, Heard("x"), Heard(clear()))

    async def failing(*_: object, **__: object) -> int:
        raise StoreUnavailable("no disk")

    journal = type("Broken", (), {"accept": store.accept, "commit": store.commit, "deliver": failing})()
    with pytest.raises(StoreUnavailable):
        await replace(made, journal=journal).hear(inbound("help me now", 1))
    assert calls(made) == [("in-need",)]


async def test_a_moderator_is_called_though_the_words_could_not_be_posted(store: SQLiteStore) -> None:
    chat = FakeChat(broken=True)
    made = converse(store, chat, Heard("x"), Heard(clear()))
    await made.hear(inbound("help me now", 1))
    assert calls(made) == [("in-need",)]


@pytest.mark.parametrize(
    "message",
    [
        "I am going to kill myself",
        "honestly I just want to end my life",
        "i'm gonna end it all tonight, bye",
        "I’m about to take my own life",
        "i wanna die tonight",
        "im going to kill myself",
        "i wanna die",
        "I want to end it all",
        "I took all the pills",
        "I've swallowed a whole bottle of sleeping pills",
        "I аm going to kill mysеlf",
    ],
)
async def test_the_shipped_crisis_rule_needs_no_model_for_plain_words(store: SQLiteStore, message: str) -> None:
    chat, author = FakeChat(), Heard("x")
    made = converse(store, chat, author, Heard(clear()), LIBRARIAN)
    await made.hear(inbound(message, 1))
    assert "112" in chat.said[0]
    assert "findahelpline.com" in chat.said[0]
    assert author.requests == []
    assert calls(made) == [("life-in-danger",)]


@pytest.mark.parametrize(
    "message",
    [
        "How do I kill a process that hangs?",
        "I want to die laughing at this bug",
        "In the novel she says that she is going to kill herself; which chapter is it?",
        "This build is killing me",
        "I'm going to kill myself laughing",
        "I want to die of shame, I deployed on a Friday",
        "I took all the tablets back to the shop, which one should I order?",
        "What does 'end it all' mean in Hamlet?",
    ],
)
async def test_the_shipped_crisis_rule_leaves_plain_talk_to_the_judge(store: SQLiteStore, message: str) -> None:
    chat, author = FakeChat(), Heard("Fine.")
    made = converse(store, chat, author, Heard(clear()), LIBRARIAN)
    await made.hear(inbound(message, 1))
    assert chat.said == ["Fine."]
