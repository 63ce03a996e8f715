"""Keeps faces for review, in a thread of its own: a slow or broken folder is no matter of counting."""

import logging
import queue
import threading
import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from shared.face_crops import face_in_crop
from shared.jpegs import stated_size
from shared.review import ReviewFolder
from shared.review_item import unsure_item
from shared.settings import EventsSettings
from worker.events.doubt import Doubt
from worker.events.metrics import EventsMetrics, Kept

log = logging.getLogger(__name__)

_MAX_WAITING = 64
_TIDY_S = 600.0  # how often what has grown too old is looked for, when nothing is written
_ROOM = 0.1  # share of a full folder that is cleared at once, so that not every write reads all of it


class ReviewWriter:
    """One review folder's writer. Only its own methods ``write`` and ``tidy`` touch the folder."""

    def __init__(self, folder: ReviewFolder, settings: EventsSettings, metrics: EventsMetrics) -> None:
        """Write nothing before ``start``."""
        self._folder = folder
        self._settings = settings
        self._metrics = metrics
        self._waiting: queue.Queue[Doubt | None] = queue.Queue(_MAX_WAITING)
        self._thread = threading.Thread(target=self._run, name="review", daemon=True)
        self._is_failing = False
        self._tidy_at = 0.0  # monotonic
        self._tidy_above: int | None = None  # items; unknown before the first look

    def start(self) -> None:
        """Write from now on what is offered."""
        self._thread.start()

    def offer(self, doubts: Iterable[Doubt]) -> None:
        """Have faces written soon; what the folder cannot keep up with is left out and counted."""
        for doubt in doubts:
            try:
                self._waiting.put_nowait(doubt)
            except queue.Full:
                self._metrics.review(Kept.SKIPPED)

    def close(self, timeout_s: float = 2.0) -> None:
        """Write what waits, for so long at most."""
        try:
            self._waiting.put(None, timeout=timeout_s)
            self._thread.join(timeout_s)
        except queue.Full:
            log.warning("the review folder %s is too slow: %d faces are lost", self._folder.root, _MAX_WAITING)

    def _run(self) -> None:
        self._attempt(None)
        while True:
            try:
                doubt = self._waiting.get(timeout=_TIDY_S)
            except queue.Empty:
                self._attempt(None)
                continue
            if doubt is None:
                return
            self._attempt(doubt)

    def _attempt(self, doubt: Doubt | None) -> None:
        """Write a face, if there is one, and tidy up; a failure is counted each time and said once."""
        try:
            self._folder.make()
            if doubt is not None:
                self._metrics.review(self.write(doubt))
            self.tidy(datetime.now(UTC))
            self._is_failing = False
        except (OSError, ValueError) as error:  # a ValueError: a crop or box that no worker of ours sends
            self._metrics.review(Kept.FAILED)
            if not self._is_failing:
                log.warning("a face cannot be kept for review in %s, counting goes on: %s", self._folder.root, error)
            self._is_failing = True

    def write(self, doubt: Doubt) -> Kept:
        """Put one face into the folder; on a replay it is there already.

        Raises:
            OSError: the folder cannot be written.
            ValueError: the crop is no JPEG, or the box has no area.
        """
        crop_side_px, _ = stated_size(doubt.jpeg)
        face = face_in_crop(doubt.result.detections[doubt.index].box, crop_side_px)
        is_new = self._folder.add(unsure_item(doubt.result, doubt.index, face), doubt.jpeg)
        return Kept.WRITTEN if is_new else Kept.KNOWN

    def tidy(self, now: datetime) -> None:
        """Erase what is too old or too much, when it is time to look."""
        is_full = self._tidy_above is not None and self._folder.count() > self._tidy_above
        if not is_full and time.monotonic() < self._tidy_at:
            return
        most = self._settings.review_max_items
        target = most - int(most * _ROOM) if is_full else most
        kept = self._folder.prune(now, target, timedelta(days=self._settings.review_days))
        unlabelled = sum(each.label is None for each in kept)
        self._tidy_above = len(kept) + most - unlabelled
        self._tidy_at = time.monotonic() + _TIDY_S
