"""The configuration: what each broken file is told."""

from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings.config import Config, load

SECRET = "sk-live-0123456789"
NO_SECRETS = (
    "a secret does not belong in this file; put it into an environment variable and name that in key_env, "
    "or into a file of mode 0600 and name that in key_file"
)
HIDDEN = "what stands there (not shown: it may be a secret)"
TABLES = (
    "allowed here: audits, calls, coaching, deadlines, discord, limits, log, memory, models, personas, prices, "
    "providers, retention, roles, slack, spend, store, tokens"
)
PROVIDER_NAMES = "allowed here: anthropic, ollama, openai"
ROLE_NAMES = "allowed here: anthropic, embedded, ollama, openai"

BROKEN: dict[str, tuple[str, tuple[str, ...]]] = {
    "not TOML": (
        '[store]\npath "x"\n',
        ("line 2, column 6: is not valid TOML: expected '=' after a key in a key/value pair",),
    ),
    "not TOML, at its end": (
        "[store]\npath = ",
        (
            "line 2, column 8: is not valid TOML: invalid value; text stands in quotes, and true and false are "
            "written small",
        ),
    ),
    "a key twice": (
        "[memory]\nhistory = 1\nhistory = 2\n",
        ("line 3, column 12: is not valid TOML: cannot overwrite a value; it, or a table of its name, is given above",),
    ),
    "a number longer than Python reads": (
        f"[memory]\nhistory = {'1' * 5000}\n",
        (("is not valid TOML: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits"),),
    ),
    "an unknown table, nearly right": (
        "[deadline]\nwill = 3\n",
        ((f'deadline: unknown key; did you mean "deadlines"? A{TABLES[1:]}'),),
    ),
    "an unknown key, nearly right": (
        "[memory]\nhistroy = 3\n",
        ('memory.histroy: unknown key; did you mean "history"? Allowed here: characters, history, scope',),
    ),
    "an unknown key like no other": ("[store]\nurl = 3\n", ("store.url: unknown key; allowed here: key_file, path",)),
    "texts that outlive their scores": (
        "[retention]\ntexts_days = 90\nledger_days = 60\n",
        (
            "retention.texts_days: is 90 days, and what is older than 60 goes with its scores; "
            "make it at most retention.ledger_days",
        ),
    ),
    "a key that needs quotes": (
        '[memory]\n"how long" = 3\n',
        ('memory."how long": unknown key; allowed here: characters, history, scope',),
    ),
    "a table where a value belongs": (
        "[memory.scope]\n",
        ('memory.scope: must be "channel" or "persona", not a table',),
    ),
    "a value where a table belongs": ("memory = 8\n", ("memory: must be a table, not 8",)),
    "text where a number belongs": (
        '[memory]\nhistory = "eight"\n',
        ('memory.history: must be a whole number between 0 and 50 (exchanges), not "eight"',),
    ),
    "a fraction where a whole number belongs": (
        "[memory]\nhistory = 8.5\n",
        ("memory.history: must be a whole number between 0 and 50 (exchanges), not 8.5",),
    ),
    "true where a number belongs": (
        "[audits]\nat_once = true\n",
        ("audits.at_once: must be a whole number between 1 and 64, not true",),
    ),
    "a number too large": (
        "[memory]\nhistory = 51\n",
        ("memory.history: must be a whole number between 0 and 50 (exchanges), not 51",),
    ),
    "a number too small": (
        "[deadlines]\nwill = 0\n",
        ("deadlines.will: must be a number between 1 and 120 (seconds), not 0",),
    ),
    "not a number": (
        "[coaching]\nwithhold = nan\n",
        ("coaching.withhold: must be a number between 0 and 0.5, not nan",),
    ),
    "without end": (
        "[deadlines]\nconscience = inf\n",
        ("deadlines.conscience: must be a number between 1 and 1800 (seconds), not inf",),
    ),
    "a date": ("[store]\npath = 2026-01-31\n", ("store.path: must be a path, not 2026-01-31",)),
    "an empty path": ('[store]\npath = " "\n', ('store.path: must be a path, not " "',)),
    "a list": ('[log]\nfile = ["a"]\n', ("log.file: must be a path, not a list",)),
    "none of the choices": (
        '[log]\nlevel = "loud"\n',
        ('log.level: must be "debug" or "info" or "warning" or "error", not "loud"',),
    ),
    "a choice in other letters": (
        '[memory]\nscope = "Channel"\n',
        ('memory.scope: must be "channel" or "persona", not "Channel"',),
    ),
    "a very long text": (
        f'[memory]\nscope = "{"x" * 99}"\n',
        (f'memory.scope: must be "channel" or "persona", not "{"x" * 59}…"',),
    ),
    "a very long number": (
        f"[memory]\nhistory = {'9' * 99}\n",
        (f"memory.history: must be a whole number between 0 and 50 (exchanges), not {'9' * 59}…",),
    ),
    "a role at an unknown provider": (
        '[roles]\nwill = "antropic"\n',
        (f'roles.will: there is no provider "antropic"; did you mean "anthropic"? A{ROLE_NAMES[1:]}',),
    ),
    "a role at nobody's": (
        '[roles]\nintellect = "vllm:x"\n',
        (f'roles.intellect: there is no provider "vllm"; {ROLE_NAMES}',),
    ),
    "a role without a model behind its colon": (
        '[roles]\nwill = "openai:"\n',
        ('roles.will: must be text of the form "provider" or "provider:model-id", not "openai:"',),
    ),
    "a role as a number": (
        "[roles]\nwill = 3\n",
        ('roles.will: must be text of the form "provider" or "provider:model-id", not 3; text stands in quotes',),
    ),
    "an unknown role": (
        '[roles]\nspirit = "openai"\n',
        ("roles.spirit: unknown key; allowed here: conscience, intellect, will",),
    ),
    "model ids for an unknown provider": (
        '[models.opena]\njudge = "x"\n',
        (f'models.opena: there is no provider "opena"; did you mean "openai"? A{PROVIDER_NAMES[1:]}',),
    ),
    "an empty model id": (
        '[models.openai]\njudge = ""\n',
        ('models.openai.judge: must be text without spaces: a model\'s id, not ""',),
    ),
    "models as a value": ('models = "x"\n', ('models: must be a table, not "x"',)),
    "model ids as a value": ('[models]\nopenai = "x"\n', ('models.openai: must be a table, not "x"',)),
    "providers as a value": ("providers = 1\n", ("providers: must be a table, not 1",)),
    "a provider as a value": ("[providers]\nmine = 1\n", ("providers.mine: must be a table, not 1",)),
    "a provider without its parts": (
        "[providers.mine]\n",
        (
            ('providers.mine.api: is missing; it must be "openai" or "anthropic" or "azure" or "bedrock" or "vertex"'),
            "providers.mine.base_url: is missing; it must be the address of the server, starting with http:// or https://",
        ),
    ),
    "a provider with a name of its own kind": (
        '[providers."My Server"]\napi = "openai"\nbase_url = "http://localhost"\n',
        (
            (
                'providers."My Server": must be text in a-z, 0-9, hyphens and underscores, starting with a '
                'letter or digit, not "My Server"'
            ),
        ),
    ),
    "a provider with the embedded model's name": (
        '[providers.embedded]\napi = "openai"\n',
        ("providers.embedded: is the model inside this program and takes no settings; give your server another name",),
    ),
    "an address without its scheme": (
        '[providers.ollama]\nbase_url = "localhost:11434"\n',
        (
            (
                "providers.ollama.base_url: must be text that starts with http:// or https:// and names a server, "
                'not "localhost:11434"'
            ),
        ),
    ),
    "a password in an address": (
        '[providers.openai]\nbase_url = "https://me:hunter2@example.org/v1"\n',
        (f"providers.openai.base_url: must be text without a user name or password, not {HIDDEN}",),
    ),
    "a password in an address that is none": (
        '[providers.openai]\nbase_url = "me:hunter2@example.org"\n',
        (
            (
                "providers.openai.base_url: must be text that starts with http:// or https:// and names a server, "
                f"not {HIDDEN}"
            ),
        ),
    ),
    "a key in the file": (f'[providers.openai]\napi_key = "{SECRET}"\n', (f"providers.openai.api_key: {NO_SECRETS}",)),
    "a token where nobody looks": (f'[log]\ntoken = "{SECRET}"\n', (f"log.token: {NO_SECRETS}",)),
    "a key in place of its variable's name": (
        f'[providers.openai]\nkey_env = "{SECRET}"\n',
        (
            (
                "providers.openai.key_env: must be text that names an environment variable in capitals, as in "
                f"OPENAI_API_KEY, not {HIDDEN}"
            ),
        ),
    ),
    "a number in place of a variable's name": (
        "[providers.openai]\nkey_env = 12345678\n",
        (
            (
                "providers.openai.key_env: must be text that names an environment variable in capitals, as in "
                f"OPENAI_API_KEY, not {HIDDEN}"
            ),
        ),
    ),
    "two places for one key": (
        '[providers.openai]\nkey_env = "A"\nkey_file = "open.key"\n',
        (
            "providers.openai: has both key_env and key_file; leave one out",
            "providers.openai.key_file: {folder}/open.key has mode 0644, so others can read it; set it to 0600",
        ),
    ),
    "a key's file that is not there": (
        '[providers.openai]\nkey_file = "none.key"\n',
        ("providers.openai.key_file: {folder}/none.key cannot be read: No such file or directory",),
    ),
    "a key's file that others can read": (
        '[providers.openai]\nkey_file = "open.key"\n',
        ("providers.openai.key_file: {folder}/open.key has mode 0644, so others can read it; set it to 0600",),
    ),
    "a folder in place of a key's file": (
        '[providers.openai]\nkey_file = "."\n',
        ("providers.openai.key_file: {folder} is not a file",),
    ),
    "everything at once": (
        'colour = 1\n[memory]\nhistory = -1\nscope = 3\n[roles]\nwill = "nobody"\n[tokens]\nanswer = "many"\n',
        (
            (f"colour: unknown key; {TABLES}"),
            'memory.scope: must be "channel" or "persona", not 3',
            "memory.history: must be a whole number between 0 and 50 (exchanges), not -1",
            'tokens.answer: must be a whole number between 50 and 32000 (tokens), not "many"',
            f'roles.will: there is no provider "nobody"; {ROLE_NAMES}',
        ),
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a configuration, beside a key's file that others can read."""
    key = tmp_path / "open.key"
    key.write_text(f"{SECRET}\n", encoding="utf-8")
    key.chmod(0o644)
    return tmp_path / "config.toml"


def loaded(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file)


@pytest.mark.parametrize(("text", "messages"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_told_everything_that_is_wrong_with_it(file: Path, text: str, messages: tuple[str, ...]):
    with pytest.raises(ConfigError) as caught:
        loaded(file, text)
    assert caught.value.problems == tuple(
        f"{file}: {message}".replace("{folder}", str(file.parent)) for message in messages
    )
    assert str(caught.value) == "\n".join(caught.value.problems)
    assert SECRET not in str(caught.value)


def test_a_file_that_is_not_text_is_told_where(file: Path):
    file.write_bytes(b'[store]\npath = "caf\xe9"\n')
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.problems == (f"{file}: line 2, column 12: is not UTF-8 text",)


def test_a_file_that_is_not_there_is_said_to_be_missing(tmp_path: Path):
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config.toml")
    assert caught.value.problems == (f"{tmp_path}/config.toml: cannot be read: No such file or directory",)
