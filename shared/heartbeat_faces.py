"""Pictures of known faces that go through all stages: how they are sent, what is expected and what is told of them.

A heartbeat is a burst of frames of one picture, an epoch of the camera that is none (``HEARTBEAT_CAMERA``).
"""

from enum import StrEnum

import redis

from shared.messages import Label

WIDTH, HEIGHT = 640, 360  # of the picture, in pixels
FRAMES = 6  # of a burst
FRAME_INTERVAL_S = 0.15  # between two of them
MIN_INTERVAL_S = 1.0  # between two bursts, which must not run into each other

# The bare face is in the left half, the masked one in the right half: labels that are swapped are wrong ones.
HALVES = {Label.WITHOUT_MASK: (0.0, 0.5), Label.WITH_MASK: (0.5, 1.0)}


class HeartbeatOutcome(StrEnum):
    """What became of a burst."""

    RIGHT = "right"
    WRONG = "wrong"  # it came through, and what was counted is not what the picture shows
    LOST = "lost"  # it did not come through in time


class HeartbeatField:
    """Fields of the heartbeat's hash; instants are in seconds since the epoch, by the servers' clocks."""

    INTERVAL_S = "interval_s"  # between two, 0 while they are switched off
    SINCE = "since"  # since when the producer that sends them does so
    EPOCH = "epoch"  # number of the last burst that was sent
    SENT_AT = "sent_at"
    DECIDED = "decided"  # number of the last burst that has an outcome
    STREAM_ID = "stream_id"  # behind which results are to be read on
    OUTCOME = "outcome"  # outcome:<HeartbeatOutcome>: how many bursts
    LAST_OUTCOME = "last_outcome"
    JUDGED_AT = "judged_at"  # when a worker last judged a frame of one
    COUNTED_AT = "counted_at"  # when the last one that was not lost had its outcome
    DURATION_S = "duration_s"  # of that one, from its sending to its outcome
    RIGHT = "right"  # right:<Label>: 1 if that one's face with that label was told so, else 0
    MODEL_VERSION = "model_version"  # which judged it
    DETECTOR = "detector"


def instant(server: redis.Redis) -> float:
    """A server's clock, in seconds since the epoch: what is told of heartbeats goes by no other one."""
    seconds, microseconds = server.time()
    return seconds + microseconds / 1e6
