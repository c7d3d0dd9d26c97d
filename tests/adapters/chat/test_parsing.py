"""Typed commands are understood, or answered with one line that helps."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.chat.parsing import Call, Dialect, Mistake, offers, understand
from adapters.chat.port import Command, Option, Place
from tests.adapters.chat.practice import commands

COMMANDS = commands()
PLACE = Place(workspace="w", channel="c")
DIALECT = Dialect(prefix="/", own={"quit": "Leave."})


def read(text: str, rows: tuple[Command, ...] = COMMANDS, dialect: Dialect = DIALECT) -> Call | Mistake:
    return understand(text, rows, place=PLACE, author="ada", dialect=dialect)


@pytest.mark.parametrize(
    ("text", "command", "arguments"),
    [
        ("values", "values", {}),
        ("  VALUES ", "values", {}),
        ("audit list", "audit list", {}),
        ("Audit  List", "audit list", {}),
        ("audit list 5", "audit list", {"last": 5}),
        ("audit list #5", "audit list", {"last": 5}),
        ("audit list last=#5", "audit list", {"last": 5}),
        ("audit list 007", "audit list", {"last": 7}),
        ("audit list 1", "audit list", {"last": 1}),
        ("audit list 999999999", "audit list", {"last": 999_999_999}),
        ("audit list 5 librarian", "audit list", {"last": 5, "persona": "librarian"}),
        ("audit list persona=librarian 5", "audit list", {"last": 5, "persona": "librarian"}),
        ("audit list PERSONA=librarian", "audit list", {"persona": "librarian"}),
        ('audit list persona="my uncle"', "audit list", {"persona": "my uncle"}),
        ("audit list 5 “my uncle”", "audit list", {"last": 5, "persona": "my uncle"}),
        ("audit list 5 'my uncle'", "audit list", {"last": 5, "persona": "my uncle"}),
        ("audit list 5 uncle's", "audit list", {"last": 5, "persona": "uncle's"}),
        ('audit list 5 "persona=x"', "audit list", {"last": 5, "persona": "persona=x"}),
        ("audit list 5 https://example.org/?a=b", "audit list", {"last": 5, "persona": "https://example.org/?a=b"}),
        ("audit show 3", "audit show", {"number": 3}),
    ],
)
def test_a_command_is_understood(text: str, command: str, arguments: dict[str, str | int]) -> None:
    call = read(text)
    assert isinstance(call, Call)
    assert call.command.name == command == call.invocation.command
    assert call.invocation.arguments == arguments
    assert (call.invocation.place, call.invocation.author) == (PLACE, "ada")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Which command? /help lists them all."),
        ("valeus", "There is no command /valeus. Did you mean /values?"),
        ("valeus now", "There is no command /valeus. Did you mean /values?"),
        ("quit now", "/quit takes nothing after it."),
        ("Quit now", "/quit takes nothing after it."),
        ("values set librarian", "/values takes nothing after it."),
        ("qiut", "There is no command /qiut. Did you mean /quit?"),
        ("audt list", "There is no command /audt. Did you mean /audit list?"),
        ("audit lst 5", "There is no command /audit lst. Did you mean /audit list?"),
        ("audit", "/audit needs a second word: /audit list or /audit show."),
        ("dance", "There is no command /dance. /help lists them all."),
        ("x=y", "There is no command /x=y. /help lists them all."),
        ("\x1b[31mred", "There is no command /␛[31mred. /help lists them all."),
        ("values now", "/values takes nothing after it."),
        ("audit list 5 librarian 6", '/audit list: "6" is one word too many.'),
        ("audit list presona=x", '/audit list has no option "presona". Did you mean persona=?'),
        ("audit list zzz=x", '/audit list has no option "zzz". Did you mean last=?'),
        ("audit list last=1 last=2", '/audit list: "last" is given twice.'),
        ("audit list few", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "few".'),
        ("audit list 1.5", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "1.5".'),
        ("audit list 0", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "0".'),
        ("audit list #0", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "#0".'),
        ("audit list -5", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "-5".'),
        (
            "audit list 1000000000",
            '/audit list: "last" must be a whole number from 1 to 999,999,999, not "1000000000".',
        ),
        ("audit list #", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "#".'),
        ("audit list ##3", '/audit list: "last" must be a whole number from 1 to 999,999,999, not "##3".'),
        ("audit list persona=", '/audit list: "persona" is empty.'),
        ('audit list persona=" "', '/audit list: "persona" is empty.'),
        ("audit show", '/audit show needs "number": Which audit.'),
        ('audit show "3', "A quotation mark is missing: put both ends around the words that belong together."),
    ],
)
def test_a_mistake_is_answered_with_one_line_that_helps(text: str, message: str) -> None:
    assert read(text) == Mistake(message=message)


def test_a_name_of_three_branches_is_offered_in_full() -> None:
    rows = (*COMMANDS, Command(name="audit pending", summary="Owed.", audience="moderators", run=COMMANDS[0].run))
    assert read("audit", rows) == Mistake(
        message="/audit needs a second word: /audit list, /audit show or /audit pending."
    )


def test_another_platform_names_commands_its_own_way() -> None:
    assert read("valeus", dialect=Dialect(prefix="/safi ")) == Mistake(
        message="There is no command /safi valeus. Did you mean /safi values?"
    )


def test_a_number_without_end_is_a_mistake_in_one_short_line() -> None:
    mistake = read("audit show " + "9" * 1_000_000)
    assert isinstance(mistake, Mistake)
    assert len(mistake.message) < 120


def test_a_text_that_is_longer_than_its_option_takes_is_a_mistake_and_is_not_cut() -> None:
    reason = Option(name="reason", summary="Why.", longest=1_000)
    rows = (Command(name="report", summary="Tell.", audience="everyone", run=COMMANDS[0].run, options=(reason,)),)
    assert isinstance(read("report " + "x" * 1_000, rows), Call)
    assert read("report " + "x" * 1_001, rows) == Mistake(message='/report: "reason" is longer than 1,000 characters.')


@pytest.mark.parametrize(
    ("typed", "arguments"),
    [
        ("2 this is rude", {"number": 2, "reason": "this is rude"}),
        ("#2 this is rude", {"number": 2, "reason": "this is rude"}),
        ("this is rude", {"reason": "this is rude"}),
        ("2", {"number": 2}),
        ("", {}),
        ('2 "this is rude"', {"number": 2, "reason": "this is rude"}),
        ("2 it's x=y again", {"number": 2, "reason": "it's x=y again"}),
        ("it was wrong number=2", {"number": 2, "reason": "it was wrong"}),
        ("reason=rude 2", {"number": 2, "reason": "rude"}),
    ],
)
def test_a_long_text_that_comes_last_takes_all_the_words_that_are_left(
    typed: str, arguments: dict[str, str | int]
) -> None:
    call = read(f"report {typed}", (reporting(),))
    assert isinstance(call, Call)
    assert call.invocation.arguments == arguments


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("2x this is rude", '/report: "number" must be a whole number from 1 to 999,999,999, not "2x".'),
        ("reason=rude 2 again", '/report: "again" is one word too many.'),
        ("2 reason=", '/report: "reason" is empty.'),
    ],
)
def test_a_long_text_hides_no_mistake(typed: str, message: str) -> None:
    assert read(f"report {typed}", (reporting(),)) == Mistake(message=message)


def reporting() -> Command:
    """A command that takes a number, and a text of several words."""
    options = (
        Option(name="number", summary="Which.", kind="number"),
        Option(name="reason", summary="Why.", long=True),
    )
    return Command(name="report", summary="Tell.", audience="everyone", run=COMMANDS[0].run, options=options)


@given(st.one_of(st.text(alphabet=st.characters(exclude_categories=())), st.text(alphabet="audit lshow=5\"'“”persn")))
def test_anything_typed_is_a_call_or_one_line(text: str) -> None:
    outcome = read(text)
    assert isinstance(outcome, Call) or len(outcome.message.splitlines()) == 1
    assert all(offer.replaces <= len(text) for offer in offers(text, COMMANDS, DIALECT))


@given(st.integers(1, 999_999_999), st.sampled_from(["librarian", "my uncle", "a=b", "persona=x"]))
def test_quoted_and_named_arguments_come_through_unchanged(number: int, persona: str) -> None:
    expected = {"last": number, "persona": persona}
    for text in (f'audit list {number} "{persona}"', f'audit list persona="{persona}" last={number}'):
        call = read(text)
        assert isinstance(call, Call)
        assert call.invocation.arguments == expected


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("", ["audit list", "audit show", "help", "quit", "values", "why"]),
        ("AU", ["audit list", "audit show"]),
        ("audit ", ["audit list", "audit show"]),
        ("audit l", ["audit list"]),
        ("q", ["quit"]),
        ("values ", []),
        ("dance ", []),
        ("audit list ", ["persona="]),
        ("audit list p", ["persona="]),
        ("audit list persona=", ["guitar-teacher", '"my uncle"', "librarian"]),
        ("audit list persona=L", ["librarian"]),
        ("audit list 5 ", ["guitar-teacher", '"my uncle"', "librarian"]),
        ("audit list 5 m", ['"my uncle"']),
        ("audit list persona=librarian ", []),
        ("audit list persona=librarian l", ["last="]),
        ("audit list 5 librarian ", []),
        ('audit list "x ', []),
    ],
)
def test_what_may_come_next_is_offered(typed: str, offered: list[str]) -> None:
    assert [offer.text for offer in offers(typed, COMMANDS, DIALECT)] == offered


def test_an_offer_takes_the_place_of_what_was_typed_of_it() -> None:
    assert [offer.replaces for offer in offers("audit list persona=gu", COMMANDS, DIALECT)] == [2]
    assert [offer.replaces for offer in offers("audit l", COMMANDS, DIALECT)] == [7]
