"""A network run by OpenVINO, which computes with what the processor has: matrix units, bfloat16, 8-bit products."""

import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import openvino

from worker.networks.network import Floats, Inputs

# Each size costs some 20 MB and a fifth of a second; a network that takes any size is half as fast and
# slower still where sizes alternate, and what it keeps of each grows without end.
MAX_SIZES = 4


class OpenVinoNetwork:
    """One compiled network for each input size; the sizes of long ago are forgotten."""

    def __init__(self, model: bytes, callers: int, *, is_exact: bool) -> None:
        """Run ``model``, the content of a LiteRT file, for ``callers`` threads at a time.

        Raises:
            RuntimeError: it is none, or none that can be run.
        """
        self._model = _read(model)
        # Not pinned: the streams of several processes would be pinned to the same cores.
        self._options: dict[str, Any] = {
            "NUM_STREAMS": callers,
            "INFERENCE_NUM_THREADS": callers,
            "ENABLE_CPU_PINNING": False,
        }
        if is_exact:
            self._options["INFERENCE_PRECISION_HINT"] = "f32"
        self._compiled: dict[tuple[int, ...], _Compiled] = {}
        self._lock = threading.Lock()

    def outputs(self, inputs: Inputs) -> list[Floats]:
        """See ``Network.outputs``."""
        return self._of(inputs.shape).outputs(inputs)

    def _of(self, shape: tuple[int, ...]) -> "_Compiled":
        with self._lock:
            compiled = self._compiled.pop(shape, None) or self._made(shape)
            self._compiled[shape] = compiled  # a dictionary keeps its order: the newest is last
            if len(self._compiled) > MAX_SIZES:
                self._compiled.pop(next(iter(self._compiled)))
            return compiled

    def _made(self, shape: Sequence[int]) -> "_Compiled":
        model = self._model.clone()
        model.reshape(list(shape))
        return _Compiled(openvino.Core().compile_model(model, "CPU", self._options))


class _Compiled:
    """A network of one size, with as many requests as threads have called at once."""

    def __init__(self, model: openvino.CompiledModel) -> None:
        self._model = model
        self._spares: list[openvino.InferRequest] = []

    def outputs(self, inputs: Inputs) -> list[Floats]:
        # Lists are safe to share: what one thread pops no other gets.
        request = self._spares.pop() if self._spares else self._model.create_infer_request()
        # As a tensor of its own, which spares a third of what a call costs beside the network.
        request.set_input_tensor(openvino.Tensor(inputs, shared_memory=True))
        request.infer(share_outputs=True)
        outputs = [np.array(tensor.data, np.float32) for tensor in request.output_tensors]
        self._spares.append(request)
        return outputs


def _read(model: bytes) -> openvino.Model:
    # OpenVINO reads this format from files only. A copy, since what is read is mapped: a file that is
    # replaced under a running worker would kill it.
    with tempfile.TemporaryDirectory(prefix="maskwatch-") as folder:
        path = Path(folder) / "model.tflite"
        path.write_bytes(model)
        return openvino.Core().read_model(path)
