import itertools
from collections.abc import Iterable, Iterator

import pytest

from shared.connections import Servers
from shared.streams import WORKER_GROUP, KeySpace
from tests.waiting import eventually
from tests.worker.feed import KEYS, Feed
from worker.entries import Entry
from worker.group import Claimed, FrameGroup


def a_group(servers: Servers, *cameras: str, name: str = "w1", keys: KeySpace = KEYS) -> FrameGroup:
    group = FrameGroup(servers.frames, keys, name)
    group.join(cameras)
    return group


def claimed_by(group: FrameGroup, camera: str = "gate", min_idle_ms: int = 0) -> Iterator[Claimed]:
    """What one whole scan gives, claimed as it is asked for."""
    is_complete = False
    while not is_complete:
        claimed = group.claim(camera, min_idle_ms)
        is_complete = claimed.is_scan_complete
        yield claimed


def entries_of(claims: Iterable[Claimed]) -> Iterator[Entry]:
    return (claimed.entry for claimed in claims if claimed.entry is not None)


def test_frames_from_before_the_group_are_read_too(servers: Servers) -> None:
    ids = Feed(servers).put_empty_scenes(3)
    assert [entry.id for entry in a_group(servers, "gate").read(8, 0)] == ids


def test_an_entry_goes_to_one_worker_only(servers: Servers) -> None:
    Feed(servers).put_empty_scenes(4)
    one, other = (a_group(servers, "gate", name=name).read(2, 0) for name in ("w1", "w2"))
    assert len({entry.id for entry in [*one, *other]}) == 4


def test_no_more_entries_come_than_asked_for_and_every_camera_gets_its_turn(servers: Servers) -> None:
    cameras = [f"cam{number}" for number in range(5)]
    for camera in cameras:
        Feed(servers, camera).put_empty_scenes(6)
    group = a_group(servers, *cameras)
    batches = [group.read(3, 0) for _ in range(5)]
    assert [len(batch) for batch in batches] == [3] * 5
    taken = [entry.camera for batch in batches for entry in batch]
    assert all(2 <= taken.count(camera) <= 4 for camera in cameras)


def test_what_is_read_beside_the_cameras_takes_nothing_of_their_turn(servers: Servers) -> None:
    group = FrameGroup(servers.frames, KEYS, "w1")
    group.join(["gate"], ["beside"])
    Feed(servers, "gate").put_empty_scenes(4)
    Feed(servers, "beside").put_empty_scenes(4)
    assert [entry.camera for entry in group.read(4, 0)] == ["gate"] * 4
    assert group.read(4, 1) == []
    assert [entry.camera for entry in group.read_beside(3)] == ["beside"] * 3
    assert len(entries_of_all(group, "beside", name="w2")) == 3
    group.leave()


def test_without_a_camera_it_waits_for_what_is_read_beside_them(servers: Servers) -> None:
    group = FrameGroup(servers.frames, KEYS, "w1")
    group.join([], ["beside"])
    Feed(servers, "beside").put_empty_scenes(1)
    assert [entry.camera for entry in group.read(4, 100)] == ["beside"]


def entries_of_all(group: FrameGroup, camera: str, name: str) -> list[Entry]:
    """What another worker may claim of it."""
    other = FrameGroup(group._frames, KEYS, name)
    other.join([], [camera])
    return list(entries_of(claimed_by(other, camera)))


def test_cameras_of_several_shards_are_read_together(servers: Servers) -> None:
    keys = KeySpace(4)
    cameras = [f"cam{number}" for number in range(8)]
    assert len({keys.shard(camera) for camera in cameras}) > 1
    for camera in cameras:
        Feed(servers, camera, keys).put_empty_scenes(1)
    read = a_group(servers, *cameras, keys=keys).read(16, 0)
    assert sorted(entry.camera for entry in read) == cameras


def test_a_read_waits_for_the_first_entry(servers: Servers) -> None:
    group = a_group(servers, "gate", "yard")
    assert group.read(8, 1) == []
    Feed(servers, "yard").put_empty_scenes(1)
    assert [entry.camera for entry in group.read(8, 5_000)] == ["yard"]


def test_a_claim_takes_what_another_worker_left_one_at_a_time_and_counts_deliveries(servers: Servers) -> None:
    ids = Feed(servers).put_empty_scenes(3)
    a_group(servers, "gate", name="dead").read(8, 0)
    claimed = list(entries_of(claimed_by(a_group(servers, "gate", name="heir"))))
    assert [entry.id for entry in claimed] == ids
    assert [entry.deliveries for entry in claimed] == [2, 2, 2]


def test_a_claim_leaves_alone_what_is_in_hand(servers: Servers) -> None:
    Feed(servers).put_empty_scenes(1)
    a_group(servers, "gate", name="busy").read(8, 0)
    assert a_group(servers, "gate", name="heir").claim("gate", min_idle_ms=60_000).entry is None


def test_entries_that_were_trimmed_before_the_claim_are_given_up_and_counted(servers: Servers) -> None:
    ids = Feed(servers).put_empty_scenes(3)
    a_group(servers, "gate", name="dead").read(8, 0)
    servers.frames.xtrim(KEYS.frames("gate"), maxlen=1, approximate=False)
    claims = list(claimed_by(a_group(servers, "gate", name="heir")))
    assert sum(claimed.trimmed for claimed in claims) == 2
    assert [entry.id for entry in entries_of(claims)] == ids[2:]


def test_the_cursor_goes_on_where_the_last_claim_ended(servers: Servers) -> None:
    ids = Feed(servers).put_empty_scenes(30)
    a_group(servers, "gate", name="dead").read(30, 0)
    heir = a_group(servers, "gate", name="heir")
    taken = list(itertools.islice((heir.claim("gate", 0).entry for _ in itertools.count()), 30))
    assert [entry.id for entry in taken if entry is not None] == ids


def test_leaving_takes_the_consumer_out_unless_it_holds_entries(servers: Servers) -> None:
    gate, yard = Feed(servers, "gate"), Feed(servers, "yard")
    gate.put_empty_scenes(1)
    group = a_group(servers, "gate", "yard")
    group.read(8, 0)
    group.read(8, 1)
    group.leave()
    assert (gate.consumers(), yard.consumers()) == (["w1"], [])
    assert gate.pending() == 1


def test_idle_consumers_are_forgotten_unless_they_hold_entries(servers: Servers) -> None:
    feed = Feed(servers)
    holder, idle = a_group(servers, "gate", name="holder"), a_group(servers, "gate", name="idle")
    idle.read(8, 0)
    feed.put_empty_scenes(1)
    holder.read(8, 0)
    assert holder.forget_idle_consumers(min_idle_ms=60_000) == 0
    eventually(lambda: holder.forget_idle_consumers(min_idle_ms=1) == 1)
    assert feed.consumers() == ["holder"]


def test_joining_twice_changes_nothing(servers: Servers) -> None:
    Feed(servers).put_empty_scenes(2)
    group = a_group(servers, "gate")
    group.read(1, 0)
    group.join(["gate"])
    assert len(group.read(8, 0)) == 1


@pytest.mark.parametrize("cameras", [[], ["gate"]])
def test_an_empty_read_gives_nothing(servers: Servers, cameras: list[str]) -> None:
    assert a_group(servers, *cameras).read(8, 0) == []


def test_what_takes_its_worker_down_wears_out_alone(servers: Servers) -> None:
    ids = Feed(servers).put_empty_scenes(4)
    stream = KEYS.frames("gate")
    a_group(servers, "gate", name="first").read(8, 0)
    servers.frames.xclaim(stream, WORKER_GROUP, "first", 0, [*ids], idle=60_000, justid=True)
    deliveries: dict[str, int] = {}
    for number in range(2):
        heir = a_group(servers, "gate", name=f"heir{number}")
        for entry in entries_of(claimed_by(heir, min_idle_ms=30_000)):
            deliveries[entry.id] = entry.deliveries
            if entry.id == ids[1]:
                break  # dead: neither ends this one nor claims the next
            servers.frames.xack(stream, WORKER_GROUP, entry.id)
    assert deliveries == dict.fromkeys(ids, 2)
    servers.frames.xclaim(stream, WORKER_GROUP, "heir0", 0, [ids[1]], idle=60_000, justid=True)
    (worn,) = entries_of(claimed_by(a_group(servers, "gate", name="last"), min_idle_ms=30_000))
    assert (worn.id, worn.deliveries) == (ids[1], 3)


def test_of_very_many_cameras_each_that_has_frames_gets_its_turn(servers: Servers) -> None:
    keys = KeySpace(shards=4)
    names = [f"cam{number:03}" for number in range(200)]
    group = a_group(servers, *names, keys=keys)
    filled = names[7::25]
    for name in filled:
        Feed(servers, name, keys=keys).put_empty_scenes(6)
    taken = [entry.camera for _ in range(6) for entry in group.read(8, 50)]
    assert sorted(set(taken)) == filled
    assert all(5 <= taken.count(name) <= 6 for name in filled)


def test_of_very_many_cameras_one_that_begins_is_read_within_a_moment(servers: Servers) -> None:
    names = [f"cam{number:03}" for number in range(100)]
    group = a_group(servers, *names)
    Feed(servers, names[0]).put_empty_scenes(1)
    assert [entry.camera for entry in group.read(8, 50)] == names[:1]
    assert group.read(8, 200) == []
    Feed(servers, names[-1]).put_empty_scenes(1)
    assert eventually(lambda: [entry.camera for entry in group.read(8, 200)], timeout_s=5) == names[-1:]


def test_only_cameras_of_which_somebody_has_frames_are_claimed_from(servers: Servers) -> None:
    group = a_group(servers, "gate", "door", "yard")
    for name in ("gate", "door"):
        Feed(servers, name).put_empty_scenes(2)
    assert group.with_pending() == []
    assert {entry.camera for entry in a_group(servers, "gate", name="dead").read(8, 0)} == {"gate"}
    assert group.with_pending() == ["gate"]
    servers.frames.delete(KEYS.frames("yard"))
    servers.frames.set(KEYS.frames("yard"), "no stream")
    assert group.with_pending() == ["gate", "yard"], "whoever claims there says what is wrong"
