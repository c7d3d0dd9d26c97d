"""Contenders as the bench sees them: processes that are told how many turns to make, and how many at once."""

import json
import select
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TextIO, cast

import psutil

ROOT: Final = Path(__file__).parents[2]
PEERS: Final = ROOT / ".venv" / "peers"
CACHE: Final = ROOT / ".bench"
"""Where stores lie: on the disk that the program is on, not in a folder of the system's that may be memory."""

LONGEST: Final = 300.0
"""Seconds after which a contender that says nothing is given up."""

_GLANCE: Final = 0.05
_MIB: Final = 2**20


class Broken(Exception):
    """A contender could not be started, or ended before its time; says why in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """A contender: its title, its module, the calls that a turn of it makes, and where its Python lies."""

    title: str
    module: str
    calls: int
    peer: str | None = None
    loop: str = "uvloop"

    @property
    def python(self) -> Path:
        """The interpreter of its environment."""
        return Path(sys.executable) if self.peer is None else PEERS / self.peer / "bin" / "python"


FLOOR: Final = Spec(title="bare aiohttp (the floor)", module="floor", calls=2)
OBVIOUS: Final = Spec(title="30 lines, OpenAI's SDK", module="obvious", calls=2)
OURS: Final = Spec(title="ours, everything on", module="ours", calls=3)
OURS_ON_ASYNCIO: Final = Spec(title="ours, asyncio's own loop", module="ours", calls=3, loop="asyncio")
PEER_SPECS: Final = (
    Spec(title="NeMo, IORails", module="nemo_iorails", calls=2, peer="nemoguardrails"),
    Spec(title="NeMo, LLMRails", module="nemo_classic", calls=2, peer="nemoguardrails"),
    Spec(title="openai-guardrails", module="openai_guardrails", calls=2, peer="openai-guardrails"),
    Spec(title="guardrails-ai", module="guardrails_ai", calls=2, peer="guardrails-ai"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """So many turns: wall and CPU seconds until all was settled, and how long people waited, in seconds."""

    turns: int
    seconds: float
    cpu: float
    wait_median: float
    wait_p95: float

    @property
    def cpu_ms(self) -> float:
        """CPU milliseconds a turn."""
        return self.cpu / self.turns * 1e3

    @property
    def rate(self) -> float:
        """Turns a second."""
        return self.turns / self.seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """The most that a process held while it was watched, in MiB; `pss` is None where the system does not tell."""

    rss: float
    pss: float | None


class Racer:
    """A contender's process."""

    def __init__(self, spec: Spec, process: subprocess.Popen[str], errors: Path) -> None:
        self.spec = spec
        self._process = process
        self._errors = errors
        self._watched: list[Memory] = []

    def run(self, *, turns: int, at_once: int, watch: bool = False) -> Window:
        """One window. Raises Broken."""
        self._watched = []
        pipe = cast("TextIO", self._process.stdin)
        try:
            pipe.write(json.dumps({"turns": turns, "at_once": at_once}) + "\n")
            pipe.flush()
        except BrokenPipeError:
            raise self._broken() from None
        return Window(**self.hear(watch=watch))

    def hear(self, *, watch: bool = False) -> dict[str, Any]:
        """The next line that it says; with `watch`, its memory is looked at while it works. Raises Broken."""
        pipe, until = cast("TextIO", self._process.stdout), time.monotonic() + LONGEST
        while not select.select([pipe], [], [], _GLANCE)[0]:
            if time.monotonic() > until:
                self._process.kill()
                raise Broken(f"it said nothing for {LONGEST:g} seconds")
            if watch:
                self._watched.append(held(self._process.pid))
        line = pipe.readline()
        if not line:
            raise self._broken()
        return json.loads(line)

    @property
    def most(self) -> Memory:
        """The most memory that was seen in the last window that was watched."""
        seen = self._watched or [held(self._process.pid)]
        known = [memory.pss for memory in seen if memory.pss is not None]
        return Memory(rss=max(memory.rss for memory in seen), pss=max(known, default=None))

    def _broken(self) -> Broken:
        self._process.wait()
        lines = self._errors.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return Broken(lines[-1][:200] if lines else f"it ended with {self._process.returncode}")


def held(pid: int) -> Memory:
    """What a process holds now."""
    memory: Any = psutil.Process(pid).memory_full_info()
    pss = getattr(memory, "pss", None)
    return Memory(rss=memory.rss / _MIB, pss=None if pss is None else pss / _MIB)


def working_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of that kind, gone when it is left."""
    CACHE.mkdir(exist_ok=True)
    return tempfile.TemporaryDirectory(dir=CACHE)


@contextmanager
def racing(spec: Spec, url: str, folder: Path) -> Generator[Racer]:
    """A contender that is ready; it ends with the block. Raises Broken."""
    folder.mkdir(parents=True, exist_ok=True)
    errors = folder / "errors.txt"
    command = [str(spec.python), "-m", "tests.bench.contender", spec.module, url, str(folder), spec.loop]
    with errors.open("w", encoding="utf-8") as stderr, _process(command, stderr) as process:
        racer = Racer(spec, process, errors)
        racer.hear()
        yield racer


@contextmanager
def _process(command: list[str], stderr: TextIO | None) -> Generator[subprocess.Popen[str]]:
    """A process that ends when its standard input does, and is killed if it does not."""
    process = subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True
    )
    try:
        yield process
    finally:
        cast("TextIO", process.stdin).close()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        cast("TextIO", process.stdout).close()


class ModelServer:
    """The loopback server, seen from outside."""

    def __init__(self, url: str) -> None:
        self.url = url

    def pace(self, milliseconds: int) -> None:
        """Let every answer take so long."""
        self._get(f"pace/{milliseconds}")

    def calls(self) -> int:
        """How many questions were answered so far."""
        asked: Mapping[str, int] = self._get("tally")["asked"]
        return sum(asked.values())

    def cpu(self) -> float:
        """Seconds of CPU that it took so far."""
        return self._get("tally")["cpu"]

    def _get(self, path: str) -> dict[str, Any]:
        with urllib.request.urlopen(f"{self.url}/{path}", timeout=30) as answer:
            return json.load(answer)


@contextmanager
def model_server() -> Generator[ModelServer]:
    """A model server in a process of its own."""
    with _process([sys.executable, "-m", "tests.bench.server"], None) as process:
        yield ModelServer(cast("TextIO", process.stdout).readline().strip())
