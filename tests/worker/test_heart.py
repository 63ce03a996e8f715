from shared import heartbeats
from shared.connections import Servers
from shared.messages import ProcessInfo
from tests.waiting import eventually
from worker.heart import Heart, Progress, describe


def beaten(servers: Servers) -> list[ProcessInfo]:
    return heartbeats.read(servers.state)


def test_each_beat_tells_what_changes_and_the_end_is_told_too(servers: Servers) -> None:
    progress = Progress(frames_total=0, model_version=1, busy_s=0.0, frames_judged=0)
    heart = Heart(
        servers.state,
        describe("w1", "worker-1", "http://127.0.0.1:1/metrics", "haar"),
        lambda: progress,
        0.01,
        threads=3,
    )
    heart.start()
    (first,) = eventually(lambda: beaten(servers))
    assert (first.id, first.role, first.detector, first.model_version) == ("w1", "worker", "haar", 1)
    progress = Progress(frames_total=7, model_version=2, busy_s=0.5, frames_judged=5)
    later = eventually(lambda: [each for each in beaten(servers) if each.model_version == 2])[0]
    assert later.frames_total == 7
    assert later.started_at == first.started_at
    assert later.load is not None
    assert later.load.threads == 3
    assert later.load.busy_share is not None
    assert later.load.frames_per_second > 0
    heart.stop()
    assert beaten(servers) == []
