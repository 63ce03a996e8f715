"""What no result triggers: the end of a file's pass, a live camera's missing frames when nothing follows."""

import logging
from collections.abc import Sequence

import redis

from shared import camera_list
from shared.cameras import CaptureStatus
from shared.leases import LeaseLost
from shared.streams import KeySpace
from worker.events.camera_stage import CameraStage
from worker.events.ownership import Ownership

log = logging.getLogger(__name__)


def finish_passes(state: redis.Redis, keys: KeySpace, ownership: Ownership) -> None:
    """Close the passes over files that are read and judged to their end.

    Raises:
        redis.RedisError: the state server does not answer.
    """
    # Of files that are done nothing is asked any more: there may be a thousand, and this is asked at each pass.
    files = [
        stage
        for camera, stage in ownership.stages.items()
        if ownership.cameras[camera].is_lossless and stage.done_epoch < ownership.cameras[camera].epoch
    ]
    if not files:
        return
    with state.pipeline(transaction=False) as pipeline:
        for stage in files:
            pipeline.get(keys.capture(stage.camera))
        said = pipeline.execute()
    for stage, status in zip(files, said, strict=True):
        if (capture := camera_list.captured(status)) is not None:
            _finish(stage, capture, ownership)


def _finish(stage: CameraStage, capture: CaptureStatus, ownership: Ownership) -> None:
    try:
        if capture.has_ended and stage.finish_pass(capture.epoch, capture.captured):
            log.info("camera %s: all %d frames judged", stage.camera, capture.captured)
    except LeaseLost:
        ownership.drop(stage.camera)


def give_up_missing(silent: Sequence[CameraStage], ownership: Ownership) -> None:
    """Judge what these live cameras' missing frames hold up: nothing follows that would.

    Raises:
        redis.RedisError: the state server does not answer.
    """
    for stage in silent:
        if not stage.is_waiting or ownership.cameras[stage.camera].is_lossless:
            continue
        try:
            stage.give_up_missing()
        except LeaseLost:
            ownership.drop(stage.camera)
