"""The whole bot with the most that it may be given, in any script: all that it sends is what Discord takes."""

from pathlib import Path
from typing import Final

import pytest

from adapters.chat.discord.limits import LIMITS
from safi.profile import LIMITS as MOST
from safi.profile import Profile, Rubric, Rule, Value
from tests.doubles import small_profile
from tests.whole.discord_world import World, world
from tests.whole.giving import Giver
from tests.whole.minds import Minds
from tests.whole.seeing import pressable, refused_by_discord, told, words

SCRIPTS: Final = {
    "arabic": "العدل والإحسان والصبر على الناس ",
    "chinese": "正直与关怀学习者的耐心谦逊",
    "emoji": "🧭🪴🤝🏽🦉",
    "markup": "*_`~|[x](https://example.org)<@1>#- ",
}


def longest(script: str, length: int, start: object = "") -> str:
    """So many characters of a script, with nothing unseen at either end."""
    text = (f"{start} " + SCRIPTS[script] * length)[:length].strip()
    return text + "x" * (length - len(text))


def grand(script: str) -> Profile:
    """As much of everything as a profile may hold."""
    anchor = longest(script, MOST["anchor"])
    return Profile(
        name="g" * MOST["name"],
        worldview=longest(script, MOST["worldview"]),
        values=tuple(
            Value(
                name=longest(script, MOST["value name"], number),
                meaning=longest(script, MOST["meaning"]),
                weight=number,
                rubric=Rubric(upheld=anchor, neutral=anchor, betrayed=anchor),
            )
            for number in range(1, MOST["values"] + 1)
        ),
        rules=tuple(
            Rule(
                id=f"rule-{number:02}-{'r' * 32}",
                text=longest(script, MOST["rule text"]),
                message_patterns=("zzz",),
                answer_with=longest(script, MOST["fixed answer"]),
                notify=True,
            )
            for number in range(1, MOST["rules"] + 1)
        ),
    )


def crowd(script: str) -> tuple[Profile, ...]:
    """Two hundred personas, the first of them as large as it may be."""
    others = (small_profile(name=f"persona-{number:03}-{'p' * 28}") for number in range(199))
    return (grand(script), *others)


async def settled(there: World, script: str) -> Giver:
    """An administrator of a strange name, before an answer with an audit."""
    person = there.home.add_member(
        there.env.create_user("king"), nick=longest(script, 32), roles=[there.home.roles["boss"]]
    )
    answer = await there.audited(longest(script, 1_500), by=person)
    return Giver(there=there, person=person, channel=there.general, answer=answer)


@pytest.mark.slow
@pytest.mark.parametrize("script", SCRIPTS)
async def test_all_that_is_sent_is_what_discord_takes(tmp_path: Path, script: str) -> None:
    minds = Minds(draft=lambda _: f"So it is. {longest(script, 12_000)}")
    async with world(tmp_path, profiles=crowd(script), minds=minds) as there:
        giver = await settled(there, script)
        await giver.person.send(there.general, f"{there.bot} zzz")
        for row in there.life.app.commands:
            async for way, shown in giver.every_way(row):
                assert await words(shown), (row.name, way)
            assert len(await giver.completed(row)) <= LIMITS.commands.autocomplete
        assert refused_by_discord(there.env) == []
        assert len(there.said(there.room)) == 3, "a call and two reports"


async def test_two_hundred_personas_are_found_by_page_and_by_typing(tmp_path: Path) -> None:
    async with world(tmp_path, profiles=crowd("chinese")) as there:
        card, pages = told(await there.mo.slash(there.general, "safi persona list")), 1
        while "More" in pressable(card):
            await there.mo.click(card, label="More")
            pages += 1
        assert pages == 10
        assert "persona-198" in await words(card)
        offered = await there.mo.autocomplete(there.general, "safi persona assign", "name", "persona-19")
        assert len(offered) == 9
        given = told(await there.mo.slash(there.general, "safi persona assign", name=str(offered[-1]["value"])))
        assert "persona-19" in given.content
