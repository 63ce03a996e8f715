"""A network run by LiteRT, made ready for several input sizes at once, since that costs as much as a picture."""

import numpy as np
from ai_edge_litert.interpreter import Interpreter

from worker.networks.network import Floats, Inputs
from worker.networks.spares import Spares

# Of each size there are as many interpreters as threads have called at once, of some megabytes each.
MAX_SIZES = 8


class LiteRtNetwork:
    """Interpreters for each input size."""

    def __init__(self, model: bytes) -> None:
        """Run ``model``, the content of a LiteRT file."""
        self._model = model
        self._spares: Spares[tuple[int, ...], Interpreter] = Spares(MAX_SIZES)

    def outputs(self, inputs: Inputs) -> list[Floats]:
        """See ``Network.outputs``."""
        with self._spares.lent(inputs.shape, lambda: self._made(inputs.shape)) as interpreter:
            interpreter.set_tensor(interpreter.get_input_details()[0]["index"], inputs)
            interpreter.invoke()
            outputs = interpreter.get_output_details()
            return [np.asarray(interpreter.get_tensor(each["index"]), np.float32) for each in outputs]

    def _made(self, shape: tuple[int, ...]) -> Interpreter:
        interpreter = Interpreter(model_content=self._model, num_threads=1)
        interpreter.resize_tensor_input(interpreter.get_input_details()[0]["index"], shape)
        interpreter.allocate_tensors()
        return interpreter
