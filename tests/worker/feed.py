"""A camera's side of the streams: puts frames in, takes results out."""

from typing import Any, cast

from shared.connections import Servers
from shared.messages import FrameHeader, FrameResult
from shared.streams import CAMERAS, HEADER, JPEG, RESULT, WORKER_GROUP, KeySpace
from tests.worker.drawn import a_header, a_jpeg, a_scene

KEYS = KeySpace()
EMPTY_SCENE = a_jpeg(a_scene(width=160, height=120))


class Feed:
    """One camera on real servers."""

    def __init__(self, servers: Servers, camera: str = "gate", keys: KeySpace = KEYS) -> None:
        self.camera = camera
        self._frames = servers.frames
        self._keys = keys
        servers.state.hset(CAMERAS, camera, "{}")

    def put(self, header: FrameHeader | bytes, jpeg: bytes, entry_id: str = "*") -> str:
        raw = header if isinstance(header, bytes) else header.model_dump_json().encode()
        fields: dict[Any, Any] = {HEADER: raw, JPEG: jpeg}
        given = cast("bytes", self._frames.xadd(self._keys.frames(self.camera), fields, id=entry_id))
        return given.decode()

    def put_empty_scenes(self, count: int, first: int = 0) -> list[str]:
        headers = [a_header(first + i, self.camera, width=160, height=120) for i in range(count)]
        return [self.put(header, EMPTY_SCENE) for header in headers]

    def results(self) -> list[FrameResult]:
        return [FrameResult.model_validate_json(fields[RESULT]) for fields in self.result_fields()]

    def result_fields(self) -> list[dict[bytes, bytes]]:
        return self._fields(self._keys.results(self.camera))

    def dead_letters(self) -> list[dict[bytes, bytes]]:
        return self._fields(self._keys.dead_letters(self.camera))

    def pending(self) -> int:
        return int(self._frames.xpending(self._keys.frames(self.camera), WORKER_GROUP)["pending"])

    def consumers(self) -> list[str]:
        found = self._frames.xinfo_consumers(self._keys.frames(self.camera), WORKER_GROUP)
        return sorted(each["name"].decode() for each in found)

    def _fields(self, stream: str) -> list[dict[bytes, bytes]]:
        entries = cast("list[tuple[bytes, dict[bytes, bytes]]]", self._frames.xrange(stream))
        return [fields for _, fields in entries]
