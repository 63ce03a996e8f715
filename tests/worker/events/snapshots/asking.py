"""A violation on record, and a request for its picture, as a commit leaves them."""

from datetime import timedelta
from typing import Any, cast

from shared.connections import Servers
from shared.messages import Box, SnapshotRequest, Violation, ViolationState
from shared.streams import HEADER, JPEG, KeySpace
from tests.builders import BEGIN
from tests.worker.drawn import FACE, a_jpeg, a_scene
from worker.cropping import face_jpeg

KEYS = KeySpace()
ID = "gate-1-0-0"
FACE_BOX, OTHER_BOX = Box(150, 150, 250, 250), Box(400, 180, 500, 280)
SCENE = a_scene((200, 200, FACE[2]), (450, 230, FACE[2]))


def a_violation(
    violation_id: str = ID, state: ViolationState = ViolationState.OPENED, days_ago: float = 0
) -> Violation:
    opened_at = BEGIN - timedelta(days=days_ago)
    return Violation(
        id=violation_id,
        camera="gate",
        state=state,
        first_seen=opened_at,
        opened_at=opened_at,
        last_seen=opened_at,
        confidence=0.9,
        observations=5,
        box=FACE_BOX,
        model_version=1,
        detector="haar",
    )


def ask(
    servers: Servers, violation_id: str = ID, *, frame: bytes | None = b"", on_record: bool = True
) -> SnapshotRequest:
    """Have a picture asked for; without ``frame`` the frame is gone."""
    entry_id = b"1-1"
    if frame is not None:
        fields: dict[Any, Any] = {HEADER: b"{}", JPEG: frame or a_jpeg(SCENE)}
        entry_id = cast("bytes", servers.frames.xadd(KEYS.frames("gate"), fields))
    request = SnapshotRequest(
        violation=violation_id,
        camera="gate",
        opened_at=BEGIN,
        captured_at=BEGIN,
        frame_entry_id=entry_id.decode(),
        width=640,
        height=480,
        box=FACE_BOX,
        others=(OTHER_BOX,),
    )
    if on_record:
        servers.state.hset(KEYS.violations("gate"), violation_id, a_violation(violation_id).model_dump_json())
    servers.state.hset(KEYS.snapshot_requests("gate"), violation_id, request.model_dump_json())
    servers.state.hset(KEYS.snapshot_faces("gate"), violation_id, face_jpeg(SCENE, FACE_BOX))
    return request
