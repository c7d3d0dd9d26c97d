"""Personas: what a broken profile is told, and which ones there are."""

from pathlib import Path

import pytest

from adapters.screen.libraries import LibraryScreen
from bot.errors import ConfigError, ProfileFileError
from bot.settings.config import Personas
from bot.settings.personas import catalogue, load_profile
from safi.profile import Document, Profile, Rubric, Rule, Value, Wording, digest

VALUE = """
[[values]]
name = "Care"
meaning = "Mind the person."
"""
RULE = """
[[rules]]
id = "no-lies"
text = "Never lie."
"""
HEAD = 'name = "owl"\nworldview = "You are an owl."\n'

BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "not TOML": (
        'name = "owl\n',
        (
            "line 1, column 12: is not valid TOML: illegal character '\\n'; a quote is missing here, or three of them "
            "around text of several lines",
        ),
    ),
    "empty": (
        "",
        (
            "name: is missing; it must be text",
            "worldview: is missing; it must be text",
            "values: is missing; it must be a list of tables",
            "rules: is missing; it must be a list of tables",
        ),
    ),
    "an unknown key": (
        f"world_view = 1\n{HEAD}{VALUE}{RULE}",
        (
            (
                'world_view: unknown key; did you mean "worldview"? Allowed here: beta, fallbacks, knowledge, name, '
                "rules, values, wording, worldview"
            ),
        ),
    ),
    "values as one table": (
        f'{HEAD}[values]\nname = "Care"\n{RULE}',
        ("values: must be a list of tables, not a table",),
    ),
    "values as texts": (f'{HEAD}values = ["Care"]\n{RULE}', ('values[0]: must be a table, not "Care"',)),
    "a weight as text": (
        f'{HEAD}{VALUE}weight = "high"\n{RULE}',
        ('values[0].weight: must be a number, not "high"',),
    ),
    "a negative weight": (
        f"{HEAD}{VALUE}weight = -1\n{RULE}",
        ("values[0].weight: must be a finite number of at least 0, not -1.0",),
    ),
    "a weight beyond numbers": (
        f"{HEAD}{VALUE}weight = 1{'0' * 400}\n{RULE}",
        ("values[0].weight: must be a finite number of at least 0, not inf",),
    ),
    "only weights of nothing": (f"{HEAD}{VALUE}weight = 0\n{RULE}", ("values: at least one weight must be positive",)),
    "half a rubric": (
        f'{HEAD}{VALUE}{VALUE}[values.rubric]\nupheld = "Kind."\nbetrayed = 0\n{RULE}',
        (
            "values[1].rubric.neutral: is missing; it must be text",
            "values[1].rubric.betrayed: must be text, not 0; text stands in quotes",
        ),
    ),
    "an empty anchor": (
        f'{HEAD}{VALUE}[values.rubric]\nupheld = " "\nneutral = "-"\nbetrayed = "Rude."\n{RULE}',
        ("values[0].rubric.upheld: must not be empty",),
    ),
    "a value without meaning": (
        f'{HEAD}[[values]]\nname = "Care"\n{RULE}',
        ("values[0].meaning: is missing; it must be text",),
    ),
    "a value twice": (
        f"{HEAD}{VALUE}{VALUE.replace('Care', 'care')}{RULE}",
        ("values[1].name: 'care' is given twice",),
    ),
    "a name with spaces": (
        f"{HEAD.replace('owl', 'The Owl', 1)}{VALUE}{RULE}",
        ("name: may hold a-z, 0-9 and hyphens, starting with a letter or digit, not 'The Owl'",),
    ),
    "a worldview too long": (
        f'name = "owl"\nworldview = "{"x" * 8001}"\n{VALUE}{RULE}',
        ("worldview: has 8001 characters; at most 8000 are allowed",),
    ),
    "a pattern that is none": (
        f'{HEAD}{VALUE}{RULE}patterns = ["fine", "("]\n',
        ("rules[0].patterns[1]: is not a regular expression: missing ), unterminated subpattern at position 0",),
    ),
    "a pattern that is found everywhere": (
        f'{HEAD}{VALUE}{RULE}patterns = ["x*"]\n',
        ("rules[0].patterns[0]: is found even in an empty text, so it would suppress every answer",),
    ),
    "a pattern as text": (
        f'{HEAD}{VALUE}{RULE}patterns = "x"\n',
        ('rules[0].patterns: must be a list of texts, not "x"',),
    ),
    "a message that is met with nothing": (
        f'{HEAD}{VALUE}{RULE}message_patterns = ["help"]\n',
        ("rules[0].answer_with: is missing; it says what is answered where message_patterns are found",),
    ),
    "too many to stand in": (
        f'fallbacks = ["a", "b", "c", "d", "e"]\n{HEAD}{VALUE}{RULE}',
        ("fallbacks: may hold at most 4 entries, not 5",),
    ),
    "one to stand in twice": (
        f'fallbacks = ["openai", "OpenAI"]\n{HEAD}{VALUE}{RULE}',
        ("fallbacks[1]: 'OpenAI' is given twice",),
    ),
    "a fixed answer of nothing": (
        f'{HEAD}{VALUE}{RULE}answer_with = " "\n',
        ("rules[0].answer_with: must not be empty",),
    ),
    "no rules": (f"rules = []\n{HEAD}{VALUE}", ("rules: must hold between 1 and 50 entries, not 0",)),
    "a memory that never moves": (f"beta = 1\n{HEAD}{VALUE}{RULE}", ("beta: must be at least 0 and below 1, not 1.0",)),
    "words for nothing": (
        f'{HEAD}{VALUE}{RULE}[wording]\nrefused = "No."\n',
        ("wording.refused: unknown key; allowed here: failed, spent, suppressed, unjudged",),
    ),
    "everything at once": (
        f'{HEAD}{VALUE}wieght = 3\n{RULE.replace("no-lies", "No Lies")}[wording]\nfailed = ""\n',
        (
            'values[0].wieght: unknown key; did you mean "weight"? Allowed here: meaning, name, rubric, weight',
            "rules[0].id: may hold a-z, 0-9 and hyphens, starting with a letter or digit, not 'No Lies'",
            "wording.failed: must not be empty",
        ),
    ),
}


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(("text", "messages"), BROKEN.values(), ids=BROKEN)
def test_a_broken_profile_is_told_everything_that_is_wrong_with_it(
    tmp_path: Path, text: str, messages: tuple[str, ...]
):
    file = written(tmp_path, "owl.toml", text)
    with pytest.raises(ProfileFileError) as caught:
        load_profile(file)
    assert caught.value.problems == tuple(f"{file}: {message}" for message in messages)


def test_a_profile_is_read_as_it_stands(tmp_path: Path):
    rubric = '[values.rubric]\nupheld = "Kind."\nneutral = "-"\nbetrayed = "Rude."\n'
    text = f'beta = 0\n{HEAD}{VALUE}weight = 2\n{rubric}{RULE}patterns = ["lie", "fib"]\n[wording]\nfailed = "Hoo."\n'
    assert load_profile(written(tmp_path, "owl.toml", text)) == Profile(
        name="owl",
        worldview="You are an owl.",
        values=(
            Value(
                name="Care",
                meaning="Mind the person.",
                weight=2.0,
                rubric=Rubric(upheld="Kind.", neutral="-", betrayed="Rude."),
            ),
        ),
        rules=(Rule(id="no-lies", text="Never lie.", patterns=("lie", "fib")),),
        wording=Wording(failed="Hoo."),
        beta=0.0,
    )


def test_a_profile_that_is_not_there_is_said_to_be_missing(tmp_path: Path):
    with pytest.raises(ProfileFileError) as caught:
        load_profile(tmp_path / "owl.toml")
    assert caught.value.problems == (f"{tmp_path}/owl.toml: cannot be read: No such file or directory",)


# ------------------------------------------------------------------------------------------------- the catalogue


def test_a_communitys_own_profiles_stand_beside_the_shipped_ones(tmp_path: Path):
    written(tmp_path, "any-name.toml", HEAD + VALUE + RULE)
    written(tmp_path, "notes.txt", "no profile")
    personas = catalogue(Personas(default="owl", folder=tmp_path))
    assert personas.names == ("gamemaster", "librarian", "owl")
    assert personas.default is personas.named("owl")
    assert personas.named("eagle") is None


def test_two_profiles_of_one_name_are_refused(tmp_path: Path):
    file = written(tmp_path, "copy.toml", (HEAD + VALUE + RULE).replace("owl", "librarian", 1))
    with pytest.raises(ProfileFileError) as caught:
        catalogue(Personas(folder=tmp_path))
    (problem,) = caught.value.problems
    assert problem.startswith(f'{file}: name: "librarian" is the name of ')
    assert problem.endswith("librarian.toml already; give one of them another")


def test_the_problems_of_all_profiles_are_told_at_once(tmp_path: Path):
    files = [written(tmp_path, f"{name}.toml", HEAD + VALUE) for name in ("a", "b")]
    with pytest.raises(ProfileFileError) as caught:
        catalogue(Personas(folder=tmp_path))
    assert caught.value.problems == tuple(f"{file}: rules: is missing; it must be a list of tables" for file in files)


def test_a_folder_that_is_none_is_refused(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        catalogue(Personas(folder=tmp_path / "none"))
    assert caught.value.problems == (f"personas.folder: {tmp_path}/none is not a folder",)


def test_a_default_that_nobody_is_called_is_refused_with_the_nearest_name():
    with pytest.raises(ConfigError) as caught:
        catalogue(Personas(default="libarian"))
    assert caught.value.problems == (
        (
            'personas.default: there is no persona "libarian"; did you mean "librarian"? '
            "Allowed here: gamemaster, librarian"
        ),
    )


def with_knowledge(folder: Path, names: str) -> Path:
    return written(folder, "owl.toml", f"knowledge = {names}\n{HEAD}{VALUE}{RULE}")


def test_knowledge_is_taken_in_from_files_beside_the_profile(tmp_path: Path):
    (tmp_path / "docs").mkdir()
    written(tmp_path / "docs", "faq.md", "\ufeffWe meet on Tuesdays.")
    profile = load_profile(with_knowledge(tmp_path, '["docs/faq.md"]'))
    assert profile.knowledge == (Document(name="docs/faq.md", text="We meet on Tuesdays."),)
    before = digest(profile)
    written(tmp_path / "docs", "faq.md", "We meet on Mondays.")
    assert digest(load_profile(tmp_path / "owl.toml")) != before


@pytest.mark.parametrize(
    ("names", "messages"),
    [
        ('"faq.md"', ("knowledge: must be a list of texts: the names of files, from this file's folder",)),
        ("[1]", ("knowledge: must be a list of texts: the names of files, from this file's folder",)),
        ('["no.md"]', ("knowledge[0]: no.md cannot be read: No such file or directory",)),
        ('["."]', ("knowledge[0]: . cannot be read: Is a directory",)),
        (
            '["latin.md", "a\\u0000b"]',
            (
                "knowledge[0]: latin.md is not UTF-8 text",
                "knowledge[1]: embedded null byte",
            ),
        ),
        (
            '["/etc/passwd", "docs/../../x.md"]',
            (
                "knowledge[0]: /etc/passwd is not below this file's folder",
                "knowledge[1]: docs/../../x.md is not below this file's folder",
            ),
        ),
        ('["huge.md"]', ("knowledge[0]: huge.md is too large; at most 40000 characters are allowed",)),
        ('["empty.md"]', ("knowledge[0].text: must not be empty",)),
        ('["long.md"]', ("knowledge[0].text: has 40001 characters; at most 40000 are allowed",)),
        ('["half.md", "other.md"]', ("knowledge: has 40002 characters in all; at most 40000 are allowed",)),
        ('["half.md", "half.md"]', ("knowledge[1].name: 'half.md' is given twice",)),
    ],
)
def test_knowledge_that_cannot_be_used_is_named(tmp_path: Path, names: str, messages: tuple[str, ...]):
    (tmp_path / "latin.md").write_bytes("Größe".encode("latin-1"))
    for name, text in (
        ("empty.md", " "),
        ("long.md", "x" * 40_001),
        ("huge.md", "x" * 160_001),
        ("half.md", "x" * 20_001),
        ("other.md", "y" * 20_001),
    ):
        written(tmp_path, name, text)
    file = with_knowledge(tmp_path, names)
    with pytest.raises(ProfileFileError) as caught:
        load_profile(file)
    assert caught.value.problems == tuple(f"{file}: {message}" for message in messages)


def test_a_pattern_that_cannot_be_searched_for_is_named(tmp_path: Path):
    patterns = 'patterns = ["fine", "x{e"]\nmessage_patterns = ["x{e}"]\nanswer_with = "No."\n'
    file = written(tmp_path, "owl.toml", f"{HEAD}{VALUE}{RULE}{patterns}")
    with pytest.raises(ProfileFileError) as caught:
        load_profile(file, LibraryScreen().problem)
    assert [problem.partition(": ")[2].partition(": ")[0] for problem in caught.value.problems] == [
        "rules[0].patterns[1]",
        "rules[0].message_patterns[0]",
    ]
