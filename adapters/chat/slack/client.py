"""The Bolt app: all that Slack brings, by whichever line, is kept first, then acknowledged, and answered by its owner.

Bolt runs what listens within the request, since what it starts by itself would have no owner.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Final, Protocol, cast
from weakref import WeakValueDictionary

from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.middleware.request_verification.async_request_verification import AsyncRequestVerification
from slack_bolt.response import BoltResponse
from slack_sdk import signature
from slack_sdk.web.async_client import AsyncWebClient

from adapters.chat.office import Office
from adapters.chat.port import Inbound, Place, Refusal
from adapters.chat.slack import files, inbound
from adapters.chat.slack.account import Account, quiet
from adapters.chat.slack.inbound import Gone, Said
from adapters.chat.slack.people import UNKNOWN, People, Unknown
from adapters.chat.slack.settings import Settings, Web
from safi.ports import Clock

_log = logging.getLogger(__name__)

EDITED_WITHIN: Final = timedelta(minutes=2)
"""How old a message may be that is heard because it was edited."""

ASKING: Final = 1.0
"""Seconds to find out who somebody is; then a message goes on by what Slack said with it: it waits three in all."""

_ANY: Final = re.compile(".*")
_DONE: Final = 200
_AGAIN: Final = 500  # Slack brings it once more

Body = dict[str, Any]
Job = Coroutine[Any, Any, None]


class Desk(Protocol):
    """Where interactions are dealt with. Nothing here raises."""

    async def typed(self, body: Body) -> None:
        """A command was typed."""
        ...

    async def chosen(self, body: Body) -> None:
        """A message shortcut was chosen."""
        ...

    async def pressed(self, body: Body) -> None:
        """A button was pressed, or something chosen from a menu."""
        ...

    def filling(self, body: Body) -> Body:
        """What a form that was sent is acknowledged with, at once."""
        ...

    async def filled(self, body: Body) -> None:
        """A form was sent."""
        ...

    async def opened(self, event: Body) -> None:
        """Somebody opened the bot's Home."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """What outlives a line to Slack; one for each run. `start` owns what it is given; None where all ends already."""

    office: Office
    desk: Desk
    people: People
    settings: Settings
    account: Callable[[], Account]
    clock: Clock
    start: Callable[[Job], asyncio.Task[None] | None]
    _turns: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary[str, asyncio.Lock])

    async def taken(self, body: Body) -> bool:
        """Whether an event may be acknowledged: it is kept, or none of the bot's business.

        Raises TypeError, ValueError or LookupError for what is not what Slack sends.
        """
        event: Body = body["event"]
        if event["type"] == "app_home_opened":
            self.start(self.desk.opened(event))
            return True
        match inbound.read(body, account=self.account(), settings=self.settings):
            case Said() as said:
                return self._is_stale(said) or await self._brought(lambda kept: self._hear(said, kept))
            case Gone() as gone:
                return await self._brought(lambda kept: self._withdraw(gone, kept))
            case None:
                return True

    def _is_stale(self, said: Said) -> bool:
        return said.edited and self.clock.now() - said.message.at > EDITED_WITHIN

    async def _brought(self, job: Callable[[Callable[[], None]], Job]) -> bool:
        """Start a job that says when all is kept; whether it came to that."""
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

        def settle(*, whether: bool) -> None:
            if not kept.done():
                kept.set_result(whether)

        task = self.start(job(lambda: settle(whether=True)))
        if task is None:
            return False
        task.add_done_callback(lambda _: settle(whether=False))
        return await kept

    async def _hear(self, said: Said, kept: Callable[[], None]) -> None:
        message = said.message
        async with self._turn(message.place):  # nobody is overtaken by somebody who is known already
            message = await self._admitted(said)
        await self.office.hear(message, files.offered(said.event, self.settings), kept)

    async def _admitted(self, said: Said) -> Inbound:
        """The message, without its words if settings leave it unanswered. What cannot be found out is no reason."""
        message = said.message
        if message.unanswered is not None:
            return message
        refusal = await self._refusal(said)
        if refusal is None or refusal == UNKNOWN:
            return message
        return replace(message, unanswered=refusal, text="")

    async def _refusal(self, said: Said) -> Refusal | Unknown | None:
        """What speaks against answering. An answer of Slack's that comes too late is known for the next message."""
        found: list[Refusal | Unknown | None] = []

        async def ask() -> None:
            found.append(await self.people.refusal(said.message.author, said.message.place.channel, said.team))

        asking = self.start(ask())
        if asking is not None:
            await asyncio.wait([asking], timeout=ASKING)
        return found[0] if found else self.people.against_team(said.team)

    async def _withdraw(self, gone: Gone, kept: Callable[[], None]) -> None:
        async with self._turn(gone.place):  # it may still be found out who said it
            pass
        await self.office.withdraw(gone.place, [gone.message_id])
        kept()

    def _turn(self, place: Place) -> asyncio.Lock:
        return self._turns.setdefault(place.encode(), asyncio.Lock())


def app(service: Service) -> AsyncApp:
    """Bolt's app for a run. It asks Slack nothing by itself: who the bot is was asked before."""
    line = service.settings.line

    async def authorize() -> AuthorizeResult:
        account = service.account()
        token = service.settings.bot_token
        return AuthorizeResult(
            enterprise_id=None, team_id=account.team, bot_id=account.bot, bot_user_id=account.user, bot_token=token
        )

    made = AsyncApp(
        name="slack_bolt.safi",
        logger=quiet(),
        client=AsyncWebClient(base_url=service.settings.api, logger=quiet(), retry_handlers=[]),
        authorize=authorize,
        before_authorize=_Signed(line.secret, service.clock) if isinstance(line, Web) else None,
        request_verification_enabled=False,  # else it would go by a clock of its own
        process_before_response=True,
        raise_error_for_unhandled_request=True,
    )
    made.error(_passed_over)
    made.middleware(_events(service))  # pyright: ignore[reportUnknownMemberType]  # it takes anything
    _listen(made, service)
    return made


class _Time(signature.Clock):
    """Our clock, as slack_sdk reads one."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()


class _Signed(AsyncRequestVerification):
    """Bolt's check of who it is that calls, by our clock."""

    def __init__(self, secret: str, clock: Clock) -> None:
        super().__init__(secret, base_logger=quiet())
        self._verifier = signature.SignatureVerifier(secret, _Time(clock))


def _events(service: Service) -> Callable[..., Coroutine[Any, Any, BoltResponse | None]]:
    """The one middleware through which all events go."""

    async def events(body: Body, next_: Callable[[], Coroutine[Any, Any, None]]) -> BoltResponse | None:
        if body.get("type") != "event_callback":
            await next_()
            return None
        return BoltResponse(status=_DONE if await service.taken(body) else _AGAIN)

    return events


def _listen(made: AsyncApp, service: Service) -> None:
    """Acknowledge what people do at once, and have the desk see to it."""
    desk = service.desk

    def seen_to(act: Callable[[Body], Job]) -> Callable[..., Job]:
        async def listener(ack: AsyncAck, body: Body) -> None:
            await ack()
            service.start(act(body))

        return listener

    async def sent(ack: AsyncAck, body: Body) -> None:
        answer = desk.filling(body)
        await (ack(answer) if answer else ack())
        service.start(desk.filled(body))

    bolt = cast("Any", made)  # its decorators have no full types
    bolt.command(_ANY)(seen_to(desk.typed))
    bolt.shortcut(_ANY)(seen_to(desk.chosen))
    bolt.action(_ANY)(seen_to(desk.pressed))
    bolt.view(_ANY)(sent)


async def _passed_over(error: Exception) -> BoltResponse:
    """What cannot be read, or is not known, would not be understood the next time either."""
    if not isinstance(error, BoltUnhandledRequestError):
        _log.warning("Slack sent something that cannot be read (%s); it is passed over", type(error).__name__)
    return BoltResponse(status=_DONE)
