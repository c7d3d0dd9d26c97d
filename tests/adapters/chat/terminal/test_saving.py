"""Files that come with cards are written for their owner alone, and over nothing that is there."""

import stat
from pathlib import Path

import pytest

from adapters.chat.port import File
from adapters.chat.terminal.saving import save


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_and_its_folder_are_made_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "exports"
    path = save(folder, File(name="audits.csv", data=b"a,b\r\n"))
    assert (path, path.read_bytes()) == (folder / "audits.csv", b"a,b\r\n")
    assert (mode(path), mode(folder)) == (0o600, 0o700)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    paths = [save(tmp_path, File(name="audits.csv", data=data)) for data in (b"1", b"2", b"3")]
    assert [path.name for path in paths] == ["audits.csv", "audits-2.csv", "audits-3.csv"]
    assert [path.read_bytes() for path in paths] == [b"1", b"2", b"3"]


def test_no_name_leads_out_of_the_folder(tmp_path: Path) -> None:
    assert save(tmp_path / "in", File(name="../../out.csv", data=b"")) == tmp_path / "in" / "out.csv"


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "exports").write_text("a file")
    with pytest.raises(OSError, match="exports"):
        save(tmp_path / "exports", File(name="audits.csv", data=b""))
