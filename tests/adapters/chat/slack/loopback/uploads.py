"""Files: how a bot brings some, in three steps, and fetches what people attached, with its token."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from tests.adapters.chat.slack.loopback.calls import Call, Refusal, Table
from tests.adapters.chat.slack.loopback.methods import writable
from tests.adapters.chat.slack.loopback.team import Message, Payload, Team

SIGN_IN: Final = "<!DOCTYPE html><title>Sign in to Slack</title>"


@dataclass(slots=True, repr=False)
class Uploads:
    """The methods and addresses of files; `kept` is told of each message that they make."""

    teams: list[Team]
    kept: Callable[[Team, Message], None]
    url: str = ""

    def table(self) -> Table:
        return {
            "files.getUploadURLExternal": (self._begin, ("files:write",)),
            "files.completeUploadExternal": (self._complete, ("files:write",)),
        }

    def attach(self, team: Team, files: Mapping[str, tuple[str, bytes]]) -> list[Payload]:
        """Keep files, by name with their media type, as people attach them."""
        return [self._file(team, name, kind, content) for name, (kind, content) in files.items()]

    def _file(self, team: Team, name: str, kind: str, content: bytes) -> Payload:
        identity = team.ids.take("F")
        address = f"{self.url}/files-pri/{team.id}-{identity}/{name}"
        told: Payload = {
            "id": identity,
            "name": name,
            "title": name,
            "mimetype": kind,
            "filetype": name.rpartition(".")[2],
            "size": len(content),
            "mode": "hosted",
            "url_private": address,
            "url_private_download": address,
            "is_external": False,
        }
        team.files[identity], team.contents[identity] = told, content
        return told

    def _begin(self, team: Team, call: Call) -> Payload:
        name, length = str(call.needed("filename")), int(call.needed("length"))
        made = self._file(team, name, "application/octet-stream", b"")
        made |= {"size": length, "mode": "upload"}
        return {"file_id": made["id"], "upload_url": f"{self.url}/upload/{team.id}/{made['id']}"}

    def _complete(self, team: Team, call: Call) -> Payload:
        wanted = call.needed("files")
        channel = writable(team, call, "channel_id")
        files = [self._finished(team, str(each["id"]), each.get("title")) for each in wanted]
        made = Message(
            ts=team.ids.time(),
            channel=channel.id,
            author=team.app.user,
            team=team.id,
            bot=team.app.bot,
            text=str(call.args.get("initial_comment") or ""),
            files=files,
            thread=call.args.get("thread_ts") or None,
        )
        self.kept(team, team.keep(made))
        return {"files": [{"id": each["id"], "title": each["title"]} for each in files]}

    def _finished(self, team: Team, identity: str, title: str | None) -> Payload:
        found = team.files.get(identity)
        if found is None or found["size"] != len(team.contents[identity]):
            raise Refusal("file_not_found")
        found |= {"mode": "hosted", "title": title or found["name"]}
        return found

    async def take(self, request: web.Request) -> web.Response:
        """The second step: the bytes themselves."""
        team = next(team for team in self.teams if team.id == request.match_info["team"])
        content = await request.read()
        team.contents[request.match_info["file"]] = content
        return web.Response(text=f"OK - {len(content)}")

    async def give(self, request: web.Request) -> web.Response:
        """A file, to whom has the token for it; to others a page on which to sign in, as Slack does."""
        team_id, _, identity = request.match_info["file"].partition("-")
        team = next(team for team in self.teams if team.id == team_id)
        right = request.headers.get("Authorization") == f"Bearer {team.app.bot_token}"
        if not right or "files:read" not in team.app.scopes:
            return web.Response(text=SIGN_IN, content_type="text/html")
        if identity not in team.contents:
            return web.Response(status=404)
        return web.Response(body=team.contents[identity], content_type=str(team.files[identity]["mimetype"]))
