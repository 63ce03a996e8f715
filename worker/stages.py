"""What happens to a batch between reading and publishing, stage by stage, without a server."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime

from shared.messages import DeadLetterReason, Detection, Label
from shared.settings import WorkerSettings
from shared.streams import HEARTBEAT_CAMERA
from worker.classifier import Classifier
from worker.cropping import face_jpeg
from worker.decoding import PoisonEntry, decode_picture, parse_header
from worker.endings import Endings
from worker.entries import DecodedFrame, Ending, Entry, Frame
from worker.metrics import LOADED, WorkerMetrics
from worker.pipeline import JudgedPicture, Pipeline, Shown

log = logging.getLogger(__name__)


class Stages:
    """Takes entries to their endings; each method is one stage and keeps the order of its frames."""

    def __init__(
        self,
        pipeline: Pipeline,
        settings: WorkerSettings,
        worker_id: str,
        metrics: WorkerMetrics,
        now: Callable[[], datetime],
        age_s: Callable[[str], float],
    ) -> None:
        """``now`` is the wall clock, aware UTC; ``age_s`` tells how long ago an entry came into its stream."""
        self.metrics = metrics
        self._pipeline = pipeline
        self._settings = settings
        self._now = now
        self._age_s = age_s
        self._endings = Endings(worker_id, pipeline.detector.name, pipeline.classifier.version)

    def serve(self, classifier: Classifier) -> None:
        """Judge with another model version from the next batch on."""
        self._pipeline.classifier = classifier
        self._endings = self._endings.of_version(classifier.version)
        self.metrics.serves(classifier.version)
        self.metrics.reloaded(LOADED)
        log.info("model version %d judges from now on", classifier.version)

    def parse(self, entries: Sequence[Entry]) -> tuple[list[Ending], list[Frame]]:
        """Read the headers; apart from the frames: entries without one, and those delivered too often."""
        poisoned: list[Ending] = []
        frames: list[Frame] = []
        for entry in entries:
            try:
                frame = Frame(entry, parse_header(entry.fields, entry.camera))
            except PoisonEntry as poison:
                poisoned.append(self._give_up(entry, poison))
                continue
            if entry.deliveries > self._settings.max_deliveries:
                detail = f"delivered {entry.deliveries} times without an end"
                poisoned.append(self._give_up(frame, PoisonEntry(DeadLetterReason.DELIVERIES, detail)))
            else:
                frames.append(frame)
        return poisoned, frames

    def drop_stale(self, frames: Sequence[Frame]) -> tuple[list[Ending], list[Frame]]:
        """Tell live frames that are too old to be of use; a file's frames are never too old.

        Their age is the frames server's to tell: a producer's clock, or this machine's, may be wrong.
        """
        is_stale = [self._is_stale(frame) for frame in frames]
        stale = [self._endings.stale(frame) for frame, is_old in zip(frames, is_stale, strict=True) if is_old]
        return stale, [frame for frame, is_old in zip(frames, is_stale, strict=True) if not is_old]

    def decode(self, frames: Sequence[Frame]) -> tuple[list[Ending], list[DecodedFrame]]:
        """Decode the pictures, several at once; apart from them: frames without a picture as stated."""
        outcomes = list(self._pipeline.each(self._decode, frames))
        undecodable = [outcome for outcome in outcomes if isinstance(outcome, Ending)]
        return undecodable, [outcome for outcome in outcomes if isinstance(outcome, DecodedFrame)]

    def judge(self, frames: Sequence[DecodedFrame]) -> list[Ending]:
        """Judge all frames in one batch; where that fails, one by one, so that only the culprit is given up."""
        try:
            judged = self._pipeline.judge_shown([_shown(each) for each in frames])
        except Exception as error:  # noqa: BLE001 - no picture, whatever it does to the libraries, may stop the others
            if len(frames) == 1:
                poison = PoisonEntry(DeadLetterReason.JUDGING, f"{type(error).__name__}: {error}")
                return [self._give_up(frames[0].frame, poison)]
            return [ending for frame in frames for ending in self.judge([frame])]
        return [self._processed(frame, each) for frame, each in zip(frames, judged, strict=True)]

    def _is_stale(self, frame: Frame) -> bool:
        is_live = frame.header.on_overload == "drop_oldest"
        return is_live and self._age_s(frame.entry.id) > self._settings.max_frame_age_s

    def _decode(self, frame: Frame) -> DecodedFrame | Ending:
        started = time.monotonic()
        try:
            picture = decode_picture(frame.entry.fields, frame.header, self._settings.max_picture_pixels)
        except PoisonEntry as poison:
            return self._give_up(frame, poison)
        seconds = time.monotonic() - started
        self.metrics.passed("decode", seconds, 1, 1)
        return DecodedFrame(frame, picture, seconds)

    def _processed(self, frame: DecodedFrame, judged: JudgedPicture) -> Ending:
        self._measure(frame.frame, judged)
        faces = {
            index: face_jpeg(frame.picture, frame.in_picture(detection.box))
            for index, detection in enumerate(judged.detections)
            if frame.frame.entry.camera != HEARTBEAT_CAMERA and self._is_wanted(detection)
        }
        return self._endings.processed(frame, judged, faces)

    def _is_wanted(self, detection: Detection) -> bool:
        """Of those who may become a violation and those whom a person should look at: nobody else's face is kept."""
        is_unsure = detection.confidence <= self._settings.review_max_confidence
        return detection.label is not Label.WITH_MASK or (self._settings.review is not None and is_unsure)

    def _measure(self, frame: Frame, judged: JudgedPicture) -> None:
        faces = len(judged.detections) + judged.faces_refused
        self.metrics.passed("detect", judged.stage_seconds["detect"], 1, faces)
        self.metrics.passed("crop", judged.stage_seconds["crop"], faces, faces)
        self.metrics.passed("classify", judged.stage_seconds["classify"], faces, len(judged.detections))
        self.metrics.faces_refused.inc(judged.faces_refused)
        self.metrics.pixels.inc(frame.header.width * frame.header.height)
        self.metrics.pixels_scanned.inc(sum(patch.pixels for patch in judged.patches))
        if frame.header.on_overload == "drop_oldest":
            self.metrics.latency.observe(max((self._now() - frame.header.captured_at).total_seconds(), 0))

    def _give_up(self, what: Entry | Frame, poison: PoisonEntry) -> Ending:
        entry = what if isinstance(what, Entry) else what.entry
        log.warning("camera %s: entry %s given up: %s", entry.camera, entry.id, poison)
        self.metrics.dead_letter(poison.reason)
        if isinstance(what, Entry):
            return Ending(what, None, poison)
        return self._endings.given_up(what, poison)


def _shown(frame: DecodedFrame) -> Shown:
    header = frame.frame.header
    return Shown(frame.picture, (header.width, header.height), header.regions, frame.shrink)
