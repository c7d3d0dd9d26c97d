"""Checks of the models' servers before anything is asked: their certificates, and this machine's clock. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from urllib.parse import urlsplit

from bot.doctor.finding import Finding, State
from bot.settings.providers import is_on_this_machine

SOON: Final = timedelta(days=14)
"""A certificate that ends within that time is warned of."""

SKEW: Final = timedelta(minutes=2)
"""A difference between two clocks that is worth a word: a server's is told in whole seconds, and some time ago."""


class Shown(Protocol):
    """What a server showed of itself. All times are in UTC."""

    @property
    def url(self) -> str:
        """Where it is."""
        ...

    @property
    def distrust(self) -> str | None:
        """What is wrong with its certificate."""
        ...

    @property
    def fault(self) -> str | None:
        """Why it could not be reached for another reason."""
        ...

    @property
    def expires(self) -> datetime | None:
        """When its certificate ends; None without one."""
        ...

    @property
    def date(self) -> datetime | None:
        """What time it has, where it says so."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A provider's server that was visited, and when its answer came."""

    provider: str
    shown: Shown
    at: datetime

    @property
    def host(self) -> str:
        """Its name and port, as people know it."""
        return urlsplit(self.shown.url).netloc


def certificates(servers: Iterable[Server]) -> Iterator[Finding]:
    """For each server, whether it is who it says it is, and until when."""
    return map(_certificate, servers)


def clock(servers: Iterable[Server]) -> Finding:
    """Whether this machine has the time that the first server with a clock has."""
    for server in servers:
        if server.shown.date is not None:
            return _clock(server, server.at - server.shown.date)
    return Finding(check="clock", state="skipped", sentence="No server told the time.")


def _certificate(server: Server) -> Finding:
    shown, host = server.shown, server.host
    if urlsplit(shown.url).scheme == "http":
        return _plain(server)
    if shown.distrust is not None:
        return Finding(
            check="certificate",
            subject=server.provider,
            state="problem",
            sentence=f"{host} cannot be trusted: {shown.distrust.rstrip('.')}.",
            remedy=_remedy(shown.distrust, server.provider),
        )
    if shown.fault is not None:
        return _other(server, "skipped", f"{host} could not be reached: {shown.fault.rstrip('.')}.")
    if shown.expires is None:
        return _other(server, "ok", f"{host} is trusted.")
    if shown.expires - server.at < SOON:
        return _other(server, "warning", f"{host}'s certificate ends on {shown.expires:%-d %B %Y}.", "Have it renewed.")
    return _other(server, "ok", f"{host} is trusted; its certificate ends on {shown.expires:%-d %B %Y}.")


def _plain(server: Server) -> Finding:
    """A server that is asked without TLS."""
    if is_on_this_machine(server.shown.url):
        return _other(server, "ok", f"{server.host} is on this machine and needs none.")
    sentence = f"{server.host} is asked without encryption, so everyone on the way can read keys and words."
    return _other(server, "warning", sentence, f"Give providers.{server.provider}.base_url an https:// address.")


def _other(server: Server, state: State, sentence: str, remedy: str | None = None) -> Finding:
    return Finding(check="certificate", subject=server.provider, state=state, sentence=sentence, remedy=remedy)


def _remedy(distrust: str, provider: str) -> str:
    """What to do about a certificate, by OpenSSL's words for what is wrong with it."""
    if "expired" in distrust or "not yet valid" in distrust:
        return "Look at this machine's clock, and else have the certificate renewed."
    if "mismatch" in distrust:
        return f"Write the server's name into providers.{provider}.base_url as it stands in the certificate."
    return (
        f"If it is yours or your company's, name the file of its authority in providers.{provider}.ca_file, "
        "or add that authority to the system's."
    )


def _clock(server: Server, ahead: timedelta) -> Finding:
    if abs(ahead) <= SKEW:
        return Finding(check="clock", state="ok", sentence=f"It agrees with {server.host}'s.")
    minutes, way = round(abs(ahead).total_seconds() / 60), "ahead of" if ahead > timedelta() else "behind"
    return Finding(
        check="clock",
        state="warning",
        sentence=f"This machine's clock is {minutes} minutes {way} {server.host}'s.",
        remedy="Have the system set its clock from the network (NTP).",
    )
