"""Server-sent events, out of bytes however they were cut on their way."""

from collections.abc import Iterator


class Events:
    """Finds the data of each event; an event's name is told by its data too. Lines end with LF or CR LF."""

    def __init__(self) -> None:
        self._line: list[bytes] = []
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """The data of the events that are whole with this chunk. Take all of them before the next chunk."""
        self._line.append(chunk)
        if b"\n" not in chunk:
            return
        *lines, rest = b"".join(self._line).split(b"\n")
        self._line = [rest]
        for line in lines:
            if line.startswith(b"data:"):
                self._data.append(line[5:].strip())
            elif line in {b"", b"\r"} and self._data:
                yield b"\n".join(self._data)
                self._data.clear()
