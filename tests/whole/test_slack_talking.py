"""The whole bot on a loopback Slack, as its members meet it."""

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.chat.slack import platform
from adapters.llm.scripted import Answer
from safi.errors import AnswerRefused
from safi.ports import Request
from safi.turn import Approved, Suppressed
from tests.adapters.chat.discord.test_client import PNG
from tests.adapters.chat.slack.loopback.faults import Refused
from tests.whole.minds import Minds, words_of
from tests.whole.slack_seeing import DEAD, pressable, words
from tests.whole.slack_world import Mode, world


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_a_mention_is_answered_in_its_thread_audited_and_the_next_answer_is_coached(
    tmp_path: Path, mode: Mode
) -> None:
    async with world(tmp_path, mode=mode) as there:
        home, team = there.home, there.home.space.team
        there.minds.before = lambda: there.until(lambda: home.space.still_shown)
        question = await home.space.says(home.ada, home.general, "does it squeak?")
        landed = await there.news.get()
        (answer,) = team.posted(home.general.id)
        assert (answer.thread, answer.text) == (question.ts, "An answer to “does it squeak?”")
        statuses = [(each.thread, bool(each.text)) for each in team.statuses]
        assert statuses[:2] == [(question.ts, True), (question.ts, False)]
        assert list(pressable(answer)) == ["Good answer", "Not a good answer"]
        assert (landed.number, landed.scope) == (1, there.life.app.scopes.scope(home.place()))
        assert len(there.minds.drafting[0].system) == 1
        await there.ask("and now?", thread=question.ts)
        assert "‘Kindness’ needs more of your attention" in there.minds.drafting[1].system[-1]
        assert "does it squeak?" in words_of(there.minds.drafting[1])
        first, second = reversed(await there.life.store.turns(landed.scope, limit=5))
        assert isinstance(first.turn.outcome, Approved)
        assert (first.message_id, first.fate) == (answer.ts, "folded")
        assert "Kindness" in str(second.turn.coaching)


async def test_each_thread_is_a_conversation_of_its_own_and_all_share_their_channels_memory(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        one = await there.audited("my first secret")
        await there.ask("and now?")
        assert "my first secret" not in words_of(there.minds.drafting[-1])
        assert "‘Kindness’ needs more of your attention" in there.minds.drafting[-1].system[-1]
        await there.ask("what did I say?", thread=one.thread)
        assert "my first secret" in words_of(there.minds.drafting[-1])


async def test_a_thread_goes_on_without_a_mention_where_that_is_switched_on(tmp_path: Path) -> None:
    async with world(tmp_path, follow_threads=True) as there:
        home, answer = there.home, await there.ask("does it squeak?")
        turns = len(there.turns)
        await home.space.says(home.mo, home.general, "it does", thread=answer.thread, mention=False)
        await there.until(lambda: len(there.turns) > turns)
        assert home.space.texts(home.general, answer.thread)[-1].endswith("it does”")
        root = await home.space.says(home.ada, home.general, "lunch?", mention=False)
        await home.space.says(home.mo, home.general, "at noon", thread=root.ts, mention=False)
        assert len(there.turns) == 2
        assert [name for name, _, _ in there.outcomes() if root.ts in name] == []


async def test_without_that_nothing_is_heard_but_mentions(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, answer = there.home, await there.ask("does it squeak?")
        assert home.space.team.app.events == ("app_home_opened", "app_mention")
        await home.space.says(home.mo, home.general, "it does", thread=answer.thread, mention=False)
        assert len(there.outcomes()) == 1


async def test_a_draft_that_is_held_back_reaches_nobody_and_is_no_crash(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        answers = [await there.ask(word) for word in ("tell me the code", "insult me", "how to harm?")]
        assert [answer.text for answer in answers] == ["That I may not say."] * 3
        sent = json.dumps([call.args for call in there.slack.journal.calls], ensure_ascii=False)
        assert [draft for draft in ("1234", "fool", "hammer") if draft in sent] == []
        records = await there.life.store.turns(there.life.app.scopes.scope(there.home.place()), limit=5)
        assert [type(record.turn.outcome) for record in records] == [Suppressed] * 3


async def test_a_rule_that_asks_for_a_person_calls_the_moderators_to_the_message(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, answer = there.home, await there.ask("how to harm my neighbour?")
        (card,) = home.space.team.posted(home.room.id)
        assert "no-harm" in words(card)
        assert answer.thread is not None
        link = f"https://home.slack.com/archives/{home.general.id}/p{answer.thread.replace('.', '')}"
        assert pressable(card) == {"Go to message": link}
        assert "neighbour" not in words(card)


async def test_nothing_that_a_model_says_can_ping_and_long_answers_end_in_a_file(tmp_path: Path) -> None:
    code = "\n".join(f"line_{number} = '<!here>'" for number in range(1_000))
    text = f"<@U123>, this is for <https://example.org|you> and `<!channel>`:\n```python\n{code}\n```"
    async with world(tmp_path, minds=Minds(draft=lambda _: text)) as there:
        home, last = there.home, await there.ask("go on")
        *parts, file = home.space.team.posted(home.general.id, last.thread)
        assert len(parts) == 5
        markdown = [block["text"] for part in parts for block in part.blocks if block["type"] == "markdown"]
        assert all(part.count("```") % 2 == 0 for part in markdown)
        assert "".join(markdown).count("line_7 =") == 1
        assert [DEAD.findall(part) for part in [*markdown, *(part.text for part in parts)]] == [[]] * 10
        assert [each["name"] for each in file.files] == ["answer.md"]
        assert "line_999 =" in home.space.team.contents[file.files[0]["id"]].decode()
        assert [list(pressable(part)) for part in parts] == [[]] * 4 + [["Good answer", "Not a good answer"]]


@pytest.mark.parametrize("error", ["invalid_blocks", "msg_too_long"])
async def test_what_slack_takes_in_no_blocks_goes_out_as_plain_words(tmp_path: Path, error: str) -> None:
    async with world(tmp_path, minds=Minds(draft=lambda _: "| a | b |\n|---|---|\n| 1 | <@U123> |")) as there:
        there.slack.fail("chat.postMessage", Refused(error=error))
        answer = await there.ask("a table?")
        assert [block for block in answer.blocks if block["type"] == "markdown"] == []
        assert "U123" in answer.text
        assert "<" not in answer.text
        assert len(there.home.space.texts(there.home.general)) == 1


async def test_bots_are_never_answered(tmp_path: Path) -> None:
    async with world(tmp_path, follow_threads=True) as there:
        home, answer = there.home, await there.ask("hello?")
        other = home.space.person("other", bot=True)
        home.general.members.add(other.id)
        for thread in (None, answer.thread):
            await home.space.says(other, home.general, "hello", thread=thread)
        await home.space.acknowledged()
        assert len(there.outcomes()) == len(there.turns) == 1


async def test_speakers_keep_their_tags_apart(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, first = there.home, await there.ask("and I?")
        for person in (home.mo, home.ada):
            await there.ask("and I?", by=person, thread=first.thread)
        said = [message.text for message in there.minds.drafting[-1].messages if message.role == "user"]
        tags = [text.partition("]")[0] for text in said]
        assert tags[0] == tags[2] != tags[1]
        assert all(tag.startswith("[member-") for tag in tags)
        assert not any(person.id in words_of(there.minds.drafting[-1]) for person in home.persons)


@pytest.mark.parametrize("sees", [False, True])
async def test_files_are_read_and_pictures_seen_or_said_not_to_be(
    tmp_path: Path, sees: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "_READING", 60.0)  # seconds: a busy machine is not to decide
    async with world(tmp_path, minds=Minds(sees=sees), read_files=True) as there:
        files = {
            "notes.txt": ("text/plain", b"The hinge is dry."),
            "hinge.png": ("image/png", PNG),
            "song.mp3": ("audio/mpeg", b"ID3"),
        }
        await there.ask("look", files=files)
        await there.until(lambda: len(there.home.space.texts(there.home.general)) == 2)
        asked = there.minds.drafting[0].messages[-1]
        assert "The hinge is dry." in asked.text
        assert [image.data for image in asked.images] == ([PNG] if sees else [])
        told = "\n".join(map(words, there.home.space.team.posted(there.home.general.id)))
        assert "song.mp3" in told
        assert ("cannot see pictures: hinge.png" in told) == (not sees)


async def test_a_question_that_is_deleted_meanwhile_is_not_answered(tmp_path: Path) -> None:
    async with world(tmp_path, follow_threads=True) as there:
        begun, go_on, home = asyncio.Event(), asyncio.Event(), there.home

        async def wait() -> None:
            begun.set()
            await go_on.wait()

        there.minds.before = wait
        question = await home.space.says(home.ada, home.general, "forget it")
        await begun.wait()
        await home.space.deletes(question)
        go_on.set()
        there.minds.before = None
        await there.ask("what did I say?", thread=question.ts)
        assert len(home.space.texts(home.general)) == 1
        assert "forget it" not in words_of(there.minds.drafting[-1])


async def test_direct_messages_are_off_with_one_clear_line_and_nothing_kept(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, app = there.home, there.home.space.team.app
        assert "message.im" not in app.events  # the manifest asks for none; an app may be told of them all the same
        app.events, app.scopes = (*app.events, "message.im"), (*app.scopes, "im:history")
        dm = home.space.dm(home.ada)
        for _ in range(2):
            await home.space.says(home.ada, dm, "are you there?")
        await there.until(lambda: home.space.texts(dm))
        await there.recorded(lambda: len(there.outcomes()) == 2 and all(outcome for _, outcome, _ in there.outcomes()))
        assert {(outcome, why) for _, outcome, why in there.outcomes()} == {("ignored", '"direct messages are off"')}
        (notice,) = home.space.team.posted(dm.id)
        assert "Direct messages are off" in words(notice)
        assert there.minds.asked == []
        kept = there.config.store.path.read_bytes() + there.config.store.path.with_name("safi.db-wal").read_bytes()
        assert b"are you there?" not in kept


async def test_direct_messages_can_be_switched_on_and_each_is_a_thread(tmp_path: Path) -> None:
    async with world(tmp_path, direct_messages=True) as there:
        dm = there.home.space.dm(there.home.ada)
        answer = await there.ask("are you there?", channel=dm)
        assert (answer.channel, answer.text) == (dm.id, "An answer to “are you there?”")
        again = await there.ask("still?", channel=dm, thread=answer.thread)
        assert again.thread == answer.thread
        assert "are you there?" in words_of(there.minds.drafting[-1])


async def test_a_free_channel_takes_no_mention(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        free = home.space.channel("free", *home.persons)
        await there.restart(free_response_channels=(free.id,))
        await home.space.says(home.ada, free, "anybody here?", mention=False)
        await there.until(lambda: there.turns)
        await home.space.says(home.ada, home.general, "anybody here?", mention=False)
        assert home.space.texts(free) == ["An answer to “anybody here?”"]
        assert home.space.texts(home.general) == []


async def test_every_message_for_the_bot_ends_in_one_outcome_that_says_why(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        await there.ask("hello")
        await home.space.says(home.ada, home.general, "")
        await there.ask("the code?")
        await home.space.types(home.mo, home.general, "/safi persona pause")
        await home.space.says(home.ada, home.general, "hello?")
        await there.recorded(lambda: all(outcome for _, outcome, _ in there.outcomes()))
        assert [(outcome, why) for _, outcome, why in there.outcomes()] == [
            ("turn", None),
            ("ignored", '"empty"'),
            ("turn", None),
            ("ignored", '"paused"'),
        ]


async def test_a_channel_has_the_persona_that_it_was_given_and_so_have_its_threads(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home = there.home
        garden = home.space.channel("garden", *home.persons)
        await there.restart(personas={garden.id: "bob"})
        answer = await there.ask("who are you?", channel=garden)
        await there.ask("who are you?", channel=garden, thread=answer.thread)
        await there.ask("who are you?")
        assert ["Bob" in request.system[0] for request in there.minds.drafting] == [True, True, False]


def saying(answer: Answer) -> Callable[[Request], Answer]:
    return lambda _: answer


async def test_the_status_is_taken_away_however_a_turn_ends(tmp_path: Path) -> None:
    async with world(tmp_path) as there:
        home, minds = there.home, there.minds
        for answer in ("Yes.", "You are a fool.", AnswerRefused("no"), ""):
            minds.draft, turns = saying(answer), len(there.turns)
            await home.space.says(home.ada, home.general, "hello?")
            await there.until(lambda turns=turns: len(there.turns) > turns)
        there.slack.fail("chat.postMessage", Refused(error="channel_not_found"))
        await home.space.says(home.ada, home.general, "hello?")
        await there.until(lambda: len(home.space.calls("assistant.threads.setStatus")) == 10)
        assert home.space.still_shown == []
