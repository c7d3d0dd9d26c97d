"""Functions and files stay as short as the house wants them."""

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
LONGEST_FUNCTION: Final = 50
LONGEST_FILE: Final = 300


class Function(NamedTuple):
    """A function, where it starts, and its length in lines, signature and docstring included."""

    where: str
    lines: int


def test_no_function_is_longer_than_fifty_lines() -> None:
    assert [function for function in functions() if function.lines > LONGEST_FUNCTION] == []


def test_half_of_all_functions_have_six_lines_or_fewer_and_nine_in_ten_twenty() -> None:
    deciles = statistics.quantiles((function.lines for function in functions()), n=10)
    assert deciles[4] <= 6
    assert deciles[8] <= 20


def test_of_twenty_files_nineteen_are_shorter_than_three_hundred_lines() -> None:
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}
    long = sorted(str(path.relative_to(ROOT)) for path, lines in lengths.items() if lines >= LONGEST_FILE)
    assert len(long) <= len(lengths) * 0.05, long


def modules() -> list[Path]:
    """The modules of the three packages."""
    return [path for package in ("safi", "adapters", "bot") for path in (ROOT / package).rglob("*.py")]


def functions() -> Iterator[Function]:
    """Every function of the three packages, methods and inner functions too."""
    for path in modules():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno + 1
                yield Function(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", lines)
