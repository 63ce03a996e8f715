"""A LiteRT network made ready for several input sizes at once, since making it ready costs as much as a picture."""

import threading
from typing import Any

import numpy as np
import numpy.typing as npt
from ai_edge_litert.interpreter import Interpreter

Floats = npt.NDArray[np.float32]

# Cameras have few sizes among them, and the patches that moved have a few more; each keeps some megabytes in
# each thread.
MAX_SIZES = 8


class SizedNetworks:
    """One network for each thread and input size; the sizes of long ago are forgotten."""

    def __init__(self, model: bytes) -> None:
        """Run ``model``, the content of a LiteRT file."""
        self._model = model
        self._of_thread = threading.local()

    def outputs(self, inputs: npt.NDArray[Any]) -> list[Floats]:
        """The network's outputs for one input.

        Raises:
            ValueError, RuntimeError: the model is none, or cannot take such an input.
        """
        network = self._ready(inputs.shape)
        network.set_tensor(network.get_input_details()[0]["index"], inputs)
        network.invoke()
        return [np.asarray(network.get_tensor(each["index"]), np.float32) for each in network.get_output_details()]

    def _ready(self, shape: tuple[int, ...]) -> Interpreter:
        if not hasattr(self._of_thread, "networks"):
            self._of_thread.networks = {}
        networks: dict[tuple[int, ...], Interpreter] = self._of_thread.networks
        network = networks.pop(shape, None) or self._made(shape)
        networks[shape] = network  # a dictionary keeps its order: the newest is last
        if len(networks) > MAX_SIZES:
            networks.pop(next(iter(networks)))
        return network

    def _made(self, shape: tuple[int, ...]) -> Interpreter:
        network = Interpreter(model_content=self._model, num_threads=1)
        network.resize_tensor_input(network.get_input_details()[0]["index"], shape)
        network.allocate_tensors()
        return network
