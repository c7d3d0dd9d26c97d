"""What the doctor's tests have in common: a configuration in a folder of its own, and an examination from inside."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib.resources import files
from pathlib import Path
from typing import Final

from bot.cli.doctor import examine
from bot.doctor.finding import Finding
from tests.adapters.llm.loopback import Loopback

KEY: Final = "sk-test-0123456789abcdefghij"

ROLES: Final = '[roles]\nintellect = "mine:drafter"\nwill = "mine:judge"\nconscience = "mine:judge"\n'


def written(folder: Path, base_url: str, *, more: str = "", api: str = "openai", roles: str = ROLES) -> Path:
    """A configuration whose models are all behind one server, with the key in MY_KEY. `more` is said of that server."""
    server = f'[providers.mine]\napi = "{api}"\nbase_url = "{base_url}"\nkey_env = "MY_KEY"\n{more}\n'
    file = folder / "config.toml"
    file.write_text(f"{server}{roles}")
    return file


async def examined(file: Path | None) -> dict[str, Finding]:
    """What is found, by name; of several findings with one name the last."""
    found: list[Finding] = []
    await examine(file, found.extend)
    return {finding.name: finding for finding in found}


@asynccontextmanager
async def serving(answer: bytes | None, trust: ssl.SSLContext | None = None) -> AsyncGenerator[str]:
    """A server that answers every request with these bytes, or none; gives its address. `trust` makes it speak TLS."""
    handler = Loopback(answer=answer)
    handler.alone.set()
    server = await asyncio.start_server(handler.handle, "127.0.0.1", 0, ssl=trust)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"{'https' if trust else 'http'}://127.0.0.1:{port}"
        await handler.alone.wait()


def standing_in(folder: Path, *fallbacks: str) -> str:
    """A persona that is the default and lists these, and the part of a configuration that says so."""
    shipped = (files("bot") / "profiles" / "librarian.toml").read_text().replace('"librarian"', '"mine"', 1)
    own = folder / "personas"
    own.mkdir()
    (own / "mine.toml").write_text(f"fallbacks = {json.dumps(fallbacks)}\n{shipped}")
    cases = (files("bot") / "profiles" / "librarian.check.jsonl").read_text()
    (own / "mine.check.jsonl").write_text(cases)
    return '[personas]\ndefault = "mine"\nfolder = "personas"\n'
