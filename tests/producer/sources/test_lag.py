from dataclasses import dataclass

from producer.sources.lag import Lag


@dataclass
class Reader:
    """Reads a camera of 25 pictures a second, a key frame each second; decoding one takes so long."""

    decode_s: float
    now: float = 100.0
    decoded: int = 0

    def read(self, lag: Lag, first: int, count: int, later_s: float = 0.0) -> list[float]:
        """How far behind it was at each decoded picture, in seconds."""
        behind = []
        for number in range(first, first + count):
            taken_at = 100.0 + number / 25
            self.now = max(self.now, taken_at + later_s)
            if not lag.leaves_out(7000.0 + number / 25, number % 25 == 0, self.now):
                self.now += self.decode_s
                behind.append(self.now - taken_at)
        return behind


def test_a_reader_that_keeps_up_leaves_nothing_out() -> None:
    assert len(Reader(decode_s=0.02).read(Lag(), 0, 1000)) == 1000


def test_a_reader_that_is_too_slow_never_gets_far_behind() -> None:
    behind = Reader(decode_s=0.06).read(Lag(), 0, 3000)
    assert max(behind) < 3.5
    assert len(behind) > 1000


def test_without_leaving_out_it_would() -> None:
    reader = Reader(decode_s=0.06)
    for number in range(3000):
        reader.now = max(reader.now, 100.0 + number / 25) + reader.decode_s
    assert reader.now - (100.0 + 3000 / 25) > 50


def test_a_pause_of_the_reader_is_made_up_for() -> None:
    lag, reader = Lag(), Reader(decode_s=0.02)
    reader.read(lag, 0, 100)
    reader.now += 8
    behind = reader.read(lag, 100, 400)
    assert behind[-1] < 0.5
    assert len(behind) < 300


def test_a_camera_that_sends_later_than_at_first_is_read_whole_again() -> None:
    lag, reader = Lag(), Reader(decode_s=0.02)
    reader.read(lag, 0, 100)
    reader.read(lag, 100, 300, later_s=3)
    assert len(reader.read(lag, 400, 500, later_s=3)) == 500


def test_timestamps_that_jump_begin_anew() -> None:
    lag = Lag()
    assert not any(lag.leaves_out(number / 25, number % 25 == 0, number / 25) for number in range(100))
    assert not any(lag.leaves_out(number / 25 - 3600, False, number / 25) for number in range(100, 200))
    assert not any(lag.leaves_out(number / 25 + 3600, False, number / 25) for number in range(200, 300))


def test_a_camera_whose_clock_is_slow_is_not_behind() -> None:
    lag = Lag()
    assert not any(lag.leaves_out(number / 25 * 0.9995, False, number / 25) for number in range(0, 500_000, 5))
