"""How the operator's cameras come into a system and leave it."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import redis
from pydantic import ValidationError

from console.errors import BadInput
from shared.cameras import LOSSLESS_KINDS, Camera, CaptureStatus, kind_of
from shared.redaction import redact
from shared.streams import CAMERAS, CheckpointField, KeySpace


@dataclass(frozen=True)
class Wish:
    """A camera as it stands on a command line."""

    id: str
    source: str
    fps: float | None = None

    @property
    def is_lossless(self) -> bool:
        """Whether it has an end: a file or a folder."""
        return kind_of(self.source) in LOSSLESS_KINDS


def parse(text: str, fps: float | None = None) -> Wish:
    """``ID=SOURCE`` as a wish; paths become absolute, since the producer runs elsewhere.

    Raises:
        BadInput: no ``=``, no source, or an id that is none.
    """
    camera_id, equals, source = text.partition("=")
    if not equals:
        raise BadInput(f"camera {redact(text)!r} is not ID=SOURCE, such as gate=rtsp://10.0.0.9/stream")
    if not source:
        raise BadInput(f"camera {camera_id!r} has no source")
    return wish(camera_id, source, fps)


def wish(camera_id: str, source: str, fps: float | None = None) -> Wish:
    """A checked wish.

    Raises:
        BadInput: the id is none.
    """
    if kind_of(source) in LOSSLESS_KINDS:
        source = str(Path(source).expanduser().resolve())
    try:
        Camera.model_validate({"id": camera_id, "source": source, "fps": fps})
    except ValidationError as error:
        field = error.errors()[0]["loc"][0]
        if field == "id":
            rule = "lower-case letters, digits, - and _, at most 63, beginning with a letter or digit"
            raise BadInput(f"camera id {camera_id!r} is not allowed: {rule}") from error
        raise BadInput(f"camera {camera_id}: {field}: {error.errors()[0]['msg'].lower()}") from error
    return Wish(camera_id, source, fps)


def parse_all(texts: list[str], fps: float | None = None) -> list[Wish]:
    """The wishes of a command line.

    Raises:
        BadInput: one is none, or two have one id.
    """
    wishes = [parse(text, fps) for text in texts]
    ids = [each.id for each in wishes]
    for camera_id in ids:
        if ids.count(camera_id) > 1:
            raise BadInput(f"camera id {camera_id!r} is given twice")
    return wishes


def check_source(wished: Wish) -> None:
    """Refuse files and folders that hold nothing to see; other sources may come up later.

    Raises:
        BadInput: there is no such file, or it is no video.
    """
    if not wished.is_lossless:
        return
    from producer import camera_test  # noqa: PLC0415 - loads the video libraries

    try:
        camera_test.check_source(wished.source)
    except camera_test.SourceError as error:
        raise BadInput(f"camera {wished.id}: {error}") from error


def attach(state: redis.Redis, keys: KeySpace, wished: Wish) -> Camera:
    """Put a camera into the system.

    A live camera that is there already with this source stays as it is, and so does an unfinished
    pass over the same file; anything else begins a new epoch.
    """
    known = find(state, wished.id)
    camera = Camera.model_validate({"id": wished.id, "source": wished.source, "fps": wished.fps})
    last_epoch, done_epoch = _epochs(state, keys, wished.id)
    is_same = known is not None and known.model_copy(update={"epoch": 0}) == camera
    if known is not None and is_same and not (camera.is_lossless and done_epoch >= known.epoch):
        return known
    camera = camera.model_copy(update={"epoch": max(last_epoch, known.epoch if known else 0) + 1})
    state.hset(CAMERAS, camera.id, camera.model_dump_json())
    return camera


def find(state: redis.Redis, camera_id: str) -> Camera | None:
    """An attached camera."""
    value = cast("bytes | None", state.hget(CAMERAS, camera_id))
    return Camera.model_validate_json(value) if value else None


def detach(state: redis.Redis, camera_id: str) -> bool:
    """Take a camera out of the system; what it counted stays. Says whether it was there."""
    return bool(state.hdel(CAMERAS, camera_id))


def _epochs(state: redis.Redis, keys: KeySpace, camera_id: str) -> tuple[int, int]:
    """The last epoch that left any trace, and the last pass that is fully judged.

    A camera that was removed comes back with a higher epoch than it ever had, so that no old frame
    is taken for one of its new ones.
    """
    fields = [CheckpointField.EPOCH, CheckpointField.DONE_EPOCH]
    judged, done = (int(value or -1) for value in state.hmget(keys.checkpoint(camera_id), fields))
    capture_json = cast("bytes | None", state.get(keys.capture(camera_id)))
    captured = CaptureStatus.model_validate_json(capture_json).epoch if capture_json else -1
    return max(judged, done, captured, 0), done
