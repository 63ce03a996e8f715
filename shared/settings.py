"""Settings: one frozen class per process, read once at its start from ``MASKWATCH_`` variables."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from shared.cameras import Motion

PREFIX = "MASKWATCH_"

DetectorName = Literal["haar", "yunet", "maskwatch"]
Runtime = Literal["openvino", "litert"]
Fsync = Literal["everysec", "always"]
Port = Annotated[int, Field(ge=0, le=65535)]


class UnknownSetting(ValueError):
    """An environment variable with our prefix that no process reads: correct its name or unset it."""


class InvalidSetting(ValueError):
    """A setting out of its range: the message names the variable, what it holds and what it may hold."""


class Settings(BaseSettings):
    """What every process needs to know."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    frames_redis: str = "redis://127.0.0.1:6379/0"
    state_redis: str = "redis://127.0.0.1:6379/0"
    shards: int = Field(default=1, ge=1, le=1024)
    process_name: str = Field(default="", max_length=63, pattern=r"^[A-Za-z0-9._-]*$")  # tells it apart on its machine
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    metrics_host: str = "127.0.0.1"
    metrics_port: Port = 0  # 0 takes a free port
    heartbeat_interval_s: float = Field(default=1.0, gt=0, le=10)
    heartbeat_faces_s: float = Field(default=60.0, ge=0, le=3600)  # between two pictures of known faces; 0 sends none
    max_frame_age_s: float = Field(default=10.0, gt=0, le=3600)  # live frames older than this are dropped
    max_results_per_camera: int = Field(default=2_048, ge=64, le=100_000)
    model_cache: Path | None = None  # copies of versions of a remote registry; none is the user's cache folder


class ProducerSettings(Settings):
    """The producer: how frames are paced, encoded and bounded."""

    default_fps: float = Field(default=5.0, gt=0, le=120)  # of live cameras without one of their own
    jpeg_quality: int = Field(default=90, ge=10, le=100)
    max_frames_per_camera: int = Field(default=64, ge=2, le=10_000)  # a live camera's stream holds no more
    max_frames_in_flight: int = Field(default=128, ge=2, le=10_000)  # a file waits while more are unjudged
    open_timeout_s: float = Field(default=5.0, gt=0, le=60)
    read_timeout_s: float = Field(default=5.0, gt=0, le=60)
    max_backoff_s: float = Field(default=10.0, gt=0, le=600)
    producer_lease_ms: int = Field(default=4_000, ge=500, le=60_000)
    frozen_after_s: float = Field(default=8.0, ge=0, le=3600)  # with the same picture a camera is stalled; 0 never
    motion: Motion = "medium"  # of live cameras without a sensitivity of their own
    keyframe_interval_s: float = Field(default=1.5, gt=0, le=60)  # a still scene is sent whole this often
    late_after_ms: int = Field(default=350, ge=0, le=10_000)  # frames that wait longer let others give way; 0 never
    fresh_within_s: float = Field(default=5.0, gt=0, le=60)  # each live camera is judged this often, whatever gives way
    camera_key_file: Path | None = None  # opens cameras' sealed sources; none is in the user's data folder


class ReviewSettings(Settings):
    """Which faces are kept for a person to look at; workers send their pictures, events workers keep them."""

    review: Path | None = None  # the folder; none keeps nothing
    review_max_confidence: float = Field(default=0.75, ge=0, le=1)  # a face that is judged more surely is not kept

    @field_validator("review", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value  # a path of its own would be the working directory


class WorkerSettings(ReviewSettings):
    """The inference worker: which detector and model, how batches close, when entries are claimed."""

    detector: DetectorName = "maskwatch"
    yunet_weights: Path | None = None  # needed by the detector yunet
    runtime: Runtime = "openvino"  # the library that runs our networks
    min_face_px: int = Field(default=24, ge=8, le=1024)
    min_face_confidence: float = Field(default=0.5, ge=0, le=1)
    registry: str | None = None  # a folder or an fsspec URL; none serves the model versions shipped with the worker
    model_name: str = "mask"
    model_poll_s: float = Field(default=2.0, gt=0, le=600)  # a nudge of the state server may come sooner
    batch_frames: int = Field(default=0, ge=0, le=256)  # 0: as many as share well what a batch costs
    batch_deadline_ms: int = Field(default=50, ge=1, le=5_000)
    worker_threads: int = Field(default=0, ge=0, le=256)  # 0: one per core
    claim_min_idle_ms: int = Field(default=10_000, ge=100, le=600_000)
    claim_interval_s: float = Field(default=2.0, gt=0, le=60)
    max_deliveries: int = Field(default=3, ge=1, le=100)
    max_dead_letters: int = Field(default=100, ge=1, le=10_000)
    max_picture_pixels: int = Field(default=40_000_000, ge=10_000)


class SnapshotSettings(Settings):
    """Where pictures of violations are kept; events workers write them, commands read and erase them."""

    snapshots: str | None = None  # a folder or an fsspec URL; none keeps no pictures

    @field_validator("snapshots", mode="before")
    @classmethod
    def _empty_keeps_none(cls, value: object) -> object:
        return None if value == "" else value


class EventsSettings(ReviewSettings, SnapshotSettings):
    """The events worker: ordering, tracking, voting. Durations are in seconds of camera time."""

    reorder_window_s: float = Field(default=2.0, gt=0, le=60)  # a live camera's missing frame is given up after this
    track_lost_s: float = Field(default=3.0, gt=0, le=60)  # a face unseen for longer is a new person
    vote_min_observations: int = Field(default=3, ge=1, le=100)
    vote_min_duration_s: float = Field(default=0.3, ge=0, le=60)
    violation_rearm_s: float = Field(default=30.0, ge=0, le=86_400)  # with the mask on, until a spell is over
    incorrect_mask_is_violation: bool = True
    blind_after_s: float = Field(default=2.0, gt=0, le=3600)  # without a judged frame, the scene is not seen
    snapshot_days: int = Field(default=7, ge=1, le=365)
    snapshot_max_mb: int = Field(default=2_000, ge=1, le=10_000_000)
    snapshot_blur: Literal["others", "none"] = "others"
    violation_days: int = Field(default=90, ge=1, le=3_650)
    history_days: int = Field(default=35, ge=1, le=400)
    review_interval_s: float = Field(default=60.0, ge=0, le=86_400)  # between two faces of one camera
    review_max_items: int = Field(default=500, ge=1, le=100_000)  # unlabelled; twice as many with labelled ones
    review_days: int = Field(default=30, ge=1, le=365)
    events_lease_ms: int = Field(default=5_000, ge=500, le=60_000)
    webhook_timeout_s: float = Field(default=5.0, gt=0, le=60)  # to connect, and again to answer
    webhook_max_waiting: int = Field(default=1_000, ge=1, le=100_000)  # events of one webhook; the oldest go first
    webhook_max_age_s: float = Field(default=86_400.0, gt=0, le=604_800)  # an older event is not sent any more


class TrainerSettings(Settings):
    """The trainer that waits for jobs; a training's own settings come with the job."""

    trainer_lease_ms: int = Field(default=5_000, ge=1_000, le=60_000)  # how soon another trainer follows a dead one


class ConsoleSettings(ReviewSettings, SnapshotSettings):
    """The console process: where it serves the page, the API and the system's /metrics, and to whom."""

    console_host: str = "127.0.0.1"
    console_port: Port = 8686
    console_token: SecretStr | None = Field(default=None, min_length=16)  # needed where others than this machine come
    console_token_file: Path | None = None  # a file that holds it
    registry: str | None = None
    model_name: str = "mask"
    camera_key_file: Path | None = None
    data: Path | None = None  # the data folder of the system, where it is on this machine: reports of trainings


class LocalSettings(Settings):
    """`maskwatch up`: how it runs the servers that come with it."""

    state_fsync: Fsync = "everysec"  # when the state server's log is on the disk for sure


class FetchSettings(Settings):
    """`maskwatch detector fetch`: where YuNet's weights come from, and which file they must be."""

    yunet_url: str = Field(
        default="https://github.com/opencv/opencv_zoo/raw/main/models/face_detection_yunet/face_detection_yunet_2023mar.onnx",
        pattern=r"^(https?|file)://.",
    )
    yunet_sha256: str = Field(
        default="8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4", pattern=r"^[0-9a-f]{64}$"
    )


_S = TypeVar("_S", bound=Settings)


def known_variables() -> frozenset[str]:
    """Every environment variable that some process reads."""
    classes = (
        Settings, ProducerSettings, WorkerSettings, EventsSettings, TrainerSettings, ConsoleSettings, LocalSettings,
        FetchSettings,
    )  # fmt: skip
    return frozenset(PREFIX + field.upper() for each in classes for field in each.model_fields)


def refuse_unknown(environment: Mapping[str, str]) -> None:
    """Refuse variables with our prefix that nothing reads, since a misspelt setting is silently none.

    Raises:
        UnknownSetting: names the variable and the nearest one that exists.
    """
    known = known_variables()
    for name in sorted(environment):
        if name.startswith(PREFIX) and name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise UnknownSetting(f"unknown setting {name}{hint}")


def load(settings: type[_S], **overrides: object) -> _S:
    """Read a process's settings from its environment; ``overrides`` go before it.

    Raises:
        UnknownSetting, InvalidSetting: with one line that says what to correct.
    """
    refuse_unknown(os.environ)
    try:
        return settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise InvalidSetting(f"setting {name} is {first['input']!r}: {first['msg'].lower()}") from error
