"""The metrics of the whole system, from durable counts and from the state of both servers."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import get_args

import redis
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from console.counting.sight import sight
from console.headroom.forecast import headroom
from console.overview import CameraOverview, Overview
from shared import metric_names
from shared.cameras import CameraState, PictureFault, StallReason
from shared.messages import BlindReason, DeadLetterReason, DropReason, Label, PersonOutcome, ProcessInfo, Unjudged
from shared.streams import CaptureCountField, CountField

_log = logging.getLogger(__name__)

_ByDetail = tuple[str, str, str, Sequence[str]]

ROLES: tuple[str, ...] = get_args(ProcessInfo.model_fields["role"].annotation)

# Counters with a second label: metric, label, field of the counts, all values of the label. The same of what befell
# cameras, which is counted apart.
_BY_DETAIL: tuple[_ByDetail, ...] = (
    (metric_names.FRAMES_DROPPED, "reason", CountField.DROPPED, tuple(DropReason)),
    (metric_names.FRAMES_DEAD_LETTERED, "reason", CountField.DEAD_LETTERED, tuple(DeadLetterReason)),
    (metric_names.FACES, "label", CountField.FACES, tuple(Label)),
    (metric_names.PEOPLE, "outcome", CountField.PEOPLE, tuple(PersonOutcome)),
    (metric_names.PEOPLE_UNJUDGED, "reason", CountField.UNJUDGED, tuple(Unjudged)),
)
_OF_CAPTURE: tuple[_ByDetail, ...] = (
    (metric_names.CAMERA_TRANSITIONS, "state", CaptureCountField.STATE, tuple(CameraState)),
    (metric_names.CAMERA_STALLS, "reason", CaptureCountField.STALL, tuple(StallReason)),
    (metric_names.CAMERA_FAULTS, "fault", CaptureCountField.FAULT, tuple(PictureFault)),
)


class SystemCollector(Collector):
    """Reads the system at each scrape; a scrape while a server is away gives nothing rather than zeros."""

    def __init__(
        self, read: Callable[[], Overview], never_falling: Callable[[Mapping[str, int]], Mapping[str, int]]
    ) -> None:
        """``read`` gives the system of now, ``never_falling`` what to tell of cameras' captured frames."""
        self._read = read
        self._never_falling = never_falling
        self._is_blind = False

    def describe(self) -> Iterable[Metric]:
        """Nothing: the names are known, and registering must not read the servers."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics of this instant."""
        try:
            overview = self._read()
            captured = self._never_falling({each.camera.id: each.captured for each in overview.cameras})
        except redis.RedisError as error:
            if not self._is_blind:
                _log.warning("no metrics of the system while a server is away: %s", error)
            self._is_blind = True
            return
        self._is_blind = False
        yield from _counters(overview.cameras, captured)
        yield from _gauges(overview)
        yield from _of_the_last_day(overview)


def _counters(cameras: tuple[CameraOverview, ...], captured: Mapping[str, int]) -> Iterator[Metric]:
    frames = CounterMetricFamily(metric_names.FRAMES, "Frames captured", labels=["camera"])
    processed = CounterMetricFamily(metric_names.FRAMES_PROCESSED, "Frames judged", labels=["camera"])
    violations = CounterMetricFamily(metric_names.VIOLATIONS, "People without a mask", labels=["camera"])
    dismissed = CounterMetricFamily(metric_names.VIOLATIONS_DISMISSED, "Found to be none", labels=["camera"])
    for each in cameras:
        frames.add_metric([each.camera.id], captured[each.camera.id])
        processed.add_metric([each.camera.id], each.counts.of(CountField.PROCESSED))
        violations.add_metric([each.camera.id], each.counts.of(CountField.VIOLATIONS))
        dismissed.add_metric([each.camera.id], each.counts.of(CountField.DISMISSED))
    yield from (frames, processed, violations, dismissed, *_sight(cameras))
    for name, label, field, values in _BY_DETAIL:
        yield _by_detail(name, label, values, {each.camera.id: each.counts.by_detail(field) for each in cameras})
    for name, label, field, values in _OF_CAPTURE:
        counts = {each.camera.id: each.capture_counts.by_detail(field) for each in cameras}
        yield _by_detail(name, label, values, counts)


def _by_detail(name: str, label: str, values: Sequence[str], counts: Mapping[str, Mapping[str, int]]) -> Metric:
    """One counter of every value for every camera, also where it never happened."""
    family = CounterMetricFamily(name, f"Counts by {label}", labels=["camera", label])
    for camera, counted in counts.items():
        for value in values:
            family.add_metric([camera, value], counted.get(value, 0))
    return family


def _sight(cameras: Sequence[CameraOverview]) -> Iterator[Metric]:
    """Camera time that is over. Blindness that still goes on is in the coverage: how it ends is not known yet."""
    watched = CounterMetricFamily(metric_names.WATCHED_SECONDS, "Time in which the scene was seen", labels=["camera"])
    blind = CounterMetricFamily(metric_names.BLIND_SECONDS, "Time in which it was not", labels=["camera", "reason"])
    for each in cameras:
        seen = sight(each.counts)
        watched.add_metric([each.camera.id], seen.watched_s)
        for reason in BlindReason:
            blind.add_metric([each.camera.id, reason], seen.blind_s[reason])
    yield from (watched, blind)


def _of_the_last_day(overview: Overview) -> Iterator[Metric]:
    """Rates of the last 24 hours; a camera has none where there is nothing that they could be of."""
    rates = {
        name: GaugeMetricFamily(name, help_text, labels=["camera"])
        for name, help_text in (
            (metric_names.COMPLIANCE_RAW, "Masked among judged people of the last 24 hours"),
            (metric_names.COMPLIANCE_CORRECTED, "The same, corrected for what detector and model miss"),
            (metric_names.COMPLIANCE_LOW, "The lower end of its 95% interval"),
            (metric_names.COMPLIANCE_HIGH, "The upper end of its 95% interval"),
            (metric_names.COVERAGE, "Watched among watched and blind time of the last 24 hours"),
        )
    }
    for each in overview.cameras:
        for name, rate in _rates(overview, each).items():
            if rate is not None:
                rates[name].add_metric([each.camera.id], rate)
    yield from rates.values()


def _rates(overview: Overview, each: CameraOverview) -> dict[str, float | None]:
    found = overview.compliance(each.day)
    return {
        metric_names.COMPLIANCE_RAW: found.raw,
        metric_names.COMPLIANCE_CORRECTED: found.corrected,
        metric_names.COMPLIANCE_LOW: found.low,
        metric_names.COMPLIANCE_HIGH: found.high,
        metric_names.COVERAGE: overview.sight(each).coverage,
    }


def _states(cameras: tuple[CameraOverview, ...]) -> Metric:
    family = GaugeMetricFamily(metric_names.CAMERA_STATE, "1 for the state it is in", labels=["camera", "state"])
    for each in cameras:
        for state in CameraState:
            family.add_metric([each.camera.id, state], each.state is state)
    return family


def _gauges(overview: Overview) -> Iterator[Metric]:
    up = GaugeMetricFamily(metric_names.CAMERA_UP, "1 while the camera is live", labels=["camera"])
    speed = GaugeMetricFamily(metric_names.CAMERA_FRAMES_PER_SECOND, "Frames captured a second", labels=["camera"])
    last = GaugeMetricFamily(metric_names.LAST_FRAME_TIMESTAMP, "When the last frame came", labels=["camera"])
    waiting = GaugeMetricFamily(metric_names.FRAMES_WAITING, "Frames that no worker has taken", labels=["camera"])
    oldest = GaugeMetricFamily(
        metric_names.OLDEST_FRAME_TIMESTAMP,
        "When the oldest waiting frame came; now when none waits",
        labels=["camera"],
    )
    for each in overview.cameras:
        labels = [each.camera.id]
        up.add_metric(labels, each.state == CameraState.LIVE)
        speed.add_metric(labels, each.frames_per_second)
        if each.capture and each.capture.last_frame_at:
            last.add_metric(labels, each.capture.last_frame_at.timestamp())
        waiting.add_metric(labels, each.backlog.waiting)
        oldest.add_metric(labels, (each.backlog.oldest_at or overview.read_at).timestamp())
    yield from (up, _states(overview.cameras), speed, last, waiting, oldest)
    processes = GaugeMetricFamily(metric_names.PROCESSES, "Processes that spoke lately", labels=["role"])
    for role in ROLES:
        processes.add_metric([role], sum(process.role == role for process in overview.processes))
    yield processes
    yield _headroom(overview)


def _headroom(overview: Overview) -> Metric:
    """Nothing while it cannot be told."""
    family = GaugeMetricFamily(metric_names.HEADROOM_CAMERAS, "More cameras like the present ones that fit")
    more = headroom(overview).more_cameras
    if more is not None:
        family.add_metric([], more)
    return family
