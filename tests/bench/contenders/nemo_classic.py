"""NeMo Guardrails on LLMRails, its engine that runs Colang."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from tests.bench.contenders.nemo import Nemo, classic


def opened(url: str, folder: Path) -> AbstractAsyncContextManager[Nemo]:
    """Ready for turns."""
    return classic(url)
