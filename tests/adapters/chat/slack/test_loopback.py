"""The loopback Slack, with plain clients of the SDK before it: it is Slack as far as a bot can tell."""

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.chat.cuts import CutAfter, CutBefore
from tests.adapters.chat.slack.loopback.deliveries import Retry
from tests.adapters.chat.slack.loopback.faults import Broken, Fault, Html, Limited, Refused
from tests.adapters.chat.slack.loopback.loopback import Loopback
from tests.adapters.chat.slack.loopback.plain import Plain, listening
from tests.adapters.chat.slack.loopback.team import Payload

BUTTON = {"type": "button", "action_id": "a", "text": {"type": "plain_text", "text": "Press"}, "value": "v"}
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "reason"},
        }
    ],
}
HOME = {"type": "home", "blocks": [{"type": "actions", "elements": [BUTTON]}]}


async def test_a_bot_learns_who_it_is_and_what_it_may_do() -> None:
    async with Loopback(scopes=("chat:write", "users:read")).running() as there:
        response = await Plain(there).sdk.auth_test()
        assert (response["team_id"], response["user_id"]) == (there.home.team.id, there.home.bot)
        assert response.headers["x-oauth-scopes"] == "chat:write,users:read"


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        ("xoxb-wrong", "auth.test", "invalid_auth"),
        ("", "auth.test", "not_authed"),
        ("xapp-loopback-1", "auth.test", "not_allowed_token_type"),
        ("xoxb-loopback-1", "apps.connections.open", "not_allowed_token_type"),
        ("xoxb-loopback-1", "chat.unheardOf", "unknown_method"),
        ("xoxb-loopback-1", "users.info", "invalid_arguments"),
    ],
)
async def test_what_is_called_wrongly_is_refused_with_status_200(token: str, method: str, error: str) -> None:
    async with Loopback().running() as there, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        async with session.post(there.api + method, headers=headers) as response:
            told = await response.json()
        assert (response.status, told["ok"], told["error"]) == (200, False, error)


async def test_a_lacking_scope_is_named_with_those_that_are_there() -> None:
    async with Loopback(scopes=("commands",)).running() as there:
        told = await Plain(there).post(there.general.id, "Hello")
        assert (told["error"], told["needed"], told["provided"]) == ("missing_scope", "chat:write", "commands")


async def test_a_mention_is_brought_as_two_events_for_one_post_and_answered_in_its_thread() -> None:
    async with Loopback().running() as there, listening(there) as heard:
        said = await there.home.says(there.owner, there.general, "hello?")
        assert {told["event"]["type"] for told in heard} == {"app_mention", "message"}
        assert {told["event"]["ts"] for told in heard} == {said.ts}
        assert len({told["event_id"] for told in heard}) == 2
        await Plain(there).post(there.general.id, "Hello.", thread_ts=said.ts)
        assert there.home.texts(there.general, said.ts) == ["Hello."]
        await there.home.acknowledged()
        assert heard[-1]["event"]["bot_id"] == there.home.team.app.bot


async def test_what_is_edited_and_deleted_is_told_of() -> None:
    async with Loopback(events=("message.im",)).running() as there, listening(there) as heard:
        said = await there.home.says(there.owner, there.home.dm(there.owner), "hello?")
        await there.home.edits(said, "hello!")
        await there.home.deletes(said)
        kinds = [told["event"].get("subtype") for told in heard]
        assert kinds == [None, "message_changed", "message_deleted"]
        assert heard[1]["event"]["previous_message"]["text"] == "hello?"
        assert heard[2]["event"]["deleted_ts"] == said.ts


async def test_what_is_not_acknowledged_comes_again_and_says_so() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        async with listening(there, acknowledges=False) as heard:
            await there.home.says(there.owner, there.general, "hello?", wait=False)
            await there.until(lambda: heard)
            (late,) = there.home.lose_patience()
            there.home.again(late, Retry(number=0))
            await there.until(lambda: len(heard) == 3)
            assert [(told["attempt"], told["reason"]) for told in heard] == [(0, ""), (1, "timeout"), (0, "timeout")]
            assert len({told["event_id"] for told in heard}) == 1
        assert not late.acknowledged


async def test_what_happens_while_no_line_is_there_is_brought_to_the_next_one() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        await there.home.says(there.owner, there.general, "hello?", wait=False)
        async with listening(there):
            await there.home.acknowledged()


async def test_a_line_that_is_taken_leave_of_is_opened_anew() -> None:
    async with Loopback(events=("app_mention",)).running() as there, listening(there) as heard:
        there.home.lines.part("refresh_requested")
        await there.until(lambda: there.home.lines.greeted == 2)
        await there.home.says(there.owner, there.general, "hello?")
        assert len(heard) == 1


async def test_a_ghost_swallows_what_it_is_given_and_a_dead_line_answers_no_ping() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        lines = there.home.lines
        async with listening(there) as heard:
            lines.say(b"are you there?")
            await there.until(lambda: lines.live[0].pongs)
            lines.haunt("dead")
            await there.home.says(there.owner, there.general, "hello?", wait=False)
            assert heard == []
        lines.ghosts.append("silent")
        async with listening(there) as heard:
            await there.until(lambda: lines.live and lines.live[0].pings)
            assert (lines.opened, lines.greeted) == (2, 1)


async def test_an_app_holds_ten_lines_at_most() -> None:
    async with Loopback().running() as there, aiohttp.ClientSession() as session:
        opener = Plain(there, token=there.home.team.app.app_token)
        lines = [await session.ws_connect((await opener.call("apps.connections.open"))["url"]) for _ in range(11)]
        said = [await line.receive_json() for line in lines]
        assert [told["type"] for told in said] == ["hello"] * 10 + ["disconnect"]
        assert (said[9]["num_connections"], said[10]["reason"]) == (10, "too_many_websockets")


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        (Limited(retry_after=30), False),
        (Refused(error="invalid_blocks"), False),
        (Refused(error="msg_too_long"), False),
        (Broken(status=500), False),
        (Broken(status=503, done=True), True),
        (Html(), False),
        (CutBefore(), False),
        (CutAfter(), True),
    ],
    ids=str,
)
async def test_a_fault_happens_once_and_does_what_it_says(fault: Fault, *, done: bool) -> None:
    async with Loopback().running() as there:
        there.fail("chat.postMessage", fault)
        plain = Plain(there)
        try:
            first = await plain.post(there.general.id, "Hello")
        except (aiohttp.ClientError, SlackApiError):
            first = {"ok": False}
        except AttributeError:  # plain.call reads JSON, and there is none
            first = {"ok": False}
        assert not first.get("ok")
        assert there.home.texts(there.general) == ["Hello"] * done
        assert (await plain.post(there.general.id, "Hello"))["ok"]


async def test_a_channel_without_the_bot_and_one_that_nobody_knows_are_told_apart() -> None:
    async with Loopback(strict=False).running() as there:
        plain, aside = Plain(there), there.home.channel("aside", there.owner, bot=False)
        assert (await plain.post(aside.id, "Hello"))["error"] == "not_in_channel"
        assert (await plain.post("C404", "Hello"))["error"] == "channel_not_found"
        assert (await plain.post(there.general.id, " "))["error"] == "no_text"
        assert (await plain.post(there.owner.id, "Hello"))["channel"] == there.home.dm(there.owner).id


async def test_people_groups_and_channels_are_told_of_as_they_are() -> None:
    async with Loopback().running() as there:
        plain, guest = Plain(there), there.home.person("guest", restricted=True)
        group = there.home.group(there.owner)
        shared = there.home.channel("shared", there.owner, shared=True)
        assert (await plain.call("users.info", user=guest.id))["user"]["is_restricted"]
        assert (await plain.call("usergroups.users.list", usergroup=group))["users"] == [there.owner.id]
        assert (await plain.call("usergroups.users.list", usergroup="S404"))["error"] == "no_such_subteam"
        assert (await plain.call("conversations.info", channel=shared.id))["channel"]["is_ext_shared"]
        members = await plain.call("conversations.members", channel=shared.id, limit=1)
        assert members["response_metadata"]["next_cursor"] == "1"
        assert len((await plain.call("conversations.members", channel=shared.id, cursor="1"))["members"]) == 1


async def test_a_command_is_answered_five_times_by_its_address_and_not_once_more() -> None:
    async with Loopback().running() as there, listening(there) as heard:
        typed = await there.home.types(there.owner, there.general, "/safi audit list", shown=False)
        (told,) = heard
        assert (told["command"], told["text"]) == ("/safi", "audit list")
        webhook = AsyncWebhookClient(told["response_url"])
        answers = [await webhook.send(text=f"{number}") for number in range(6)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [404]
        assert [each.text for each in there.home.team.whispered(there.owner.id)] == list("01234")
        assert typed.message.text == "4"
        assert there.home.texts(there.general) == []


async def test_a_button_and_a_shortcut_know_their_message_and_replace_it() -> None:
    async with Loopback().running() as there, listening(there) as heard:
        await Plain(there).post(there.general.id, "Look", blocks=[{"type": "actions", "elements": [BUTTON]}])
        (message,) = there.home.team.posted(there.general.id)
        await there.home.presses(there.owner, message, "Press", shown=False)
        assert heard[-1]["actions"][0]["value"] == "v"
        assert heard[-1]["message"]["ts"] == heard[-1]["container"]["message_ts"] == message.ts
        await AsyncWebhookClient(heard[-1]["response_url"]).send(text="Pressed", replace_original=True)
        assert there.home.texts(there.general) == ["Pressed"]
        await there.home.chooses(there.owner, "why", message, shown=False)
        assert (heard[-1]["callback_id"], heard[-1]["message"]["text"]) == ("why", "Pressed")


async def test_a_form_is_opened_by_its_trigger_once_and_comes_back_filled_in() -> None:
    async with Loopback().running() as there, listening(there) as heard:
        plain = Plain(there)
        await there.home.types(there.owner, there.general, "/safi", shown=False)
        trigger = heard[-1]["trigger_id"]
        opened = await plain.call("views.open", trigger_id=trigger, view=FORM)
        again = await plain.call("views.open", trigger_id=trigger, view=FORM)
        assert again["error"] == "exchanged_trigger_id"
        changed = await plain.call("views.update", view_id=opened["view"]["id"], view=FORM, hash="old")
        assert changed["error"] == "hash_conflict"
        await there.home.submits(there.owner, opened["view"], {"Reason": "rude"}, shown=False)
        assert heard[-1]["view"]["state"]["values"]["why"]["reason"]["value"] == "rude"
        assert there.home.team.views == {}


async def test_the_home_is_published_for_one_person_and_seen_when_it_is_opened() -> None:
    async with Loopback().running() as there, listening(there) as heard:
        await there.home.opens_home(there.owner, shown=False)
        assert heard[-1]["event"]["type"] == "app_home_opened"
        await Plain(there).call("views.publish", user_id=there.owner.id, view=HOME)
        await there.home.presses(there.owner, there.home.team.homes[there.owner.id], "Press", shown=False)
        assert heard[-1]["container"]["type"] == "view"


async def test_a_status_is_kept_until_it_is_cleared_or_something_is_posted() -> None:
    async with Loopback(events=()).running() as there:
        plain, said = Plain(there), await there.home.says(there.owner, there.general, "hello?")
        where = {"channel_id": there.general.id, "thread_ts": said.ts}
        for end in ("clear", "post"):
            await plain.call("assistant.threads.setStatus", status="is thinking", **where)
            assert there.home.team.status(there.general.id, said.ts) == "is thinking"
            if end == "clear":
                await plain.call("assistant.threads.setStatus", status="", **where)
            else:
                await plain.post(there.general.id, "Hello.", thread_ts=said.ts)
            assert there.home.team.status(there.general.id, said.ts) == ""


async def test_files_go_up_in_three_steps_and_come_down_with_the_token() -> None:
    async with Loopback(events=("message.im",)).running() as there, aiohttp.ClientSession() as session:
        dm = there.home.dm(there.owner)
        await Plain(there).sdk.files_upload_v2(filename="a.csv", content="1,2", channel=dm.id)
        (posted,) = there.home.team.posted(dm.id)
        assert there.home.team.contents[posted.files[0]["id"]] == b"1,2"
        said = await there.home.says(there.owner, dm, "see", files={"n.txt": ("text/plain", b"note")}, wait=False)
        for token, found in ((there.home.team.app.bot_token, "note"), ("xoxb-wrong", "<!DOCTYPE html>")):
            headers = {"Authorization": f"Bearer {token}"}
            async with session.get(said.files[0]["url_private"], headers=headers) as response:
                assert (await response.text()).startswith(found)


async def test_two_workspaces_have_nothing_in_common() -> None:
    async with Loopback(events=("app_mention",)).running() as there:
        other = there.found("Other")
        room = other.channel("room", who := other.person("who"))
        async with listening(there) as heard, listening(there, other) as heard_there:
            await other.says(who, room, "hello?")
            assert (heard, len(heard_there)) == ([], 1)
            assert (await Plain(there).post(room.id, "Hello"))["error"] == "channel_not_found"
            assert (await Plain(there, other).post(room.id, "Hello"))["ok"]


@pytest.mark.parametrize("loud", [{"link_names": True}, {"unfurl_links": True}, {"parse": "full"}], ids=str)
async def test_a_call_that_could_ping_or_draw_out_links_is_a_breach(loud: Payload) -> None:
    async with Loopback(strict=False).running() as there:
        quiet: Payload = {"unfurl_links": False, "unfurl_media": False}
        await Plain(there).call("chat.postMessage", channel=there.general.id, text="Hello", **(quiet | loud))
        assert there.breaches
