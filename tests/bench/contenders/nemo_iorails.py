"""NeMo Guardrails on IORails, its engine for input and output rails alone."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.bench.contenders.nemo import Nemo, iorails


def opened(url: str, folder: Path) -> AbstractAsyncContextManager[Nemo]:
    """Ready for turns."""
    return iorails(url)
