"""Typed commands: words become an Invocation, a mistake that names what was probably meant, or offers for completion.

Pure, and the same for every platform on which commands are typed. `text` is what stands after the platform's prefix. A
word is anything without blanks, or anything within quotation marks; `name=word` gives the option of that name, other
words fill the options that are left, in order. A long text that comes last takes all the words that are left.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import Final

from adapters.chat.port import Command, Invocation, Option, Place
from adapters.chat.text import clipped

_WORD: Final = re.compile(
    r"""\s*(?:(?P<name>[a-z_][a-z0-9_-]*)=)?
    (?:(?:"(?P<straight>[^"]*)"|“(?P<curly>[^“”]*)”|'(?P<single>[^']*)')(?=\s|$)|(?P<bare>\S*))""",
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"#?0*([1-9][0-9]{0,8})")
_COUNTS: Final = re.compile(r"#?[0-9]")
"""How a word begins that is meant as a number."""

_RANGE: Final = "a whole number from 1 to 999,999,999"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A command that was understood, ready for `command.run(invocation)`."""

    command: Command = field(hash=False)
    invocation: Invocation


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """A command that was not understood. `message` is one line for whoever typed it."""

    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Something that may stand at the end of what is typed, in place of its last `replaces` characters."""

    text: str
    replaces: int
    summary: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How commands are typed on a platform: the prefix its people know, and the platform's own words with summaries."""

    prefix: str
    own: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Word:
    name: str | None
    value: str

    @property
    def typed(self) -> str:
        return self.value if self.name is None else f"{self.name}={self.value}"


class _Wrong(Exception):
    """Ends the reading of a command; its text is the mistake's message."""


def understand(
    text: str, commands: Sequence[Command], *, place: Place, author: str, dialect: Dialect
) -> Call | Mistake:
    """Read one typed command, as `author` gave it in `place`."""
    try:
        words = _words(text)
        command = _command(words, commands, dialect)
        title = dialect.prefix + command.name
        arguments = _arguments(command, words[len(command.name.split()) :], title)
    except _Wrong as wrong:
        return Mistake(message=str(wrong))
    return Call(
        command=command,
        invocation=Invocation(command=command.name, arguments=arguments, place=place, author=author),
    )


def offers(text: str, commands: Sequence[Command], dialect: Dialect) -> tuple[Offer, ...]:
    """What may come next after `text`: names of commands first, then what the option at its end may hold."""
    summaries = {command.name: command.summary for command in commands} | dict(dialect.own)
    names = [
        Offer(text=name, replaces=len(text), summary=summary)
        for name, summary in sorted(summaries.items())
        if name.startswith(text.casefold())
    ]
    return (*names, *_offers_of_options(text, commands))


def _words(text: str) -> list[_Word]:
    found = [match for match in _WORD.finditer(text.strip()) if match.group().strip()]
    return [_word(match) for match in found]


def _word(match: re.Match[str]) -> _Word:
    name, bare = match["name"], match["bare"]
    if bare is None:
        return _Word(name=name, value=match["straight"] or match["curly"] or match["single"] or "")
    if bare.startswith(('"', "“")):
        raise _Wrong("A quotation mark is missing: put both ends around the words that belong together.")
    return _Word(name=name, value=bare)


def _command(words: Sequence[_Word], commands: Sequence[Command], dialect: Dialect) -> Command:
    if not words:
        raise _Wrong(f"Which command? {dialect.prefix}help lists them all.")
    if command := _named(words, commands):
        return command
    raise _Wrong(_unknown([word.typed for word in words[:2]], [command.name for command in commands], dialect))


def _named(words: Sequence[_Word], commands: Sequence[Command]) -> Command | None:
    """The command with the longest name that the words begin with."""
    by_name = {command.name.casefold(): command for command in commands}
    for count in (2, 1):
        typed = " ".join(word.typed for word in words[:count]).casefold()
        if len(words) >= count and typed in by_name:
            return by_name[typed]
    return None


def _unknown(typed: Sequence[str], names: Sequence[str], dialect: Dialect) -> str:
    """What to say to words that begin with no command's name."""
    prefix, first = dialect.prefix, typed[0].casefold()
    if first in dialect.own:
        return f"{prefix}{first} takes nothing after it."
    branches = [name for name in names if name.split()[0] == first]
    if branches and len(typed) == 1:
        return f"{prefix}{clipped(first)} needs a second word: {_either([prefix + name for name in branches])}."
    known = branches or [*names, *dialect.own]
    close = _closest(" ".join(typed), known) or _closest(first, known)
    hint = f"Did you mean {prefix}{close}?" if close else f"{prefix}help lists them all."
    return f"There is no command {prefix}{clipped(' '.join(typed) if branches else first)}. {hint}"


def _arguments(command: Command, words: Sequence[_Word], title: str) -> dict[str, str | int]:
    arguments: dict[str, str | int] = {}
    words = _with_long_text(command, words)
    for word in sorted(words, key=lambda word: word.name is None):  # first by name: the others fill what is left open
        option = _option(command, word, arguments, title)
        if option.name in arguments:
            raise _Wrong(f'{title}: "{option.name}" is given twice.')
        arguments[option.name] = _value(option, word.value, title)
    for option in command.options:
        if option.required and option.name not in arguments:
            raise _Wrong(f'{title} needs "{option.name}": {option.summary}')
    return arguments


def _with_long_text(command: Command, words: Sequence[_Word]) -> Sequence[_Word]:
    """The words, where a long text comes last as one word of its name: nobody puts a sentence in quotation marks."""
    names = {option.name.casefold() for option in command.options}
    named = [word for word in words if word.name is not None and word.name.casefold() in names]
    taken = {word.name.casefold() for word in named if word.name is not None}
    left = [option for option in command.options if option.name.casefold() not in taken]
    if not left or not left[-1].long:
        return words
    *before, last = left
    others = [word for word in words if word not in named]
    named.extend(
        replace(others.pop(0), name=option.name)
        for option in before
        if others and (option.kind != "number" or option.required or _COUNTS.match(others[0].value))
    )
    text = " ".join(word.typed for word in others)
    return [*named, _Word(name=last.name, value=text)] if others else named


def _option(command: Command, word: _Word, taken: Mapping[str, object], title: str) -> Option:
    if not command.options:
        raise _Wrong(f"{title} takes nothing after it.")
    if word.name is None:
        if option := next(_open(command, taken), None):
            return option
        raise _Wrong(f'{title}: "{clipped(word.value)}" is one word too many.')
    names = {option.name.casefold(): option for option in command.options}
    if option := names.get(word.name.casefold()):
        return option
    close = _closest(word.name, list(names)) or next(iter(names))
    raise _Wrong(f'{title} has no option "{clipped(word.name)}". Did you mean {close}=?')


def _value(option: Option, text: str, title: str) -> str | int:
    if not text.strip():
        raise _Wrong(f'{title}: "{option.name}" is empty.')
    if option.kind == "text":
        if option.longest is not None and len(text) > option.longest:
            raise _Wrong(f'{title}: "{option.name}" is longer than {option.longest:,} characters.')
        return text
    number = _NUMBER.fullmatch(text)
    if number is None:
        raise _Wrong(f'{title}: "{option.name}" must be {_RANGE}, not "{clipped(text)}".')
    return int(number[1])


def _open(command: Command, taken: Iterable[str]) -> Iterator[Option]:
    return (option for option in command.options if option.name not in taken)


def _offers_of_options(text: str, commands: Sequence[Command]) -> Iterable[Offer]:
    start = max(text.rfind(" "), text.rfind("\t")) + 1
    earlier, fragment = text[:start], text[start:]
    try:
        words = _words(earlier)
    except _Wrong:
        return
    if not words or not (command := _named(words, commands)):
        return
    still_open = _still_open(command, words[len(command.name.split()) :])
    name, named, value = fragment.partition("=")
    if named:
        yield from _offers_of_choices([option for option in still_open if option.name == name], value)
        return
    yield from _offers_of_choices(still_open[:1], fragment)
    for option in still_open[1 if not fragment else 0 :]:
        if option.name.startswith(fragment):
            yield Offer(text=f"{option.name}=", replaces=len(fragment), summary=option.summary)


def _still_open(command: Command, words: Sequence[_Word]) -> list[Option]:
    left = list(_open(command, {word.name for word in words if word.name}))
    return left[sum(word.name is None for word in words) :]


def _offers_of_choices(options: Sequence[Option], typed: str) -> Iterable[Offer]:
    for option in options:
        for choice in option.choices() if option.choices else ():
            if choice.casefold().startswith(typed.casefold()):
                yield Offer(text=quoted(choice), replaces=len(typed), summary=option.summary)


def quoted(choice: str) -> str:
    """A value as it is typed, in quotation marks where it would not be one word without them."""
    return f'"{choice}"' if re.search(r"\s|=", choice) else choice


def _closest(typed: str, known: Sequence[str]) -> str | None:
    return next(iter(get_close_matches(typed.casefold()[:80], known, n=1)), None)


def _either(names: Sequence[str]) -> str:
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
