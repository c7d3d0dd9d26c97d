"""Cards of personas: what they stand for, which there are, and who answers where."""

from collections.abc import Iterator, Sequence
from typing import Final

from adapters.chat.port import Button, Card
from bot.cards.turns import pages
from safi.profile import Profile, Rule

RESUME: Final = Button(label="Resume", command="persona resume")
"""Lets the persona of a paused channel answer again."""


def declared(profile: Profile, quiet: str = "") -> Card:
    """A persona's declared values and rules: what it asks to be judged by. `quiet` says why it does not answer."""
    shares = zip(profile.values, profile.weights, strict=True)
    values = tuple((f"{value.name} · {share:.0%}", value.meaning) for value, share in shares)
    rules = tuple((f"Rule {rule.id}", _rule(rule)) for rule in profile.rules)
    return Card(
        title=f"What {profile.name} stands for",
        sentence=" ".join(filter(None, [quiet, _counted(profile)])),
        lines=(f"“{profile.worldview.strip()}”",),
        fields=(*values, *rules, *_reach(profile)),
        footer="The quoted words are what it is told of itself. Percentages are each value's share in the score.",
    )


def listed(names: Sequence[str], here: str, *, page: int, further: bool) -> Card:
    """A page of all personas, and which of them answers here."""
    lines = tuple(f"{name} (answers here)" if name == here else name for name in names)
    return Card(
        title="Personas", lines=lines, buttons=pages("persona list", page, further=further, labels=("Back", "More"))
    )


def unknown(name: str, near: Sequence[str]) -> Card:
    """There is no persona of that name; `near` are those that may be meant."""
    sentence = f"Did you mean {' or '.join(near)}?" if near else "None has a name that is like it."
    buttons = (Button(label="All personas", command="persona list"),)
    return Card(title=f"There is no persona “{name}”", sentence=sentence, buttons=buttons)


def assigned(profile: Profile, before: str, *, back: bool, shared: bool, thread: bool, paused: bool) -> Card:
    """Who answers in a channel from now on, and instead of whom.

    `back`: the one before could answer again; `shared`: each has one memory for all channels.
    """
    name = profile.name
    memories = (
        f"{name} has {'one memory for all its channels' if shared else 'a memory of its own in this channel'}.",
        f"{before}'s memory stays as it is, for when {before} answers here again.",
    )
    undo = Button(label=f"Back to {before}", command="persona assign", arguments={"name": before})
    waits = ("Nobody answers here for the time being: it is paused.",) if paused else ()
    return Card(
        title=f"{name} answers here",
        sentence=f"From now on {name} answers in this channel, in place of {before}.",
        lines=(*memories, *_whole(thread=thread), *waits),
        buttons=(undo,) if back else (),
    )


def assigned_already(name: str) -> Card:
    """There is nothing to assign."""
    return Card(title=f"{name} answers here already", sentence="Nothing was done.")


def not_admitted(name: str, sentence: str) -> Card:
    """Its judges may not sit."""
    return Card(title=f"{name} cannot answer yet", sentence=f"Nothing was done. {sentence}")


def paused(*, thread: bool) -> Card:
    """Nobody answers in a channel from now on."""
    return Card(
        title="Paused",
        sentence="Nobody answers in this channel until it is resumed. Memory and record stay as they are.",
        lines=_whole(thread=thread),
        buttons=(RESUME,),
    )


def paused_already(name: str) -> Card:
    """There is nothing to pause."""
    return Card(title=f"{name} is paused already", sentence="Nothing was done.", buttons=(RESUME,))


def resumed(name: str, *, thread: bool) -> Card:
    """A persona answers again."""
    return Card(
        title="Resumed",
        sentence=f"{name} answers in this channel again.",
        lines=_whole(thread=thread),
        buttons=(Button(label="Pause", command="persona pause"),),
    )


def not_paused(name: str) -> Card:
    """There is nothing to resume."""
    return Card(title=f"{name} is not paused", sentence="Nothing was done.")


def _whole(*, thread: bool) -> tuple[str, ...]:
    return ("This holds for the whole channel, with all its threads.",) if thread else ()


def _counted(profile: Profile) -> str:
    """How it is held to its word, in one sentence."""
    values, rules = len(profile.values), len(profile.rules)
    kept = f"{rules} rules of its own" if rules > 1 else "a rule of its own" if rules else "the rules of every persona"
    scored = f"{values} values" if values > 1 else "one value"
    return f"Each draft is checked against {kept}, and never sent if it breaks one. What is sent is scored by {scored}."


def _reach(profile: Profile) -> Iterator[tuple[str, str]]:
    """What it relies on beyond its models, and who else may see what is said."""
    if profile.knowledge:
        yield "Knowledge", ", ".join(profile.library)
    if profile.fallbacks:
        names = ", ".join(profile.fallbacks)
        yield "Stand-ins", f"Where its own models cannot be reached, {names} may be asked, and sees what is said."


def _rule(rule: Rule) -> str:
    """A rule, and what follows where it is broken, if that is more than silence."""
    lines = [rule.text]
    if rule.message_patterns:
        lines.append("A message can call for it by itself; then nothing is drafted.")
    if rule.answer_with:
        lines.append(f"What is said then: “{rule.answer_with.strip()}”")
    if rule.notify:
        lines.append("A moderator is called.")
    return "\n".join(lines)
