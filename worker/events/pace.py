"""How soon results are read again. No clock and no input or output.

A pass has a price of its own, whatever it reads: a question over all cameras, and a round trip for what it
commits. So results gather for a moment first, unless so many wait that there is no end to them.
"""

from collections.abc import Iterable, Sequence

from shared.messages import FrameResult

READ_COUNT = 64  # results of each camera at a time
GATHER_S = 0.1  # by so much later a violation is known
GATHER_FILES_S = 0.02  # the producers of files wait for what is read
_MANY = READ_COUNT // 2  # results of one camera: it is being caught up with


def pause_s(read: Iterable[Sequence[FrameResult]]) -> float:
    """How long to wait behind a pass that read these results, by camera, before the next one."""
    portions = [each for each in read if each]
    if not portions or any(len(each) >= _MANY for each in portions):
        return 0.0
    is_waited_for = any(each[-1].on_overload == "wait" for each in portions)
    return GATHER_FILES_S if is_waited_for else GATHER_S
