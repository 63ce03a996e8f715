"""All stages of a frame, in the order of its way, each beside the library call that does its work."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import cv2
import redis

from console.benching import captured
from console.benching.names import STAGES
from console.benching.serving import a_server
from shared.settings import EventsSettings, WorkerSettings, load
from worker.benching import bare_detection, faces, judge, pictures, streams
from worker.benching.cases import Case, StageTiming, measured
from worker.benching.runtimes import RUNTIMES
from worker.benching.scenes import Scene
from worker.classifier import Classifier
from worker.detectors import make_detector
from worker.loading import load_current_classifier
from worker.native_noise import silenced


@dataclass(frozen=True)
class Bench:
    """What is measured: the pictures, the settings, and how often each call is made."""

    scene: Scene
    settings: WorkerSettings
    rounds: int
    stages: Sequence[str] = STAGES


def timings(bench: Bench, say: Callable[[str], object]) -> Iterator[StageTiming]:
    """Time each stage; ``say`` hears what comes next.

    Raises:
        DetectorUnavailable, ModelError, ServerFailed: a stage's parts cannot be used.
    """
    cv2.setNumThreads(1)
    with ExitStack() as stack:
        server = _Server(stack)
        for stage in STAGES:
            if stage not in bench.stages:
                continue
            say(stage)
            for case in _cases(stage, bench, server):
                say(f"{stage}: {case.variant}")
                yield measured(case, bench.rounds)


class _Server:
    """Started by whoever needs it first."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._client: redis.Redis | None = None

    def client(self) -> redis.Redis:
        self._client = self._client or self._stack.enter_context(a_server())
        return self._client


def _cases(stage: str, bench: Bench, server: _Server) -> Iterator[Case]:
    scene, settings = bench.scene, bench.settings
    match stage:
        case "gate":
            yield from captured.gating(scene)
        case "publish":
            yield from captured.publishing_frames(scene, server.client())
            yield from streams.publishing_results(scene, server.client())
        case "read":
            yield from streams.reading(scene, server.client())
        case "decode":
            yield from pictures.decoding(scene, settings)
        case "detect":
            yield from _detecting(bench)
        case "crop":
            yield from faces.cropping(scene, _classifier(settings))
        case "classify":
            yield from _classifying(bench)
        case "sight":
            yield from faces.measuring(scene)
        case _:
            yield from judge.judging(scene, server.client(), load(EventsSettings))


def _detecting(bench: Bench) -> Iterator[Case]:
    scene, settings = bench.scene, bench.settings
    for name in ("haar", *(["yunet"] if settings.yunet_weights else [])):
        chosen = settings.model_copy(update={"detector": name})
        bare = (bare_detection.bare_haar if name == "haar" else bare_detection.bare_yunet)(settings)
        with silenced():
            detector = make_detector(chosen)
        call = bare_detection.BARE_CALLS[name]
        yield from pictures.detecting(scene, detector, bare, name, call, is_chosen=settings.detector == name)
    for runtime in RUNTIMES:
        chosen = runtime.chosen_in(settings.model_copy(update={"detector": "maskwatch"}))
        with silenced():
            detector = make_detector(chosen)
            bare = bare_detection.bare_maskwatch(chosen, detector, runtime)
            cases = list(
                pictures.detecting(
                    scene,
                    detector,
                    bare,
                    f"maskwatch {runtime.name}",
                    runtime.bare_call,
                    is_chosen=settings.detector == "maskwatch" and runtime.is_chosen(settings),
                )
            )
        yield from cases


def _classifying(bench: Bench) -> Iterator[Case]:
    for runtime in RUNTIMES:
        with silenced():
            classifier = _classifier(runtime.chosen_in(bench.settings))
        is_chosen = runtime.is_chosen(bench.settings)
        yield from faces.classifying(bench.scene, classifier, bench.settings, runtime, is_chosen=is_chosen)


def _classifier(settings: WorkerSettings) -> Classifier:
    with silenced():
        return load_current_classifier(settings)
