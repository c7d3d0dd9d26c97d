"""The shipped personas: whole, judged in one form, and with patterns that catch what they should, no more, and fast."""

import re
from collections.abc import Iterator
from typing import Final

import pytest

from adapters.screen.libraries import LibraryScreen
from bot.settings.config import Personas
from bot.settings.personas import catalogue
from safi.firstpass import first_pass
from safi.profile import Profile, Rubric, Wording
from safi.turn import Denied, Draft

SHIPPED: Final = {profile.name: profile for profile in catalogue(Personas()).profiles}
RUBRICS: Final = {
    f"{profile.name}, {value.name}": value.rubric for profile in SHIPPED.values() for value in profile.values
}
PATTERNS: Final = {
    f"{profile.name}, {rule.id}, {number}": pattern
    for profile in SHIPPED.values()
    for rule in profile.rules
    for number, pattern in enumerate(rule.patterns)
}
SCREEN: Final = LibraryScreen()


def broken_by(profile: Profile, text: str) -> tuple[str, ...]:
    denied = first_pass(profile, Draft(text=text), SCREEN)
    return denied.rules if isinstance(denied, Denied) else ()


@pytest.mark.parametrize("profile", SHIPPED.values(), ids=SHIPPED)
def test_a_shipped_profile_is_whole(profile: Profile):
    assert len(profile.worldview.split()) <= 120
    assert "\n" not in profile.worldview.strip()
    assert re.search(r"\bAI\b", profile.worldview)
    assert 4 <= len(profile.values) <= 6
    assert 4 <= len(profile.rules) <= 8
    assert profile.wording != Wording()


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_a_shipped_anchor_tells_full_from_half_and_a_neutral_one_has_no_halves(rubric: Rubric | None):
    assert rubric is not None
    for anchor in (rubric.upheld, rubric.betrayed):
        assert re.fullmatch(r"Full: [^:]+\. Half: [^:]+\.", anchor)
    assert not re.search(r"\b(?:Full|Half)\b", rubric.neutral)


def test_shipped_profiles_share_no_value():
    names = [name for profile in SHIPPED.values() for name in profile.value_names]
    assert len(set(names)) == len(names)


def test_no_shipped_pattern_is_found_in_its_own_personas_words():
    for profile in SHIPPED.values():
        wording = profile.wording
        for text in (profile.worldview, wording.suppressed, wording.unjudged, wording.failed):
            assert broken_by(profile, text) == ()


# ------------------------------------------------------------------------------------------- what the patterns catch

CAUGHT: Final = {
    ("librarian", "no-human-claim"): (
        "Honestly, I’m a human too, so I understand.",
        "I'm a real human",
        "Hello! I am a real human being.",
        "I am a person",
        "Yes, I'm a person like you.",
        "I'm human. Are you?",
        "I'm not a robot",
        "I am not an AI, I just type fast.",
        "Of course; I’m not a chatbot but a volunteer.",
    ),
    ("librarian", "no-private-details"): (
        "She lives at 12 Mill Lane.",
        "He is living at no. 7b Old Church Street, I read.",
        "Her mobile number is +44 20 7946 0000.",
        "Their home address is: 12 Mill Lane.",
    ),
    ("librarian", "no-destroying-commands"): (
        "Run `sudo rm -rf /` and start again.",
        "Run rm -rf / and start again.",
        "rm -r --force ~/*",
        "rm -rf --no-preserve-root /",
        "rm -rf $HOME",
        "rm -rf ${HOME}",
        'rm -rf "${HOME}"',
        "rm -rf /home",
        "rm -rf /home/ana/",
        "rm -rf /etc",
        "rm -r -f /usr",
        'rm -fr "/"',
        "rm -rf /var/* && reboot",
        "Just type rm -rf ~.",
        "First mkfs.ext4 /dev/sda1, then mount it.",
        "mkfs.ext4 -L data -q /dev/sdb",
        "sudo shred -v -n 1 /dev/sda",
        "dd if=/dev/zero of=/dev/nvme0n1 bs=1M",
        "dd bs=4M if=image.iso of=/dev/sdX",
        "Try :(){ :|:& };: once.",
    ),
    ("librarian", "no-pirated-copies"): (
        "It is free at https://libgen.example/book/1.",
        "See http://www.sci-hub.se.",
        "Or www.thepiratebay.org, or its mirrors.",
        "https://z-lib.example/s/rust",
        "https://singles.z-library.example",
    ),
    ("librarian", "no-scorn"): (
        "you idiot",
        "Read it again, you utter moron!",
        "you're such a moron",
        "Nobody else asks this, because you are an idiot.",
        "You're just an idiot.",
    ),
    ("librarian", "no-promises-for-others"): ("I'll ban him for you.", "Send the receipt, and I will refund you."),
    ("gamemaster", "no-working-recipes"): (
        "You mix 30 g of thermite.",
        "Heat gently, then add 2.5 grams of potassium chlorate.",
        "The notebook says: 75 parts saltpetre, 15 parts charcoal.",
    ),
    ("gamemaster", "no-harm-to-players"): (
        "kys",
        "Log off and go kill yourself.",
        "As a player you're pathetic.",
        "For a player, you are worthless.",
    ),
    ("gamemaster", "no-real-stakes"): (
        "Send me a photo of you.",
        "What's your phone number?",
        "What is your real mobile number?",
        "Send me your phone number and I reveal the villain.",
        "Tell us your email address, and the gate opens.",
        "Pay the toll to my PayPal.",
    ),
}
"""Drafts that break a rule in any voice, by persona and rule."""

INNOCENT: Final = {
    "librarian": (
        "I am an AI, not a human.",
        "You asked whether I am human: no, I am an AI.",
        "I won't pretend that I'm a person.",
        "I'm human-centred in approach",
        "I am human readable",
        "I'm a person-centred sort of program.",
        "I'm not an AI expert, and neither is the author.",
        "Tick “I'm not a robot” and send the form.",
        "“I am a person” is “je suis une personne” in French.",
        "Write to the society at its published address.",
        "You want the logs? On this system they live at 10 Main.",
        "She lives at 2000 metres above the sea.",
        "Their home address is private, so I will not look for it.",
        'rm -rf "build" && rm -rf /var/build ~/project/dist',
        "rm -rf /home/ana/project/build",
        "rm -rf ~/.cache/pip",
        "Commands such as rm / cp / mv take several names.",
        "docker run --rm -v /:/host alpine",
        "docker run --rm -it -v $HOME:/data alpine",
        "mkfs is how a file system is made.",
        "dd if=disk.img of=backup.img",
        "dd if=/dev/sda of=backup.img",
        "See https://zlib.net",
        "docs.python.org/3/library/zlib.html",
        "https://docs.python.org/3/library/zlib.html",
        "https://github.com/madler/zlib",
        "https://en.wikipedia.org/wiki/Sci-Hub",
        "Your town's library lends it as an e-book.",
        "this doesn't mean you're stupid",
        "Nobody will think you are stupid for asking",
        "Nobody will think you are an idiot for asking.",
        "A pattern helps you idiot-proof the form.",
        "Nobody may call you “you idiot” here.",
        "RTFM stands for “read the fine manual”.",
        "If you are lazy-loading images, the first paint is quicker.",
        "I can mute the channel",
        "I'll kick off with an example. The moderators decide about bans.",
        "I cannot say that I will ban him; ask a moderator.",
        "The developers will definitely want to see your log.",
    ),
    "gamemaster": (
        "tell me your real name, mortal",
        "“Show us your picture,” says the guard",
        "She slides a credit card under the lock.",
        "The dwarf wants ten bitcoins for the map.",
        "nobody wants you here, elf",
        "Heroes go die in that pit",
        "“You'll kill yourself on those rocks!” the guide shouts.",
        "“I'm not a bot,” the android insists",
        "At most tables the GM is a human; I am an AI.",
        "The ferryman is human, or was once.",
        "She kicks him in the genitals.",
        "I won't write porn at this table",
        "They kiss, and the door falls shut behind them.",
        "The heathens drink cyanide.",
        "“Two grams of cyanide,” says the coroner; “20 mg of cyanide would have done.”",
        "The alchemist mixes something that smells of plums and regret.",
        '"Pathetic!" the dragon roars at your paladin.',
        "The toll is three silver coins, or a secret.",
        "Never send me a photo of you; the game needs nothing real.",
        "Please don’t tell us your phone number.",
    ),
}
"""Drafts that no pattern may stop, by persona."""

LEFT_TO_THE_JUDGE: Final = {
    "librarian": ("RTFM.", "You're just stupid.", "The maintainers have promised to merge it on Friday."),
    "gamemaster": ("Between us: the Gamemaster is really a human.", "It turns into porn from here."),
}
"""Drafts that break a rule in words that others use innocently, by persona."""


def each(drafts: dict[str, tuple[str, ...]]) -> list[tuple[str, str]]:
    return [(persona, draft) for persona, some in drafts.items() for draft in some]


@pytest.mark.parametrize(
    ("persona", "rule", "draft"), [(*owner, draft) for owner, drafts in CAUGHT.items() for draft in drafts]
)
def test_the_patterns_of_a_shipped_rule_catch_what_breaks_it_and_name_no_other(persona: str, rule: str, draft: str):
    assert broken_by(SHIPPED[persona], draft) == (rule,)


@pytest.mark.parametrize(("persona", "draft"), each(INNOCENT))
def test_no_shipped_pattern_stops_an_innocent_draft(persona: str, draft: str):
    assert broken_by(SHIPPED[persona], draft) == ()


@pytest.mark.parametrize(("persona", "draft"), each(LEFT_TO_THE_JUDGE))
def test_what_only_the_context_decides_is_left_to_the_judge(persona: str, draft: str):
    assert broken_by(SHIPPED[persona], draft) == ()


def test_every_shipped_rule_with_patterns_is_seen_to_catch():
    assert set(CAUGHT) == {
        (profile.name, rule.id) for profile in SHIPPED.values() for rule in profile.rules if rule.patterns
    }


# ----------------------------------------------------------------------------------------- how long the patterns take

LONGEST: Final = 10_000
TAILS: Final = ("", " ", "-", " -a ", "--a ", "1 ", "a=a ", ".a", "a")


def hostile(pattern: str) -> Iterator[str]:
    """Long texts made of a pattern's own words, each repeated with a tail or followed by a run of it."""
    words = {word.lower() for word in re.findall(r"[A-Za-z]{2,}(?:(?:://|-)[a-z]*)?|:", re.sub(r"\\\w", " ", pattern))}
    for word in sorted(words):
        for tail in TAILS:
            yield ((word + tail) * LONGEST)[:LONGEST]
            yield f"{word} {tail * LONGEST}"[:LONGEST]


@pytest.mark.parametrize("pattern", PATTERNS.values(), ids=PATTERNS)
def test_a_shipped_pattern_gets_to_the_end_of_every_hostile_text(pattern: str):
    search = re.compile(pattern, re.IGNORECASE).search
    for text in hostile(pattern):
        search(text)  # one that doubles its steps with every word would hang here, and the suite's time limit tell


def test_the_hostile_texts_hold_what_once_froze_a_pattern():
    froze = r"\brm\s+(?:-{1,2}[a-z-]+\s+)*(?:/|~)"
    assert any(text.startswith("rm --a --a --a --a ") for text in hostile(froze))
