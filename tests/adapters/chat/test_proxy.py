"""Which proxy leads to a platform is read from the environment."""

import pytest

from adapters.chat.proxy import proxy_to
from tests.adapters.chat.proxying import proxied


@pytest.mark.parametrize(
    ("address", "exempt", "through"),
    [
        ("https://slack.com/api/", "", True),
        ("http://slack.test/api/", "", True),
        ("https://discord.com/api/v10", "slack.com", True),
        ("https://slack.com/api/", "slack.com", False),
        ("https://files.slack.com/x", ".slack.com,discord.com", False),
        ("https://slack.com/api/", "*", False),
        ("http://127.0.0.1:8000/api/", "", False),
        ("http://[::1]:8000/api/", "", False),
        ("http://localhost/api/", "", False),
        ("https://10.0.0.1/api/", "", True),
        ("https://10.0.0.1/api/", "10.0.0.1", False),
    ],
)
def test_other_machines_are_reached_through_it_unless_they_are_exempt(address: str, exempt: str, through: bool) -> None:
    with proxied("http://proxy:3128", exempt=exempt):
        assert proxy_to(address) == ("http://proxy:3128" if through else None)


def test_one_without_a_scheme_speaks_http() -> None:
    with proxied("proxy:3128"):
        assert proxy_to("https://slack.com/api/") == "http://proxy:3128"


def test_without_one_everything_is_reached_directly() -> None:
    with proxied(""):
        assert proxy_to("https://slack.com/api/") is None
