"""The tokens of chat platforms: read where the configuration says they lie, and refused where they cannot be any."""

from collections.abc import Mapping
from typing import Final

from bot.config import Discord
from bot.errors import ConfigError
from bot.keys import TOKEN, secret

PORTAL: Final = "https://discord.com/developers/applications"
"""Where Discord's applications are made and changed."""


def discord_token(discord: Discord, environ: Mapping[str, str]) -> str:
    """The token of the account. Raises ConfigError if there is none, or what is there is none."""
    token = secret(environ, variable=discord.token_env, file=discord.token_file, key="discord.token_file")
    if token is None:
        raise ConfigError([f"discord: there is no token; {_put(discord)} (it is made at {PORTAL}, on the page “Bot”)"])
    if not TOKEN.fullmatch(token):
        form = "a bot's token, which is three parts joined by dots"
        raise ConfigError([f"discord: {token_place(discord)} does not hold {form}; copy it from {PORTAL}, page “Bot”"])
    return token


def token_place(discord: Discord) -> str:
    """Where the token is looked for."""
    return f"the environment variable {discord.token_env}" if discord.token_file is None else str(discord.token_file)


def _put(discord: Discord) -> str:
    if discord.token_file is None:
        return f"set {discord.token_env} in the environment, or name a file of mode 0600 in token_file"
    return f"put it into {discord.token_file}"
