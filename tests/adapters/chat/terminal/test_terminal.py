"""At a real pseudo-terminal: typing, answers and cards above what is typed, completion, and colours."""

import asyncio
from pathlib import Path

import pytest
from inline_snapshot import snapshot

from adapters.chat.terminal.console import PLACE
from tests.adapters.chat.practice import AUDIT
from tests.adapters.chat.terminal.talking import talking

ADVICE = "Start with three chords: G, C and D. Ten minutes a day, slowly, is worth more than an hour once a week."


@pytest.fixture(autouse=True)
def _a_good_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


async def test_the_first_prompt_says_what_to_do() -> None:
    async with talking() as (screen, _):
        assert await screen.until("commands") == "\n› Say something, or / for commands"


async def test_a_conversation_looks_calm() -> None:
    async with talking(lambda _: ADVICE) as (screen, practice):
        screen.type("What is a good first step?\r")
        await screen.until("once a week.")
        await practice.chat.show(PLACE, AUDIT)
        assert await screen.until("nothing.\n\n›") == snapshot("""\

› What is a good first step?

● Start with three chords: G, C and D. Ten minutes a day, slowly, is worth more
  than an hour once a week.

○ Audit 12  Coherence 8.4 of 10, drift 0.03.
  Honesty               ─────┼━━━━━ +1.00  sure
  Care for the learner  ─────┼━━─── +0.50
  Modesty               ─────┼─────     –  not touched
  Patience              ───━━┼───── -0.50
                        The answer hurries through three steps at once.
  From a tiny practice model: this means nothing.

›\
""")


async def test_work_is_shown_while_the_next_message_is_typed() -> None:
    async with talking() as (screen, practice):
        practice.free.clear()
        screen.type("One\r")
        working = await screen.until("thinking")
        assert working.splitlines()[:2] == ["", "› One"]
        screen.type("Two, not yet sent")
        await screen.until("› Two, not yet sent")
        practice.free.set()
        seen = await screen.until_so(lambda seen: "said: One" in seen and seen.endswith("sent"))
        assert seen == "\n› One\n\n● You said: One\n\n› Two, not yet sent"
        screen.type("\r")
        await screen.until("● You said: Two, not yet sent")


async def test_a_message_sent_meanwhile_is_heard_at_once_and_answered_after_the_one_before() -> None:
    async with talking() as (screen, practice):
        practice.free.clear()
        screen.type("One\r")
        await screen.until("thinking")
        screen.type("Two\r")
        await screen.until("› Two\n\n")
        assert [inbound.text for inbound in practice.heard] == ["One", "Two"]
        practice.free.set()
        seen = await screen.until("said: Two")
        assert seen.index("said: One") < seen.index("said: Two")


async def test_lines_that_come_all_at_once_are_heard_in_order() -> None:
    async with talking() as (screen, practice):
        screen.type("".join(f"Number {number}\r" for number in range(10)))
        await screen.until("said: Number 9")
        assert [inbound.text for inbound in practice.heard] == [f"Number {number}" for number in range(10)]


async def test_a_command_does_not_wait_for_an_answer() -> None:
    async with talking() as (screen, practice):
        practice.free.clear()
        screen.type("One\r")
        await screen.until("thinking")
        screen.type("/values\r")
        assert "said: One" not in await screen.until("◆ Status", "thinking")
        practice.free.set()
        await screen.until("said: One")


@pytest.mark.parametrize("word", ["help", "?", "HELP", "/help"])
async def test_a_plain_call_for_help_lists_the_commands(word: str) -> None:
    async with talking() as (screen, practice):
        screen.type(f"{word}\r")
        await screen.until("◆ Status")
        assert [invocation.command for invocation in practice.invoked] == ["help"]


async def test_a_sentence_that_begins_like_a_command_is_said_to_the_persona() -> None:
    async with talking() as (screen, practice):
        screen.type("help me\rquit smoking?\r")
        await screen.until("said: quit smoking?")
        assert [inbound.text for inbound in practice.heard] == ["help me", "quit smoking?"]


async def test_a_farewell_with_more_after_it_is_a_mistake() -> None:
    async with talking() as (screen, _):
        screen.type("/quit now\r")
        await screen.until("/quit takes nothing after it.")


@pytest.mark.parametrize("keys", ["\x1b[31m", "\x1b[<0;1;1M", "\x1b[9;9;9;9M", "\x1b[M   "])
async def test_a_control_sequence_typed_by_hand_does_no_harm(keys: str, caplog: pytest.LogCaptureFixture) -> None:
    async with talking() as (screen, practice):
        screen.type(f"{keys}One\r")
        await screen.until("said: One")
        assert practice.heard[0].text == "One"
    assert caplog.records == []


async def test_a_terminal_of_another_encoding_gets_signs_that_it_knows() -> None:
    async with talking(lambda _: "Ω is ∴ µ", encoding="latin-1") as (screen, practice):
        practice.free.clear()
        assert screen.look().startswith("\n> Say")
        screen.type("One\r")
        await screen.until_so(lambda seen: any(f"{sign} thinking" in seen for sign in "|/-\\"))
        practice.free.set()
        await screen.until("* ? is ? ")


async def test_a_card_that_comes_while_typing_leaves_the_typed_text_alone() -> None:
    async with talking() as (screen, practice):
        screen.type("half a sent")
        await screen.until("› half a sent")
        await asyncio.gather(practice.chat.show(PLACE, AUDIT), practice.chat.show(PLACE, AUDIT))
        seen = await screen.until_so(lambda seen: seen.count("nothing.") == 2 and seen.endswith("› half a sent"))
        assert seen.count("half a sent") == 1
        screen.type("ence\r")
        await screen.until("said: half a sentence")


async def test_tab_completes_a_command_from_the_table_and_an_option_from_its_choices() -> None:
    async with talking() as (screen, practice):
        screen.type("/au")
        await screen.until("audit list", "The latest audits.", "audit show")
        screen.type("\t")
        await screen.until("› /audit list")
        screen.type(" 5 g")
        await screen.until("Whose.")
        screen.type("\t")
        await screen.until("› /audit list 5 guitar-teacher")
        screen.type("\r")
        await screen.until("◆ Status", "/audit list.")
        assert practice.invoked[0].command == "audit list"
        assert practice.invoked[0].arguments == {"last": 5, "persona": "guitar-teacher"}
        assert practice.invoked[0].author == "ada"


async def test_a_mistyped_command_is_answered_with_the_closest_one() -> None:
    async with talking() as (screen, practice):
        screen.type("/valeus\r")
        await screen.until("There is no command /valeus. Did you mean /values?")
        screen.type("/safi values\r")
        await screen.until("◆ Status")
        assert [invocation.command for invocation in practice.invoked] == ["values"]
        assert practice.heard == []


async def test_a_pasted_text_of_several_lines_is_one_message() -> None:
    async with talking() as (screen, practice):
        screen.type("\x1b[200~One\nTwo\n\nFour\x1b[201~")
        await screen.until("› One\n  Two\n\n  Four")
        screen.type("\r")
        await screen.until("● You said: One\n  Two\n\n  Four")
        assert practice.heard[0].text == "One\nTwo\n\nFour"


async def test_alt_enter_begins_a_new_line() -> None:
    async with talking() as (screen, practice):
        screen.type("One\x1b\rTwo\r")
        await screen.until("said: One\n  Two")
        assert practice.heard[0].text == "One\nTwo"


async def test_work_is_shown_until_the_last_of_it_is_done() -> None:
    async with talking() as (screen, practice):
        async with practice.chat.working(PLACE):
            await screen.until("thinking")
            async with practice.chat.working(PLACE):
                pass
            await practice.chat.show(PLACE, AUDIT)
            await screen.until("nothing.\n\n", "thinking")
        await screen.until_so(lambda seen: "thinking" not in seen)


async def test_tab_does_nothing_in_a_message() -> None:
    async with talking() as (screen, practice):
        screen.type("val\tues\r")
        await screen.until("said: values")
        assert practice.invoked == []


async def test_an_empty_line_is_no_message() -> None:
    async with talking() as (screen, practice):
        screen.type("\r  \r\x15One\r")
        await screen.until("said: One")
        assert [inbound.text for inbound in practice.heard] == ["One"]


async def test_bytes_that_are_no_text_do_no_harm(tmp_path: Path) -> None:
    async with talking(folder=tmp_path) as (screen, practice):
        screen.type_bytes(b"Hi \xff\xfe\r")
        await screen.until("said: Hi \ufffd\ufffd")
        assert practice.heard[0].text == "Hi \ufffd\ufffd"


async def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with talking() as (screen, practice):
        screen.type("/au")
        await screen.until("audit show")
        screen.type("\x03")
        await screen.until_so(lambda seen: "/au" not in seen)  # on an empty line alone the last key leaves
        await practice.chat.show(PLACE, AUDIT)
        await screen.until("nothing.")
    assert screen.colours() == set()


async def test_colours_are_few_and_belong_to_the_terminal_s_own_palette() -> None:
    async with talking() as (screen, practice):
        await practice.chat.show(PLACE, AUDIT)
        await screen.until("nothing.")
        screen.type("One\r")
        await screen.until("said: One")
        assert screen.colours() <= {"31", "32", "33", "36", "90"}
