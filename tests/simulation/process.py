"""One life of the program. Once it is killed, nothing of it touches the world any more, whatever it still tries."""

from collections.abc import Callable


class Killed(BaseException):
    """What code of a dead process meets wherever it would touch the world."""


class Process:
    """Alive until killed. All of `ending` is called then: what an operating system would clear away.

    `stop` asks it to end of its own accord.
    """

    def __init__(self) -> None:
        self.dead = False
        self.stop: Callable[[], None] = lambda: None
        self.ending: list[Callable[[], object]] = []

    def touch(self) -> None:
        """Nothing for the living; raises Killed for the dead."""
        if self.dead:
            raise Killed

    def kill(self) -> None:
        """As SIGKILL does: at once, and without a word to anybody inside."""
        if not self.dead:
            self.dead = True
            for end in self.ending:
                end()

    def die(self) -> None:
        """Kill it from inside, at this very instant."""
        self.kill()
        raise Killed
