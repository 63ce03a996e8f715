"""A network that did not ship with us is first tried in a process of its own.

The libraries trust a file's insides: one that was made or damaged in the right places takes its process down, or
asks for all memory. That must not be a worker, which would fall again each time that it starts.
"""

import resource
import signal
import subprocess
import sys
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np

from shared.model_files import sha256_of
from shared.settings import Runtime
from worker.networks import Demands, check_mark, load_network

TRIAL_S = 90.0
MAX_MEMORY_BYTES = 4_000_000_000
_SHIPPED = Path(__file__).parents[1] / "models"
_ROOT = Path(__file__).parents[2]
# Not -m: in the folder in which a worker was started there may be anything, which must not be taken for a library. Our
# own code comes last, as it may lie beside others'.
_PROGRAM = f"""
import sys
sys.path.append(sys.argv[1])
from {__name__} import main
sys.exit(main(sys.argv[2:]))
"""

Shape = tuple[int, int, int, int]


def try_out(model: bytes, runtime: Runtime, shapes: Sequence[Shape], numbers: str) -> None:
    """See that a network takes inputs of these shapes, of ``numbers`` of a type by numpy's name.

    Raises:
        ValueError: it does not, takes the process down, or does not come to an end within ``TRIAL_S``.
    """
    check_mark(model)
    if sha256_of(model) in _shipped():
        return
    arguments = (runtime, numbers, *(",".join(map(str, shape)) for shape in shapes))
    command = [sys.executable, "-P", "-c", _PROGRAM, str(_ROOT), *arguments]
    try:
        done = subprocess.run(command, input=model, capture_output=True, timeout=TRIAL_S, check=False)
    except subprocess.TimeoutExpired:
        raise ValueError(f"it does not come to an end within {TRIAL_S:.0f} s") from None
    if done.returncode < 0:
        raise ValueError(f"it takes its process down: {signal.Signals(-done.returncode).name}")
    if done.returncode:
        said = done.stdout.decode(errors="replace").strip().splitlines()
        raise ValueError(said[-1] if said else "it is none, or none that runs here")


@cache
def _shipped() -> frozenset[str]:
    return frozenset(sha256_of(path.read_bytes()) for path in _SHIPPED.glob("*/*/*.tflite"))


def main(arguments: Sequence[str]) -> int:
    """Run the network that comes in; 1 where it does not run."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY_BYTES, MAX_MEMORY_BYTES))
    runtime, numbers, *shapes = arguments
    try:
        network = load_network(sys.stdin.buffer.read(), Demands(cast("Runtime", runtime), is_exact=True))
        for shape in shapes:
            network.outputs(np.zeros([int(side) for side in shape.split(",")], np.dtype(numbers)))
    except Exception as error:  # noqa: BLE001 - whatever it is, the network does not run
        print((str(error).strip() or type(error).__name__).splitlines()[0])
        return 1
    return 0
