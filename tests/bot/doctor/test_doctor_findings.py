"""What the doctor makes of facts: states, sentences and remedies, from tables. It asks nobody here."""

from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from bot.doctor import asking, declared, storage
from bot.doctor.asking import Asked
from bot.doctor.finding import Finding, State, as_report, status, summary
from bot.errors import ConfigError, ProfileFileError
from bot.settings.choice import Choice, Faculty, ModelRef, choose
from bot.settings.config import Config, Deadlines, Roles
from bot.settings.personas import Catalogue
from bot.settings.providers import MODELS, PROVIDERS, ModelIds, Provider
from safi.errors import (
    AnswerCutShort,
    AnswerEmpty,
    AnswerRefused,
    BudgetSpent,
    ModelFailure,
    ModelMisconfigured,
    ModelUnavailable,
)
from safi.usage import Usage
from tests.doubles import small_profile

# ------------------------------------------------------------------------------------------------------------ reports


def found(state: State, check: str = "model") -> Finding:
    return Finding(check=check, state=state, sentence="So it is.", remedy="Do this.")


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], 0),
        ([found("ok"), found("warning"), found("skipped")], 0),
        ([found("ok"), found("problem")], 1),
        ([found("problem"), found("problem", "roles")], 2),
        ([found("problem", "configuration")], 2),
        ([found("warning", "personas")], 0),
    ],
)
def test_the_exit_status_is_that_of_the_worst(findings: list[Finding], expected: int) -> None:
    assert status(findings) == expected


def test_whoever_says_what_is_wrong_says_what_to_do() -> None:
    with pytest.raises(ValueError, match="model will: says what is wrong and not what to do"):
        Finding(check="model", subject="will", state="problem", sentence="It is broken.")


def test_a_summary_counts() -> None:
    assert summary([found("ok"), found("problem"), found("problem")]) == "3 checks: 1 well, no warnings, 2 problems."
    assert as_report([found("ok")], "1.2")["summary"] == "1 checks: 1 well, no warnings, no problems."


# ---------------------------------------------------------------------------------------------- what people wrote


def test_each_problem_of_a_file_is_told_with_what_to_correct() -> None:
    error = ConfigError(
        [
            'config.toml: memory.scope: must be "channel" or "persona", not "guild"',
            "nowhere.toml: cannot be read: No such file",
            "roles.will: openai has no key; set OPENAI_API_KEY in the environment",
        ]
    )
    assert [finding.remedy for finding in declared.refused("configuration", error)] == [
        "Correct memory.scope in config.toml.",
        "See that nowhere.toml is there and can be read.",
        "Set OPENAI_API_KEY in the environment.",
    ]


def test_a_problem_without_a_place_has_a_remedy_too() -> None:
    (finding,) = declared.refused("personas", ProfileFileError(["nothing fits"]))
    assert (finding.sentence, finding.remedy) == ("nothing fits.", "Correct what is named there.")


def test_the_models_chosen_are_shown_with_what_to_beware_of() -> None:
    choice = choose(Config(), {"OPENAI_API_KEY": "k"}, None)
    shown = list(declared.roles(replace(choice, warnings=(*choice.warnings, "Beware of that"))))
    assert [(finding.state, finding.remedy) for finding in shown] == [
        ("ok", None),
        ("warning", "Set ANTHROPIC_API_KEY as well and another will judge."),
        ("warning", "Choose other models in [roles]."),
    ]


def test_personas_are_shown_with_what_they_hold() -> None:
    ada = small_profile()
    (finding,) = declared.personas(Catalogue(profiles=(ada,), default=ada))
    assert finding.sentence == "It has 2 values, 2 rules. It answers where no other is named."


@pytest.mark.parametrize(
    ("fallback", "state", "told", "remedy"),
    [
        ("openai", "warning", "openai has no key that can be used", "Set OPENAI_API_KEY in the environment."),
        ("spare", "ok", "spare can stand in for Intellect, Will and Conscience.", None),
        ("half", "warning", "half has no model to stand in for Will and Conscience.", "Set models.half.judge."),
        (
            "ollama",
            "warning",
            "ollama has no model to stand in for Intellect, Will and Conscience.",
            "Set models.ollama.intellect and models.ollama.judge.",
        ),
        ("anthropic", "warning", "anthropic is the provider of every role", "List another in fallbacks."),
        ("opnai", "problem", 'there is no provider "opnai"; did you mean "openai"?', "Correct fallbacks in ada."),
        ("file", "warning", "file has no key that can be used", "See that nowhere.key is a file of mode 0600"),
    ],
)
def test_fallbacks_need_a_key_a_model_and_a_role_that_is_not_their_own(
    fallback: str, state: str, told: str, remedy: str | None
) -> None:
    server = Provider(api="openai", base_url="http://models.example.org/v1")
    given = {"file": Provider(api="openai", key_file=Path("nowhere.key")), "spare": server, "half": server}
    models = {"spare": ModelIds(intellect="a", judge="b"), "half": ModelIds(intellect="a")}
    config = Config(providers={**PROVIDERS, **given}, models={**MODELS, **models})
    environ = {"ANTHROPIC_API_KEY": "k"}
    profile = small_profile(fallbacks=(fallback,))
    (finding,) = declared.fallbacks([profile], choose(config, environ, None), config, environ)
    assert finding.state == state
    assert told in finding.sentence
    assert (finding.remedy or "").startswith(remedy or "")


def test_a_provider_that_is_at_work_in_one_role_may_stand_in_for_the_others() -> None:
    environ = {"ANTHROPIC_API_KEY": "k", "OPENAI_API_KEY": "k"}
    profile = small_profile(fallbacks=("anthropic",))
    (finding,) = declared.fallbacks([profile], choose(Config(), environ, None), Config(), environ)
    assert (finding.state, finding.sentence) == ("ok", "anthropic can stand in for Will and Conscience.")


# -------------------------------------------------------------------------------------------------------------- store


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Facts of a store; as they stand here, all is well."""

    there: bool = True
    in_use: bool = False
    fault: str | None = None
    missing: int = 0
    foreign: tuple[storage.Foreign, ...] = ()
    damage: tuple[str, ...] | None = field(default=())
    free: int = 50_000_000_000
    network: str | None = None


@pytest.mark.parametrize(
    ("facts", "name", "state", "sentence"),
    [
        (Store(), "store", "ok", "s.db can be read and written."),
        (Store(there=False), "store", "ok", "s.db is not there; it can be made where there is no key yet."),
        (Store(in_use=True), "store", "ok", "s.db is in use by a running bot, so it was only read."),
        (Store(missing=1), "store", "ok", "s.db can be read and written. The next start will bring it up to date."),
        (Store(fault="is a folder: choose a file"), "store", "problem", "s.db is a folder."),
        (Store(fault="cannot be"), "store", "problem", "s.db cannot be."),
        (Store(), "store integrity", "ok", "SQLite finds nothing wrong with it."),
        (
            Store(damage=None),
            "store integrity",
            "skipped",
            "It is too large to be looked through in the time there is.",
        ),
        (Store(damage=("row 3",)), "store integrity", "problem", "It is damaged: row 3."),
        (Store(), "store space", "ok", "Its disk has 50 GB free."),
        (Store(free=1_500_000_000), "store space", "ok", "Its disk has 1.5 GB free."),
        (Store(free=900_000_000), "store space", "warning", "Its disk has 900 MB free."),
        (Store(free=9_000_000), "store space", "problem", "Its disk has 9 MB free."),
        (
            Store(network="nfs4"),
            "store disk",
            "warning",
            "It lies on a file system over the network (nfs4), where its locks may not hold.",
        ),
    ],
)
def test_facts_of_a_store_are_told(facts: Store, name: str, state: str, sentence: str) -> None:
    findings = {finding.name: finding for finding in storage.findings(Path("s.db"), facts)}
    assert (findings[name].state, findings[name].sentence) == (state, sentence)


def test_a_store_that_cannot_be_used_is_not_called_whole() -> None:
    names = [finding.name for finding in storage.findings(Path("s.db"), Store(fault="is a folder: choose a file"))]
    assert names == ["store", "store space"]


# ------------------------------------------------------------------------------------------------------------- models

MODEL = ModelRef(provider="mine", model="m-1")
CONFIG = Config(
    roles=Roles(will="mine:m-1"),
    providers={**PROVIDERS, "mine": Provider(api="openai", base_url="http://127.0.0.1:9/v1", key_file=Path("my.key"))},
)


def role(provider: str = "mine", model: str = "m-1", faculty: Faculty = "will", config: Config = CONFIG) -> Asked:
    return Asked(faculty=faculty, ref=ModelRef(provider=provider, model=model), config=config)


@pytest.mark.parametrize(
    ("failure", "remedy"),
    [
        (ModelMisconfigured("status 400: Bad."), "Change what it names; the model comes from roles.will."),
        (ModelMisconfigured("status 401: No."), "Put a valid key into the file my.key."),
        (ModelMisconfigured("status 403: No."), "Put a valid key into the file my.key."),
        (ModelUnavailable("status 402: Pay."), "Top up the account with that vendor."),
        (ModelMisconfigured("status 404: What?"), "Correct roles.will, or providers.mine.base_url."),
        (ModelUnavailable("status 429: Slow."), "Wait a little; if it stays so, have the vendor raise your limits."),
        (ModelUnavailable("status 529: Busy."), "Try again later: the fault is with the vendor."),
        (
            ModelUnavailable("no answer within 20 seconds"),
            "Try again; if it stays so, look at the network and the server.",
        ),
        (BudgetSpent("spend.day is spent"), "Wait for that, or raise the cap."),
        (
            AnswerCutShort("the reply ended early: length"),
            "If that happens to real questions too, raise tokens.verdict.",
        ),
        (AnswerRefused("No."), "Choose another model in roles.will."),
    ],
    ids=str,
)
def test_every_failure_has_a_remedy_in_keys_and_variables(failure: ModelFailure, remedy: str) -> None:
    finding = asking.failed(role(), failure)
    assert finding.sentence == f"mine:m-1: {str(failure).rstrip('.')}."
    assert finding.remedy == remedy


def test_a_model_that_answers_badly_is_a_warning_and_one_that_does_not_answer_a_problem() -> None:
    failures = (AnswerCutShort("cut"), AnswerRefused("no"), AnswerEmpty("html"), ModelUnavailable("off"))
    assert [asking.failed(role(), failure).state for failure in failures] == [
        "warning",
        "warning",
        "problem",
        "problem",
    ]


@pytest.mark.parametrize(
    ("provider", "told", "remedy"),
    [
        ("embedded", "it ended", 'Install safi-bot with its extra "embedded", or choose another model.'),
        ("anthropic", "the connection failed: no", "See that this machine reaches the network; a proxy is named in"),
        ("mine", "the connection failed: no", "See that its server runs, can be reached from here, and is the one in"),
        ("mine", "certificate verify failed", "See the check of its certificate."),
    ],
)
def test_a_server_that_was_not_reached_has_a_remedy_by_where_it_is(provider: str, told: str, remedy: str) -> None:
    finding = asking.failed(role(provider), ModelUnavailable(told))
    assert (finding.remedy or "").startswith(remedy)


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        (role(), "roles.will"),
        (role(faculty="conscience"), "roles.will"),
        (role(faculty="intellect"), "models.mine.intellect"),
        (role(model="m-2"), "models.mine.judge"),
    ],
)
def test_the_key_of_a_model_is_the_one_that_its_id_comes_from(asked: Asked, key: str) -> None:
    assert asked.model_key == key


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        (Usage(model="m", seconds=1, cost=0.0), "at no cost"),
        (Usage(model="m", seconds=1, cost=0.00012), "for $0.000120"),
        (Usage(model="m", seconds=1, input_tokens=20, output_tokens=2), "for 22 tokens of unknown price"),
        (Usage(model="m", seconds=1), "at an unknown price"),
    ],
)
def test_what_the_question_cost_is_said(usage: Usage, words: str) -> None:
    assert asking.price(usage) == words


def test_nobody_waits_long_for_the_doctor_but_for_the_practice_model() -> None:
    small = ModelRef(provider="embedded", model="tiny")
    for judge, longest in ((MODEL, asking.PATIENCE), (small, asking.PRACTICE)):
        choice = Choice(intellect=MODEL, will=judge, conscience=judge, reason="r")
        slow = Config(deadlines=Deadlines(intellect=600, will=1, conscience=600))
        deadlines = asking.hasty(slow, choice).deadlines
        assert (deadlines.intellect, deadlines.will, deadlines.conscience) == (longest, 1, longest)
