"""Commands at the console: who gives them there, what stands for buttons, and where files go."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from inline_snapshot import snapshot

from adapters.chat.port import Button, Card, Chat, Command, File, Invocation, Option
from adapters.chat.terminal.console import PLACE, Console
from tests.adapters.chat.practice import Noon, Practice, numbered
from tests.adapters.chat.terminal.pipes import open_pipes

NUMBER = Option(name="number", summary="Which.", kind="number")

BUTTONS = (
    Button(label="Undo", command="memory restore", arguments={"number": 3}),
    Button(label="Back to my uncle", command="persona assign", arguments={"name": "my uncle"}),
    Button(label="Report", command="report", target="m"),
    Button(label="Yes", command="memory reset", confirmed=True, dangerous=True),
    Button(label="Post to channel", command="values", public=True),
)


async def transcript(card: Card, *lines: str, folder: Path | None = None) -> tuple[str, list[Invocation]]:
    """What a person reads who types these lines where every command answers with this card."""
    given = list[Invocation]()

    async def run(invocation: Invocation) -> Card:
        given.append(invocation)
        return card

    async with open_pipes() as pipes:
        chat: Chat = Console(
            author="ada", clock=Noon(), ids=numbered(), stdin=pipes.stdin, stdout=pipes.stdout, folder=folder
        )
        pipes.send("".join(f"{line}\n" for line in lines))
        pipes.end()
        await chat.run(replace(Practice(chat).handlers(), commands=rows(run)))
        await chat.say(PLACE, "The end.", turn_id="t", reply_to=None)
        return await pipes.until("The end."), given


def rows(run: Callable[[Invocation], Awaitable[Card]]) -> tuple[Command, ...]:
    """Three commands for moderators."""
    panel = Command(name="panel", summary="Buttons.", audience="moderators", run=run)
    return (panel, replace(panel, name="audit show", options=(NUMBER,)), replace(panel, name="help"))


async def test_whoever_sits_here_moderates_reads_and_knows_what_is_typed() -> None:
    _, (given,) = await transcript(Card(title="Done"), "/safi audit show 3")
    assert (given.command, given.arguments) == ("audit show", {"number": 3})
    assert (given.moderator, given.reads, given.confirmed) == (True, True, True)


async def test_safi_alone_opens_the_panel() -> None:
    _, given = await transcript(Card(title="Panel"), "/safi", "/SAFI  ", "/safi panel")
    assert [invocation.command for invocation in given] == ["panel"] * 3


async def test_the_help_says_how_to_leave_and_how_to_type_too() -> None:
    seen, _ = await transcript(Card(title="Commands", fields=(("/panel", "Buttons."),)), "/help", "/panel")
    assert seen == snapshot("""\
> /help

◆ Commands

  /panel  Buttons.
  /quit   Leave, as Ctrl-D does

  At a terminal, Alt-Enter begins a new line.

> /panel

◆ Commands

  /panel  Buttons.

● The end.
""")


async def test_a_button_is_what_can_be_typed_in_its_place() -> None:
    seen, _ = await transcript(Card(title="Done", footer="A footer.", buttons=BUTTONS), "/panel")
    assert seen == snapshot("""\
> /panel

◆ Done

  A footer.

  Undo: /memory restore 3 · Back to my uncle: /persona assign "my uncle"

● The end.
""")


async def test_a_quiet_card_has_its_buttons_too() -> None:
    seen, _ = await transcript(Card(title="Held back", sentence="so", buttons=BUTTONS[:1], quiet=True), "/panel")
    assert seen == snapshot("""\
> /panel

○ Held back  so
  Undo: /memory restore 3

● The end.
""")


async def test_a_file_is_written_beside_the_store_and_the_card_says_where(tmp_path: Path) -> None:
    card = Card(title="Exported", files=(File(name="audits.csv", data=b"a,b\r\n"),))
    seen, _ = await transcript(card, "/panel", folder=tmp_path)
    path = tmp_path / "exports" / "audits.csv"
    assert path.read_bytes() == b"a,b\r\n"
    assert str(path) in "".join(line.strip() for line in seen.splitlines())
    assert "Written to" in seen


async def test_a_file_that_cannot_be_written_is_said_not_to_be(tmp_path: Path) -> None:
    card = Card(title="Exported", files=(File(name="audits.csv", data=b""),))
    (tmp_path / "exports").write_text("in the way")
    seen, _ = await transcript(card, "/panel", folder=tmp_path)
    assert "audits.csv could not be written" in seen
    seen, _ = await transcript(card, "/panel")
    assert "audits.csv is not written: this console has no folder for files." in seen
