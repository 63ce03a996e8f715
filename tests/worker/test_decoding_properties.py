import json
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.messages import FrameHeader
from shared.streams import HEADER, JPEG
from tests.hostile_jpegs import HEIGHT, WIDTH, written
from tests.shared.test_messages_properties import FRAME
from tests.strategies import DEEP, QUICK, mutated, nearly
from tests.worker.drawn import a_header
from worker.decoding import PoisonEntry, decode_picture, parse_header

MEANT = a_header(width=WIDTH, height=HEIGHT)
JPEGS = [written(), written(progressive=True), written(exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01")]


def decoded(jpeg: bytes, header: FrameHeader) -> None:
    """A picture of the stated size, or poison; nothing else."""
    with warnings.catch_warnings(action="ignore"):  # Pillow's, of broken tags; processes pass over them too
        try:
            picture = decode_picture({JPEG: jpeg}, header, 1_000_000)
        except PoisonEntry:
            return
    shrink = 2**header.halvings
    assert picture.shape == (-(-HEIGHT // shrink), -(-WIDTH // shrink), 3)
    assert picture.dtype == np.uint8


@settings(QUICK)
@given(st.sampled_from(JPEGS).flatmap(mutated), st.integers(0, 2))
def test_a_jpeg_with_bytes_changed_is_a_picture_or_poison(jpeg: bytes, halvings: int) -> None:
    decoded(jpeg, MEANT.model_copy(update={"halvings": halvings}))


@pytest.mark.long
@settings(DEEP)
@given(st.sampled_from(JPEGS).flatmap(lambda jpeg: mutated(jpeg, most=40)), st.integers(0, 2))
def test_a_jpeg_with_many_bytes_changed_is_a_picture_or_poison(jpeg: bytes, halvings: int) -> None:
    decoded(jpeg, MEANT.model_copy(update={"halvings": halvings}))


@settings(QUICK)
@given(st.binary(max_size=200) | nearly(FRAME).map(lambda value: json.dumps(value).encode()))
def test_a_header_is_one_or_poison(raw: bytes) -> None:
    try:
        assert parse_header({HEADER: raw}, "gate").camera == "gate"
    except PoisonEntry as poison:
        assert "\n" not in poison.detail
