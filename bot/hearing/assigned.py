"""Who answers where: what the configuration says of a channel, and what its moderators said since. Kept in memory."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from adapters.chat.port import Place
from bot.settings.config import Config
from safi.ports import Assignment


@dataclass(frozen=True, slots=True)
class Assigned:
    """The personas of channels by name. `configured` is by the platform's id of the channel.

    The moderators' word goes before the configuration's. Whoever changes it records it in the store first.
    """

    configured: Mapping[str, str] = field(default_factory=dict[str, str])
    _said: dict[tuple[str, str], Assignment] = field(default_factory=dict[tuple[str, str], Assignment])

    def take_in(self, assignments: Iterable[Assignment]) -> None:
        """Let these hold from now on."""
        self._said.update({(said.workspace, said.channel): said for said in assignments})

    def of(self, place: Place) -> Assignment:
        """What the moderators of a place said of its channel."""
        nothing = Assignment(workspace=place.workspace, channel=place.channel)
        return self._said.get((place.workspace, place.channel), nothing)

    def persona(self, place: Place) -> str | None:
        """The name of the persona that a channel was given, if it was given one."""
        return self.of(place).persona or self.configured.get(place.channel)

    def paused(self, place: Place) -> bool:
        """Whether nobody answers there for the time being."""
        return self.of(place).paused

    @property
    def names(self) -> frozenset[str]:
        """Every persona that was given to some channel."""
        said = {each.persona for each in self._said.values() if each.persona}
        return frozenset(said | set(self.configured.values()))


def assigned(config: Config) -> Assigned:
    """What the configuration says, and no moderator yet."""
    return Assigned({each.channel: each.persona for each in config.given})
