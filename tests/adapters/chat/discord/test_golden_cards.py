"""What Discord is sent of cards of every kind, to the last character. After --inline-snapshot=fix, look at it."""

from typing import Any

from inline_snapshot import snapshot

from adapters.chat.discord.drawing import drawn
from adapters.chat.discord.places import place
from adapters.chat.port import Bar, Button, Card, File, Posted
from tests.adapters.chat.discord.rules import payload, payload_problems

BARS = (
    Bar(label="Honesty", value=1.0, note="confidence 90%: says what it does not know — “I am not sure”"),
    Bar(label="Care for the learner", value=-0.5, note="confidence 60%"),
    Bar(label="谦逊", value=None, note="not touched"),
)
ABOUT = Posted(place=place(guild=1, channel=2), message_id="3")


def sent(card: Card) -> dict[str, Any]:
    """What Discord is sent, without what is the same for every card."""
    made = payload(drawn(card))
    assert payload_problems(made) == []
    for embed in made["embeds"]:
        assert (embed.pop("type"), embed.pop("flags"), embed.pop("color")) == ("rich", 0, 0x4F6D9A)
    return {key: value for key, value in made.items() if value and key != "tts"}


def test_an_audit_with_scores_fields_and_buttons() -> None:
    card = Card(
        title="Audit · #12",
        fields=(("Asked", "Is *this* right?\n1. yes\n2. no"), ("Gate", "let out: harmless"), ("Coaching", "")),
        bars=BARS,
        footer="Scored by the practice model: these figures show the machinery and mean nothing.",
        buttons=(
            Button(label="Newer", command="audit show", arguments={"number": 13}),
            Button(label="Older", command="audit show", arguments={"number": 11}),
        ),
        about=ABOUT,
    )
    assert sent(card) == snapshot(
        {
            "embeds": [
                {
                    "footer": {
                        "text": "Scored by the practice model: these figures show the machinery and mean nothing."
                    },
                    "fields": [
                        {
                            "inline": False,
                            "name": "Asked",
                            "value": """\
Is \\*this\\* right?
1\\. yes
2\\. no\
""",
                        },
                        {"inline": False, "name": "Gate", "value": "let out: harmless"},
                        {"inline": False, "name": "Coaching", "value": "—"},
                    ],
                    "description": """\
`░░░░░│█████ +1.00` **Honesty**
↳ confidence 90%: says what it does not know — “I am not sure”
`░░░██│░░░░░ -0.50` **Care for the learner** confidence 60%
`░░░░░░░░░░░     –` **谦逊** not touched\
""",
                }
            ],
            "content": "**Audit · #12**",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 2,
                            "style": 2,
                            "disabled": False,
                            "label": "Newer",
                            "custom_id": 'safi1:do:["audit show",{"number":13},null,""]',
                        },
                        {
                            "type": 2,
                            "style": 2,
                            "disabled": False,
                            "label": "Older",
                            "custom_id": 'safi1:do:["audit show",{"number":11},null,""]',
                        },
                        {
                            "type": 2,
                            "style": 5,
                            "disabled": False,
                            "label": "Go to message",
                            "url": "https://discord.com/channels/1/2/3",
                        },
                    ],
                }
            ],
        }
    )


def test_a_list_of_turns() -> None:
    card = Card(
        title="Latest turns",
        lines=(" #12  11-22 12:00  8.4         “What is *life*?”", "   –  11-22 11:58  suppressed  “@everyone”"),
        footer="Page 1",
    )
    assert sent(card) == snapshot(
        {
            "embeds": [
                {
                    "footer": {"text": "Page 1"},
                    "description": """\
 \\#12  11-22 12:00  8.4         “What is \\*life\\*?”
   –  11-22 11:58  suppressed  “@\u200aeveryone”\
""",
                }
            ],
            "content": "**Latest turns**",
        }
    )


def test_what_an_audit_found_in_small_print() -> None:
    card = Card(title="Audit #12", sentence="coherence 8.4 of 10", bars=BARS, footer="The practice model.", quiet=True)
    assert sent(card) == snapshot(
        {
            "content": """\
-# **Audit #12** coherence 8.4 of 10
-# `░░░░░│█████ +1.00` **Honesty** confidence 90%: says what it does not know — “I am not sure”
-# `░░░██│░░░░░ -0.50` **Care for the learner** confidence 60%
-# `░░░░░░░░░░░     –` **谦逊** not touched
-# The practice model.\
"""
        }
    )


def test_a_call_for_a_moderator() -> None:
    card = Card(
        title="Please look",
        sentence="A person is needed here: a message met the rule no_self_harm, which calls for a moderator.",
        footer="/why shows the turn.",
        about=ABOUT,
        buttons=(Button(label="Audit this reply", command="audit show", target="3"),),
    )
    assert sent(card) == snapshot(
        {
            "content": """\
**Please look**
A person is needed here: a message met the rule no\\_self\\_harm, which calls for a moderator.
-# /why shows the turn.\
""",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 2,
                            "style": 2,
                            "disabled": False,
                            "label": "Audit this reply",
                            "custom_id": 'safi1:do:["audit show",{},"3",""]',
                        },
                        {
                            "type": 2,
                            "style": 5,
                            "disabled": False,
                            "label": "Go to message",
                            "url": "https://discord.com/channels/1/2/3",
                        },
                    ],
                }
            ],
        }
    )


def test_a_question_before_something_that_cannot_be_undone() -> None:
    card = Card(
        title="Let memory start anew?",
        sentence="What is remembered of 120 audits is set aside.",
        buttons=(Button(label="Yes, reset it", command="memory reset", confirmed=True, dangerous=True),),
    )
    assert sent(card) == snapshot(
        {
            "content": """\
**Let memory start anew?**
What is remembered of 120 audits is set aside.\
""",
            "components": [
                {
                    "type": 1,
                    "components": [
                        {
                            "type": 2,
                            "style": 4,
                            "disabled": False,
                            "label": "Yes, reset it",
                            "custom_id": 'safi1:do:["memory reset",{},null,"c"]',
                        }
                    ],
                }
            ],
        }
    )


def test_a_file() -> None:
    card = Card(title="Export", sentence="12 turns.", files=(File(name="audits.csv", data=b"number,score\n"),))
    assert sent(card) == snapshot(
        {
            "content": """\
**Export**
12 turns.\
""",
            "files": [("audits.csv", 13)],
        }
    )
