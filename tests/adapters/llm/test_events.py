"""Server-sent events are found however their bytes were cut on the way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.llm.events import Events

WORDS = st.binary(max_size=20).map(lambda data: data.replace(b"\n", b"").replace(b"\r", b"").strip())


@given(words=st.lists(WORDS, max_size=8), ending=st.sampled_from([b"\n", b"\r\n"]), cuts=st.sets(st.integers(0, 200)))
def test_events_do_not_depend_on_how_they_were_cut(words: list[bytes], ending: bytes, cuts: set[int]) -> None:
    stream = b"".join(b"event: x" + ending + b"data: " + word + ending * 2 for word in words)
    places = [0, *sorted(cut for cut in cuts if cut < len(stream)), len(stream)]
    events = Events()
    assert [data for start, end in pairwise(places) for data in events.feed(stream[start:end])] == words


def test_a_line_in_many_pieces_is_put_together_once() -> None:
    events, copied = Events(), 0

    class Piece(bytes):
        def __radd__(self, other: bytes) -> bytes:
            nonlocal copied
            copied += len(other)
            return bytes(other) + bytes(self)

    assert [*events.feed(b"data: ")] == []
    for _ in range(500):
        assert [*events.feed(Piece(b"x" * 100))] == []
    assert [*events.feed(b"\n\n")] == [b"x" * 50_000]
    assert copied == 0


@pytest.mark.parametrize(
    ("stream", "found"),
    [
        (b"data:a\n\n", [b"a"]),
        (b"data: a\ndata: b\n\n", [b"a\nb"]),
        (b": a comment\n\nid: 1\nretry: 5\n\n", []),
        (b"\n\n\ndata: a\n\n\n", [b"a"]),
        (b"data: unfinished\n", []),
        (b"<html>\n\n</html>\n", []),
    ],
)
def test_only_whole_events_with_data_count(stream: bytes, found: list[bytes]) -> None:
    assert [*Events().feed(stream)] == found
