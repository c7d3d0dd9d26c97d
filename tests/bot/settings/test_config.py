"""The configuration: what a file may say, and what follows. Broken files: test_config_refused.py."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest
import trustme

from bot.errors import ConfigError
from bot.settings.config import Config, Memory, Roles, load
from bot.settings.platforms import Discord, Slack
from bot.settings.providers import MODELS, PROVIDERS, ModelIds, Provider, key_of

ROOT = Path(__file__).parents[3]
SECRET = "sk-live-0123456789"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a configuration, beside a key's file of mode 0600."""
    key = tmp_path / "own.key"
    key.write_text(f"{SECRET}\n", encoding="utf-8")
    key.chmod(0o600)
    return tmp_path / "config.toml"


def loaded(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_without_a_file_everything_is_at_its_default():
    assert load(None) == Config()


@pytest.mark.parametrize("text", ["", "\ufeff[memory]\r\nhistory = 8\r\n"], ids=["empty", "as Windows writes it"])
def test_a_file_that_says_nothing_new_changes_only_where_paths_start(file: Path, text: str):
    config = loaded(file, text)
    assert config.store.path == file.parent / "state/safi.db"
    assert (config.memory, config.models, config.providers) == (Memory(), MODELS, PROVIDERS)


def test_numbers_at_their_bounds_are_taken_and_whole_ones_become_seconds(file: Path):
    config = loaded(file, "[memory]\nhistory = 0\n[deadlines]\nintellect = 600\nwill = 1\n[coaching]\nwithhold = 0\n")
    assert (config.memory.history, config.deadlines.intellect, config.deadlines.will) == (0, 600.0, 1.0)
    assert isinstance(config.deadlines.intellect, float)
    assert config.coaching.withhold == 0.0


def test_one_model_id_can_be_changed_alone(file: Path):
    config = loaded(file, '[models.openai]\njudge = "gpt-other"\n[models.ollama]\nintellect = "qwen3:8b"\n')
    assert config.models == {
        **MODELS,
        "openai": ModelIds(intellect=MODELS["openai"].intellect, judge="gpt-other"),
        "ollama": ModelIds(intellect="qwen3:8b"),
    }


def test_a_server_of_ones_own_can_take_a_role(file: Path):
    text = '[roles]\nwill = "mine:llama-3:70b"\n[providers.mine]\napi = "openai"\nbase_url = "https://models.example.org/v1"\n'
    config = loaded(file, text)
    assert config.roles == Roles(will="mine:llama-3:70b")
    assert config.providers == {**PROVIDERS, "mine": Provider(api="openai", base_url="https://models.example.org/v1")}


def test_paths_start_at_the_folder_of_the_file(file: Path):
    config = loaded(file, '[store]\npath = "/var/lib/safi.db"\n[personas]\nfolder = "ours"\n[log]\nfile = "a/b.log"\n')
    assert (str(config.store.path), config.personas.folder) == ("/var/lib/safi.db", file.parent / "ours")
    assert config.log.file == file.parent / "a/b.log"


def test_a_keys_file_takes_the_place_of_the_variable(file: Path):
    provider = loaded(file, '[providers.openai]\nkey_file = "own.key"\n').providers["openai"]
    assert provider == replace(PROVIDERS["openai"], key_env=None, key_file=file.parent / "own.key")
    assert key_of(provider, {"OPENAI_API_KEY": "another"}) == SECRET


@pytest.mark.parametrize(
    ("provider", "environ", "key"),
    [
        (PROVIDERS["openai"], {"OPENAI_API_KEY": " k \n"}, "k"),
        (PROVIDERS["openai"], {"OPENAI_API_KEY": " "}, None),
        (PROVIDERS["openai"], {}, None),
        (PROVIDERS["ollama"], {"": "k"}, None),
    ],
)
def test_a_key_is_what_its_variable_holds(provider: Provider, environ: Mapping[str, str], key: str | None):
    assert key_of(provider, environ) == key


def test_a_keys_file_that_was_opened_to_others_is_refused_when_read(file: Path):
    provider = loaded(file, '[providers.openai]\nkey_file = "own.key"\n').providers["openai"]
    (file.parent / "own.key").chmod(0o640)
    with pytest.raises(ConfigError) as caught:
        key_of(provider, {})
    assert caught.value.problems == (
        f"key_file: {file.parent}/own.key has mode 0640, so others can read it; set it to 0600",
    )


# ------------------------------------------------------------------------------------------------- the example

NAMED = ("models", "prices", "providers", "slack")


def test_the_example_is_exactly_the_defaults(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(ROOT)
    assert load(Path("config.example.toml")) == Config()


def test_every_key_stands_in_the_example_and_no_other(tmp_path: Path):
    raw = tomllib.loads(uncommented())
    assert set(keys_of_tables(raw)) == set(keys_of(Config))


def test_every_key_of_the_example_that_is_commented_out_would_load(file: Path):
    (file.parent / "secrets").mkdir()
    (file.parent / "own.key").rename(file.parent / "secrets/my-server.key")
    trustme.CA().cert_pem.write_to_path(str(file.parent / "secrets/my-company.pem"))
    config = loaded(file, without("[a-z_]*(?:token|secret)_file"))
    assert config.roles == Roles(intellect="anthropic", will="openai", conscience="openai")
    assert config.providers.keys() == {*PROVIDERS, "my-server", "my-azure", "my-bedrock", "my-vertex"}
    assert config.discord == Discord()
    assert config.slack == {"acme": Slack(moderators_channel="C0123456789")}


def uncommented() -> str:
    """The example with the settings that stand in comments switched on."""
    text = (ROOT / "config.example.toml").read_text(encoding="utf-8")
    return re.sub(r"^# (?=[a-z_]+ = |\[)", "", text, flags=re.MULTILINE)


def without(key: str) -> str:
    """The same without a key that goes in another's place."""
    return re.sub(rf"^{key} = .*\n", "", uncommented(), flags=re.MULTILINE)


def keys_of(kind: Any, path: str = "") -> Iterator[str]:
    """Every key of the dataclasses; a table of names counts as one whose names are `*`."""
    hints = get_type_hints(kind)
    for field in fields(kind):
        hint, name = hints[field.name], f"{path}{field.name}"
        table = next((each for each in (hint, *get_args(hint)) if is_dataclass(each)), None)
        if field.name in NAMED:
            yield from keys_of(table, f"{name}.*.")
        elif table is not None and not path:
            yield from keys_of(table, f"{name}.")
        else:
            yield name


def keys_of_tables(raw: Mapping[str, Any]) -> Iterator[str]:
    for table, content in raw.items():
        for key, item in content.items():
            if table in NAMED:
                yield from (f"{table}.*.{inner}" for inner in item)
            else:
                yield f"{table}.{key}"
