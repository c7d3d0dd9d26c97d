"""`safi-bot chat` from inside: what the person at the console is told besides the answers."""

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from adapters.store.sqlite import SQLiteStore
from bot import logs
from bot.cli.chat import Watching, overruled, welcome
from bot.hearing.scopes import Scopes
from bot.settings.choice import Choice, ModelRef, fitted
from bot.settings.config import Config, Log, Memory
from safi.errors import ModelUnavailable
from safi.ports import Assignment, Event
from tests.bot.making import conversing
from tests.doubles import NOON, PLACE, FakeChat, Heard, inbound, scopes_with, small_profile

LOCAL = ModelRef(provider="embedded", model="tiny")
VENDOR = ModelRef(provider="openai", model="large")


async def test_a_console_that_is_gone_stops_nothing(store: SQLiteStore, caplog: pytest.LogCaptureFixture) -> None:
    watching = Watching(chat=FakeChat(broken=True), store=store, place=PLACE)
    await watching.draining(2)
    assert "could not be shown" in caplog.text


async def test_a_turn_without_an_answer_is_explained_to_whoever_runs_the_bot(store: SQLiteStore) -> None:
    chat = FakeChat()
    watching = Watching(chat=chat, store=store, place=PLACE)
    await conversing(store, chat, turned=watching.turned, intellect=Heard(ModelUnavailable("busy"))).hear(
        inbound("Hi", 1)
    )
    assert [card.title for card in chat.cards] == ["No answer"]


def assigned(**said: Any) -> Scopes:
    """Scopes with `ada` as the default, and what moderators said of the console's place."""
    scopes = scopes_with(small_profile(), small_profile(name="guitar-teacher"))
    scopes.assigned.take_in([Assignment(workspace=PLACE.workspace, channel=PLACE.channel, **said)])
    return scopes


def test_the_welcome_says_who_on_which_models_and_what_to_beware_of() -> None:
    card = welcome(scopes_with(), PLACE, ("all on m (why).", "Beware."))
    assert (card.title, card.sentence, card.lines) == ("ada", "", ("all on m (why).", "Beware."))


def test_the_welcome_names_the_persona_that_was_assigned_since() -> None:
    assert welcome(assigned(persona="guitar-teacher"), PLACE, ()).title == "guitar-teacher"


def test_the_welcome_says_that_nobody_answers_and_how_that_ends() -> None:
    paused = welcome(assigned(paused=True), PLACE, ())
    assert paused.sentence == "Paused: nobody answers here until it is resumed."
    assert [button.command for button in paused.buttons] == ["persona resume"]
    gone = welcome(assigned(persona="poet"), PLACE, ())
    assert (gone.title, gone.sentence) == (
        "poet",
        "Nobody answers here: the persona of this channel is not there any more.",
    )


@pytest.mark.parametrize(("asked", "warned"), [(None, False), ("guitar-teacher", False), ("ada", True)])
def test_a_persona_that_was_assigned_goes_before_the_one_asked_for_and_that_is_said(
    asked: str | None, *, warned: bool
) -> None:
    warnings = list(overruled(asked, assigned(persona="guitar-teacher"), PLACE))
    assert bool(warnings) == warned
    assert all("/persona assign ada" in warning for warning in warnings)


def test_the_practice_model_gets_more_time_and_shorter_texts_and_vendors_what_is_configured() -> None:
    config = Config(memory=Memory(characters=9_000))
    small = Choice(intellect=VENDOR, will=LOCAL, conscience=VENDOR, reason="r")
    assert fitted(config, replace(small, will=VENDOR)) == config
    suited = fitted(config, small)
    assert (suited.deadlines.will, suited.tokens.ledger, suited.memory.characters) == (600, 600, 3_000)
    assert fitted(replace(config, memory=Memory(characters=10)), small).memory.characters == 10


@pytest.mark.parametrize(("configured", "otherwise", "name"), [(True, True, "own.log"), (False, True, "safi.log")])
def test_the_log_goes_where_it_is_configured_to_go(
    tmp_path: Path, *, configured: bool, otherwise: bool, name: str
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    own = tmp_path / "deep" / "own.log"
    try:
        logs.start(
            Log(level="info", file=own if configured else None), otherwise=tmp_path / "safi.log" if otherwise else None
        )
        logging.getLogger("x").info("noted")
        logging.getLogger("x").debug("not noted")
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers, root.level = before, level
    (file,) = [path for path in tmp_path.rglob("*.log") if path.name == name]
    assert "INFO x: noted" in file.read_text()
    assert "not noted" not in file.read_text()


async def test_what_the_last_run_left_over_is_recalled_whether_it_is_answered_or_not(store: SQLiteStore) -> None:
    chat = FakeChat()
    fresh, stale = (
        Event(
            id=text,
            workspace="w",
            place=PLACE.encode(),
            message_id=text,
            author="ann",
            speaker="member-a",
            text=text,
            at=NOON,
        )
        for text in ("Still there?", "Long ago?")
    )
    await Watching(chat=chat, store=store, place=PLACE).left_over([fresh], [stale])
    assert [card.sentence for card in chat.cards] == [
        "answering what was asked before: “Still there?”",
        "too long ago to be answered now: “Long ago?”",
    ]
