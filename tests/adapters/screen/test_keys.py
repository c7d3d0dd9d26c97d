"""Keys and tokens: every form that bots hold is seen, and no lesson on programming is taken for one."""

import base64
import contextlib
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.screen.keys import Keys
from adapters.screen.libraries import LibraryScreen
from safi.errors import PatternTooSlow
from tests.adapters.screen.tokens import TOKENS

WHEREVER = [
    "{}",
    "Sure, here it is: {}.",
    "```\nKEY={}\n```",
    'print("{}")',
    "git clone https://{}@example.org/ours/bot",
    "https://api.example.org/v1/services/notifications/{}",
]

LESSONS = {
    "a hash": f"Compare it with {hashlib.sha256(b'x').hexdigest()} and {hashlib.md5(b'x').hexdigest()}.",
    "hashes of commits": "Revert 7068e4c2f477557e7ba0cc1be10535839b5eb80d, or 7068e4c for short.",
    "a UUID": 'id = "123e4567-e89b-12d3-a456-426614174000"',
    "an image": f'<img src="data:image/png;base64,{base64.b64encode(bytes(range(256)) * 8).decode()}">',
    "a name for a key": 'client = OpenAI(api_key="sk-your-key-here")',
    "a longer name for a key": "export ANTHROPIC_API_KEY=sk-ant-api03-your-key-goes-here",
    "crosses": f"Put it in as ghp_{'x' * 36}, and keep it to yourself.",
    "counting": "token: ghp_1234567890abcdefghijklmnopqrstuvwxyz",
    "the manual's access key": "aws_access_key_id = AKIAIOSFODNN7EXAMPLE",
    "the manual's secret key": 'aws_secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"',
    "the well-known web token": (
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4f"
    ),
    "the head of a key file": "It begins with -----BEGIN RSA PRIVATE KEY----- and ends with an END of the same name.",
    "a key file in outline": "-----BEGIN PRIVATE KEY-----\nMIIEvQ...\n-----END PRIVATE KEY-----",
    "a public key": f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{'Qm' * 21} ana@laptop",
    "a certificate": f"-----BEGIN CERTIFICATE-----\n{'MIIDdzCCAl+gAwIB' * 4}\n-----END CERTIFICATE-----",
    "an address with a password": "DATABASE_URL=postgres://user:password@localhost:5432/app",
    "a password in a test": 'login("ana", password="correct horse battery staple")',
    "settings": "SECRET_KEY = os.environ['SECRET_KEY']\nDEBUG = False\ntoken = get_token()",
    "an integrity hash": f"sha512-{base64.b64encode(hashlib.sha512(b'y').digest()).decode()}",
    "a bearer by name": 'curl -H "Authorization: Bearer $TOKEN" https://api.example.org/v1/things',
    "a place for a Slack token": "SLACK_BOT_TOKEN=xoxb-your-token-here-please-and-thanks",
    "a library's name": "pip install scikit-learn; from sk-learn-contrib import boruta; sk-estimator-checks-and-more",
    "a phone number": "Ring +44 20 7946 0000 between 9 and 5.",
    "the address of a topic": "arn:aws:sns:eu-central-1:204815937462:nightly-reports-of-all-the-gardens-we-keep",
    "a module deep down": "see TheNightlyReportOfAllOurGardens.module.tells_of_all_the_gardens_we_keep",
    "a UUID in an address": "https://hooks.example.org/services/T000/B000/XXXX",
    "a part number": "The ASUS part is 90NB0TY1-M003X0, revision AKIA-12.",
}


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
@pytest.mark.parametrize("text", WHEREVER)
def test_each_form_is_seen_wherever_it_stands(screen: LibraryScreen, token: str, text: str) -> None:
    assert screen.secrets(text.format(token)) != ()


def test_a_telegram_token_is_seen_behind_the_word_that_its_addresses_have(screen: LibraryScreen) -> None:
    assert screen.secrets(f"https://api.telegram.org/bot{TOKENS['telegram']}/getMe") == ("Telegram Bot Token",)


@pytest.mark.parametrize("text", LESSONS.values(), ids=LESSONS)
def test_what_is_no_key_is_taken_for_none(screen: LibraryScreen, text: str) -> None:
    assert screen.secrets(text) == ()


@pytest.mark.parametrize("token", TOKENS.values(), ids=TOKENS)
def test_the_kind_is_told_and_the_key_is_not(screen: LibraryScreen, token: str) -> None:
    told = ", ".join(screen.secrets(token))
    assert not any(token[start : start + 8] in told for start in range(len(token) - 8))


OPENED = {way.pattern.pattern: way.opening for form in Keys().forms for way in form.ways if way.opening}


@pytest.mark.slow
@given(data=st.data())
def test_all_that_a_pattern_finds_holds_its_opening(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(list(OPENED)))
    assert OPENED[pattern] in data.draw(st.from_regex(re.compile(pattern)))


LONG = {
    way.pattern.pattern: way.pattern.flags & (re.IGNORECASE | re.VERBOSE)
    for keys in (Keys(),)
    for form in keys.forms
    for way in form.ways
    if form not in keys.short
}


@pytest.mark.slow
@given(data=st.data())
def test_all_that_a_pattern_finds_is_long_but_for_the_short_ones(data: st.DataObject) -> None:
    pattern = data.draw(st.sampled_from(list(LONG)))
    found = data.draw(st.from_regex(re.compile(pattern, LONG[pattern]), fullmatch=True))
    assert max(map(len, found.split())) >= 16


SLOWED = ["eyJ", "sk-", "aws", "sk-a-", "sk-ant-", "xoxb-1", "a", "-----BEGIN PRIVATE KEY-----\n"]


@pytest.mark.parametrize("unit", SLOWED)
def test_a_text_made_to_be_slow_ends_all_the_same(screen: LibraryScreen, unit: str) -> None:
    with contextlib.suppress(PatternTooSlow):
        screen.secrets((unit * 100_000)[:100_000])


def test_a_search_that_takes_too_long_is_said_to(screen: LibraryScreen) -> None:
    with pytest.raises(PatternTooSlow, match="the search for keys took too long"):
        screen.secrets("sk-" * 300_000)
