from hypothesis import given, settings
from hypothesis import strategies as st

from shared.settings import InvalidSetting, UnknownSetting, WorkerSettings, known_variables, refuse_unknown
from shared.streams import KeySpace
from tests.strategies import CAMERA_IDS, QUICK

NAMES = st.from_regex(r"MASKWATCH_[A-Z_]{0,20}", fullmatch=True)


@settings(QUICK)
@given(st.dictionaries(NAMES | st.sampled_from(sorted(known_variables())), st.text(max_size=5), max_size=4))
def test_a_variable_of_ours_is_known_or_refused_by_name(environment: dict[str, str]) -> None:
    unknown = sorted(set(environment) - known_variables())
    try:
        refuse_unknown(environment | {"PATH": "x", "maskwatch_lower": "y"})
    except UnknownSetting as error:
        assert any(name in str(error) for name in unknown)
    else:
        assert unknown == []


@settings(QUICK)
@given(st.sampled_from(sorted(WorkerSettings.model_fields)), st.integers() | st.floats() | st.text(max_size=5))
def test_a_value_is_taken_or_refused(name: str, value: object) -> None:
    try:
        WorkerSettings.model_validate({name: value})
    except (ValueError, InvalidSetting) as error:
        assert name in str(error)


@settings(QUICK)
@given(CAMERA_IDS, st.integers(1, 1024), st.integers(0, 2**53))
def test_every_key_of_a_camera_is_in_one_slot(camera: str, shards: int, number: int) -> None:
    keys = KeySpace(shards)
    of_camera = [name for name in vars(KeySpace) if not name.startswith("_") and name not in {"shard", "shards"}]
    numbered = {"epoch_counts", "history"}
    made = [getattr(keys, name)(camera, *([number] if name in numbered else [])) for name in of_camera]
    assert len(made) >= 15
    assert {key[key.index("{") : key.index("}") + 1] for key in made} == {f"{{s{keys.shard(camera)}}}"}
    assert len(set(made)) == len(made)
