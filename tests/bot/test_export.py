"""The record as files: what stands in them, for whom, and that no spreadsheet takes a text for a formula."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from inline_snapshot import snapshot

from adapters.chat.port import Card, Command
from adapters.store.sqlite import SQLiteStore
from bot import export
from bot.commands import exports
from bot.export import AUDITS, LEDGER, Format, Sheet
from safi.ports import Landed, TurnRecord, Votes
from safi.record import fold
from tests.bot.cards.test_cards import record
from tests.bot.making import auditing, commands, conversing, drawn, give, given
from tests.doubles import NOON, PLACE, FakeChat, HandClock, ids, in_turn, inbound, ledger_text, scopes_with

HERE = PLACE.encode()


def table_in(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"), newline="")))


def lines_in(file: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.decode().splitlines()]


def test_a_turn_has_a_row_with_its_words() -> None:
    assert export.audit(record(), Votes(up=2, down=1), within=HERE) == snapshot(
        {
            "number": 7,
            "time": "2026-11-22T12:00:00+00:00",
            "persona": "ada",
            "digest": "e063a5efd1a22464711c12ca0ecf786800829bfb6726abe15d1831d50001c732",
            "outcome": "approved",
            "delivery": "delivered",
            "audit": "landed",
            "coherence": 8.25,
            "confidence": 0.75,
            "drift": 0.125,
            "fate": "folded",
            "votes_up": 2,
            "votes_down": 1,
            "words": "here",
            "asked": "It squeaks.",
            "said": "Oil the hinge.",
        }
    )


def test_words_from_elsewhere_are_left_out_and_those_that_expired_are_said_to_have() -> None:
    sent = record()
    expired = replace(sent, event=replace(sent.event, author=""))
    for found, place, words in ((sent, "elsewhere", "elsewhere"), (expired, HERE, "expired")):
        row = export.audit(found, Votes(), within=place)
        assert (row["words"], row["asked"], row["said"]) == (words, None, None)
        assert [(each["words"], each["reason"]) for each in export.findings(found, within=place)] == [(words, None)] * 2


def test_a_ledger_has_a_row_for_each_value_with_its_share() -> None:
    assert list(export.findings(record(), within=HERE)) == snapshot(
        [
            {
                "number": 7,
                "value": "Honesty",
                "share": 0.5,
                "score": 1,
                "confidence": 0.75,
                "sentence": 1,
                "words": "here",
                "reason": "says so",
            },
            {
                "number": 7,
                "value": "Kindness",
                "share": 0.5,
                "score": None,
                "confidence": None,
                "sentence": None,
                "words": "here",
                "reason": None,
            },
        ]
    )


def test_what_was_not_audited_has_no_figures_and_no_rows_of_findings() -> None:
    bare = record(ledger=None, reading=None, audit="owed", fate=None, number=None)
    row = export.audit(bare, Votes(), within=HERE)
    assert [row[name] for name in ("number", "coherence", "confidence", "drift", "fate")] == [None] * 5
    assert list(export.findings(bare, within=HERE)) == []


TEXT = st.text(st.characters(exclude_categories=["Cs"])).map(lambda text: text.replace("\0", ""))


@for_all(TEXT)
def test_every_text_comes_back_out_of_a_table_and_none_is_a_formula(text: str) -> None:
    sheet = Sheet(format="csv", columns=("asked", "said"))
    assert sheet.add([{"asked": text, "said": "="}])
    (row,) = table_in(sheet.data)
    assert row["asked"].removeprefix("'") == text.removeprefix("'")
    assert row["said"] == "'="
    assert not row["asked"].startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1+1", "＠x"])
def test_formulas_are_made_harmless_and_numbers_stay_numbers(text: str) -> None:
    sheet = Sheet(format="csv", columns=("said", "score"))
    sheet.add([{"said": text, "score": -0.5}])
    assert table_in(sheet.data) == [{"said": f"'{text}", "score": "-0.5"}]


def test_a_table_is_of_rfc_4180_and_marked_as_utf8() -> None:
    sheet = Sheet(format="csv", columns=("a", "b"))
    sheet.add([{"a": 'say "so", twice', "b": None}, {"a": "two\nlines", "b": 1}])
    assert sheet.data == b'\xef\xbb\xbfa,b\r\n"say ""so"", twice",\r\n"two\nlines",1\r\n'


@for_all(st.text())
def test_every_text_comes_back_out_of_lines_of_json(text: str) -> None:
    sheet = Sheet(format="jsonl", columns=("asked",))
    sheet.add([{"asked": text}, {"asked": None}])
    assert lines_in(sheet.data) == [{"asked": text}, {"asked": None}]


def test_a_file_takes_whole_turns_until_it_is_full() -> None:
    sheet = Sheet(format="jsonl", columns=("a",), most=30)
    taken = [sheet.add([{"a": 1}, {"a": 2}]) for _ in range(3)]
    assert taken == [True, False, False]
    assert lines_in(sheet.data) == [{"a": 1}, {"a": 2}]


@pytest.fixture
async def table(store: SQLiteStore) -> dict[str, Command]:
    """Two audited turns here, and one in another channel, of a persona with one memory for both."""
    shared = scopes_with(sharing="persona")
    converse = conversing(store, FakeChat(), scopes=shared, fresh=ids("turn"))
    for number, text in ((1, "=cmd()"), (2, "My canary")):
        await converse.hear(inbound(text, number))
    await converse.hear(inbound("Elsewhere, a secret", 3, place=replace(PLACE, channel="other")))
    audits = auditing(store, in_turn(ledger_text(Honesty=1, Kindness=-0.5)), HandClock(), list[Landed]())
    audits.finish()
    await audits.run()
    return commands(store, scopes=shared)


async def test_audits_are_handed_over_with_words_of_this_place_alone(table: dict[str, Command]) -> None:
    card = await give(table, "export audits")
    assert drawn(card) == snapshot("""\
◆ Exported
  audits-2026-11-22-1200.csv holds the audits of 3 turns, newest first.

  It has the words of what may be read here, and of nothing else.\
""")
    (file,) = card.files
    rows = table_in(file.data)
    assert tuple(rows[0]) == AUDITS
    assert [(row["number"], row["words"], row["asked"]) for row in rows] == [
        ("3", "elsewhere", ""),
        ("2", "here", "My canary"),
        ("1", "here", "'=cmd()"),
    ]
    assert b"secret" not in file.data


async def test_a_ledger_is_handed_over_with_reasons_of_this_place_alone(table: dict[str, Command]) -> None:
    (file,) = (await give(table, "export ledger", format="jsonl")).files
    assert file.name == "ledger-2026-11-22-1200.jsonl"
    rows = lines_in(file.data)
    assert tuple(rows[0]) == LEDGER
    assert [(row["number"], row["value"], row["reason"]) for row in rows] == [
        (3, "Honesty", None),
        (3, "Kindness", None),
        (2, "Honesty", "it shows"),
        (2, "Kindness", "it shows"),
        (1, "Honesty", "it shows"),
        (1, "Kindness", "it shows"),
    ]


async def test_expired_words_are_marked(store: SQLiteStore, table: dict[str, Command]) -> None:
    later = NOON + timedelta(days=31)
    await store.expire(texts_before=later, ledgers_before=NOON, checkpoint_before=NOON, step=fold, at=later)
    (file,) = (await give(table, "export audits")).files
    assert {row["words"] for row in table_in(file.data)} == {"expired"}


async def test_whoever_may_not_read_here_gets_no_file(table: dict[str, Command]) -> None:
    for name in ("export audits", "export ledger"):
        assert (await table[name].run(replace(given(name), reads=False))).files == ()


async def test_an_unknown_format_and_an_empty_record_are_said_so(table: dict[str, Command], store: SQLiteStore) -> None:
    assert drawn(await give(table, "export audits", format="xml")) == snapshot("""\
◆ There is no format “xml”
  There are: csv, jsonl.\
""")
    empty = await table["export audits"].run(replace(given("export audits"), place=replace(PLACE, workspace="new")))
    assert (empty.title, empty.files) == ("Nothing here yet", ())


class Growing:
    """An archive in which a turn is recorded between any two looks."""

    def __init__(self, *records: TurnRecord) -> None:
        self.records = list(records)

    async def turns(self, _: str, *, limit: int, skip: int = 0, place: str | None = None) -> Sequence[TurnRecord]:
        del place
        page = self.records[skip : skip + limit]
        self.records.insert(0, numbered(-skip))
        return page


def numbered(number: int) -> TurnRecord:
    sent = record()
    return replace(sent, turn=replace(sent.turn, id=f"t{number}"), number=number)


@pytest.mark.parametrize(("form", "whole"), [("csv", 3), ("jsonl", 3)])
async def test_each_turn_stands_there_once_though_new_ones_come(
    store: SQLiteStore, monkeypatch: pytest.MonkeyPatch, form: Format, whole: int
) -> None:
    monkeypatch.setattr(exports, "CHUNK", 2)
    card = await exported(store, monkeypatch, form, most=10)
    (file,) = card.files
    rows = table_in(file.data) if form == "csv" else lines_in(file.data)
    assert [int(row["number"]) for row in rows] == [3, 2, 1]
    assert len(rows) == whole
    assert "left out" not in str(card.lines)


async def test_what_is_cut_is_said_to_be(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    card = await exported(store, monkeypatch, "csv", most=2)
    assert len(table_in(card.files[0].data)) == 2
    assert card.sentence.startswith("audits-2026-11-22-1200.csv holds the audits of 2 turns")
    assert card.lines[-1] == "Older ones are left out: a file holds 2 turns or 8 MiB at most."


async def exported(store: SQLiteStore, monkeypatch: pytest.MonkeyPatch, form: str, *, most: int) -> Card:
    monkeypatch.setattr(export, "TURNS", most)
    monkeypatch.setattr("bot.cards.exports.TURNS", most)
    table = commands(store, archive=Growing(numbered(3), numbered(2), numbered(1)))
    return await give(table, "export audits", format=form)
