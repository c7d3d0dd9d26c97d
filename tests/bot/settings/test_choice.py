"""The choice of models: from the configuration, from keys that are there, from Ollama, or the embedded one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.errors import ConfigError
from bot.settings.choice import Choice, ModelRef, choose
from bot.settings.config import MODELS, PROVIDERS, Config, ModelIds, Provider, Roles

BOTH = {"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "o"}
SMALL = "embedded:SmolLM2-135M-Instruct"
CLAUDE, HAIKU = "anthropic:claude-sonnet-5-5", "anthropic:claude-haiku-5-5"
SOL, TERRA = "openai:gpt-6.1-sol", "openai:gpt-6.1-terra"
MINE = Provider(api="openai", base_url="http://127.0.0.1:8000/v1")

PRACTICE = (
    "The embedded model is a tiny practice model: it shows the machinery, and its audits mean nothing. "
    "For real answers, set ANTHROPIC_API_KEY or OPENAI_API_KEY, or start Ollama with a model."
)
SAME = "Author and judge are the same model, so it judges its own answers; give it a second model to judge."
EMPTY = "Ollama answers on this machine but has no chat model; fetch one with `ollama pull`."


def only(vendor: str, other: str) -> str:
    return (
        f"Only {vendor} has a key, so one vendor both answers and judges; set {other} as well and another will judge."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is configured and found, and what comes of it."""

    models: tuple[str, str, str]
    line: str
    warnings: tuple[str, ...] = ()
    config: Config = field(default_factory=Config)
    environ: Mapping[str, str] = field(default_factory=dict[str, str])
    ollama: Sequence[str] | None = None


def with_roles(**roles: str) -> Config:
    return Config(roles=Roles(**roles), providers={**PROVIDERS, "mine": MINE})


CASES = {
    "nothing at all": Case(
        models=(SMALL, SMALL, SMALL),
        line=f"Intellect, Will and Conscience on {SMALL} (no key and no other model was found).",
        warnings=(PRACTICE,),
    ),
    "an Ollama without models": Case(
        ollama=(),
        models=(SMALL, SMALL, SMALL),
        line=f"Intellect, Will and Conscience on {SMALL} (no key and no other model was found).",
        warnings=(PRACTICE, EMPTY),
    ),
    "an Ollama that can only embed": Case(
        ollama=("nomic-embed-text:latest",),
        models=(SMALL, SMALL, SMALL),
        line=f"Intellect, Will and Conscience on {SMALL} (no key and no other model was found).",
        warnings=(PRACTICE, EMPTY),
    ),
    "an Ollama with one model": Case(
        ollama=("qwen3:8b", "nomic-embed-text"),
        models=("ollama:qwen3:8b", "ollama:qwen3:8b", "ollama:qwen3:8b"),
        line="Intellect, Will and Conscience on ollama:qwen3:8b (Ollama answers on this machine).",
        warnings=(SAME,),
    ),
    "an Ollama with three models": Case(
        ollama=("qwen3:8b", "gemma3:4b", "phi4"),
        models=("ollama:qwen3:8b", "ollama:gemma3:4b", "ollama:gemma3:4b"),
        line="Intellect on ollama:qwen3:8b; Will and Conscience on ollama:gemma3:4b (Ollama answers on this machine).",
    ),
    "an Ollama whose judge is named in the table": Case(
        config=Config(models={**MODELS, "ollama": ModelIds(judge="phi4")}),
        ollama=("qwen3:8b", "gemma3:4b", "phi4"),
        models=("ollama:qwen3:8b", "ollama:phi4", "ollama:phi4"),
        line="Intellect on ollama:qwen3:8b; Will and Conscience on ollama:phi4 (Ollama answers on this machine).",
    ),
    "both vendors, and an Ollama": Case(
        environ=BOTH,
        ollama=("qwen3:8b",),
        models=(CLAUDE, TERRA, TERRA),
        line=f"Intellect on {CLAUDE}; Will and Conscience on {TERRA} (anthropic and openai have keys here).",
    ),
    "Anthropic alone": Case(
        environ={"ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": " "},
        models=(CLAUDE, HAIKU, HAIKU),
        line=f"Intellect on {CLAUDE}; Will and Conscience on {HAIKU} (anthropic has a key here).",
        warnings=(only("anthropic", "OPENAI_API_KEY"),),
    ),
    "OpenAI alone": Case(
        environ={"OPENAI_API_KEY": "o"},
        models=(SOL, TERRA, TERRA),
        line=f"Intellect on {SOL}; Will and Conscience on {TERRA} (openai has a key here).",
        warnings=(only("openai", "ANTHROPIC_API_KEY"),),
    ),
    "all roles named": Case(
        config=with_roles(intellect="openai", will="anthropic:claude-opus-5-5", conscience="mine:judge:7b"),
        environ=BOTH,
        models=(SOL, "anthropic:claude-opus-5-5", "mine:judge:7b"),
        line=f"Intellect on {SOL}; Will on anthropic:claude-opus-5-5; Conscience on mine:judge:7b (as configured).",
    ),
    "the Intellect alone named: the judges stay with its provider": Case(
        config=with_roles(intellect="anthropic:claude-opus-5-5"),
        environ=BOTH,
        models=("anthropic:claude-opus-5-5", HAIKU, HAIKU),
        line=f"Intellect on anthropic:claude-opus-5-5; Will and Conscience on {HAIKU} (as configured).",
    ),
    "the Will alone named: the Conscience takes its model, the Intellect its provider": Case(
        config=with_roles(will="openai:gpt-5.5"),
        environ=BOTH,
        models=(SOL, "openai:gpt-5.5", "openai:gpt-5.5"),
        line=f"Intellect on {SOL}; Will and Conscience on openai:gpt-5.5 (as configured).",
    ),
    "the Conscience and the Intellect named": Case(
        config=with_roles(intellect="anthropic", conscience="openai"),
        environ=BOTH,
        models=(CLAUDE, TERRA, TERRA),
        line=f"Intellect on {CLAUDE}; Will and Conscience on {TERRA} (as configured).",
    ),
    "one model in every role": Case(
        config=with_roles(intellect="mine:m", will="mine:m"),
        models=("mine:m", "mine:m", "mine:m"),
        line="Intellect, Will and Conscience on mine:m (as configured).",
        warnings=(SAME,),
    ),
    "the embedded model by name, whatever else is there": Case(
        config=with_roles(intellect="embedded"),
        environ=BOTH,
        models=(SMALL, SMALL, SMALL),
        line=f"Intellect, Will and Conscience on {SMALL} (as configured).",
        warnings=(PRACTICE,),
    ),
    "an Ollama by name": Case(
        config=with_roles(intellect="ollama:phi4", will="ollama"),
        environ=BOTH,
        ollama=("qwen3:8b", "gemma3:4b"),
        models=("ollama:phi4", "ollama:gemma3:4b", "ollama:gemma3:4b"),
        line="Intellect on ollama:phi4; Will and Conscience on ollama:gemma3:4b (as configured).",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_faculty_gets_its_model_and_the_choice_is_said_in_one_line(case: Case):
    choice = choose(case.config, case.environ, case.ollama)
    assert tuple(map(str, (choice.intellect, choice.will, choice.conscience))) == case.models
    assert choice.line == case.line
    assert choice.warnings == case.warnings


REFUSED: dict[str, tuple[Config, Sequence[str] | None, tuple[str, ...]]] = {
    "a vendor without a key, once for all roles that follow it": (
        with_roles(intellect="openai"),
        None,
        ("roles.intellect: openai has no key; set OPENAI_API_KEY in the environment",),
    ),
    "two vendors without keys": (
        with_roles(intellect="anthropic", will="openai"),
        None,
        (
            "roles.intellect: anthropic has no key; set ANTHROPIC_API_KEY in the environment",
            "roles.will: openai has no key; set OPENAI_API_KEY in the environment",
        ),
    ),
    "an unknown provider": (
        with_roles(will="nobody:x", intellect="embedded"),
        None,
        ('roles.will: there is no provider "nobody"; allowed here: anthropic, embedded, mine, ollama, openai',),
    ),
    "a server whose model ids nobody gave": (
        with_roles(intellect="mine"),
        None,
        (
            'roles.intellect: no model id is known for mine; set models.mine.intellect, or write "mine:model-id"',
            'roles.will: is missing beside roles.intellect; set models.mine.judge, or write "mine:model-id"',
            'roles.conscience: is missing beside roles.intellect; set models.mine.judge, or write "mine:model-id"',
        ),
    ),
    "a server with one model id": (
        replace(with_roles(intellect="mine"), models={"mine": ModelIds(intellect="m")}),
        None,
        (
            'roles.will: is missing beside roles.intellect; set models.mine.judge, or write "mine:model-id"',
            'roles.conscience: is missing beside roles.intellect; set models.mine.judge, or write "mine:model-id"',
        ),
    ),
    "another embedded model": (
        with_roles(intellect="embedded:llama", will="embedded"),
        None,
        ('roles.intellect: must be "embedded" alone: that one model is SmolLM2-135M-Instruct, not "llama"',),
    ),
    "an Ollama that does not answer": (
        with_roles(intellect="mine:m", will="ollama"),
        None,
        ("roles.will: Ollama does not answer; start it, or set models.ollama.judge",),
    ),
    "an Ollama without a model": (
        with_roles(intellect="mine:m", will="ollama"),
        ("all-minilm",),
        ("roles.will: Ollama has no chat model; fetch one, or set models.ollama.judge",),
    ),
}


@pytest.mark.parametrize(("config", "ollama", "problems"), REFUSED.values(), ids=REFUSED)
def test_a_role_that_cannot_be_had_is_refused(config: Config, ollama: Sequence[str] | None, problems: tuple[str, ...]):
    with pytest.raises(ConfigError) as caught:
        choose(config, {}, ollama)
    assert caught.value.problems == problems


def test_default_ids_are_ones_that_the_installed_sdks_list():
    from anthropic.types.model import Model
    from openai.types.shared.chat_model import ChatModel

    assert {MODELS["anthropic"].intellect, MODELS["anthropic"].judge} <= set(literals(Model))
    assert {MODELS["openai"].intellect, MODELS["openai"].judge} <= set(literals(ChatModel))


def literals(alias: object) -> Sequence[object]:
    """The literal choices of a type, also where they stand in a union."""
    from typing import get_args

    return [choice for part in get_args(alias) for choice in (get_args(part) or (part,))]


def test_a_lone_faculty_is_named_alone_in_the_line():
    a, b, c = (ModelRef(provider="p", model=model) for model in "abc")
    assert Choice(intellect=a, will=b, conscience=c, reason="so").line == (
        "Intellect on p:a; Will on p:b; Conscience on p:c (so)."
    )


def test_a_key_may_lie_in_a_file_and_an_empty_one_holds_none(tmp_path: Path) -> None:
    file = tmp_path / "own.key"
    file.touch(mode=0o600)
    config = Config(
        providers={**PROVIDERS, "openai": Provider(api="openai", key_file=file)}, roles=Roles(will="openai")
    )
    with pytest.raises(ConfigError, match=f"roles.will: openai has no key; put the key into {file}"):
        choose(config, {}, None)
    file.write_text("sk-own")
    assert str(choose(replace(config, roles=Roles()), {}, None).intellect) == SOL
