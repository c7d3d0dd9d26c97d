"""The Screen made of well-kept libraries: `regex`, `detect-secrets` and the list of `confusable-homoglyphs`."""

from collections.abc import Mapping, Sequence

import regex

from adapters.screen.keys import Keys
from adapters.screen.lookalikes import Lookalikes
from adapters.screen.patience import Patience
from safi.ports import Matches


class LibraryScreen:
    """Sees what libraries see. To make one takes half a second and 20 MB; a text takes a millisecond."""

    def __init__(self) -> None:
        self._keys = Keys()
        self._lookalikes = Lookalikes()
        self._compiled: dict[str, regex.Pattern[str]] = {}

    def matches(self, patterns: Mapping[str, Sequence[str]], texts: Sequence[str]) -> Matches:
        """As Screen.matches."""
        ready = {key: [self._pattern(pattern) for pattern in several] for key, several in patterns.items()}
        patience, found, unknown = Patience(), list[str](), list[str]()
        for key, several in ready.items():
            try:
                if any(patience.search(pattern, text) for pattern in several for text in texts):
                    found.append(key)
            except TimeoutError:
                unknown.append(key)
        return Matches(found=tuple(found), unknown=tuple(unknown))

    def problem(self, pattern: str) -> str | None:
        """As Screen.problem."""
        try:
            found_in_nothing = Patience().search(self._pattern(pattern), "")
        except regex.error as error:
            return f"is not a regular expression that can be searched for: {error}"
        return "is found even in an empty text, so it would suppress every answer" if found_in_nothing else None

    def unmasked(self, text: str) -> str:
        """As Screen.unmasked."""
        return self._lookalikes.unmasked(text)

    def secrets(self, text: str) -> tuple[str, ...]:
        """As Screen.secrets."""
        return self._keys.kinds(text)

    def _pattern(self, pattern: str) -> regex.Pattern[str]:
        if pattern not in self._compiled:
            self._compiled[pattern] = regex.compile(pattern, regex.IGNORECASE)
        return self._compiled[pattern]
