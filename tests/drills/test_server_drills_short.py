"""Servers that refuse for a while, in a second or two: what a worker has judged is neither lost nor judged to death."""

import time
from contextlib import suppress

import redis

from shared.connections import Servers
from tests.producer.builders import refusing_writes
from tests.worker.conftest import MakeWorker, classifier, make_worker, metrics_registry, pipeline  # noqa: F401 - fixtures
from tests.worker.feed import Feed
from worker.loop import WorkerLoop

CLAIM_MIN_IDLE_S = 0.1


def _try(worker: WorkerLoop) -> None:
    with suppress(redis.RedisError):
        worker.run_once()


def test_frames_that_a_full_server_took_no_results_of_are_no_dead_letters(
    servers: Servers,
    make_worker: MakeWorker,  # noqa: F811
) -> None:
    feed = Feed(servers)
    workers = [make_worker("w1"), make_worker("w2")]
    for worker in workers:
        worker.run_once()
    feed.put_empty_scenes(3)
    with refusing_writes(servers.frames):
        for _ in range(10):
            for worker in workers:
                _try(worker)
            time.sleep(CLAIM_MIN_IDLE_S)
        assert feed.pending() == 3
    for worker in workers:
        while worker.run_once():
            pass
    assert {each.outcome for each in feed.results()} == {"processed"}
    assert {each.sequence for each in feed.results()} == {0, 1, 2}
    assert feed.dead_letters() == []
    assert feed.pending() == 0
