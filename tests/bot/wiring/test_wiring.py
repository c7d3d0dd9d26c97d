"""The wiring: each role of the configuration becomes the right adapter, with the right key, address and bounds."""

from dataclasses import replace
from pathlib import Path

import pytest
from llmock.pytest_plugin import LLMock

from adapters.chat.discord.settings import Settings
from adapters.chat.slack.settings import Settings as SlackSettings
from adapters.chat.slack.settings import Socket, Web
from bot import wiring
from bot.errors import ConfigError
from bot.settings.choice import Choice, ModelRef
from bot.settings.config import Calls, Config
from bot.settings.platforms import Discord, Slack
from bot.settings.providers import MODELS, PROVIDERS, ModelIds, Provider
from bot.settings.tokens import Secrets
from bot.wiring.chat import discord_settings, slack_settings
from tests.adapters.llm.guarding import QUESTION, FakeAccounts

KEYS = {"ANTHROPIC_API_KEY": "sk-ant-test", "OPENAI_API_KEY": "sk-test"}


def choice(intellect: str, will: str, conscience: str) -> Choice:
    refs = [ModelRef(provider=text.partition(":")[0], model=text.partition(":")[2]) for text in (intellect, will)]
    last = ModelRef(provider=conscience.partition(":")[0], model=conscience.partition(":")[2])
    return Choice(intellect=refs[0], will=refs[1], conscience=last, reason="because")


async def test_every_faculty_gets_its_own_model_of_its_own_vendor() -> None:
    async with wiring.open_models(choice("anthropic:a", "openai:b", "ollama:c"), Config(), KEYS) as models:
        assert [model.name for model in (models.intellect, models.will, models.conscience)] == [
            "anthropic:a",
            "openai:b",
            "ollama:c",
        ]
        assert models.line.endswith("(because).")


async def test_a_server_of_ones_own_needs_no_key(tmp_path: Path) -> None:
    mine = Provider(api="openai", base_url="http://127.0.0.1:9/v1")
    config = replace(Config(), providers={**PROVIDERS, "mine": mine})
    async with wiring.open_models(choice("mine:a", "mine:b", "mine:b"), config, {}) as models:
        assert models.will.name == "mine:b"


async def test_a_key_file_that_others_can_read_is_refused_when_it_is_used(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-secret")
    file.chmod(0o644)
    config = replace(Config(), providers={**PROVIDERS, "mine": Provider(api="anthropic", key_file=file)})
    with pytest.raises(ConfigError, match="mode 0644"):
        async with wiring.open_models(choice("mine:a", "mine:b", "mine:b"), config, {}):
            raise AssertionError


async def test_every_interface_has_its_adapter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "k")
    clouds = {
        "az": Provider(api="azure", base_url="https://mine.openai.azure.com", key_env="OPENAI_API_KEY"),
        "aws": Provider(api="bedrock", region="eu-west-1"),
        "google": Provider(api="vertex", region="eu", project="p-1"),
    }
    config = replace(Config(), providers={**PROVIDERS, **clouds})
    async with wiring.open_models(choice("az:a", "aws:b", "google:c"), config, KEYS) as models:
        assert [model.name for model in (models.intellect, models.will, models.conscience)] == [
            "az:a",
            "aws:b",
            "google:c",
        ]


@pytest.mark.parametrize(
    ("provider", "problem"),
    [
        (Provider(api="vertex", region="eu"), "Vertex AI needs a project: "),
        (Provider(api="openai", ca_file=Path("/nowhere.pem")), "the proxy or the certificates cannot be used: "),
    ],
)
async def test_what_an_adapter_lacks_is_told_as_a_problem_of_its_provider(
    provider: Provider, problem: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("ANTHROPIC_VERTEX_PROJECT_ID", raising=False)
    config = replace(Config(), providers={**PROVIDERS, "mine": provider})
    with pytest.raises(ConfigError, match=f"providers.mine: {problem}"):
        async with wiring.open_models(choice("mine:a", "mine:b", "mine:b"), config, {}):
            raise AssertionError


def test_discord_is_set_up_as_the_configuration_has_it() -> None:
    config = Discord(
        direct_messages=True,
        free_response_channels=("123456789012345678",),
        moderator_roles=("223456789012345678",),
        moderators_channels=("323456789012345678",),
        rating_buttons=False,
    )
    token = f"{'A' * 24}.{'b' * 6}.{'c' * 38}"
    settings = discord_settings(config, {"DISCORD_TOKEN": token})
    assert settings == Settings(
        token=token,
        direct_messages=True,
        free_response=frozenset({123456789012345678}),
        moderator_roles=frozenset({223456789012345678}),
        moderators=frozenset({323456789012345678}),
        rating_buttons=False,
    )
    assert token not in repr(settings)


def test_slack_is_set_up_as_the_configuration_has_it() -> None:
    config = Slack(
        mode="http",
        listen="[::1]:8080",
        direct_messages=True,
        follow_threads=True,
        free_response_channels=("C0123456789",),
        moderators=("U0123456789",),
        moderator_groups=("S0123456789",),
        moderators_channel="C1123456789",
        shared_channels=True,
        guests=True,
        read_files=True,
        rating_buttons=False,
    )
    settings = slack_settings("acme", config, Secrets(bot="xoxb-0", line="5ec2e7"))
    assert settings == SlackSettings(
        name="acme",
        bot_token="xoxb-0",
        line=Web(host="::1", port=8080, secret="5ec2e7"),
        direct_messages=True,
        follow_threads=True,
        free_response=frozenset({"C0123456789"}),
        moderators=frozenset({"U0123456789"}),
        moderator_groups=frozenset({"S0123456789"}),
        moderators_channel="C1123456789",
        shared_channels=True,
        guests=True,
        read_files=True,
        rating_buttons=False,
    )
    assert "xoxb-0" not in repr(settings)
    assert "5ec2e7" not in repr(settings)
    socket = slack_settings("beta", Slack(), Secrets(bot="xoxb-0", line="xapp-0"))
    assert socket == SlackSettings(name="beta", bot_token="xoxb-0", line=Socket(token="xapp-0"))


@pytest.mark.slow
async def test_the_practice_model_serves_all_roles_from_one_server_and_ends_with_them() -> None:
    small = choice("embedded:x", "embedded:x", "embedded:x")
    async with wiring.open_models(small, Config(), {}) as models:
        assert {model.name for model in (models.intellect, models.will, models.conscience)} == {
            "embedded:SmolLM2-135M-Instruct"
        }


def test_an_ollama_is_looked_for_where_its_own_variable_or_the_configuration_says() -> None:
    nowhere = replace(
        Config(), providers={**PROVIDERS, "ollama": replace(PROVIDERS["ollama"], base_url="http://127.0.0.1:9/v1")}
    )
    assert wiring.ollama_models(nowhere, {}) is None
    assert wiring.ollama_models(Config(), {"OLLAMA_HOST": "127.0.0.1:9"}) is None
    assert wiring.ollama_models(Config(), {"OLLAMA_HOST": "models.example.org"}) is None


async def test_an_ollama_on_another_machine_is_asked_only_where_the_configuration_names_it() -> None:
    with pytest.raises(ConfigError, match="OLLAMA_HOST names another machine; to ask it, "):
        async with wiring.open_models(choice("ollama:a", "ollama:b", "ollama:b"), Config(), {"OLLAMA_HOST": "gpu:1"}):
            raise AssertionError


@pytest.mark.parametrize(("api", "variable"), [("openai", "OPENAI_BASE_URL"), ("anthropic", "ANTHROPIC_BASE_URL")])
async def test_the_usual_variable_says_where_a_vendors_interface_is(api: str, variable: str, llmock: LLMock) -> None:
    environ = {**KEYS, variable: llmock.base_url("anthropic" if api == "anthropic" else "openai")}
    async with wiring.open_models(choice(f"{api}:a", f"{api}:b", f"{api}:b"), Config(), environ) as models:
        await models.intellect.ask(QUESTION)
    assert [record.body["model"] for record in llmock.requests] == ["a"]


async def test_calls_are_noted_and_a_listed_provider_stands_in(llmock: LLMock) -> None:
    llmock.fail(401, model="first", times=None)
    mine = Provider(api="openai", base_url=llmock.base_url())
    config = replace(
        Config(),
        providers={**PROVIDERS, "mine": mine, "spare": mine},
        models={**MODELS, "spare": ModelIds(intellect="second")},
    )
    accounts, chosen = FakeAccounts(), choice("mine:first", "mine:b", "mine:b")
    async with wiring.open_models(chosen, config, {}, accounts=accounts, fallbacks=["spare"]) as models:
        reply = await models.intellect.ask(replace(QUESTION, instead=("spare",)))
    assert (reply.usage.model, reply.usage.instead_of, reply.usage.cost) == ("spare:second", "mine:first", None)
    assert accounts.fates == ["model_misconfigured", "answered"]


@pytest.mark.parametrize("stream", [True, False])
async def test_the_first_token_is_timed_where_replies_are_streamed(stream: bool, llmock: LLMock) -> None:
    mine = Provider(api="openai", base_url=llmock.base_url())
    config = replace(Config(), providers={**PROVIDERS, "mine": mine}, calls=Calls(stream=stream))
    async with wiring.open_models(choice("mine:a", "mine:b", "mine:b"), config, {}) as models:
        reply = await models.intellect.ask(QUESTION)
    assert (reply.usage.first_token is not None) is stream
