"""Looks at one camera without attaching it: what ``maskwatch camera test`` shows."""

import queue
import threading
from contextlib import closing
from dataclasses import dataclass

from producer.encoding import encode
from producer.sources.base import Source, SourceError, SourceLimits, SourceUnusable, TimedOut
from producer.sources.opening import check_recorded, open_live, open_recorded
from shared.cameras import Camera
from shared.redaction import redact

__all__ = ["CameraReport", "SourceError", "check_source", "probe"]

STILL_QUALITY = 90


@dataclass(frozen=True)
class CameraReport:
    """What a source gives: sizes in pixels, its own claim of its rate, one still as JPEG bytes."""

    width: int
    height: int
    fps: float | None
    codec: str
    still: bytes


def probe(source: str, timeout_s: float) -> CameraReport:
    """Open a source and take one picture, within about ``timeout_s`` seconds.

    Raises:
        SourceError: by name what is wrong (see ``producer.sources.base``), in one redacted line.
    """
    answers: queue.SimpleQueue[CameraReport | Exception] = queue.SimpleQueue()
    # In a thread, since a driver may hang longer than any limit it was given.
    threading.Thread(target=lambda: answers.put(_looked_at(source, timeout_s)), daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_s + 0.5)
    except queue.Empty:
        raise TimedOut(f"{redact(source)} did not answer within {timeout_s:g} s") from None
    if isinstance(answer, Exception):
        raise answer
    return answer


def check_source(source: str) -> None:
    """Look whether a file or folder can be played, quickly; every other kind of source passes.

    Raises:
        SourceMissing, NotAVideo, NoPictures: in one line what is wrong.
    """
    check_recorded(source)


def _looked_at(source: str, timeout_s: float) -> CameraReport | Exception:
    try:
        with closing(_open(source, timeout_s)) as opened:
            return _report(opened, source)
    except Exception as error:  # noqa: BLE001 - handed to the caller's thread, which raises it
        return error


def _open(source: str, timeout_s: float) -> Source:
    camera = Camera.model_validate({"id": "test", "source": source})
    if camera.is_lossless:
        return open_recorded(camera, start_at=0)
    return open_live(camera, SourceLimits(open_timeout_s=timeout_s, read_timeout_s=timeout_s))


def _report(opened: Source, source: str) -> CameraReport:
    picture = next(opened.pictures(), None)
    if picture is None:
        raise SourceUnusable(f"{redact(source)} holds no picture that can be decoded")
    encoded = encode(picture, STILL_QUALITY)
    return CameraReport(encoded.width, encoded.height, opened.fps, opened.codec, encoded.jpeg)
