"""Counts behind sentinels: clients go to the server that is named now, while primaries die and come back."""

import os
import signal
import threading
from collections.abc import Iterator
from typing import cast

import pytest
import redis

from producer.publishing.publisher import FramesPublisher
from shared import leases
from shared.connections import (
    ServerUnreachable,
    check_reachable,
    connect,
    connect_for_looks,
    connect_for_requests,
    host_of,
)
from shared.streams import MODELS_CHANGED, KeySpace
from shared.training_queue import open_queue
from tests.integration.sentinels import SERVICE, Server, Watched, watched_servers
from tests.waiting import eventually
from tests.worker.drawn import a_header
from worker.events.heart import RedisTime
from worker.group import FrameGroup

KEYS = KeySpace()


@pytest.fixture(scope="module")
def watched() -> Iterator[Watched]:
    with watched_servers() as found:
        yield found


@pytest.fixture
def state(watched: Watched) -> Iterator[redis.Redis]:
    """A client of the primary, emptied."""
    for each in watched.servers:
        if not each.answers():
            each.start()
    watched.wait_until_fed()
    client = connect(watched.url)
    client.flushall()
    yield client
    client.close()


def test_clients_of_every_kind_find_the_primary(watched: Watched, state: redis.Redis) -> None:
    check_reachable(watched.url)
    state.set("told", 1)
    for make in (connect_for_looks, connect_for_requests):
        client = make(watched.url)
        assert client.get("told") == b"1"
        assert host_of(client) == "127.0.0.1"
        client.close()
    redis_time = RedisTime(watched.url)
    assert (redis_time.total_s() or 0) > 0
    redis_time.close()


class _Interrupted(Exception):
    pass


def test_an_answer_for_which_nobody_waited_is_not_taken_for_the_next_one(state: redis.Redis) -> None:
    def interrupt(*_: object) -> None:
        raise _Interrupted

    state.set("told", 1)
    before = signal.signal(signal.SIGUSR1, interrupt)
    timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGUSR1))
    timer.start()
    try:
        with pytest.raises(_Interrupted):  # as a trainer is that is told to stop
            state.blpop(["nothing"], timeout=5)
    finally:
        timer.join()  # a signal that comes later would end this process
        signal.signal(signal.SIGUSR1, before)
    eventually(lambda: not cast("dict[str, int]", state.info("clients"))["blocked_clients"])
    assert state.get("told") == b"1"


def test_a_service_that_nobody_watches_is_one_line(watched: Watched) -> None:
    with pytest.raises(ServerUnreachable, match=r"no Redis server answers at redis\+sentinel") as error:
        check_reachable(watched.url.replace(SERVICE, "other"))
    assert "\n" not in str(error.value)


def test_the_queue_of_trainings_is_one_of_the_primary(state: redis.Redis) -> None:
    queue = open_queue(state)
    queue.enqueue("trainer.jobs.task.run")
    assert open_queue(state).count == 1


@pytest.mark.long
def test_a_primary_that_must_have_a_replica_refuses_what_it_alone_would_have(
    watched: Watched, state: redis.Redis
) -> None:
    primary = watched.primary
    (replica,) = (each for each in watched.servers if each is not primary)
    state.config_set("min-replicas-to-write", 1)
    state.config_set("min-replicas-max-lag", 1)
    try:
        replica.kill()
        eventually(lambda: not _is_set(state, "alone"))
        with pytest.raises(redis.RedisError, match="NOREPLICAS"):
            leases.acquire(state, KEYS.events_lease("gate"), "events-1", 5_000)
        replica.start()
        eventually(lambda: _is_set(state, "together"), timeout_s=20)
    finally:
        state.config_set("min-replicas-to-write", 0)


def test_leases_transactions_and_news_go_on_at_the_server_that_takes_over(watched: Watched, state: redis.Redis) -> None:
    held = leases.acquire(state, KEYS.events_lease("gate"), "events-1", 60_000)
    assert held is not None
    with state.pubsub(ignore_subscribe_messages=True) as news:  # type: ignore[no-untyped-call]
        news.subscribe(MODELS_CHANGED)
        watched.wait_until_fed()
        watched.replace_primary()
        eventually(lambda: _answers(state), timeout_s=20)
        assert leases.renew_all(state, [held], 60_000) == [True]
        with state.pipeline(transaction=True) as transaction:
            leases.watch(transaction, held)
            transaction.multi()
            transaction.hincrby(KEYS.counts("gate"), "processed", 3)
            assert transaction.execute() == [3]
        eventually(lambda: _is_heard(state, news), timeout_s=20)


def _answers(client: redis.Redis) -> bool:
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def _is_heard(state: redis.Redis, news: redis.client.PubSub) -> bool:
    state.publish(MODELS_CHANGED, "7")
    try:
        return news.get_message(timeout=0.2) is not None
    except redis.RedisError:
        return False


@pytest.mark.long
def test_frames_go_on_at_the_server_that_takes_over(watched: Watched, state: redis.Redis) -> None:
    producer = FramesPublisher(state, KEYS, max_live=8, max_in_flight=8, max_results=64)
    group = FrameGroup(state, KEYS, "w1")
    group.join(["gate"])
    producer.publish(a_header(0), b"\xff\xd8picture", token=1)
    watched.wait_until_fed()
    watched.replace_primary()
    eventually(lambda: _is_published(producer), timeout_s=20)
    assert len(group.read(8, 0)) >= 2


def _is_published(producer: FramesPublisher) -> bool:
    try:
        producer.publish(a_header(1), b"\xff\xd8picture", token=1)
    except redis.RedisError:
        return False
    return True


@pytest.mark.long
def test_a_primary_that_comes_back_follows_the_one_that_took_over(watched: Watched, state: redis.Redis) -> None:
    killed = watched.replace_primary()
    eventually(lambda: _is_set(state, "meanwhile"), timeout_s=20)
    killed.start()
    watched.wait_until_fed()
    assert killed.replication["role"] == "slave"
    assert killed.client.get("meanwhile") == b"1"


@pytest.mark.long
def test_a_primary_that_was_made_a_replica_is_left_for_the_new_one(watched: Watched, state: redis.Redis) -> None:
    state.set("before", 1)
    old = watched.primary
    watched.wait_until_fed()
    watched.sentinels[0].client.execute_command("SENTINEL", "FAILOVER", SERVICE)  # type: ignore[no-untyped-call]
    eventually(lambda: _follows(old), timeout_s=30)
    eventually(lambda: _is_set(state, "after"), timeout_s=20)
    assert watched.primary is not old
    assert watched.primary.client.get("after") == b"1"


def _follows(server: Server) -> bool:
    try:
        return bool(server.replication["role"] == "slave")
    except redis.RedisError:  # which it answers to all when it becomes one
        return False


def _is_set(client: redis.Redis, key: str) -> bool:
    try:
        return bool(client.set(key, 1))
    except redis.RedisError:
        return False
