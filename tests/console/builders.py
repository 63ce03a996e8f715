"""A system's traces on the servers, as its processes would leave them."""

from datetime import UTC, datetime

from shared import heartbeats
from shared.cameras import Camera, CameraState, CaptureStatus
from shared.connections import Servers
from shared.messages import ProcessInfo
from shared.streams import CAMERAS, HEADER, JPEG, WORKER_GROUP, KeySpace

KEYS = KeySpace()


def attach(servers: Servers, camera: Camera) -> Camera:
    servers.state.hset(CAMERAS, camera.id, camera.model_dump_json())
    return camera


def a_camera(camera_id: str = "gate", source: str = "rtsp://10.0.0.9/", epoch: int = 1) -> Camera:
    return Camera.model_validate({"id": camera_id, "source": source, "epoch": epoch})


def say(servers: Servers, status: CaptureStatus) -> None:
    servers.state.set(KEYS.capture(status.camera), status.model_dump_json())


def a_status(camera: Camera, state: CameraState = CameraState.LIVE, captured: int = 0) -> CaptureStatus:
    now = datetime.now(UTC)
    return CaptureStatus(
        camera=camera.id,
        state=state,
        epoch=camera.epoch,
        captured=captured,
        frames_per_second=5.0,
        last_frame_at=now,
        producer="producer-1",
    )


def run_process(
    servers: Servers, process_id: str, role: str = "worker", model_version: int = 1, detector: str = "maskwatch"
) -> None:
    now = datetime.now(UTC)
    info = {"id": process_id, "role": role, "pid": 1, "host": "here", "started_at": now, "heartbeat_at": now}
    heartbeats.write(
        servers.state, ProcessInfo.model_validate(info | {"model_version": model_version, "detector": detector})
    )


def publish(servers: Servers, camera: str, frames: int, maxlen: int = 1000) -> None:
    for _ in range(frames):
        fields: dict[bytes | str, bytes] = {HEADER: b"{}", JPEG: b"picture"}
        servers.frames.xadd(KEYS.frames(camera), fields, maxlen=maxlen, approximate=False)  # type: ignore[arg-type]


def make_group(servers: Servers, camera: str) -> None:
    servers.frames.xgroup_create(KEYS.frames(camera), WORKER_GROUP, id="0", mkstream=True)


def take(servers: Servers, camera: str, frames: int) -> None:
    servers.frames.xreadgroup(WORKER_GROUP, "worker-1", {KEYS.frames(camera): ">"}, count=frames)
