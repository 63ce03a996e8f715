"""Face detectors, one file each, behind the setting MASKWATCH_DETECTOR."""

from shared.settings import WorkerSettings
from worker.detectors.detector import (
    Detector,
    DetectorUnavailable,
    Each,
    FaceBox,
    Part,
    Patch,
    Picture,
    Size,
    size_of,
)
from worker.detectors.haar import HaarDetector
from worker.detectors.maskwatch import MaskwatchDetector
from worker.detectors.yunet import YuNetDetector
from worker.networks import Demands

__all__ = [
    "Detector",
    "DetectorUnavailable",
    "Each",
    "FaceBox",
    "Part",
    "Patch",
    "Picture",
    "Size",
    "make_detector",
    "size_of",
]


def make_detector(settings: WorkerSettings, threads: int = 1) -> Detector:
    """The detector that the settings name, for so many threads at a time.

    Raises:
        DetectorUnavailable: its files are missing or broken.
    """
    if settings.detector == "yunet":
        return YuNetDetector(settings.yunet_weights, settings.min_face_px, settings.min_face_confidence)
    if settings.detector == "maskwatch":
        demands = Demands(settings.runtime, callers=threads)
        return MaskwatchDetector(settings.registry, settings.min_face_px, settings.min_face_confidence, demands)
    return HaarDetector(settings.min_face_px, settings.min_face_confidence)
