"""What tests ask of the queue and of processes."""

from pathlib import Path
from typing import Any

from rq import Queue

from shared.training_jobs import Ending, MetaKey, TrainingProgress
from shared.training_queue import ending_of, enqueue, fetch
from tests.waiting import eventually

START_S = 30.0  # a busy machine takes its time


def data_folder(folder: Path, hold: str = "") -> Path:
    folder.mkdir(exist_ok=True)
    if hold:
        (folder / "hold").write_text(hold)
    return folder


def put(queue: Queue, data: Path, registry: Path) -> str:
    """Queue a training and return its id."""
    return str(enqueue(queue, {"data": [str(data)], "registry": str(registry)}).id)


def meta(queue: Queue, job_id: str) -> dict[str, Any]:
    job = fetch(queue, job_id)
    return job.meta if job is not None else {}


def is_in(queue: Queue, job_id: str, step: str) -> int:
    """The pid of the work horse when the job is in a step, else 0."""
    progress = meta(queue, job_id).get(MetaKey.PROGRESS)
    return TrainingProgress.model_validate(progress).pid if progress and progress["step"] == step else 0


def horse_in(queue: Queue, job_id: str, step: str) -> int:
    return eventually(lambda: is_in(queue, job_id, step), START_S)


def ended(queue: Queue, job_id: str) -> tuple[Ending, str]:
    """How a job ends, and why."""

    def ending() -> Ending | None:
        job = fetch(queue, job_id)
        return ending_of(job) if job is not None else None

    how = eventually(ending, START_S)
    assert how is not None
    return how, str(meta(queue, job_id).get(MetaKey.REASON, ""))


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True
