"""What all cameras of one producer have in common."""

from dataclasses import dataclass

from producer.load.load_board import LoadBoard
from producer.metrics import ProducerMetrics
from producer.publishing.publisher import FramesPublisher
from shared.logins import CameraKey
from shared.settings import ProducerSettings


@dataclass(frozen=True)
class Equipment:
    """With what they are read and sent; ``key`` opens logins, where this producer has one."""

    publisher: FramesPublisher
    settings: ProducerSettings
    metrics: ProducerMetrics
    key: CameraKey | None
    load: LoadBoard
