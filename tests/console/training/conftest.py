"""The commands talk to the same queue and trainers as the trainer's own tests."""

from tests.trainer.jobs.conftest import queue, start

__all__ = ["queue", "start"]
