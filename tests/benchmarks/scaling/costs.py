"""What one picture costs in each process, measured; and what cameras show."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

MEASURED = Path(__file__).with_name("costs.json")


class UnitCosts(BaseModel):
    """Milliseconds of processor time of one core, unless a name says otherwise; ``how`` says where they are from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    date: str
    machine: str
    how: dict[str, str]

    jpeg_kilobytes: float
    # The producer, of each picture taken: received, reduced and checked, gated. Of those sent: encoded, published.
    producer_taken_ms: float
    producer_sent_ms: float
    producer_interpreter_share: float  # of that, with Python's lock held
    # The frames server's one thread, of each frame sent.
    server_publish_ms: float
    server_read_ms: float
    server_result_ms: float
    server_events_ms: float
    server_held_ms: float  # of a picture that the gate holds back: its result alone
    # A worker's look for frames while it waits, of the frames server and of its own Python: at all, and a stream.
    look_server_ms: float
    look_server_stream_ms: float
    look_client_ms: float
    look_client_stream_ms: float
    # A worker's look for what dead workers left, of each stream.
    claim_server_ms: float
    claim_client_ms: float
    # The worker, of each batch and of each frame: with Python's lock held, and without it on any thread.
    worker_batch_ms: float
    worker_locked_ms: float
    worker_free_ms: float
    # The events worker and the state server, of each result; of a picture that is held back there is only to count it.
    events_ms: float
    state_ms: float
    events_held_ms: float
    state_held_ms: float
    # All that a camera costs each second however little it shows: leases, status, claims, metrics, its page.
    camera_second_ms: float

    @classmethod
    def load(cls, path: Path = MEASURED) -> Self:
        """Read what was measured."""
        return cls.model_validate_json(path.read_text())

    @property
    def server_frame_ms(self) -> float:
        """Of the frames server, for one frame sent, without looks in vain."""
        return self.server_publish_ms + self.server_read_ms + self.server_result_ms + self.server_events_ms

    @property
    def worker_frame_ms(self) -> float:
        """Of a worker, for one frame in a full batch."""
        return self.worker_batch_ms / 8 + self.worker_locked_ms + self.worker_free_ms

    def look_s(self, streams: int) -> tuple[float, float]:
        """Seconds of the frames server and of the worker's Python for one look at so many streams."""
        server_ms = self.look_server_ms + streams * self.look_server_stream_ms
        return server_ms / 1000, (self.look_client_ms + streams * self.look_client_stream_ms) / 1000

    def a_second_ms(self, traffic: "Traffic") -> float:
        """Of all processes, for one camera in one second."""
        sent, taken = traffic.fps * traffic.sent_share, traffic.fps
        of_sent = self.producer_sent_ms + self.server_frame_ms + self.worker_frame_ms + self.events_ms + self.state_ms
        of_held = self.server_held_ms + self.events_held_ms + self.state_held_ms
        return taken * self.producer_taken_ms + sent * of_sent + (taken - sent) * of_held + self.camera_second_ms

    def events_second_ms(self, traffic: "Traffic") -> float:
        """Of an events worker, for one camera in one second."""
        return traffic.fps * _mean(traffic.sent_share, self.events_ms, self.events_held_ms)

    def state_second_ms(self, traffic: "Traffic") -> float:
        """Of the state server, for one camera in one second."""
        return traffic.fps * _mean(traffic.sent_share, self.state_ms, self.state_held_ms)


@dataclass(frozen=True)
class Traffic:
    """What one camera shows: pictures taken a second, and the share of them that the motion gate sends."""

    name: str
    fps: float
    sent_share: float


def _mean(share: float, one: float, other: float) -> float:
    return share * one + (1 - share) * other


BUSY = Traffic("people move in all", 5, 1.0)
MIXED = Traffic("people move in one of four", 5, 0.25 + 0.75 * 0.15)
