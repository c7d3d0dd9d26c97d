"""The practice model's own process: llama.cpp's server on loopback. It tells its parent where it is, and ends with it.

Run with the model's file as its argument: the memory, the logs and the crashes of llama.cpp stay in here. One line of
JSON comes out, {"address": …} or {"error": …}; the end of its input ends the process.
"""

import importlib
import json
import os
import sys
import threading
from pathlib import Path
from typing import Any, Final

THREADS: Final = 2
SLOTS: Final = 2
"""Requests answered at once; more wait in line."""

SLOT_TOKENS: Final = 4_096
"""Prompt and reply of one request."""

BATCH_TOKENS: Final = 512
"""How much of a prompt is read in one go, while the other slot waits."""

PROMPT_CACHE_MIB: Final = 128

SEED: Final = 1
"""The same conversation goes the same way again, which suits practice."""

TEMPERATURE: Final = 0.2
REPEAT_PENALTY: Final = 1.15
"""So small a model else wanders off, or says one thing again and again."""


def main() -> None:
    """Serve until the parent is gone."""
    parent = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever llama.cpp prints, only we write to the parent
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        server = _server(Path(sys.argv[1]))
    except Exception as error:  # noqa: BLE001  # a process boundary: its parent is to read why
        print(json.dumps({"error": str(error)}), file=parent, flush=True)
        os._exit(0)  # an orderly end may crash on what llama.cpp left half made
    print(json.dumps({"address": server.listening_address}), file=parent, flush=True)
    threading.Event().wait()


def _end_with_parent() -> None:
    while os.read(0, 4_096):
        pass
    os._exit(0)  # now, and not when a prompt is read to its end


def _server(model: Path) -> Any:  # noqa: ANN401  # xllamacpp brings no types
    os.environ["OMP_WAIT_POLICY"] = "passive"  # threads that spin while they wait made a busy machine six times slower
    engine: Any = importlib.import_module("xllamacpp")
    settings = engine.CommonParams()
    settings.model.path = str(model)
    settings.port = 0
    settings.ui = False
    settings.verbosity = 0
    settings.n_parallel = SLOTS
    settings.n_ctx = SLOTS * SLOT_TOKENS
    settings.n_batch = BATCH_TOKENS
    settings.cache_ram_mib = PROMPT_CACHE_MIB
    settings.cpuparams.n_threads = settings.cpuparams_batch.n_threads = THREADS
    settings.sampling.temp = TEMPERATURE
    settings.sampling.seed = SEED
    settings.sampling.penalty_repeat = REPEAT_PENALTY
    return engine.Server(settings)


if __name__ == "__main__":
    main()
