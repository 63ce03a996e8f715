import time
from itertools import islice, pairwise
from pathlib import Path

import pytest

from producer.sources.base import Picture, Source, SourceLimits, SourceUnavailable, StreamEnded, TimedOut, WrongPassword
from producer.sources.hls import HlsStream, Pace
from producer.sources.http import open_http
from tests.producer.builders import shown_number
from tests.producer.certificate import self_signed, server_context
from tests.producer.hls_server import FPS, HlsServer, hls_server

LIMITS = SourceLimits(open_timeout_s=5.0, read_timeout_s=3.0)


def _opened(server: HlsServer) -> Source:
    source = open_http(server.url(), LIMITS)
    assert isinstance(source, HlsStream)
    return source


def _numbers(pictures: list[Picture]) -> list[int]:
    return [shown_number(picture.pixels()) for picture in pictures if picture.pixels]


def test_pictures_come_in_real_time_and_without_a_gap_though_files_bring_them_in_bursts(tmp_path: Path) -> None:
    with hls_server(tmp_path) as server:
        source = _opened(server)
        began_at = time.monotonic()
        pictures = list(islice(source.pictures(), 4 * FPS))
        took_s = time.monotonic() - began_at
        source.close()
    numbers = _numbers(pictures)
    assert numbers == list(range(numbers[0], numbers[0] + 4 * FPS))
    assert numbers[0] >= FPS  # not the oldest file that is there
    assert took_s >= 3.5
    assert all(before < after for before, after in pairwise(float(each.timestamp_s or 0) for each in pictures))


def test_a_playlist_that_has_ended_ends_the_source(tmp_path: Path) -> None:
    with hls_server(tmp_path) as server:
        source = _opened(server)
        pictures = source.pictures()
        next(pictures)
        server.ended.set()
        with pytest.raises(StreamEnded):
            list(pictures)
        source.close()


def test_a_playlist_without_a_new_file_times_out(tmp_path: Path) -> None:
    with hls_server(tmp_path) as server:
        source = _opened(server)
        server.stalled.set()
        with pytest.raises(TimedOut):
            list(source.pictures())
        source.close()


@pytest.mark.parametrize("is_digest", [False, True], ids=["basic", "digest"])
def test_the_login_in_the_address_is_used_for_the_files_as_well(tmp_path: Path, is_digest: bool) -> None:
    with hls_server(tmp_path, login="guard:p@ss/w:rd", is_digest=is_digest) as server:
        source = open_http(server.url("guard:p%40ss%2Fw%3Ard"), LIMITS)
        assert len(list(islice(source.pictures(), FPS))) == FPS
        source.close()
        with pytest.raises(WrongPassword) as caught:
            open_http(server.url("guard:mistaken"), LIMITS)
    assert "mistaken" not in str(caught.value)


def test_a_certificate_that_nobody_signed_is_refused_unless_it_is_made_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = self_signed(tmp_path)
    with hls_server(tmp_path, tls=server_context(certificate)) as server:
        with pytest.raises(SourceUnavailable, match="certificate that is not trusted"):
            open_http(server.url(), LIMITS)
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        source = open_http(server.url(), LIMITS)
        assert next(source.pictures()).luma is not None
        source.close()


def test_a_reader_that_was_held_up_for_long_goes_on_with_what_is_new() -> None:
    pace = Pace(longest_s=5.0)
    assert pace.wait_s(100.0, now=0.0, was_waited_for=True) == 0.0
    assert pace.wait_s(100.1, now=0.0, was_waited_for=False) == pytest.approx(0.1)
    # Held up for 20 s: the backlog is passed over until the pictures are at most two files old.
    waits = [pace.wait_s(100.1 + 0.1 * number, now=20.0, was_waited_for=False) for number in range(1, 200)]
    assert waits.index(0.0) == pytest.approx(78, abs=2)
    assert waits[:70] == [None] * 70


def test_a_camera_that_itself_fell_behind_is_shown_from_there_on() -> None:
    pace = Pace(longest_s=5.0)
    pace.wait_s(100.0, now=0.0, was_waited_for=True)
    assert pace.wait_s(100.1, now=30.0, was_waited_for=True) == 0.0
    assert pace.wait_s(100.2, now=30.0, was_waited_for=False) == pytest.approx(0.1)


@pytest.mark.parametrize("jump_s", [-50.0, 50.0])
def test_timestamps_that_jump_begin_the_pace_anew(jump_s: float) -> None:
    pace = Pace(longest_s=5.0)
    pace.wait_s(100.0, now=0.0, was_waited_for=True)
    assert pace.wait_s(100.0 + jump_s, now=0.1, was_waited_for=False) == 0.0
    assert pace.wait_s(100.2 + jump_s, now=0.1, was_waited_for=False) == pytest.approx(0.2)
