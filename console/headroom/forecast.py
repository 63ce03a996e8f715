"""How many more cameras fit, as `maskwatch status --json` prints it and the API gives it."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field

from console.headroom import room
from console.headroom.seen import Seen, cameras_of, seen, why_unknown
from console.overview import Overview
from shared.messages import Message

LimitedBy = Literal["cores", "overload", "workers"]

_OVERLOAD = 0.95  # the share of the frames to be judged below which the present cameras do not fit


class Headroom(Message):
    """How many more cameras like the present ones fit, told from what the last minute of them cost."""

    cameras_now: int = Field(description="Live cameras; files do not count.")
    more_cameras: int | None = Field(
        default=None, description="That fit besides; those that are attached and not live have their place already."
    )
    cameras_in_all: int | None = Field(default=None, description="Live ones, those away, and those that fit besides.")
    limited_by: LimitedBy | None = Field(
        default=None,
        description="What there is too little of for more: cores; where not even the present cameras' frames are all "
        "judged, workers while cores are idle, else overload.",
    )
    unknown: str = Field(default="", description="Why the figures below are null; empty where they are not.")
    cores_used: float | None = Field(default=None, description="Of all machines, by whatever runs on them.")
    cores: int | None = Field(default=None, description="That they have.")
    cores_per_camera: float | None = Field(default=None, description="Of all stages and the Redis servers beside them.")
    frames_per_second_per_camera: float | None = Field(
        default=None, description="To be judged: without those in which nothing moved."
    )
    worker_seconds_per_frame: float | None = Field(default=None, description="Processor seconds of each frame judged.")
    workers_needed: dict[int, int] = Field(
        default={}, description="By number of cameras: those that fit in all, and those asked for."
    )
    cores_needed: dict[int, float] = Field(default={}, description="Likewise, what else runs there included.")


def headroom(overview: Overview, asked: Iterable[int] = ()) -> Headroom:
    """The headroom of one instant, and what ``asked`` numbers of cameras need."""
    unknown = why_unknown(overview)
    cameras = cameras_of(overview)
    if unknown:
        return Headroom(cameras_now=cameras.live, unknown=unknown)
    return _forecast(seen(overview), asked)


def _forecast(found: Seen, asked: Iterable[int]) -> Headroom:
    cameras, machines = found.cameras, found.machines
    limited_by = _limited_by(found)
    more = max(0, room.more_cameras(machines, cameras.live) - cameras.away) if limited_by == "cores" else 0
    in_all = cameras.live + cameras.away + more
    numbers = sorted({in_all, *asked})
    return Headroom(
        cameras_now=cameras.live,
        more_cameras=more,
        cameras_in_all=in_all,
        limited_by=limited_by,
        cores_used=round(sum(each.used for each in machines), 2),
        cores=sum(each.cores for each in machines),
        cores_per_camera=round(found.cores_per_camera, 4),
        frames_per_second_per_camera=round(found.due_per_camera, 2),
        worker_seconds_per_frame=round(found.seconds_per_frame, 5),
        workers_needed={number: _workers(found, number) for number in numbers},
        cores_needed={
            number: round(room.cores_needed(machines, number, found.cores_per_camera), 1) for number in numbers
        },
    )


def _limited_by(found: Seen) -> LimitedBy:
    if found.judged_share >= _OVERLOAD:
        return "cores"
    return "workers" if any(each.free > 0 for each in found.machines if "worker" in each.roles) else "overload"


def _workers(found: Seen, cameras: int) -> int:
    return room.workers_needed(cameras * found.due_per_camera, found.seconds_per_frame, found.cores_of_a_worker)
