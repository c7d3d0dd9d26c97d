"""The first pass: what code sees for certain, in the draft as readers take it, and under which rule it stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pytest

from safi.errors import PatternTooSlow
from safi.firstpass import HIDDEN, KEYS, MENTIONS, first_pass, foreclosed
from safi.ports import Matches
from safi.profile import Rule
from safi.turn import Denied, Draft, NoVerdict, Utterance
from tests.doubles import PlainScreen
from tests.safi.making import PROFILE

CALLING = [
    "@everyone, come and see!",
    "Up, @here",
    "@channel: lunch",
    "foo@everyone",
    "@everyone.Come and see!",
    "Lunch,@here.Come.",
    "(@channel.now)",
    "help@everyone.example",
    "＠everyone",
    "@ｅｖｅｒｙｏｎｅ",
    "@every\u200bone",
    "\u2060@\u2060everyone",
    "@**every**one",
    "**@**everyone",
    "@~~here~~",
    "@||every||one",
    "@_everyone_",
    "\\@everyone",
    "@EVERYONE",
    "<!channel> lunch",
    "<!here|here>",
    "<!everyone>",
    "<!subteam^S0123|@designers>",
    "<@&123456789012345678>",
    "Escaped: \\`@everyone\\`",
    "One tick ` only: @everyone",
    "`a` @here `b`",
    "` and\n@everyone\n`",
    "```\nleft open: @everyone",
]

CALLING_NOBODY = [
    "Write to someone@here.org, or to help@channel.example.",
    "To reach all, a moderator types `@everyone`.",
    "``@here`` reaches those who are online.",
    '```\nmessage = "@everyone"\n```',
    "In Slack's own markup it is `<!channel>`.",
    "Here everyone is welcome.",
    "It goes @ everyone's pace.",
    "@heretics @everyones @channels",
    "<!DOCTYPE html> <!-- here -->",
    "<@123456789012345678> asked, <@U0123> answered.",
    "a < b and c & d",
]


@dataclass(slots=True)
class Slow(PlainScreen):
    """A screen that is too slow for some rules, or for keys."""

    rules: tuple[str, ...] = ()
    keys: bool = False

    def matches(self, patterns: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Matches:
        quick = {key: several for key, several in patterns.items() if key not in self.rules}
        return replace(PlainScreen.matches(self, quick, texts), unknown=self.rules)

    def secrets(self, text: str) -> tuple[str, ...]:
        if self.keys:
            raise PatternTooSlow("too many letters")
        return PlainScreen.secrets(self, text)


class Unmasking(PlainScreen):
    """Takes 0 for o, and secrets for two kinds at once."""

    def unmasked(self, text: str) -> str:
        return text.replace("0", "o")


def passed(text: str, screen: PlainScreen | None = None) -> Denied | NoVerdict | None:
    return first_pass(PROFILE, Draft(text=text), screen or PlainScreen())


def test_a_draft_in_which_nothing_is_seen_goes_on_to_the_judge() -> None:
    assert passed("Cover the roots.") is None


@pytest.mark.parametrize("text", CALLING)
def test_a_draft_that_calls_everybody_is_held_back(text: str) -> None:
    reason = "the draft calls a whole channel, group or role"
    assert passed(text) == Denied(rules=(MENTIONS,), reason=reason, by="built-in")


@pytest.mark.parametrize("text", CALLING_NOBODY)
def test_a_draft_that_speaks_of_calling_or_of_one_person_is_not(text: str) -> None:
    assert passed(text) is None


def test_a_draft_that_hides_text_is_held_back() -> None:
    reason = "the draft holds text that nobody sees, or that is read in another order than it stands"
    assert passed("Fine.\U000e0041") == Denied(rules=(HIDDEN,), reason=reason, by="built-in")


@pytest.mark.parametrize("text", ["secret: moss", "sec\u200bret: moss", "ｓecret: moss"])
def test_a_secret_is_seen_through_what_does_not_show_and_its_kind_is_told(text: str) -> None:
    assert passed(text) == Denied(rules=(KEYS,), reason="the draft holds a secret: a word", by="built-in")


def test_every_built_in_rule_that_is_broken_is_named() -> None:
    denied = passed("secret: @everyone\u202e")
    assert isinstance(denied, Denied)
    assert denied.rules == (KEYS, MENTIONS, HIDDEN)
    assert denied.reason.count(";") == 2


def test_a_pattern_goes_before_the_built_in_rules() -> None:
    denied = passed("rat poison, @everyone")
    assert isinstance(denied, Denied)
    assert (denied.rules, denied.by) == (("no-poison",), "pattern")


def test_what_is_masked_is_read_too() -> None:
    assert isinstance(passed("rat p0ison", Unmasking()), Denied)
    assert passed("rat p0ison") is None


def test_a_draft_that_takes_too_long_to_search_has_no_verdict() -> None:
    slow = NoVerdict(cause="pattern_too_slow", detail="the patterns of no-brands took too long")
    assert passed("Cover the roots.", Slow(rules=("no-brands",))) == slow
    assert passed("Moss.", Slow(keys=True)) == NoVerdict(cause="pattern_too_slow", detail="too many letters")


@pytest.mark.parametrize("text", ["rat poison", "@everyone"])
def test_what_is_seen_counts_though_another_pattern_is_too_slow(text: str) -> None:
    assert isinstance(passed(text, Slow(rules=("no-brands",))), Denied)


def test_a_message_is_foreclosed_by_what_is_found_and_not_by_what_is_slow() -> None:
    rules = (
        Rule(id="need", text="t", message_patterns=("help me",), answer_with="1"),
        Rule(id="b", text="t", message_patterns=("x",), answer_with="2"),
    )
    profile = replace(PROFILE, rules=(*PROFILE.rules, *rules))
    found = foreclosed(profile, Utterance(speaker="m", text="HELP\u200b me"), Slow(rules=("b",)))
    assert found == Denied(rules=("need",), reason="a pattern of the rule was found in the message", by="pattern")
    assert foreclosed(profile, Utterance(speaker="m", text="hello"), Slow(rules=("b",))) is None
    assert foreclosed(PROFILE, Utterance(speaker="m", text="help me"), PlainScreen()) is None
