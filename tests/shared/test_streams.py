import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.streams import KeySpace

CAMERA_IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)


@given(CAMERA_IDS, st.integers(1, 1024))
def test_all_keys_of_a_camera_share_one_hash_tag(camera: str, shards: int) -> None:
    keys = KeySpace(shards)
    every = [keys.frames(camera), keys.results(camera), keys.dead_letters(camera), keys.checkpoint(camera)]
    every += [keys.counts(camera), keys.epoch_counts(camera, 3), keys.events_lease(camera), keys.violations(camera)]
    assert {key[key.index("{") : key.index("}")] for key in every} == {f"{{s{keys.shard(camera)}"}
    assert len(set(every)) == len(every)


@given(CAMERA_IDS, st.integers(1, 1024))
def test_a_shard_is_within_the_number_of_shards(camera: str, shards: int) -> None:
    assert 0 <= KeySpace(shards).shard(camera) < shards


@pytest.mark.parametrize(("camera", "shard"), [("gate", 4), ("lobby", 7)])
def test_a_cameras_shard_never_changes_between_releases(camera: str, shard: int) -> None:
    assert KeySpace(8).shard(camera) == shard
