"""Every ending has one line that says why."""

import re
import resource
import signal

import pytest

from shared.model_registry import ModelError
from shared.training_jobs import Ending
from trainer.jobs.verdicts import oom_kills, why_killed, why_raised
from trainer.settings import TrainingRefused

RAISED = {
    "the input is refused": (TrainingRefused("no\n faces"), Ending.REFUSED, "no faces"),
    "the registry is away": (ModelError("no answer"), Ending.FAILED, "no answer"),
    "memory runs out": (MemoryError(), Ending.FAILED, "it ran out of memory"),
    "a bug": (KeyError("x"), Ending.FAILED, "unexpected KeyError: 'x'; the trainer's log shows where"),
}


@pytest.mark.parametrize("case", RAISED)
def test_an_exception_becomes_one_line(case: str) -> None:
    error, ending, line = RAISED[case]
    assert why_raised(error) == (ending, line)


def test_a_signal_is_named() -> None:
    assert why_killed(signal.SIGTERM, None, 0) == "killed by signal 15 (SIGTERM)"


def test_a_kill_while_the_kernel_ran_out_of_memory_says_so_and_how_much_there_was() -> None:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    line = why_killed(signal.SIGKILL, usage, oom_kills=1)
    assert re.fullmatch(r"the kernel killed it for lack of memory when it held \d+\.\d GB", line)


def test_an_exit_without_words_tells_its_code() -> None:
    assert why_killed(3 << 8, None, 0) == "it ended with exit code 3"


def test_the_kernel_s_count_can_be_read_or_is_zero() -> None:
    assert oom_kills() >= 0
