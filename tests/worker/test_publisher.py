import pytest
import redis

from shared.connections import Servers
from shared.messages import DeadLetterReason, FrameOutcome, FrameResult
from shared.streams import DETAIL, ENTRY_ID, JPEG, REASON, KeySpace
from tests.worker.drawn import a_header
from tests.worker.feed import KEYS, Feed
from worker.decoding import PoisonEntry
from worker.entries import Ending, Entry
from worker.group import FrameGroup
from worker.publisher import Publisher


def read_all(servers: Servers, *cameras: str, keys: KeySpace = KEYS) -> list[Entry]:
    group = FrameGroup(servers.frames, keys, "w1")
    group.join(cameras)
    return group.read(1_000, 0)


def a_publisher(servers: Servers, keys: KeySpace = KEYS, max_results: int = 64) -> Publisher:
    return Publisher(servers.frames, keys, max_results, max_dead_letters=5)


def judged(entry: Entry, sequence: int = 0) -> Ending:
    header = a_header(sequence, entry.camera).model_dump(exclude={"schema_version"})
    return Ending(entry, FrameResult(**header, outcome=FrameOutcome.PROCESSED), faces={1: b"face"})


def test_a_result_is_written_with_its_faces_and_the_entry_acked(servers: Servers) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(1)
    a_publisher(servers).publish([judged(entry) for entry in read_all(servers, "gate")])
    assert [result.outcome for result in feed.results()] == [FrameOutcome.PROCESSED]
    assert feed.result_fields()[0][b"face:1"] == b"face"
    assert feed.pending() == 0


def test_when_a_result_cannot_be_written_nothing_is_acked(servers: Servers) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(2)
    entries = read_all(servers, "gate")
    servers.frames.config_set("maxmemory", 1)
    try:
        with pytest.raises(redis.ResponseError, match="not allowed when used memory"):
            a_publisher(servers).publish([judged(entry) for entry in entries])
    finally:
        servers.frames.config_set("maxmemory", 0)
    assert feed.results() == []
    assert feed.pending() == 2


def test_a_dead_letter_says_why_and_keeps_no_picture(servers: Servers) -> None:
    feed = Feed(servers)
    (entry_id,) = feed.put_empty_scenes(1)
    (entry,) = read_all(servers, "gate")
    a_publisher(servers).publish([Ending(entry, None, PoisonEntry(DeadLetterReason.HEADER, "no header"))])
    (letter,) = feed.dead_letters()
    assert (letter[REASON], letter[DETAIL], letter[ENTRY_ID]) == (b"header", b"no header", entry_id.encode())
    assert JPEG not in letter
    assert feed.results() == []
    assert feed.pending() == 0


def test_dead_letters_and_results_are_bounded(servers: Servers) -> None:
    feed = Feed(servers)
    feed.put_empty_scenes(400)
    entries = read_all(servers, "gate")
    poison = PoisonEntry(DeadLetterReason.HEADER, "no header")
    a_publisher(servers).publish([Ending(entry, judged(entry).result, poison) for entry in entries])
    assert len(feed.dead_letters()) == 5
    assert 64 <= len(feed.results()) < 200


def test_each_shard_has_a_transaction_of_its_own(servers: Servers) -> None:
    keys = KeySpace(4)
    feeds = [Feed(servers, f"cam{number}", keys) for number in range(6)]
    for feed in feeds:
        feed.put_empty_scenes(1)
    entries = read_all(servers, *(feed.camera for feed in feeds), keys=keys)
    a_publisher(servers, keys).publish([judged(entry) for entry in entries])
    assert [len(feed.results()) for feed in feeds] == [1] * 6
    assert sum(feed.pending() for feed in feeds) == 0
