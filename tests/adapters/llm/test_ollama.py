"""Finding an Ollama on this machine: quickly, without a proxy, and never elsewhere."""

import json
import socket
from collections.abc import Generator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import cast

import pytest

from adapters.llm.ollama import installed_ollama_models, ollama_url

LISTING = {
    "models": [
        {"name": "llama3.2:3b", "details": {"family": "llama"}},
        {"name": "nomic-embed-text:latest", "details": {"family": "nomic-bert"}},
        {"name": "qwen3:4b"},
        {"model": "no name"},
        "no model",
    ]
}


class Tags(BaseHTTPRequestHandler):
    """Answers every path with its server's body."""

    def do_GET(self) -> None:
        ollama = cast("Ollama", self.server)
        ollama.paths.append(self.path)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(ollama.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name for it
        """Say nothing."""


class Ollama(HTTPServer):
    """An Ollama as far as its list of models goes."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Tags)
        self.body = b""
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def ollama() -> Generator[Ollama]:
    with Ollama() as server:
        thread = Thread(target=lambda: server.serve_forever(poll_interval=0.01))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (None, "http://127.0.0.1:11434"),
        ("", "http://127.0.0.1:11434"),
        ("127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("http://localhost:8080/", "http://127.0.0.1:8080"),
        (":8080", "http://127.0.0.1:8080"),
        ("0.0.0.0", "http://127.0.0.1:11434"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("models.example.org", None),
        ("10.0.0.7:11434", None),
        ("127.0.0.1:port", None),
        ("[::1", None),
    ],
)
def test_only_an_ollama_on_this_machine_is_looked_for(given: str | None, url: str | None) -> None:
    assert ollama_url({} if given is None else {"OLLAMA_HOST": given}) == url


def test_its_models_are_those_that_can_talk(ollama: Ollama, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    ollama.body = json.dumps(LISTING).encode()
    assert installed_ollama_models(ollama.url) == ("llama3.2:3b", "qwen3:4b")
    assert ollama.paths == ["/api/tags"]


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b"{}", b'{"models": null}', b"\xff"])
def test_whatever_else_answers_is_no_ollama(body: bytes, ollama: Ollama) -> None:
    ollama.body = body
    assert installed_ollama_models(ollama.url) is None


def test_an_ollama_without_models_is_told_from_none_at_all(ollama: Ollama) -> None:
    ollama.body = b'{"models": []}'
    assert installed_ollama_models(ollama.url) == ()


def test_a_silent_port_is_left_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert installed_ollama_models(f"http://127.0.0.1:{silent.getsockname()[1]}", patience=0.02) is None


def test_nobody_there_means_no_models() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert installed_ollama_models(f"http://127.0.0.1:{unused.getsockname()[1]}") is None
