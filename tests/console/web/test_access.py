from datetime import UTC, datetime, timedelta

from console.web.access import SESSION_LASTS, Access

NOW = datetime(2026, 1, 1, tzinfo=UTC)
TOKEN = "a-token-of-some-length"  # noqa: S105 - of no console


def test_a_session_outlives_a_restart_and_ends_after_a_week() -> None:
    cookie = Access(TOKEN).new_session(NOW)
    assert Access(TOKEN).is_session(cookie, NOW + SESSION_LASTS - timedelta(seconds=1))
    assert not Access(TOKEN).is_session(cookie, NOW + SESSION_LASTS + timedelta(seconds=1))


def test_a_session_ends_with_its_token() -> None:
    assert not Access("another-token-of-length").is_session(Access(TOKEN).new_session(NOW), NOW)


def test_a_session_whose_end_is_put_off_is_none() -> None:
    cookie = Access(TOKEN).new_session(NOW)
    assert not Access(TOKEN).is_session(f"9{cookie}", NOW)


def test_a_proof_is_of_one_session_only() -> None:
    access = Access(TOKEN)
    one, other = access.new_session(NOW), access.new_session(NOW)
    assert access.is_csrf(access.csrf(one), one)
    assert not access.is_csrf(access.csrf(one), other)


def test_the_token_stands_in_nothing_that_is_printed() -> None:
    assert TOKEN not in repr(Access(TOKEN))
    assert TOKEN not in Access(TOKEN).new_session(NOW)
