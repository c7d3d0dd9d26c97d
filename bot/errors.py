"""Every error that the program itself can raise. What a person can put right is said in whole sentences.

BotError
└── Refused              something a person wrote cannot be used as it stands; `problems` lists all of it
    ├── ConfigError          the configuration, or what it needs of this machine
    └── ProfileFileError     a persona's file, or the cases beside it
"""

from collections.abc import Iterable


class BotError(Exception):
    """Base of all errors of this package."""


class Refused(BotError):
    """Something a person wrote cannot be used. `problems` holds one line each: where, what stands there, what may."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class ConfigError(Refused):
    """The configuration cannot be used, or asks for something that this machine does not have."""


class ProfileFileError(Refused):
    """A persona's file cannot be read as a profile, or the cases beside it as a judge check."""
