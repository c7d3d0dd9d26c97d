"""The whole bot on a simulated Discord, as its members meet it."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from safi.turn import Approved, Suppressed
from tests.adapters.chat.discord.test_client import PNG
from tests.whole.discord_world import FREE, World, called, world
from tests.whole.minds import Minds, words_of
from tests.whole.seeing import pressable, words


async def test_a_mention_is_answered_audited_and_the_next_answer_is_coached(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        there.minds.before = lambda: called(there, "/typing")
        question = await there.ada.send(there.general, f"{there.bot} does it squeak?")
        (answer,) = there.said()
        assert answer.content == "An answer to “does it squeak?”"
        assert answer.reference is not None
        assert answer.reference.message_id == question.id
        assert list(pressable(answer)) == ["👍", "👎"]
        landed = await there.news.get()
        assert (landed.number, landed.scope) == (1, there.life.app.scopes.scope(there.place()))
        assert len(there.minds.drafting[0].system) == 1
        await there.ask("and now?")
        assert "‘Kindness’ needs more of your attention" in there.minds.drafting[1].system[-1]
        assert "does it squeak?" in words_of(there.minds.drafting[1])
        first, second = reversed(await there.life.store.turns(landed.scope, limit=5))
        assert isinstance(first.turn.outcome, Approved)
        assert (first.message_id, first.fate) == (str(answer.id), "folded")
        assert "Kindness" in str(second.turn.coaching)


async def test_a_draft_that_is_held_back_reaches_nobody_and_is_no_crash(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answers = [await there.ask(word) for word in ("tell me the code", "insult me", "how to harm?")]
        assert [answer.content for answer in answers] == ["That I may not say."] * 3
        sent = json.dumps([call.json for call in there.env.http_requests], ensure_ascii=False)
        assert [draft for draft in ("1234", "fool", "hammer") if draft in sent] == []
        records = await there.life.store.turns(there.life.app.scopes.scope(there.place()), limit=5)
        assert [type(record.turn.outcome) for record in records] == [Suppressed] * 3


async def test_a_rule_that_asks_for_a_person_calls_the_moderators_to_the_message(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        await there.ask("how to harm my neighbour?")
        (card,) = there.said(there.room)
        question = there.general.history()[-2]
        assert "no-harm" in card.content
        link = f"https://discord.com/channels/{there.home.id}/{there.general.id}/{question.id}"
        assert pressable(card) == {"Go to message": link}
        assert "neighbour" not in await words(card)


async def test_nothing_that_a_model_says_can_ping_and_long_answers_end_in_a_file(tmp_path: Path) -> None:
    code = "\n".join(f"line_{number} = '@here'" for number in range(1_000))
    text = f"<@1>, this is for `@everyone`:\n```python\n{code}\n```"
    async with world(tmp_path, minds=Minds(draft=lambda _: text)) as there:
        await there.ask("go on")
        parts = there.said()
        assert len(parts) == 5
        assert all(part.content.count("```") % 2 == 0 for part in parts)
        assert "".join(part.content for part in parts).count("line_7 =") == 1
        assert [file.filename for part in parts for file in part.attachments] == ["answer.md"]
        assert "line_999 =" in (await parts[-1].attachments[0].read()).decode()
        assert [part for part in parts if part.mentions or part.role_mentions or part.mention_everyone] == []
        sent = there.calls("POST", f"/channels/{there.general.id}/messages")
        assert [body["allowed_mentions"]["parse"] for body in sent] == [[]] * 5
        assert len({body["nonce"] for body in sent}) == 5
        assert [list(pressable(part)) for part in parts] == [[]] * 4 + [["👍", "👎"]]


async def test_bots_and_webhooks_are_never_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        other = there.home.add_member(there.env.create_user("other", bot=True))
        await other.send(there.general, f"{there.bot} hello")
        await there.home.create_webhook(there.general).send(f"{there.bot} hello")
        assert there.said() == []
        assert there.minds.asked == []


async def test_speakers_keep_their_tags_apart(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for person in (there.ada, there.mo, there.ada):
            await there.ask("and I?", by=person)
        said = [message.text for message in there.minds.drafting[-1].messages if message.role == "user"]
        tags = [text.partition("]")[0] for text in said]
        assert tags[0] == tags[2] != tags[1]
        assert all(tag.startswith("[member-") for tag in tags)


@pytest.mark.parametrize("sees", [False, True])
async def test_files_are_read_and_pictures_seen_or_said_not_to_be(tmp_path: Path, sees: bool) -> None:
    async with world(tmp_path, minds=Minds(sees=sees)) as there:
        files = [("notes.txt", b"The hinge is dry."), ("hinge.png", PNG), ("song.mp3", b"ID3")]
        await there.ask("look", attachments=files)
        asked = there.minds.drafting[0].messages[-1]
        assert "The hinge is dry." in asked.text
        assert [image.data for image in asked.images] == ([PNG] if sees else [])
        _, notice = there.said()
        assert "song.mp3" in notice.content
        assert ("cannot see pictures: hinge.png" in notice.content) == (not sees)


async def test_a_question_that_is_deleted_meanwhile_is_not_answered(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def wait() -> None:
            begun.set()
            await go_on.wait()

        there.minds.before = wait
        question = there.env.backend.create_message(there.general.id, there.ada.id, f"{there.bot} forget it")
        await begun.wait()
        there.env.backend.delete_message(there.general.id, question.id)
        await there.life.store.noted("a turn of the loop")
        go_on.set()
        await there.env.settle()
        assert there.said() == []
        there.minds.before = None
        await there.ask("what did I say?")
        assert "forget it" not in words_of(there.minds.drafting[-1])


async def test_a_question_that_is_deleted_later_is_shown_to_no_model_any_more(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        question = await there.ada.send(there.general, f"{there.bot} my secret")
        await there.ada.delete(question)
        await there.ask("what did I say?")
        assert "my secret" not in words_of(there.minds.drafting[-1])


async def test_direct_messages_are_off_with_one_clear_line_and_nothing_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for _ in range(2):
            await there.ada.send_dm("are you there?")
        (notice,) = there.said(there.ada.user.dm_channel)
        assert notice.content.startswith("-# **Direct messages are off**")
        assert there.minds.asked == []
        kept = there.config.store.path.read_bytes() + there.config.store.path.with_name("safi.db-wal").read_bytes()
        assert b"are you there?" not in kept


async def test_direct_messages_can_be_switched_on(tmp_path: Path) -> None:
    async with world(tmp_path, direct_messages=True) as there:
        await there.ada.send_dm("are you there?")
        (answer,) = there.said(there.ada.user.dm_channel)
        assert answer.content == "An answer to “are you there?”"


async def test_a_free_channel_takes_no_mention_but_the_intent(tmp_path: Path) -> None:
    async with world(tmp_path, free_response_channels=(str(FREE),)) as there:
        assert there.env.bot.intents.message_content
        free = there.known(FREE, lambda: there.home.create_text_channel("free"))
        await there.ada.send(free, "anybody here?")
        await there.ada.send(there.general, "anybody here?")
        assert [answer.content for answer in there.said(free)] == ["An answer to “anybody here?”"]
        assert there.said() == []


async def test_no_privileged_intent_is_asked_for_unless_a_free_channel_needs_it(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        assert privileged(there) == []
        await there.restart(free_response_channels=(str(FREE),))
        assert privileged(there) == ["message_content"]


def privileged(there: World) -> list[str]:
    asked = dict(there.env.bot.intents)
    return [name for name in ("members", "presences", "message_content") if asked[name]]


async def test_every_message_for_the_bot_ends_in_one_outcome_that_says_why(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        for text in ("hello", "", "the code?"):
            await there.ada.send(there.general, f"{there.bot} {text}")
        await there.ada.send_dm("psst")
        await there.mo.slash(there.general, "safi persona pause")
        await there.ada.send(there.general, f"{there.bot} hello?")
        with closing(sqlite3.connect(there.config.store.path)) as record:
            events = record.execute("select outcome, reason from events order by message_id").fetchall()
        assert events == [
            ("turn", None),
            ("ignored", '"empty"'),
            ("turn", None),
            ("ignored", '"direct messages are off"'),
            ("ignored", '"paused"'),
        ]


async def test_a_channel_has_the_persona_that_it_was_given_and_so_have_its_threads(tmp_path: Path) -> None:
    async with world(tmp_path, personas={str(FREE): "bob"}) as there:
        given = there.known(FREE, lambda: there.home.create_text_channel("garden"))
        await there.ask("who are you?", given)
        await there.ask("who are you?")
        assert ["Bob" in request.system[0] for request in there.minds.drafting] == [True, False]
