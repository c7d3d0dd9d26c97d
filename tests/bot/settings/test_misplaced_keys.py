"""What somebody who knows no TOML is told of a file: what to write instead, and where a key belongs."""

from pathlib import Path

import pytest

from bot.errors import ConfigError, ProfileFileError
from bot.settings.config import load
from bot.settings.personas import load_profile

INVALID = "is not valid TOML:"

CONFIGS: dict[str, tuple[str, str]] = {
    "text without quotes": (
        "[log]\nlevel = warning\n",
        f"line 2, column 9: {INVALID} invalid value; text stands in quotes, and true and false are written small",
    ),
    "a quote that is missing": (
        '[log]\nlevel = "info\n',
        f"line 2, column 14: {INVALID} illegal character '\\n'; a quote is missing here, or three of them around text "
        "of several lines",
    ),
    "a table twice": (
        "[store]\n[providers.openai]\n[providers.openai]\n",
        f"line 3, column 18: {INVALID} cannot declare [providers.openai] twice",
    ),
    "a path as Windows writes it": (
        '[store]\npath = "state\\safi.db"\n',
        f"line 2, column 16: {INVALID} unescaped '\\' in a string; between single quotes, every character stands for "
        "itself",
    ),
    "an id as a number": (
        "[discord]\nmoderator_roles = [12]\n",
        "discord.moderator_roles[0]: must be text of 15 to 20 digits, which Discord shows in its developer mode, not "
        "12; text stands in quotes",
    ),
    "more than a million": (
        "[spend]\nmonth = 2000000\n",
        "spend.month: must be a number between 0 and 1000000 (dollars), not 2000000",
    ),
    "a key in no table": ("texts_days = 30\n", "texts_days: unknown here; it belongs under [retention]"),
    "a key in another key's table": (
        "[retention]\nanswer = 300\n",
        "retention.answer: unknown here; it belongs under [tokens]",
    ),
    "a key of a platform": (
        "[log]\nrating_buttons = true\n",
        "log.rating_buttons: unknown here; it belongs under [discord] or under [slack.NAME]",
    ),
}

PROFILE = """
name = "owl"
worldview = "Wise."
[[values]]
name = "Care"
meaning = "Be kind."
weight = 1
[values.rubric]
upheld = "Kind."
neutral = "-"
betrayed = "Rude."
[[rules]]
id = "no-codes"
text = "No codes."
"""


@pytest.mark.parametrize(("text", "message"), CONFIGS.values(), ids=CONFIGS)
def test_a_mistake_in_a_configuration_is_told_with_what_to_write(tmp_path: Path, text: str, message: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.problems == (f"{file}: {message}",)


@pytest.mark.parametrize(
    ("line", "home"),
    [
        ("beta = 0.5", "at the top of the file, above the first [table]"),
        ("weight = 2", "under [[values]]"),
        ('upheld = "Kind."', "under [values.rubric]"),
    ],
)
def test_a_key_at_the_end_of_a_profile_is_told_where_it_belongs(tmp_path: Path, line: str, home: str) -> None:
    file = tmp_path / "owl.toml"
    file.write_text(f"{PROFILE}{line}\n", encoding="utf-8")
    with pytest.raises(ProfileFileError) as caught:
        load_profile(file)
    assert caught.value.problems == (f"{file}: rules[0].{line.split(maxsplit=1)[0]}: unknown here; it belongs {home}",)
