"""Keys and tokens in a text: the forms that `detect-secrets` knows, and those of today's bots and models beside it.

Only forms that nothing else has: no entropy, no "password =", no addresses with a password in them. Those are found in
every lesson on programming, and a persona that may not answer there helps nobody.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Final

import regex

from adapters.screen.patience import Patience
from safi.errors import PatternTooSlow

_OWN: Final = {
    "Anthropic key": r"\bsk-ant-[a-z0-9]{2,10}-[\w-]{40,}",
    "OpenAI key": r"\bsk-(?:proj|svcacct|admin|None)-[\w-]{40,}",
    "model provider's key": r"\bsk-(?:[a-z0-9]{1,12}-){0,3}\w{32,}|\bgsk_\w{40,}|\bxai-\w{60,}|\bhf_[A-Za-z]{34}",
    "Slack token": r"\bxox[a-z](?:\.xox[a-z])?-(?=[\w-]*\d{5})[\w-]{20,}|\bxapp-\d-\w{6,}-\d{6,}-[0-9a-f]{32,}",
    "Discord webhook": r"\bdiscord(?:app)?\.com/api/webhooks/\d{15,20}/[\w-]{60,}",
    "GitHub token": r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}",
    "Google key": r"\bAIza[\w-]{35}|\bGOCSPX-[\w-]{28}|\bya29\.[\w-]{40,}",
    "NPM token": r"\bnpm_[A-Za-z0-9]{36}",
    "private key": r"-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----(?:\s+[\w-]{1,40}: \S{1,80})*\s[\w+/=\s]{64}",
}

_PUBLIC: Final = frozenset({"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"})
_PUBLIC_TOKEN: Final = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwi"  # noqa: S105  # as it says
"""What vendors and manuals print where a key would stand; the web token by its beginning."""


_LONG: Final = 16
"""Characters that stand without a blank in every key. Most texts hold no word of that length, and so no key."""

_SHORT: Final = frozenset({"Slack Token", "JSON Web Token", "private key"})
"""Kinds for which that is not so."""

_OPENING: Final = re.compile(r"(?:\\b)?([\w=-]+)(?![?*+{])")
"""Plain letters at the head of a pattern; not the last one of them if it may be missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A pattern, and the letters that stand in all that it finds: where they do not, no search is needed."""

    opening: str
    pattern: regex.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A kind of secret: how it is written, and what else must hold of what was found."""

    kind: str
    ways: tuple[Sought, ...]
    holds: Callable[[str], bool] = lambda _: True


class Keys:
    """Searches for keys and tokens, in all `forms`; for the `short` ones alone where there is no long word.

    Made once: to import the detectors takes a third of a second.
    """

    def __init__(self) -> None:
        own = (Form(kind=kind, ways=(_sought(pattern),)) for kind, pattern in _OWN.items())
        self.forms = (*_detectors(), *own)
        self.short = tuple(form for form in self.forms if form.kind in _SHORT)

    def kinds(self, text: str) -> tuple[str, ...]:
        """The kinds of those that are found. Raises PatternTooSlow."""
        patience = Patience()
        try:
            sought = self.forms if max(map(len, text.split()), default=0) >= _LONG else self.short
            return tuple(form.kind for form in sought if _is_found(form, text, patience))
        except TimeoutError:
            raise PatternTooSlow("the search for keys took too long") from None


def _is_found(form: Form, text: str, patience: Patience) -> bool:
    return any(
        form.holds(found.group()) and not _is_placeholder(found)
        for way in form.ways
        if way.opening in text
        for found in patience.all(way.pattern, text)
    )


def _is_placeholder(found: regex.Match[str]) -> bool:
    """Whether a find is one of a manual's, or mostly runs such as xxxx, 1234 and abcd, as no real one is."""
    token = found.group()
    steps = [ord(second) - ord(first) for first, second in pairwise(token)]
    in_runs = sum(step in {0, 1} for step in steps) * 2 > len(steps)
    return in_runs or token.startswith(_PUBLIC_TOKEN) or not _PUBLIC.isdisjoint((token, *found.groups()))


def _detectors() -> Iterator[Form]:
    """Those detectors of detect-secrets that know a form. Their patterns are searched here, in bounded time."""
    from detect_secrets.plugins import (
        aws,
        azure_storage_key,
        discord,
        github_token,
        gitlab_token,
        jwt,
        mailchimp,
        openai,
        pypi_token,
        sendgrid,
        slack,
        square_oauth,
        stripe,
        telegram_token,
    )

    detectors: tuple[Any, ...] = (
        aws.AWSKeyDetector,
        azure_storage_key.AzureStorageKeyDetector,
        discord.DiscordBotTokenDetector,
        github_token.GitHubTokenDetector,
        gitlab_token.GitLabTokenDetector,
        mailchimp.MailchimpDetector,
        openai.OpenAIDetector,
        pypi_token.PypiTokenDetector,
        sendgrid.SendGridDetector,
        slack.SlackDetector,
        square_oauth.SquareOAuthDetector,
        stripe.StripeDetector,
        telegram_token.TelegramBotTokenDetector,
    )
    for detector in detectors:
        yield _form(detector)
    yield replace(_form(jwt.JwtTokenDetector), holds=jwt.JwtTokenDetector.is_formally_valid)


def _form(detector: Any) -> Form:  # noqa: ANN401  # the library types these as abstract properties
    return Form(kind=detector.secret_type, ways=tuple(_apart(pattern) for pattern in detector.denylist))


def _apart(pattern: re.Pattern[str]) -> Sought:
    """The pattern, found also behind a slash or a word ("bot"), but within no number and no file as base64.

    In a long run of letters and digits, any few that a form opens with come up. No path is as long as such a file.
    """
    before = r"(?<![A-Za-z0-9]{16})(?<![A-Za-z0-9+/]{64})(?<!\d(?=\d))"
    return _sought(pattern.pattern, before=before, flags=pattern.flags & (re.IGNORECASE | re.VERBOSE))


def _sought(pattern: str, *, before: str = "", flags: int = 0) -> Sought:
    """A pattern with its opening; "", which stands in every text, for one that may open or be written in other ways."""
    plain = None if flags or "|" in pattern else _OPENING.match(pattern)
    return Sought(opening=plain[1] if plain else "", pattern=regex.compile(f"{before}(?:{pattern})", flags))
