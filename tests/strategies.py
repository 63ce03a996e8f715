"""What comes from outside, for Hypothesis: JSON of any kind, JSON that is nearly right, bytes that were changed."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

# A property is part of every run at the first price; its `long` form looks deeper. No price is asserted.
QUICK = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
DEEP = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])

Path = tuple[str | int, ...]

CAMERA_IDS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True)
_ODD = (
    "", "\x00", "\ud800", "NaN", "../gate", "gate\n", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59",
    "2026-01-01T00:00:00", 2**53, -(2**63), 10**40, 1e308, float("inf"), float("-inf"), float("nan"), "9" * 5_000,
)  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(_ODD)
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def paths(value: object, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value but its root."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from paths(inner, (*path, name))


def with_changes(value: Any, changes: list[tuple[Path, Any]]) -> Any:  # noqa: ANN401 - JSON
    """A copy with other values in some places, where those are still there."""
    copy = json.loads(json.dumps(value))
    for path, changed in changes:
        inner = copy
        try:
            for name in path[:-1]:
                inner = inner[name]
            inner[path[-1]] = json.loads(json.dumps(changed))
        except (KeyError, IndexError, TypeError):
            continue
    return copy


def nearly(value: Any) -> st.SearchStrategy[Any]:  # noqa: ANN401 - JSON
    """A JSON value with up to three places changed."""
    change = st.tuples(st.sampled_from(sorted(paths(value), key=str)), JSON)
    return st.lists(change, max_size=3).map(lambda changes: with_changes(value, changes))


def mutated(content: bytes, most: int = 6) -> st.SearchStrategy[bytes]:
    """Bytes of which some were changed, and perhaps the end cut off."""
    change = st.tuples(st.integers(0, max(0, len(content) - 1)), st.integers(0, 255))
    return st.builds(_mutated, st.just(content), st.lists(change, max_size=most), st.integers(0, 2 * len(content)))


def _mutated(content: bytes, changes: list[tuple[int, int]], length: int) -> bytes:
    changed = bytearray(content)
    for at, value in changes:
        changed[at] = value
    return bytes(changed[:length])
