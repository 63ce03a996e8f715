"""`maskwatch train`: a new version of classifier or detector, here or as a job of the running system."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console import durations
from console.errors import BadInput
from console.finding import RedisOption, RunningSystem, data_folder, running_system
from console.registry_option import RegistryOption, registry_root
from console.training.folders import given_or, usual_folders
from console.training.options import (
    AlphaOption,
    BoxesOption,
    ClassesOption,
    CorrectionsOption,
    DataOption,
    EpochsOption,
    EveryOption,
    FollowOption,
    ForceOption,
    FreshOption,
    HoldoutOption,
    MinutesOption,
    NoteOption,
    PrecisionOption,
    PromoteOption,
    QueueOption,
    ReportsOption,
    ResumeOption,
    SeedOption,
    ShadowOption,
    SizeOption,
    SystemOption,
    TaskOption,
    TeacherOption,
    WeightsOption,
    WorkOption,
)
from console.training.tasks import Task, refuse_others


def train(  # noqa: PLR0913 - each is an option
    *,
    task: TaskOption = Task.CLASSIFIER,
    data: DataOption = None,
    registry: RegistryOption = None,
    boxes: BoxesOption = None,
    holdout: HoldoutOption = None,
    corrections: CorrectionsOption = None,
    weights: WeightsOption = None,
    teacher: TeacherOption = None,
    classes: ClassesOption = None,
    epochs: EpochsOption = None,
    size: SizeOption = None,
    seed: SeedOption = None,
    alpha: AlphaOption = None,
    precision: PrecisionOption = None,
    promote: PromoteOption = None,
    force: ForceOption = False,
    shadow: ShadowOption = None,
    reports: ReportsOption = None,
    minutes: MinutesOption = None,
    work: WorkOption = None,
    resume: ResumeOption = False,
    fresh: FreshOption = False,
    note: NoteOption = None,
    queue: QueueOption = False,
    follow: FollowOption = False,
    every: EveryOption = None,
    system: SystemOption = None,
    redis: RedisOption = None,
) -> None:
    """Train the classifier, or with --task detector the face detector, and publish it as a new version.

    By itself it trains here and now. With --queue the trainer of the running system does it, with
    --every again and again; `maskwatch training` lists, cancels and follows such jobs. A detector
    trains here only; cut off, it goes on with --resume.
    """
    refuse_others(task, locals())
    if task is Task.DETECTOR:
        _train_detector(locals(), registry, system)
        return
    if data is None:
        if not follow or queue or every is not None:
            raise BadInput("--data DIR is missing: a folder with with_mask/ and without_mask/")
        follow_newest(system, redis)
        return
    options = {
        "data": tuple(data),
        "boxes": boxes,
        "holdout": holdout,
        "corrections": corrections,
        "weights": weights,
        "teacher": teacher,
        "classes": None if classes is None else tuple(each.strip() for each in classes.split(",")),
        "epochs": epochs,
        "size": size,
        "seed": seed,
        "alpha": alpha,
        "precision": precision,
        "promote": promote,
        "force": force or None,
        "shadow_s": None if shadow is None else durations.seconds(shadow, "--shadow"),
        "reports": reports,
    }
    usual = usual_folders(data_folder(system))
    root = None if registry is None else str(registry_root(registry, None))
    if follow and not queue:
        raise BadInput("--follow shows jobs: give --queue too, or leave --data out to see the job that runs")
    if queue or every is not None:
        from console.training.handing_over import hand_over  # noqa: PLC0415 - loads RQ

        with running_system(system, redis) as found:
            # Without a data folder the trainer is on another machine, and this one's folders are none of its.
            folders = usual if found.run is not None else {}
            job_id = hand_over(found, given_or(folders, options), root, every, queue=queue)
            if follow and job_id is not None:
                _follow(found, job_id)
    else:
        from console.training.here import train_here  # noqa: PLC0415 - other commands start without it

        train_here(given_or(usual, options), root, system, redis)


def _train_detector(options: Mapping[str, Any], registry: str | None, system: Path | None) -> None:
    from console.training.detector_here import train_detector_here  # noqa: PLC0415 - other commands start without it

    train_detector_here(options, None if registry is None else registry_root(registry, None), system)


def follow_newest(system: Path | None, redis: str | None, job_id: str | None = None) -> None:
    """Show the training that runs, or the one with an id, to its end."""
    from console.training.jobs import find  # noqa: PLC0415 - loads RQ
    from shared.training_queue import open_queue  # noqa: PLC0415

    with running_system(system, redis) as found:
        _follow(found, find(open_queue(found.servers.state), job_id).id)


def _follow(found: RunningSystem, job_id: str) -> None:
    from console.training.following import follow_to_end  # noqa: PLC0415 - loads RQ

    follow_to_end(found.servers.state, job_id)
