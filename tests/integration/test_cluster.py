"""Frames in a Redis Cluster: everything that is asked of it, in this process, while slots move and nodes die.

Of whole systems over it see ``test_system_over_a_cluster.py``.
"""

import logging
import time
from collections.abc import Iterator, Sequence

import pytest
import redis
from prometheus_client import CollectorRegistry
from redis.exceptions import NoPermissionError

from console import backlog
from console.live.pictures import LivePictures
from console.redis_exporter import RedisCollector
from deploy.redis import frames_rights
from producer.load.waiting import WaitingFrames
from producer.publishing.publisher import FramesPublisher
from producer.publishing.trimming import has_unjudged, trim_lossless
from shared.cameras import Camera
from shared.cluster import by_slot, nodes
from shared.connections import Servers, ServerUnreachable, check_reachable, connect, connect_both, connect_for_looks
from shared.foreign_keys import ForeignKeys
from shared.messages import DropReason, FrameHeader, FrameOutcome, FrameResult
from shared.settings import EventsSettings
from shared.stream_reads import StreamReader
from shared.streams import CAMERAS, HEADER, CountField, KeySpace
from tests.integration.cluster import Cluster, running_cluster
from tests.waiting import eventually
from tests.worker.drawn import a_header
from worker.entries import Ending, Entry
from worker.events.heart import RedisTime
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage
from worker.group import FrameGroup, is_missing_group
from worker.publisher import Publisher

KEYS = KeySpace(8)
NAMES = ("gate", "hall", "yard", "ramp")  # each in a shard of its own, which are not all on one node


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with running_cluster() as found:
        yield found


@pytest.fixture
def over(cluster: Cluster, servers: Servers, redis_url: str) -> Iterator[Servers]:
    """Clients of an empty cluster for frames, and of an empty server for the state."""
    cluster.wait_until_whole()
    for node in cluster.nodes:
        if node.is_primary:
            node.client.flushall()
            node.client.script_flush()
    both = connect_both(cluster.url, redis_url)
    for name in NAMES:
        camera = Camera.model_validate({"id": name, "source": f"{name}.mp4", "epoch": 1})
        servers.state.hset(CAMERAS, name, camera.model_dump_json())
    yield both
    both.close()


def a_producer(over: Servers) -> FramesPublisher:
    return FramesPublisher(over.frames, KEYS, max_live=16, max_in_flight=64, max_results=500)


def publish(over: Servers, count: int, first: int = 0, names: Sequence[str] = NAMES) -> None:
    producer = a_producer(over)
    for number in range(first, first + count):
        for name in names:
            producer.publish(a_header(number, name), b"\xff\xd8picture", token=1)


def a_group(over: Servers, name: str = "w1") -> FrameGroup:
    group = FrameGroup(over.frames, KEYS, name)
    group.join(NAMES)
    return group


def judge(over: Servers, entries: Sequence[Entry]) -> None:
    """End entries as a worker does."""
    Publisher(over.frames, KEYS, 500, 5).publish([Ending(each, _result(each)) for each in entries])


def _result(entry: Entry) -> FrameResult:
    header = FrameHeader.model_validate_json(entry.fields[HEADER])
    told = header.model_dump(exclude={"schema_version", "regions"})
    return FrameResult(**told, outcome=FrameOutcome.PROCESSED, worker="w1", detector="haar", model_version=1)


def judged(over: Servers) -> dict[str, int]:
    """How many results there are of each camera."""
    return {name: int(over.frames.xlen(KEYS.results(name))) for name in NAMES}


def test_frames_go_from_producers_to_counts_whichever_nodes_have_them(over: Servers) -> None:
    publish(over, 6)
    a_producer(over).drop(a_header(6, "hall"), DropReason.UNCHANGED, token=1)
    assert [each.waiting for each in backlog.read(over.frames, KEYS, NAMES)] == [6] * len(NAMES)
    group = a_group(over)
    assert WaitingFrames(over.frames, KEYS).oldest_s(NAMES) > 0
    entries = group.read(100, 0)
    assert {each.camera for each in entries} == set(NAMES)
    judge(over, entries)
    stage = EventsStage(over, EventsSettings(shards=8), "events-1", EventsMetrics(CollectorRegistry()))
    eventually(lambda: (stage.run_once(), _counts(over) == dict.fromkeys(NAMES, 6))[1])
    group.leave()
    assert not any(has_unjudged(over.frames, KEYS, name) for name in NAMES)
    for name in NAMES:
        trim_lossless(over.frames, KEYS, name, 0.0)
    assert [each.waiting for each in backlog.read(over.frames, KEYS, NAMES)] == [0] * len(NAMES)


def _counts(over: Servers) -> dict[str, int]:
    told = {name: over.state.hget(KEYS.counts(name), CountField.PROCESSED) for name in NAMES}
    return {name: int(count or 0) for name, count in told.items()}


def test_roles_may_do_on_a_cluster_what_they_may_on_one_server(over: Servers, cluster: Cluster) -> None:
    roles = {"producer": frames_rights.PRODUCER, "worker": frames_rights.WORKER, "events": frames_rights.EVENTS}
    for node in cluster.nodes:
        for name, rights in roles.items():
            general = ["reset", "on", ">p@ss", "-@all", "+@connection", "-@dangerous"]
            words = [*general, *(f"+{each}" for each in rights.commands), *(each.selector for each in rights.grants)]
            node.client.execute_command("ACL", "SETUSER", name, *words)  # type: ignore[no-untyped-call]
    as_role = {name: connect(cluster.url.replace("://", f"://{name}:p%40ss@")) for name in roles}
    publish(Servers(as_role["producer"], over.state), 2)
    trim_lossless(as_role["producer"], KEYS, "gate", 10.0)
    judge(Servers(as_role["worker"], over.state), a_group(Servers(as_role["worker"], over.state)).read(100, 0))
    behind = {KEYS.results(name): "0-0" for name in NAMES}
    assert len(StreamReader(as_role["events"], ForeignKeys()).read(behind, 5, 1)) == len(NAMES)
    with pytest.raises(NoPermissionError):
        as_role["worker"].delete(KEYS.results("gate"))
    for client in as_role.values():
        client.close()


def test_what_a_worker_left_is_claimed_from_each_node(over: Servers) -> None:
    publish(over, 1)
    assert len(a_group(over).read(100, 0)) == len(NAMES)
    successor = a_group(over, "w2")
    claimed = [successor.claim(name, 0).entry for name in NAMES]
    judge(over, [each for each in claimed if each is not None])
    assert judged(over) == dict.fromkeys(NAMES, 1)
    assert successor.forget_idle_consumers(0) > 0


def test_those_who_watch_see_cameras_of_all_nodes(over: Servers) -> None:
    pictures = LivePictures(over.frames, KEYS)
    pictures.follow(NAMES)
    publish(over, 1)
    assert sorted(each.tracks.camera for each in pictures.next(NAMES, 1)) == sorted(NAMES)


def test_a_read_over_several_slots_waits_for_the_first_entry_of_any(over: Servers) -> None:
    behind = {KEYS.results(name): "0-0" for name in NAMES}
    assert [len(keys) for keys in by_slot(over.frames, behind)] == [1] * len(NAMES)
    assert StreamReader(over.frames, ForeignKeys()).read(behind, 5, 1) == {}
    over.frames.xadd(KEYS.results("yard"), {"result": "one"})
    ((key, entries),) = StreamReader(over.frames, ForeignKeys()).read(behind, 5, 2_000).items()
    assert (key, [fields for _, fields in entries]) == (KEYS.results("yard"), [{b"result": b"one"}])


def test_no_node_is_asked_which_keys_a_read_has(over: Servers, cluster: Cluster) -> None:
    for node in cluster.nodes:
        node.client.config_resetstat()
    publish(over, 1)
    a_group(over).read(100, 0)
    StreamReader(over.frames, ForeignKeys()).read({KEYS.results(name): "0-0" for name in NAMES}, 5, 1)
    backlog.read(over.frames, KEYS, NAMES)
    asked = {name for node in cluster.nodes for name in node.client.info("commandstats")}
    assert "cmdstat_xreadgroup" in asked
    assert "cmdstat_command|getkeys" not in asked


def test_a_transaction_that_would_leave_its_slot_is_an_error_like_any_other(over: Servers) -> None:
    with over.frames.pipeline(transaction=True) as transaction, pytest.raises(redis.RedisError):
        transaction.set(KEYS.fence("gate"), 1)
        transaction.set(KEYS.fence("hall"), 1)
        transaction.execute()


def test_memory_and_processor_time_are_those_of_all_its_nodes(over: Servers, cluster: Cluster, redis_url: str) -> None:
    registry = CollectorRegistry()
    registry.register(RedisCollector(Servers(connect_for_looks(cluster.url), connect_for_looks(redis_url))))
    used = registry.get_sample_value("maskwatch_redis_memory_bytes", {"server": "frames"}) or 0
    each = [int(node.info("memory")["used_memory"]) for node in nodes(over.frames)]
    assert len(each) == 3
    assert used > max(each) * 2
    assert (RedisTime(cluster.url).total_s() or 0) > 0


def test_a_slot_that_moves_to_another_node_takes_its_frames_along(over: Servers, cluster: Cluster) -> None:
    publish(over, 3)
    group = a_group(over)
    first = group.read(4, 0)
    before = cluster.primary_of(KEYS.frames("gate"))
    after = cluster.move_slot_of(KEYS.frames("gate"))
    assert after is not before
    judge(over, first)
    publish(over, 3, first=3)
    _judge_all(over, group, first)
    assert judged(over) == dict.fromkeys(NAMES, 6)
    assert cluster.primary_of(KEYS.results("gate")) is after


def _judge_all(over: Servers, group: FrameGroup, known: Sequence[Entry] = (), each: int = 6) -> None:
    """Judge until all frames have ended, from outage to outage."""
    ended = {(entry.camera, entry.id) for entry in known}

    def is_done() -> bool:
        try:
            entries = group.read(100, 0) or [e for name in NAMES if (e := group.claim(name, 0).entry) is not None]
            judge(over, [entry for entry in entries if (entry.camera, entry.id) not in ended])
            ended.update((entry.camera, entry.id) for entry in entries)
            return min(judged(over).values()) >= each
        except redis.RedisError as error:
            if is_missing_group(error):
                group.join(NAMES)
            return False

    eventually(is_done, timeout_s=30)


def test_a_replica_that_takes_over_has_what_its_primary_had(
    over: Servers, cluster: Cluster, caplog: pytest.LogCaptureFixture
) -> None:
    publish(over, 3)
    group = a_group(over)
    judge(over, group.read(4, 0))
    eventually(lambda: all(_has_copy(cluster, name) for name in NAMES))
    with caplog.at_level(logging.WARNING):
        killed = cluster.replace_primary_of(KEYS.frames("yard"))
        eventually(lambda: _published(over, 3), timeout_s=20)
        _judge_all(over, group)
    assert all(count >= 6 for count in judged(over).values())
    assert caplog.records == []
    killed.start()
    cluster.wait_until_whole()
    check_reachable(cluster.url)


def _has_copy(cluster: Cluster, name: str) -> bool:
    """Whether what was written of a camera's results and frames has come to the replica."""
    offsets = cluster.primary_of(KEYS.frames(name)).client.info("replication")
    return int(offsets["slave0"]["offset"]) >= int(offsets["master_repl_offset"])


def _published(over: Servers, first: int) -> bool:
    try:
        publish(over, 3, first=first)
    except redis.RedisError:
        return False
    return True


def test_a_node_that_comes_back_empty_is_known_by_its_missing_groups(over: Servers, cluster: Cluster) -> None:
    publish(over, 2)
    group = a_group(over)
    cluster.primary_of(KEYS.frames("ramp")).client.flushall()
    with pytest.raises(redis.ResponseError) as error:
        group.read(100, 0)
    assert is_missing_group(error.value)
    group.forget()
    group.join(NAMES)
    publish(over, 2, names=["ramp"])
    entries = group.read(100, 0)
    assert [entry.camera for entry in entries].count("ramp") == 2


def test_a_cluster_without_its_nodes_is_a_server_that_is_away(cluster: Cluster) -> None:
    client = connect(cluster.url)
    for node in cluster.nodes:
        node.kill()
    began_at = time.monotonic()
    with pytest.raises(redis.RedisError):
        client.xlen(KEYS.frames("gate"))
    with pytest.raises(redis.RedisError), client.pipeline(transaction=True) as transaction:
        transaction.set(KEYS.fence("gate"), 1)
        transaction.execute()
    with pytest.raises(ServerUnreachable, match="no Redis server answers"):
        connect(cluster.url)
    assert time.monotonic() - began_at < 60
    client.close()
