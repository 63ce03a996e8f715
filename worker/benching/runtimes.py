"""The libraries that run networks, called without anything of ours around them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shared.settings import Runtime as RuntimeName
from shared.settings import WorkerSettings

Inputs = npt.NDArray[Any]
Network = Callable[[Inputs], object]  # takes inputs of one shape


@dataclass(frozen=True)
class Runtime:
    """``make`` makes a model file's network ready for inputs of a shape, on one thread."""

    name: RuntimeName
    bare_call: str
    make: Callable[[Path, tuple[int, ...]], Network]

    def chosen_in(self, settings: WorkerSettings) -> WorkerSettings:
        """The settings with this runtime."""
        return settings.model_copy(update={"runtime": self.name})

    def is_chosen(self, settings: WorkerSettings) -> bool:
        """Whether workers with these settings use it."""
        return settings.runtime == self.name


def _litert(model: Path, shape: tuple[int, ...]) -> Network:
    from ai_edge_litert.interpreter import Interpreter  # noqa: PLC0415 - only where it is measured

    interpreter = Interpreter(model_content=model.read_bytes(), num_threads=1)
    index = interpreter.get_input_details()[0]["index"]
    interpreter.resize_tensor_input(index, shape)
    interpreter.allocate_tensors()
    outputs = [each["index"] for each in interpreter.get_output_details()]

    def run(inputs: Inputs) -> object:
        interpreter.set_tensor(index, inputs)
        interpreter.invoke()
        return [np.asarray(interpreter.get_tensor(each)) for each in outputs]

    return run


def _openvino(model: Path, shape: tuple[int, ...]) -> Network:
    import openvino  # noqa: PLC0415 - see above

    core = openvino.Core()
    read = core.read_model(model)
    read.reshape(list(shape))
    request = core.compile_model(read, "CPU", {"NUM_STREAMS": 1, "INFERENCE_NUM_THREADS": 1}).create_infer_request()

    def run(inputs: Inputs) -> object:
        request.infer([inputs], share_inputs=True)
        return [np.array(tensor.data) for tensor in request.output_tensors]

    return run


# One line for each library that workers can use.
RUNTIMES = (Runtime("openvino", "OpenVINO infer", _openvino), Runtime("litert", "LiteRT invoke", _litert))
