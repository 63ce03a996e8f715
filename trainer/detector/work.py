"""The folder of a training: who works in it, and whether what it holds may be gone on with."""

import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from trainer.detector.losses import LOSSES_FILE
from trainer.detector.reading import FALSE_FACES, Data
from trainer.detector.settings import DetectorSettings
from trainer.settings import TrainingRefused

RUN_FILE = "run.json"
CHECKPOINTS = "checkpoints"
OF_ONE_RUN = (CHECKPOINTS, LOSSES_FILE, FALSE_FACES)  # what was read stays: it names its data
# What the weights depend on beside the data. Minutes are not among them: a training may be given more time.
FITTING = {"batch", "learning_rate", "weight_decay", "seed"}


class _Run(BaseModel):
    """What a folder's checkpoints are of."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    photographs: str
    singles: str
    settings: dict[str, int | float]
    published: int | None = None  # the version; None: it was cut off before

    def differences(self, other: "_Run") -> list[str]:
        """What keeps one from going on with the other."""
        data = ["data"] if (self.photographs, self.singles) != (other.photographs, other.singles) else []
        return data + sorted(name for name in FITTING if self.settings.get(name) != other.settings.get(name))


@contextmanager
def working_in(settings: DetectorSettings, data: Data) -> Iterator[None]:
    """Have the folder alone, with nothing in it that is not of this training.

    Raises:
        TrainingRefused: it is in use, or holds a training that was cut off and that nobody decided about.
    """
    settings.work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (settings.work / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise TrainingRefused(f"another training works in {settings.work}: give another --work") from None
        _begin(settings, data)
        yield


def mark_published(work: Path, version: int) -> None:
    """Let the next training begin anew in this folder."""
    run = _read(work)
    if run is not None:
        _write(work, run.model_copy(update={"published": version}))


def _begin(settings: DetectorSettings, data: Data) -> None:
    work, found = settings.work, _read(settings.work)
    run = _Run(
        photographs=data.of_photographs,
        singles=data.of_singles,
        settings=settings.model_dump(include=FITTING),
    )
    has_checkpoints = (work / CHECKPOINTS).is_dir()
    if settings.resume:
        _refuse_unless_same(work, found, run)
    elif has_checkpoints and not settings.fresh and (found is None or found.published is None):
        raise TrainingRefused(_cut_off(work, found, run))
    else:
        _clear(work)
    _write(work, run)


def _refuse_unless_same(work: Path, found: _Run | None, run: _Run) -> None:
    if found is None:
        raise TrainingRefused(f"{work} holds no training to go on with: leave --resume out")
    if found.differences(run):
        raise TrainingRefused(_of_others(work, found.differences(run)))


def _cut_off(work: Path, found: _Run | None, run: _Run) -> str:
    if found is None:
        return f"{work} holds checkpoints of who knows what data: begin anew with --fresh, or give another --work"
    if found.differences(run):
        return _of_others(work, found.differences(run))
    return f"{work} holds a training that was cut off: go on with --resume, or begin anew with --fresh"


def _of_others(work: Path, what: list[str]) -> str:
    others = ", ".join(each.replace("_", " ") for each in what)
    return f"{work} holds a training of other {others}: begin anew with --fresh, or give another --work"


def _clear(work: Path) -> None:
    for name in OF_ONE_RUN:
        path = work / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _read(work: Path) -> _Run | None:
    try:
        return _Run.model_validate_json((work / RUN_FILE).read_bytes())
    except (OSError, ValidationError):
        return None


def _write(work: Path, run: _Run) -> None:
    partial = work / f"partial-{RUN_FILE}"
    partial.write_text(run.model_dump_json() + "\n", encoding="utf-8")
    partial.replace(work / RUN_FILE)
