"""Networks from LiteRT files, run by the library that the setting MASKWATCH_RUNTIME names."""

from dataclasses import dataclass

from shared.settings import Runtime
from worker.networks.network import LITERT_MARK, Floats, Inputs, Network

__all__ = ["Demands", "Floats", "Inputs", "Network", "check_mark", "load_network"]


@dataclass(frozen=True)
class Demands:
    """How a network is to be run.

    ``callers`` are the threads that call it at the same time. An exact one computes in the numbers that the file
    states; else in fewer bits where the processor is faster with them.
    """

    runtime: Runtime = "openvino"
    callers: int = 1
    is_exact: bool = False


def check_mark(model: bytes) -> None:
    """See that bytes begin as a LiteRT file does.

    Raises:
        ValueError: they do not.
    """
    if model[4:8] != LITERT_MARK:
        raise ValueError("the file is no LiteRT model")


def load_network(model: bytes, demands: Demands) -> Network:
    """The network of a LiteRT file's content.

    Raises:
        ValueError, RuntimeError: the content is no network, or none that runs here.
    """
    check_mark(model)
    # Imported when it is chosen: a library that is not used costs memory and half a second.
    if demands.runtime == "openvino":
        from worker.networks.openvino import OpenVinoNetwork  # noqa: PLC0415

        return OpenVinoNetwork(model, demands.callers, is_exact=demands.is_exact)
    from worker.networks.litert import LiteRtNetwork  # noqa: PLC0415

    return LiteRtNetwork(model)
