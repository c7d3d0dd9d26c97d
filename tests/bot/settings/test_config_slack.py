"""The configuration of Slack: what may stand there, what a broken one is told, and where its secrets are found."""

from pathlib import Path
from typing import Final

import pytest

from bot.errors import ConfigError
from bot.settings.config import Config, load
from bot.settings.platforms import Given, Slack
from bot.settings.tokens import Secrets, require_tokens, slack_secrets

BOT: Final = "xoxb-0123456789-abcdefghij"
APP: Final = "xapp-1-A0123456789-abcdefghij"
SECRET: Final = "0123456789abcdef" * 2
DISCORD: Final = f"{'A' * 24}.{'b' * 6}.{'c' * 38}"
HELD: Final = {"SLACK_BOT_TOKEN": BOT, "SLACK_APP_TOKEN": APP, "SLACK_SIGNING_SECRET": SECRET}

HIDDEN: Final = "what stands there (not shown: it may be a secret)"
CHANNEL: Final = "of the form C0123456789, a channel's id (at the end of its details)"
MEMBER: Final = "of the form U0123456789, a member's id (their profile copies it)"
GROUP: Final = "of the form S0123456789, a user group's id (in its page's address)"
ADDRESS: Final = "of the form host:port, with a port from 1 to 65535"
OTHER: Final = 'bot_token_env = "BETA_BOT"\n'
NAMED: Final = f'[slack.beta]\n{OTHER}app_token_env = "BETA_APP"\n'


def no_secrets(kind: str) -> str:
    return (
        f"a secret does not belong in this file; put it into an environment variable and name that in {kind}_env, "
        f"or into a file of mode 0600 and name that in {kind}_file"
    )


BROKEN: Final[dict[str, tuple[str, tuple[str, ...]]]] = {
    "tokens in the file": (
        f'[slack.acme]\nbot_token = "{BOT}"\napp_token = "{APP}"\nsigning_secret = "{SECRET}"\n',
        (
            f"slack.acme.bot_token: {no_secrets('bot_token')}",
            f"slack.acme.app_token: {no_secrets('app_token')}",
            f"slack.acme.signing_secret: {no_secrets('signing_secret')}",
        ),
    ),
    "a token in place of its variable's name": (
        f'[slack.acme]\napp_token_env = "{APP}"\n',
        (
            "slack.acme.app_token_env: must be text that names an environment variable in capitals, as in "
            f"OPENAI_API_KEY, not {HIDDEN}",
        ),
    ),
    "secrets in place of their files": (
        f'[slack.acme]\nbot_token_file = "{BOT}"\nsigning_secret_file = "{SECRET}"\n',
        (
            f"slack.acme.bot_token_file: must be a path to a file that holds it, not {HIDDEN}",
            f"slack.acme.signing_secret_file: must be a path to a file that holds it, not {HIDDEN}",
        ),
    ),
    "two places for one token": (
        '[slack.acme]\napp_token_env = "A"\napp_token_file = "open.key"\n',
        (
            "slack.acme: has both app_token_env and app_token_file; leave one out",
            "slack.acme.app_token_file: {folder}/open.key has mode 0644, so others can read it; set it to 0600",
        ),
    ),
    "no name for the workspace": (
        f'[slack]\nmode = "http"\nbot_token = "{BOT}"\n',
        (
            "slack: mode, bot_token stand in no workspace's table; write [slack.NAME] above, with a name of your own "
            "for the workspace",
        ),
    ),
    "Slack as something else than tables": ("slack = 1\n", ("slack: must be a table, not 1",)),
    "a name that is no name": (
        "[slack.Acme]\n",
        ('slack.Acme: must be text in a-z, 0-9, hyphens and underscores, starting with a letter or digit, not "Acme"',),
    ),
    "channels by their names": (
        '[slack.acme]\nfree_response_channels = ["#general"]\nmoderators_channel = "mods"\n'
        '[slack.acme.personas]\ngeneral = "librarian"\n',
        (
            f'slack.acme.free_response_channels[0]: must be text {CHANNEL}, not "#general"',
            f'slack.acme.moderators_channel: must be text {CHANNEL}, not "mods"',
            f'slack.acme.personas.general: must be text {CHANNEL}, not "general"',
        ),
    ),
    "people and groups by their names": (
        '[slack.acme]\nmoderators = ["ann"]\nmoderator_groups = ["U0123456789"]\n',
        (
            f'slack.acme.moderators[0]: must be text {MEMBER}, not "ann"',
            f'slack.acme.moderator_groups[0]: must be text {GROUP}, not "U0123456789"',
        ),
    ),
    "an address without a port": (
        '[slack.acme]\nlisten = "127.0.0.1"\n',
        (f'slack.acme.listen: must be text {ADDRESS}, not "127.0.0.1"',),
    ),
    "a port that there is not": (
        '[slack.acme]\nlisten = "127.0.0.1:70000"\n',
        (f'slack.acme.listen: must be text {ADDRESS}, not "127.0.0.1:70000"',),
    ),
    "another mode": ('[slack.acme]\nmode = "rtm"\n', ('slack.acme.mode: must be "socket" or "http", not "rtm"',)),
    "two workspaces with the variables of one": (
        f"[slack.acme]\n[slack.beta]\n{OTHER}",
        ("slack.beta.app_token_env: is SLACK_APP_TOKEN, as for slack.acme; each workspace needs its own",),
    ),
    "two workspaces at one address": (
        f'[slack.acme]\nmode = "http"\n[slack.beta]\nmode = "http"\n{OTHER}',
        (
            "slack.beta.signing_secret_env: is SLACK_SIGNING_SECRET, as for slack.acme; each workspace needs its own",
            "slack.beta.listen: is 127.0.0.1:3000, as for slack.acme; each workspace needs its own",
        ),
    ),
    "two workspaces with one file": (
        '[slack.acme]\nbot_token_file = "own.key"\n[slack.beta]\nbot_token_file = "own.key"\napp_token_env = "BETA"\n',
        ("slack.beta.bot_token_file: is {folder}/own.key, as for slack.acme; each workspace needs its own",),
    ),
    "a shared channel with two personas": (
        f'[slack.acme.personas]\nC0123456789 = "librarian"\n{NAMED}[slack.beta.personas]\nC0123456789 = "gamemaster"\n',
        ("slack.beta.personas.C0123456789: slack.acme says otherwise; say the same in both",),
    ),
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a configuration, beside a file that others can read, and one that they cannot."""
    for name, mode in (("open.key", 0o644), ("own.key", 0o600)):
        key = tmp_path / name
        key.write_text(f"{BOT}\n", encoding="utf-8")
        key.chmod(mode)
    return tmp_path / "config.toml"


def loaded(file: Path, text: str) -> Config:
    file.write_text(text, encoding="utf-8")
    return load(file)


def test_without_a_table_there_is_no_slack(file: Path) -> None:
    assert loaded(file, "").slack == {}
    assert load(None).slack == {}


def test_an_empty_table_switches_it_on_with_all_defaults(file: Path) -> None:
    assert loaded(file, "[slack.acme]\n").slack == {"acme": Slack()}


def test_several_workspaces_have_tables_and_tokens_of_their_own(file: Path) -> None:
    config = loaded(file, f'[slack.acme]\nmode = "http"\nlisten = "[::1]:8080"\n{NAMED}')
    assert config.slack == {
        "acme": Slack(mode="http", listen="[::1]:8080"),
        "beta": Slack(bot_token_env="BETA_BOT", app_token_env="BETA_APP"),
    }


def test_two_workspaces_may_say_the_same_of_a_channel_that_they_share(file: Path) -> None:
    same = 'personas = { "C0123456789" = "gamemaster" }\n'
    config = loaded(file, f"[slack.acme]\n{same}{NAMED}{same}[discord.personas]\n123456789012345678 = 'librarian'\n")
    assert config.given == (
        Given(key="discord.personas.123456789012345678", channel="123456789012345678", persona="librarian"),
        Given(key="slack.acme.personas.C0123456789", channel="C0123456789", persona="gamemaster"),
        Given(key="slack.beta.personas.C0123456789", channel="C0123456789", persona="gamemaster"),
    )


@pytest.mark.parametrize(("text", "messages"), BROKEN.values(), ids=BROKEN)
def test_a_broken_table_is_told_everything_that_is_wrong_with_it_and_no_secret_is_shown(
    file: Path, text: str, messages: tuple[str, ...]
) -> None:
    with pytest.raises(ConfigError) as caught:
        loaded(file, text)
    assert caught.value.problems == tuple(
        f"{file}: {message}".replace("{folder}", str(file.parent)) for message in messages
    )
    assert not any(secret in str(caught.value) for secret in (BOT, APP, SECRET))


# ----------------------------------------------------------------------------------------------------- the secrets


def test_by_socket_the_app_token_is_read_and_by_http_the_signing_secret() -> None:
    assert slack_secrets("acme", Slack(), HELD) == Secrets(bot=BOT, line=APP)
    assert slack_secrets("acme", Slack(mode="http"), HELD) == Secrets(bot=BOT, line=SECRET)
    assert BOT not in repr(slack_secrets("acme", Slack(), HELD))


def test_a_file_goes_before_the_variable(file: Path) -> None:
    slack = loaded(file, '[slack.acme]\nbot_token_file = "own.key"\n').slack["acme"]
    assert slack_secrets("acme", slack, HELD | {"SLACK_BOT_TOKEN": "another"}).bot == BOT


def test_a_file_that_was_opened_to_others_is_refused_when_read(file: Path) -> None:
    slack = loaded(file, '[slack.acme]\nbot_token_file = "own.key"\n').slack["acme"]
    (file.parent / "own.key").chmod(0o640)
    with pytest.raises(ConfigError, match=r"slack.acme.bot_token_file: .* has mode 0640"):
        slack_secrets("acme", slack, HELD)


def test_what_is_not_there_is_told_together_with_where_it_is_made_and_put() -> None:
    with pytest.raises(ConfigError) as caught:
        slack_secrets("acme", Slack(), {})
    put = "in the environment, or name a file of mode 0600 in"
    assert caught.value.problems == (
        f"slack.acme: there is no bot token; set SLACK_BOT_TOKEN {put} bot_token_file (it is made at "
        "https://api.slack.com/apps, on the page “OAuth & Permissions”)",
        f"slack.acme: there is no app token; set SLACK_APP_TOKEN {put} app_token_file (it is made at "
        "https://api.slack.com/apps, on the page “Basic Information”, under App-Level Tokens, with the scope "
        "connections:write)",
    )
    with pytest.raises(ConfigError, match="there is no signing secret; set SLACK_SIGNING_SECRET in the environment"):
        slack_secrets("acme", Slack(mode="http"), {"SLACK_BOT_TOKEN": BOT})


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (APP, "holds an app token, which begins with xapp-, and not a bot token, which begins with xoxb-"),
        (SECRET, "holds a signing secret, which is 32 hexadecimal digits, and not a bot token"),
        (DISCORD, "holds a Discord bot's token, which is three parts joined by dots, and not a bot token"),
        (BOT.replace("xoxb", "xoxp"), "holds a user's token, which begins with xoxp-, and not a bot token"),
        (
            f"xoxe.{BOT}",
            "holds a token that expires, since token rotation is on, and not a bot token, which begins with xoxb-; "
            "make the app anew with `safi-bot setup slack`, since rotation cannot be switched off again",
        ),
        ("xoxb-é", "does not hold a bot token, which begins with xoxb-; copy it from https://api.slack.com/apps, page"),
    ],
)
def test_what_looks_like_another_kind_of_token_is_named_and_not_shown(held: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        slack_secrets("acme", Slack(), HELD | {"SLACK_BOT_TOKEN": held})
    assert f"slack.acme: the environment variable SLACK_BOT_TOKEN {words}" in str(caught.value)
    assert held not in str(caught.value)


def test_a_slack_token_in_discords_place_is_named_too(file: Path) -> None:
    with pytest.raises(ConfigError, match="discord: the environment variable DISCORD_TOKEN holds a bot token, which"):
        require_tokens(loaded(file, "[discord]\n"), {"DISCORD_TOKEN": BOT})


def test_everything_that_any_platform_lacks_is_told_at_once(file: Path) -> None:
    config = loaded(file, f"[discord]\n[slack.acme]\n{NAMED}")
    with pytest.raises(ConfigError) as caught:
        require_tokens(config, {"BETA_BOT": APP, "BETA_APP": APP, "SLACK_BOT_TOKEN": BOT})
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["discord", "slack.acme", "slack.beta"]


def test_two_workspaces_with_the_same_token_are_refused_by_their_names(file: Path) -> None:
    config = loaded(file, f"[slack.acme]\n{NAMED}")
    with pytest.raises(ConfigError) as caught:
        require_tokens(config, HELD | {"BETA_BOT": BOT, "BETA_APP": APP})
    assert caught.value.problems == (
        "slack.beta: has the same bot token as slack.acme; each workspace has an app of its own",
        "slack.beta: has the same app token as slack.acme; each workspace has an app of its own",
    )
    require_tokens(config, HELD | {"BETA_BOT": f"{BOT}x", "BETA_APP": f"{APP}x"})
