"""What stands on a command line or in a file is taken or refused in one line."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from console.cameras import yaml_texts, zone_texts, zone_yaml
from console.errors import BadInput
from tests.strategies import JSON, QUICK

ZONE_TEXTS = st.text(max_size=30) | st.text(alphabet="0123456789.,;/= %:-naif", max_size=40)


@settings(QUICK)
@given(ZONE_TEXTS)
def test_a_zone_is_within_the_picture_or_refused(text: str) -> None:
    try:
        zone = zone_texts.parse(text, "include")
    except BadInput as error:
        assert str(error)
        return
    assert all(0 <= value <= 1 for corner in zone.corners for value in corner)
    assert zone_texts.parse(zone_texts.as_text(zone), "include").corners


YAML_TEXTS = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="&*!|>{}[]:-?#\n \"'ab1", max_size=40),
    JSON.map(json.dumps),
    st.sampled_from(["!!python/object/apply:os.system [ls]", "&a [*a]", "a: &a [*a, *a]", "[" * 300, "a: 1\na: 2"]),
)


@settings(QUICK)
@given(YAML_TEXTS)
def test_a_file_is_read_or_refused_and_runs_nothing(text: str) -> None:
    try:
        found = yaml_texts.loaded(text)
        zone_yaml.zones_of(found)
    except BadInput as error:
        assert str(error)
