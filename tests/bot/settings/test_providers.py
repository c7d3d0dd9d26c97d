"""The providers of a configuration: every interface, the way to its server, and what each broken table is told."""

from pathlib import Path

import pytest
import trustme

from bot.errors import ConfigError
from bot.settings.config import load
from bot.settings.providers import PROVIDERS, Provider, is_on_this_machine

AZURE = '[providers.mine]\napi = "azure"\nbase_url = "https://mine.openai.azure.com"\nkey_env = "MY_KEY"\n'
SERVER = '[providers.mine]\napi = "openai"\nbase_url = "https://models.example.org/v1"\n'
BEDROCK = '[providers.mine]\napi = "bedrock"\n'
VERTEX = '[providers.mine]\napi = "vertex"\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A place for a configuration, beside certificates of an authority and a text that holds none."""
    trustme.CA().cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    (tmp_path / "empty.pem").write_text("no certificate\n")
    return tmp_path / "config.toml"


def mine(file: Path, text: str) -> Provider:
    file.write_text(text)
    return load(file).providers["mine"]


@pytest.mark.parametrize(
    ("text", "provider"),
    [
        (AZURE, Provider(api="azure", base_url="https://mine.openai.azure.com", key_env="MY_KEY")),
        (BEDROCK, Provider(api="bedrock")),
        (f'{BEDROCK}region = "eu-west-1"\nkey_env = "K"\n', Provider(api="bedrock", region="eu-west-1", key_env="K")),
        (f'{VERTEX}region = "global"\nproject = "p-1"\n', Provider(api="vertex", region="global", project="p-1")),
        (
            f'{SERVER}proxy = "http://proxy.example.org:3128"\n',
            Provider(api="openai", base_url="https://models.example.org/v1", proxy="http://proxy.example.org:3128"),
        ),
    ],
)
def test_each_interface_has_its_own_keys(file: Path, text: str, provider: Provider) -> None:
    assert mine(file, text) == provider


def test_certificates_are_looked_for_beside_the_file(file: Path) -> None:
    assert mine(file, f'{SERVER}ca_file = "ca.pem"\n').ca_file == file.parent / "ca.pem"


def test_a_known_name_with_another_interface_takes_nothing_over(file: Path) -> None:
    file.write_text('[providers.anthropic]\napi = "vertex"\nregion = "eu"\n')
    assert load(file).providers == {**PROVIDERS, "anthropic": Provider(api="vertex", region="eu")}


BROKEN = {
    "Azure without an address and a key": (
        '[providers.mine]\napi = "azure"\n',
        (
            "mine.base_url: is missing; it must be the address of the server, starting with http:// or https://",
            "mine: Azure wants a key; name where it lies in key_env or key_file",
        ),
    ),
    "OpenAI's name for Azure, without an address": (
        '[providers.openai]\napi = "azure"\nkey_env = "K"\n',
        ("openai.base_url: is missing; it must be the address of the server, starting with http:// or https://",),
    ),
    "a version elsewhere than at Azure": (
        f'{SERVER}api_version = "2025-04-01-preview"\n',
        ('mine.api_version: goes with api = "azure", not with "openai"; leave it out',),
    ),
    "a version that is none": (
        f'{AZURE}api_version = "the latest"\n',
        (
            "mine.api_version: must be text that names a version of Azure's interface, as in 2025-04-01-preview, "
            'not "the latest"',
        ),
    ),
    "a region where there are none": (
        f'{AZURE}region = "eu"\n',
        ('mine.region: goes with api = "bedrock" or "vertex", not with "azure"; leave it out',),
    ),
    "a region that would be another server": (
        f'{BEDROCK}region = "eu.evil.example/"\n',
        ('mine.region: must be text that names a region, as in eu-west-1, not "eu.evil.example/"',),
    ),
    "a project elsewhere than at Google": (
        f'{BEDROCK}project = "p"\n',
        ('mine.project: goes with api = "vertex", not with "bedrock"; leave it out',),
    ),
    "a project that is none": (
        f'{VERTEX}project = "My Project"\n',
        ('mine.project: must be text that names a project at Google, as in my-project-123, not "My Project"',),
    ),
    "a key at Google": (
        f'{VERTEX}key_env = "K"\n',
        (
            'mine.key_env: goes with api = "openai" or "anthropic" or "azure" or "bedrock", not with "vertex"; '
            "leave it out",
        ),
    ),
    "a proxy without its scheme": (
        f'{SERVER}proxy = "proxy:3128"\n',
        ('mine.proxy: must be text that starts with http:// or https:// and names a proxy, not "proxy:3128"',),
    ),
    "a proxy with a password": (
        f'{SERVER}proxy = "http://me:hunter2@proxy:3128"\n',
        (
            "mine.proxy: must be text without a user name or password; a proxy that wants them is named in "
            "HTTPS_PROXY, in the environment, not what stands there (not shown: it may be a secret)",
        ),
    ),
    "a proxy before this machine": (
        '[providers.mine]\napi = "openai"\nbase_url = "http://localhost:8000/v1"\nproxy = "http://proxy:3128"\n',
        ("mine.proxy: base_url is on this machine, which is reached without one; leave it out",),
    ),
    "certificates that are not there": (
        f'{SERVER}ca_file = "none.pem"\n',
        ("mine.ca_file: {folder}/none.pem cannot be read: No such file or directory",),
    ),
    "certificates that are none": (
        f'{SERVER}ca_file = "empty.pem"\n',
        (
            "mine.ca_file: {folder}/empty.pem holds no certificate in PEM, which begins with "
            "-----BEGIN CERTIFICATE-----",
        ),
    ),
}


@pytest.mark.parametrize(("text", "problems"), BROKEN.values(), ids=BROKEN)
def test_a_broken_provider_is_told_what_is_wrong_with_it(file: Path, text: str, problems: tuple[str, ...]) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as caught:
        load(file)
    expected = [problem.replace("{folder}", str(file.parent)) for problem in problems]
    assert caught.value.problems == tuple(f"{file}: providers.{problem}" for problem in expected)


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://localhost:11434/v1", True),
        ("http://127.0.1.1", True),
        ("http://[::1]:80/", True),
        ("http://10.0.0.7", False),
        ("https://localhost.example.org", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_this_machine_is_known_by_its_addresses(url: str, here: bool) -> None:
    assert is_on_this_machine(url) is here
