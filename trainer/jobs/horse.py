"""What a forked work horse does before it trains, so that it neither disturbs nor outlives anybody."""

import ctypes
import os
import signal
import sys

NICENESS = 10  # training leaves the cores to the workers, which judge live frames
_PR_SET_PDEATHSIG = 1


def settle(parent: int) -> None:
    """Tie this process to its parent, step back in the scheduler, and write to the trainer's log only."""
    if sys.platform == "linux":
        # SIGKILL: a training whose trainer is gone has no right to publish; another one may be at work already.
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the tie was made
        os._exit(1)
    os.nice(NICENESS)
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    # TensorFlow reports its processor features unless told otherwise before it is imported.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
