"""Modals and Home: opened by a trigger, changed by their id, published for one person."""

from dataclasses import dataclass
from typing import Final

from tests.adapters.chat.slack.loopback.calls import Call, Refusal, Table
from tests.adapters.chat.slack.loopback.interaction import Interaction, Interactions
from tests.adapters.chat.slack.loopback.methods import numbered
from tests.adapters.chat.slack.loopback.team import Payload, Team, View

DEEPEST: Final = 3
"""How many views may lie on each other."""


@dataclass(slots=True, repr=False)
class Views:
    """The methods of views, and what an acknowledgement may do to one."""

    interactions: Interactions

    def table(self) -> Table:
        return {
            "views.open": (self._open, ()),
            "views.push": (self._push, ()),
            "views.update": (self._update, ()),
            "views.publish": (self._publish, ()),
        }

    def acknowledged(self, made: Interaction) -> None:
        """Do what the acknowledgement of a form asks for: another view, one more, or none."""
        assert made.view is not None
        answer = made.delivery.answers[-1]
        match answer.get("response_action"):
            case "update":
                self._change(made.team, made.view, answer["view"])
            case "push":
                made.view = self._made(made.team, made.view.user, answer["view"])
                self.interactions.see(made.view)
            case "errors":
                pass
            case _:
                made.team.views.pop(made.view.id, None)

    def _open(self, team: Team, call: Call) -> Payload:
        return self._shown(team, call)

    def _push(self, team: Team, call: Call) -> Payload:
        if len(team.views) >= DEEPEST:
            raise Refusal("push_limit_reached")
        return self._shown(team, call)

    def _shown(self, team: Team, call: Call) -> Payload:
        view = call.needed("view")
        if view.get("type") != "modal":
            raise Refusal("invalid_arguments")
        asked = self.interactions.triggered(call)
        asked.view = self._made(team, asked.person.id, view)
        self.interactions.see(asked.view)
        return {"view": asked.view.payload}

    def _update(self, team: Team, call: Call) -> Payload:
        found = team.views.get(str(call.needed("view_id")))
        if found is None:
            raise Refusal("not_found")
        if call.args.get("hash") not in {None, "", found.payload["hash"]}:
            raise Refusal("hash_conflict")
        self._change(team, found, call.needed("view"))
        return {"view": found.payload}

    def _publish(self, team: Team, call: Call) -> Payload:
        user, view = str(call.needed("user_id")), call.needed("view")
        if user not in team.people:
            raise Refusal("user_not_found")
        if view.get("type") != "home":
            raise Refusal("invalid_arguments")
        home = team.homes.get(user)
        if home is None:
            home = team.homes[user] = View(id=team.ids.take("V"), user=user, payload={})
            for each in self.interactions.known.values():
                if each.view is None and each.channel is None and each.person.id == user and each.team is team:
                    each.view = home
        home.payload = self._payload(team, home.id, view)
        self.interactions.see(home)
        return {"view": home.payload}

    def _made(self, team: Team, user: str, view: Payload) -> View:
        made = View(id=team.ids.take("V"), user=user, payload={})
        made.payload = self._payload(team, made.id, view)
        team.views[made.id] = made
        return made

    def _change(self, team: Team, found: View, view: Payload) -> None:
        found.payload = self._payload(team, found.id, view)
        self.interactions.see(found)

    def _payload(self, team: Team, identity: str, view: Payload) -> Payload:
        return {
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "submit": None,
            "close": None,
            **view,
            "id": identity,
            "team_id": team.id,
            "app_id": team.app.id,
            "bot_id": team.app.bot,
            "app_installed_team_id": team.id,
            "root_view_id": identity,
            "previous_view_id": None,
            "state": {"values": {}},
            "hash": team.ids.take("hash."),
            "blocks": numbered(team, view["blocks"]),
        }
