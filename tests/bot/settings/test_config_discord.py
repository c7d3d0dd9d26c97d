"""The configuration of Discord: what may stand there, what a broken one is told, and where its token is found."""

from pathlib import Path
from typing import Final

import pytest

from bot.errors import ConfigError
from bot.settings.config import load
from bot.settings.platforms import Discord
from bot.settings.tokens import discord_token

SECRET: Final = "sk-live-0123456789"
TOKEN: Final = f"{'A' * 24}.{'b' * 6}.{'c' * 38}"
NO_SECRETS: Final = (
    "a secret does not belong in this file; put it into an environment variable and name that in token_env, "
    "or into a file of mode 0600 and name that in token_file"
)
HIDDEN: Final = "what stands there (not shown: it may be a secret)"
DIGITS: Final = "of 15 to 20 digits, which Discord shows in its developer mode"

BROKEN: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "a token in the file": (
        f'[discord]\ntoken = "{SECRET}"\n',
        (f"discord.token: {NO_SECRETS}",),
    ),
    "a token in place of its variable's name": (
        f'[discord]\ntoken_env = "{SECRET}"\n',
        (
            "discord.token_env: must be text that names an environment variable in capitals, as in OPENAI_API_KEY, "
            f"not {HIDDEN}",
        ),
    ),
    "a token in place of its file": (
        f'[discord]\ntoken_file = "{TOKEN}"\n',
        (f"discord.token_file: must be a path to a file that holds it, not {HIDDEN}",),
    ),
    "two places for one token": (
        '[discord]\ntoken_env = "A"\ntoken_file = "open.key"\n',
        (
            "discord: has both token_env and token_file; leave one out",
            "discord.token_file: {folder}/open.key has mode 0644, so others can read it; set it to 0600",
        ),
    ),
    "no list of channels": (
        '[discord]\nfree_response_channels = "123456789012345678"\n',
        (f'discord.free_response_channels: must be a list of texts {DIGITS}, not "123456789012345678"',),
    ),
    "a role of Discord's as a number": (
        "[discord]\nmoderator_roles = [123456789012345678]\n",
        (f"discord.moderator_roles[0]: must be text {DIGITS}, not 123456789012345678; text stands in quotes",),
    ),
    "a channel by its name": (
        '[discord]\nmoderators_channels = ["#mods"]\n[discord.personas]\ngeneral = "librarian"\n',
        (
            f'discord.moderators_channels[0]: must be text {DIGITS}, not "#mods"',
            f'discord.personas.general: must be text {DIGITS}, not "general"',
        ),
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a configuration, beside a file that others can read, and one that they cannot."""
    for name, mode in (("open.key", 0o644), ("own.token", 0o600)):
        key = tmp_path / name
        key.write_text(f"{TOKEN}\n", encoding="utf-8")
        key.chmod(mode)
    return tmp_path / "config.toml"


def loaded(file: Path, text: str) -> Discord:
    file.write_text(text, encoding="utf-8")
    discord = load(file).discord
    assert discord is not None
    return discord


def test_without_its_table_there_is_no_discord(file: Path) -> None:
    file.write_text("", encoding="utf-8")
    assert load(file).discord is None
    assert load(None).discord is None


def test_an_empty_table_switches_it_on_with_all_defaults(file: Path) -> None:
    discord = loaded(file, "[discord]\n")
    assert discord == Discord()
    assert (discord.direct_messages, discord.free_response_channels, discord.rating_buttons) == (False, (), True)


def test_channels_and_roles_go_by_their_ids(file: Path) -> None:
    lists = 'free_response_channels = ["123456789012345678"]\nmoderator_roles = ["223456789012345678"]\n'
    discord = loaded(file, f'[discord]\n{lists}[discord.personas]\n323456789012345678 = "gamemaster"\n')
    assert discord.free_response_channels == ("123456789012345678",)
    assert discord.moderator_roles == ("223456789012345678",)
    assert discord.personas == {"323456789012345678": "gamemaster"}


@pytest.mark.parametrize(("text", "messages"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_told_everything_that_is_wrong_with_it(
    file: Path, text: str, messages: tuple[str, ...]
) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file)
    assert caught.value.problems == tuple(
        f"{file}: {message}".replace("{folder}", str(file.parent)) for message in messages
    )
    assert SECRET not in str(caught.value)
    assert TOKEN not in str(caught.value)


# ------------------------------------------------------------------------------------------------- the token


def test_the_token_is_what_its_variable_holds() -> None:
    assert discord_token(Discord(), {"DISCORD_TOKEN": f" {TOKEN}\n"}) == TOKEN
    assert discord_token(Discord(token_env="OTHER"), {"OTHER": TOKEN}) == TOKEN


def test_a_tokens_file_goes_before_the_variable(file: Path) -> None:
    discord = loaded(file, '[discord]\ntoken_file = "own.token"\n')
    assert discord_token(discord, {"DISCORD_TOKEN": "another"}) == TOKEN


def test_a_tokens_file_that_was_opened_to_others_is_refused_when_read(file: Path) -> None:
    discord = loaded(file, '[discord]\ntoken_file = "own.token"\n')
    (file.parent / "own.token").chmod(0o640)
    with pytest.raises(ConfigError, match=r"discord.token_file: .* has mode 0640"):
        discord_token(discord, {})


def test_a_token_that_is_not_there_is_told_with_where_it_is_made_and_put(file: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        discord_token(Discord(), {})
    assert str(caught.value) == (
        "discord: there is no token; set DISCORD_TOKEN in the environment, or name a file of mode 0600 in token_file "
        "(it is made at https://discord.com/developers/applications, on the page “Bot”)"
    )
    discord = loaded(file, '[discord]\ntoken_file = "own.token"\n')
    (file.parent / "own.token").write_text("\n")
    with pytest.raises(ConfigError, match=r"there is no token; put it into .*own.token"):
        discord_token(discord, {})


@pytest.mark.parametrize("held", [SECRET, f"Bot {TOKEN}", f"{TOKEN}\n{TOKEN}", "1234567890123456789", "é" * 80])
def test_what_cannot_be_a_token_is_refused_and_not_shown(held: str) -> None:
    with pytest.raises(ConfigError) as caught:
        discord_token(Discord(), {"DISCORD_TOKEN": held})
    assert "the environment variable DISCORD_TOKEN does not hold a Discord bot's token" in str(caught.value)
    assert held not in str(caught.value)


def test_a_tokens_file_that_is_not_text_is_told(file: Path) -> None:
    discord = loaded(file, '[discord]\ntoken_file = "own.token"\n')
    (file.parent / "own.token").write_text(TOKEN, encoding="utf-16")
    with pytest.raises(ConfigError, match=r"own.token is not UTF-8 text"):
        discord_token(discord, {})
