import pytest

from shared.standing import Standing, number_in, standing


def test_what_stands_in_a_checkpoint_is_read_and_what_is_no_number_is_none_yet() -> None:
    assert standing([b"3", b"120", b"-1"]) == Standing(3, 120, -1)
    assert standing([None, None, None]) == Standing() == Standing(-1, -1, -1)
    assert standing([b"three", b"", b"\xff"]) == Standing()


@pytest.mark.parametrize("value", [None, b"", b"-", b"1.5", b"1e9", b"nan", b" 1", b"1\n", b"\xb2", b"9" * 5_000])
def test_what_is_no_whole_number_is_none(value: bytes | None) -> None:
    assert number_in(value) is None
