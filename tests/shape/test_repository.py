"""What the repository says of itself is true, and says nothing of the machines it was written on."""

import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
HIDDEN_BUT_OURS: Final = {".ci", ".dockerignore", ".gitignore"}
NOT_OURS: Final = {"__pycache__", "build", "dist", "htmlcov", "state", "config.toml"}

# None of these finds its own source: the brackets stand in the way.
PRIVATE: Final = {
    "a package index's address": re.compile("pypi[.]|pythonhosted[.]|npmjs[.]", re.IGNORECASE),
    "a folder of one machine": re.compile(r"(?<![\w.$}])/(work|root|tmp)/(?=\w)"),
}


@pytest.mark.parametrize("secret", PRIVATE)
def test_no_file_names(secret: str) -> None:
    assert [path for path, text in texts().items() if PRIVATE[secret].search(text)] == []


def test_the_search_for_such_names_finds_them() -> None:
    assert PRIVATE["a package index's address"].search("https://" + "pypi" + ".org/simple")
    assert PRIVATE["a folder of one machine"].search("see " + "/".join(["", "tmp", "notes"]))
    assert not PRIVATE["a folder of one machine"].search("tmpfs: [/tmp], then ./work/notes")


def test_make_help_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    assert sorted(phony[1].split()) == sorted(re.findall(r"^([a-z-]+):.*## \S", makefile, re.MULTILINE))


def test_every_make_command_in_the_documentation_exists() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    for path, text in texts().items():
        if path.suffix == ".md":
            assert set(re.findall(r"(?:^|`|[|&;] *)make ([a-z-]+)", text, re.MULTILINE)) <= targets, path


def test_the_package_holds_its_data_files() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packed = settings["tool"]["setuptools"]["package-data"]["*"]
    for path in texts():
        if path.parts[0] in {"safi", "adapters", "bot"} and path.suffix not in {".py", ".md"}:
            assert any(fnmatch(path.name, pattern) for pattern in packed), path


def texts() -> dict[Path, str]:
    """Every file of ours, by its path below the root, as text; a picture is unreadable and stands as such."""
    top = [path for path in ROOT.iterdir() if ours(path.relative_to(ROOT))]
    within = [path for folder in top for path in folder.rglob("*") if ours(path.relative_to(ROOT))]
    return {path.relative_to(ROOT): path.read_text(errors="replace") for path in top + within if path.is_file()}


def ours(path: Path) -> bool:
    """Whether a path below the root leads to a file that we wrote: no tool's, no cache's, and no user's."""
    hidden = any(part.startswith(".") and part not in HIDDEN_BUT_OURS for part in path.parts)
    made = any(part in NOT_OURS or part.endswith((".egg-info", ".db", ".db-wal", ".db-shm")) for part in path.parts)
    return not hidden and not made
