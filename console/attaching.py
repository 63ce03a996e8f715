"""How the operator's cameras come into a system, change and leave it."""

import contextlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import redis
from redis.client import Pipeline

from console.cameras.sealing import camera_of, sealed
from console.cameras.wishes import Wish
from console.errors import CommandFailed
from shared import camera_list
from shared.cameras import Camera
from shared.redaction import has_secret, redact
from shared.standing import STANDING, standing
from shared.streams import CAMERAS, KeySpace

Verb = Literal["added", "changed", "left", "removed"]


@dataclass(frozen=True)
class Plan:
    """Cameras to attach or change, and ids to detach."""

    wishes: Sequence[Wish]
    removed: Collection[str] = ()


@dataclass(frozen=True)
class Settled:
    """A camera before and after; ``None`` where there was or is none."""

    before: Camera | None
    after: Camera | None

    @property
    def camera(self) -> Camera:
        """The camera as it is, or was last."""
        return cast("Camera", self.after or self.before)

    @property
    def changed_fields(self) -> list[str]:
        """What differs, for people; empty for a camera that came, went or stayed."""
        if self.before is None or self.after is None or self.before == self.after:
            return []
        before, after = self.before.model_dump(exclude={"epoch"}), self.after.model_dump(exclude={"epoch"})
        names = [name for name in after if before[name] != after[name]]
        shown = ["login" if name == "sealed_source" else name for name in names if name not in {"kind", "on_overload"}]
        return list(dict.fromkeys(shown)) or ["pass"]

    @property
    def verb(self) -> Verb:
        """What became of the camera: added, changed, left or removed."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "changed" if self.before != self.after else "left"

    @property
    def as_line(self) -> str:
        """What became of the camera, for people."""
        if self.verb == "left":
            return f"{self.camera.id} is left as it was"
        fields = f": {', '.join(self.changed_fields)}" if self.verb == "changed" else ""
        return f"{self.camera.id} is {self.verb}{fields}"


Known = Mapping[str, Camera]


def attach(state: redis.Redis, keys: KeySpace, wish: Wish) -> Camera:
    """Put a camera into the system.

    A live camera that is there already as wished stays as it is, and so does an unfinished pass over
    the same file. A file that is judged to its end begins a new pass, another source a new epoch. A
    login is sealed anew each time that it is given.

    Raises:
        BadInput: its login is hidden and not known.
        CommandFailed: it has a login, and the system has no key for it.
    """
    (settled,) = settle(state, keys, lambda _: Plan([wish]), repeats_files=True)
    return settled.camera


def settle(
    state: redis.Redis,
    keys: KeySpace,
    plan: Callable[[Known], Plan],
    *,
    repeats_files: bool = False,
    is_rehearsal: bool = False,
) -> list[Settled]:
    """Do what ``plan`` makes of the cameras that are attached, all at once or, when anything is wrong, not at all.

    ``plan`` is asked again when somebody else changes cameras meanwhile. A rehearsal changes nothing.

    Raises:
        BadInput, CommandFailed: see ``attach``, and what ``plan`` raises.
    """

    def transact(pipeline: Pipeline) -> list[Settled]:
        stored = cast("dict[bytes, bytes]", pipeline.hgetall(CAMERAS))
        known = camera_list.readable(stored)
        planned = plan(known)
        for wish in planned.wishes:
            if wish.id not in known and wish.id.encode() in stored:
                raise _unreadable(wish.id)
        settled = [_settled(state, keys, wish, known.get(wish.id), repeats_files) for wish in planned.wishes]
        settled += [Settled(known[each], None) for each in planned.removed]
        pipeline.multi()
        for each in settled if not is_rehearsal else ():
            _write(pipeline, each)
        return settled

    return cast("list[Settled]", state.transaction(transact, CAMERAS, value_from_callable=True))  # type: ignore[arg-type]


def find(state: redis.Redis, camera_id: str) -> Camera | None:
    """An attached camera.

    Raises:
        CommandFailed: it is declared in a way that this release does not know.
    """
    value = cast("bytes | None", state.hget(CAMERAS, camera_id))
    if not value:
        return None
    try:
        return camera_list.readable({camera_id.encode(): value})[camera_id]
    except KeyError:
        raise _unreadable(camera_id) from None


def detach(state: redis.Redis, camera_id: str) -> bool:
    """Take a camera out of the system; what it counted stays. Says whether it was there."""
    return bool(state.hdel(CAMERAS, camera_id))


def seal_kept(state: redis.Redis) -> list[str]:
    """Seal the logins of cameras that an earlier release stored as they were; says of which."""
    found = [camera for camera in camera_list.read(state).values() if has_secret(camera.source)]
    for camera in found:
        sealed_source = sealed(state, camera.source)
        after = camera.model_copy(update={"source": redact(camera.source), "sealed_source": sealed_source})
        state.hset(CAMERAS, camera.id, after.model_dump_json())
    if found:
        with contextlib.suppress(redis.ResponseError):  # a server that others run may not allow it
            state.bgrewriteaof()  # else what was stored before stays in the server's log on disk
    return [camera.id for camera in found]


def _unreadable(camera_id: str) -> CommandFailed:
    return CommandFailed(f"camera {camera_id!r} was declared by a newer release: change it with the commands of that")


def _write(pipeline: Pipeline, settled: Settled) -> None:
    if settled.after is None:
        pipeline.hdel(CAMERAS, settled.camera.id)
    elif settled.after != settled.before:
        pipeline.hset(CAMERAS, settled.after.id, settled.after.model_dump_json())


def _settled(state: redis.Redis, keys: KeySpace, wish: Wish, known: Camera | None, repeats_files: bool) -> Settled:
    camera = camera_of(state, wish, known)
    last_epoch, done_epoch = _epochs(state, keys, wish.id)
    if known is not None:
        # A login that is sealed anew is another text for the same source.
        as_before = camera.model_copy(update={"epoch": known.epoch})
        opens_as_before = known.opens_as(as_before.model_copy(update={"sealed_source": known.sealed_source}))
        is_over = repeats_files and camera.is_lossless and done_epoch >= known.epoch
        if opens_as_before and not is_over:
            return Settled(known, as_before)
    epoch = max(last_epoch, known.epoch if known else 0) + 1
    return Settled(known, camera.model_copy(update={"epoch": epoch}))


def _epochs(state: redis.Redis, keys: KeySpace, camera_id: str) -> tuple[int, int]:
    """The last epoch that left any trace, and the last pass that is fully judged.

    A camera that was removed comes back with a higher epoch than it ever had, so that no old frame
    is taken for one of its new ones.
    """
    judged = standing(state.hmget(keys.checkpoint(camera_id), STANDING))
    capture_json = cast("bytes | None", state.get(keys.capture(camera_id)))
    capture = camera_list.captured(capture_json)
    if capture_json and capture is None:
        raise _unreadable(camera_id)  # which epochs it had is not known
    return max(judged.epoch, judged.done_epoch, capture.epoch if capture else -1, 0), judged.done_epoch
