"""Lets a candidate version judge the same faces as the version served, while somebody orders it."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast

import redis
from pydantic import ValidationError

from shared.messages import Detection, Label
from shared.model_registry import ModelError
from shared.shadow import SHADOW_ORDER, ShadowField, ShadowOrder, shadow_counts
from shared.streams import HEARTBEAT_CAMERA
from worker.classifier import Classifier
from worker.detectors import Picture
from worker.entries import DecodedFrame, Ending
from worker.metrics import FAILED

log = logging.getLogger(__name__)

COUNTS_LAST_S = 86_400


@dataclass(frozen=True)
class _Candidate:
    order: ShadowOrder
    classifier: Classifier


class Shadow:
    """One worker's part in a shadow check; it changes no result, and nothing it meets is raised but by ``ask``.

    Three threads share it: one asks the state server (``ask``), one loads models (``prepare``), and
    the loop lets faces be compared (``judge``).
    """

    def __init__(self, load: Callable[[int], Classifier], now: Callable[[], datetime]) -> None:
        """``now`` is the wall clock, aware UTC, by which orders end."""
        self._load = load
        self._now = now
        self._order: ShadowOrder | None = None
        self._tried = ""  # the order whose candidate was loaded or refused
        self._failed = ""  # the order during which judging has failed
        self._unreadable: bytes | None = None
        self._candidate: _Candidate | None = None
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()  # order id and field

    def ask(self, state: redis.Redis) -> bool:
        """See what is ordered and hand in what was counted; says whether there is a new order.

        Raises:
            redis.RedisError: the state server does not answer; nothing is lost.
        """
        self._hand_in(state)
        order = self._parsed(cast("bytes | None", state.get(SHADOW_ORDER)))
        self._order = order if order is not None and order.ends_at > self._now() else None
        return self._order is not None and self._order.id != self._tried

    def prepare(self) -> None:
        """Load the candidate of a new order, or let go of that of an order that has ended."""
        order = self._order
        if order is None:
            self._candidate = None
        elif order.id != self._tried:
            self._tried = order.id
            self._candidate = self._loaded(order)

    def judge(self, frames: Sequence[DecodedFrame], endings: Sequence[Ending]) -> None:
        """Count what the candidate says of the faces found in ``frames``, whose results ``endings`` hold."""
        candidate = self._candidate
        if candidate is None or self._order is None or candidate.order.ends_at <= self._now():
            return
        try:
            counts = _compared(candidate.classifier, frames, endings)
        except Exception as error:  # noqa: BLE001 - a candidate may do anything but harm frames
            if self._failed != candidate.order.id:
                log.warning("candidate version %d fails at faces: %s", candidate.order.version, error)
            self._failed = candidate.order.id
            return
        self._add(candidate.order.id, counts)

    def _loaded(self, order: ShadowOrder) -> _Candidate | None:
        try:
            return _Candidate(order, self._load(order.version))
        except ModelError as error:
            self._refuse(order, error.reason.value, str(error))
        except Exception as error:  # noqa: BLE001 - as in judge
            self._refuse(order, FAILED, f"{type(error).__name__}: {error}")
        return None

    def _refuse(self, order: ShadowOrder, reason: str, message: str) -> None:
        log.warning("candidate version %d is refused: %s", order.version, message)
        self._add(order.id, Counter({f"{ShadowField.REFUSED}:{reason}": 1}))

    def _add(self, order_id: str, counts: Counter[str]) -> None:
        with self._lock:
            self._counts.update({(order_id, field): count for field, count in counts.items()})

    def _hand_in(self, state: redis.Redis) -> None:
        with self._lock:
            counts, self._counts = self._counts, Counter()
        if not counts:
            return
        try:
            with state.pipeline(transaction=True) as transaction:
                for (order_id, field), count in counts.items():
                    transaction.hincrby(shadow_counts(order_id), field, count)
                for order_id in {order_id for order_id, _ in counts}:
                    transaction.expire(shadow_counts(order_id), COUNTS_LAST_S)
                transaction.execute()
        except redis.RedisError:
            with self._lock:
                self._counts.update(counts)
            raise

    def _parsed(self, value: bytes | None) -> ShadowOrder | None:
        if value is None or value == self._unreadable:
            return None
        try:
            return ShadowOrder.model_validate_json(value)
        except ValidationError as error:
            log.warning("the order of a shadow check is not readable: %s", error.errors()[0]["msg"])
            self._unreadable = value
            return None


def _compared(candidate: Classifier, frames: Sequence[DecodedFrame], endings: Sequence[Ending]) -> Counter[str]:
    # Cut out anew: the candidate may want another margin or another size.
    faces = _faces(candidate, frames, endings)
    answers = candidate.classify([crop for _, crop, _ in faces])
    counts: Counter[str] = Counter()
    for (camera, _, detection), answer in zip(faces, answers, strict=True):
        counts[f"{ShadowField.FACES}:{camera}"] += 1
        counts[f"{ShadowField.BARE}:{camera}"] += detection.label == Label.WITHOUT_MASK
        counts[f"{ShadowField.CANDIDATE_BARE}:{camera}"] += answer.label == Label.WITHOUT_MASK
        counts[f"{ShadowField.DISAGREEMENTS}:{camera}"] += answer.label != detection.label
    return counts


def _faces(
    candidate: Classifier, frames: Sequence[DecodedFrame], endings: Sequence[Ending]
) -> list[tuple[str, Picture, Detection]]:
    return [
        (ending.entry.camera, candidate.crop(frame.picture, frame.in_picture(detection.box)), detection)
        for frame, ending in zip(frames, endings, strict=True)
        if ending.result is not None and ending.entry.camera != HEARTBEAT_CAMERA
        for detection in ending.result.detections
    ]
