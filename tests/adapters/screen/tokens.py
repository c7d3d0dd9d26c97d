"""Keys and tokens as vendors form them, drawn when they are needed: no file holds one, and none opens a door."""

import random
import string
from typing import Final

_LETTERS: Final = string.ascii_letters + string.digits
_HEX: Final = "0123456789abcdef"
_UPPER: Final = string.ascii_uppercase + "234567"


def _drawn() -> dict[str, str]:
    chance = random.Random(20261122)

    def some(length: int, alphabet: str = _LETTERS) -> str:
        return "".join(chance.choices(alphabet, k=length))

    lines = "\n".join(some(64) for _ in range(6))
    return {
        "anthropic": f"sk-ant-api03-{some(93)}AA",
        "openai": f"sk-proj-{some(48)}-{some(32)}",
        "openai-old": f"sk-{some(20)}T3BlbkFJ{some(20)}",
        "openrouter": f"sk-or-v1-{some(64, _HEX)}",
        "groq": f"gsk_{some(52)}",
        "hugging-face": f"hf_{some(34, string.ascii_letters)}",
        "slack-bot": f"xoxb-{some(12, string.digits)}-{some(13, string.digits)}-{some(24)}",
        "slack-app": f"xapp-1-A{some(10, _UPPER)}-{some(13, string.digits)}-{some(64, _HEX)}",
        "slack-new": f"xoxe.xoxp-1-{some(20)}{some(6, string.digits)}{some(30)}",
        "slack-hook": f"https://hooks.slack.com/services/T{some(8, _UPPER)}/B{some(8, _UPPER)}/{some(24)}",
        "discord": f"M{some(25)}.G{some(5)}.{some(38)}",
        "discord-hook": f"https://discord.com/api/webhooks/{some(18, string.digits)}/{some(68)}",
        "aws": f"AKIA{some(16, _UPPER)}",
        "aws-secret": f'aws_secret_access_key = "{some(40)}"',
        "github": f"ghp_{some(36)}",
        "github-fine": f"github_pat_{some(22)}_{some(59)}",
        "gitlab": f"glpat-{some(20)}",
        "google": f"AIza{some(35)}",
        "google-client": f"GOCSPX-{some(28)}",
        "stripe": f"sk_live_{some(24)}",
        "npm": f"npm_{some(36)}",
        "pypi": f"pypi-AgEIcHlwaS5vcmc{some(80)}",
        "telegram": f"{some(10, '123456789')}:{some(35)}",
        "sendgrid": f"SG.{some(22)}.{some(43)}",
        "jwt": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZG1pbiIsInJvbGUiOiJvd25lciJ9." + some(43),
        "pem": f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----",
        "openssh": f"-----BEGIN OPENSSH PRIVATE KEY-----\n{lines}\n-----END OPENSSH PRIVATE KEY-----",
        "pgp": f"-----BEGIN PGP PRIVATE KEY BLOCK-----\nVersion: 2.1\n\n{lines}\n-----END PGP PRIVATE KEY BLOCK-----",
    }


TOKENS: Final = _drawn()
"""A made-up secret of each kind, by a name of ours."""
