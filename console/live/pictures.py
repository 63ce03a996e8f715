"""The newest picture of each camera that somebody looks at, with what is known of the people in that very picture."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import cast

import redis
from pydantic import ValidationError

from shared.foreign_keys import ForeignKeys, is_foreign
from shared.messages import FrameHeader
from shared.stream_reads import StreamEntry as _Entry
from shared.stream_reads import StreamReader
from shared.streams import HEADER, JPEG, TRACKS, WATCHED, KeySpace
from shared.tracks import MAX_TRACKS_ENTRIES, FrameTracks

_WATCHED_S = 10
_UNTRACKED_AFTER_S = 3.0  # without news of the events stage, pictures are shown without boxes
_LOOKS_EVERY_S = 0.25  # for a picture of which nobody tells: most cameras without one have none
_READ_COUNT = MAX_TRACKS_ENTRIES  # of each camera: only the newest is shown


@dataclass(frozen=True)
class LivePicture:
    """One frame: the JPEG as it was judged, and who is in it; untracked where nobody has told."""

    tracks: FrameTracks
    jpeg: bytes
    is_tracked: bool


class LivePictures:
    """Reads them off the frames server; of one thread."""

    def __init__(self, frames: redis.Redis, keys: KeySpace) -> None:
        """Nothing is read yet."""
        self._frames = frames
        self._reader = StreamReader(frames, ForeignKeys())
        self._keys = keys
        self._behind: dict[str, str] = {}  # camera -> the last entry of its tracks that was read
        self._shown: dict[str, str] = {}  # camera -> the entry of the frame shown last
        self._told_at: dict[str, float] = {}
        self._looked_at: dict[str, float] = {}
        self._announced_at = 0.0

    def follow(self, cameras: Collection[str]) -> None:
        """Look at these cameras from now on, and at no others.

        Raises:
            redis.RedisError: the server does not answer.
        """
        self._announce()
        for camera in [each for each in self._behind if each not in cameras]:
            for known in (self._behind, self._shown, self._told_at, self._looked_at):
                known.pop(camera, None)
        for camera in [each for each in cameras if each not in self._behind]:
            self._behind[camera] = self._newest_id(camera)

    def next(self, due: Collection[str], block_ms: int) -> list[LivePicture]:
        """What is new of those of them that are due, one picture each at most; waits for a first one so long.

        Raises:
            redis.RedisError: the server does not answer.
        """
        told = self._read(due, block_ms)
        found = [picture for each in told.values() if (picture := self._picture(each))]
        return found + self._untracked([camera for camera in due if camera not in told])

    def _announce(self) -> None:
        """Say that somebody watches, so that the events stage tells who is where."""
        if time.monotonic() - self._announced_at > _WATCHED_S / 3:
            self._frames.set(WATCHED, 1, ex=_WATCHED_S)
            self._announced_at = time.monotonic()

    def _newest_id(self, camera: str) -> str:
        newest = _entries(lambda: self._frames.xrevrange(self._keys.tracks(camera), count=1))
        return newest[0][0].decode() if newest else "0-0"

    def _read(self, due: Collection[str], block_ms: int) -> dict[str, FrameTracks]:
        """The newest of each camera of which there is any."""
        camera_of = {self._keys.tracks(camera): camera for camera in due}
        if not camera_of:
            return {}
        behind = {key: self._behind[camera] for key, camera in camera_of.items()}
        found = {}
        for key, entries in self._reader.read(behind, _READ_COUNT, block_ms).items():
            camera, (entry_id, fields) = camera_of[key], entries[-1]
            self._behind[camera] = entry_id.decode()
            try:
                found[camera] = FrameTracks.model_validate_json(fields.get(TRACKS, b""))
            except ValidationError:
                continue  # of another release, or none of ours
            self._told_at[camera] = time.monotonic()
        return found

    def _picture(self, tracks: FrameTracks) -> LivePicture | None:
        """The picture that was judged; ``None`` where it is gone by now."""
        entry_id = tracks.frame_entry_id
        if not entry_id:
            return None
        key = self._keys.frames(tracks.camera)
        entries = _entries(lambda: self._frames.xrange(key, entry_id, entry_id))
        jpeg = entries[0][1].get(JPEG) if entries else None
        if not jpeg:
            return None
        self._shown[tracks.camera] = entry_id
        return LivePicture(tracks, jpeg, is_tracked=True)

    def _untracked(self, cameras: Collection[str]) -> list[LivePicture]:
        """Pictures of cameras of which nobody has told lately, or nobody yet."""
        now = time.monotonic()
        silent = [
            camera
            for camera in cameras
            if now - self._told_at.get(camera, 0.0) > _UNTRACKED_AFTER_S
            and now - self._looked_at.get(camera, 0.0) > _LOOKS_EVERY_S
        ]
        self._looked_at |= dict.fromkeys(silent, now)
        return [picture for found in self._newest(silent) if (picture := self._as_picture(*found))]

    def _newest(self, cameras: Collection[str]) -> list[tuple[str, list[_Entry]]]:
        """The newest frame of each in one round trip, where it is not the one that was shown last."""
        pipeline = self._frames.pipeline(transaction=False)
        for camera in cameras:
            shown = self._shown.get(camera)
            pipeline.xrevrange(self._keys.frames(camera), "+", f"({shown}" if shown else "-", count=1)
        return [(camera, _of_stream(answer)) for camera, answer in zip(cameras, pipeline.execute(False), strict=True)]

    def _as_picture(self, camera: str, entries: list[_Entry]) -> LivePicture | None:
        if not entries:
            return None
        entry_id, fields = entries[0]
        try:
            header = FrameHeader.model_validate_json(fields.get(HEADER, b""))
        except ValidationError:
            return None
        self._shown[camera] = entry_id.decode()
        tracks = FrameTracks(
            camera=camera,
            epoch=header.epoch,
            sequence=header.sequence,
            captured_at=header.captured_at,
            frame_entry_id=entry_id.decode(),
            width=header.width,
            height=header.height,
        )
        return LivePicture(tracks, fields.get(JPEG, b""), is_tracked=False)


def _entries(ask: Callable[[], object]) -> list[_Entry]:
    try:
        return cast("list[_Entry]", ask())
    except redis.ResponseError as error:
        return _of_stream(error)


def _of_stream(answer: "list[_Entry] | Exception") -> list[_Entry]:
    """What a command gave; nothing of a key that is no stream, which keeps no other from being shown."""
    if isinstance(answer, Exception):
        if is_foreign(answer):
            return []
        raise answer
    return answer
