import pytest
from starlette.datastructures import Headers

from console.web.origins import is_foreign, is_this_machine


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8686", "page.localhost", "127.0.0.1", "127.1.2.3:80", "[::1]", "[::1]:8686"]
)
def test_this_machine_has_these_names(host: str) -> None:
    assert is_this_machine(host)


@pytest.mark.parametrize(
    "host",
    [
        "", ":8686", "evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "evil-localhost", "localhost.",
        "127.0.0.1@evil.example", "evil.example@127.0.0.1", "127.0.0.1#evil", "127.0.0.1/evil", "127.0.0.1:999999",
        "[::1", "::1", "[evil]", "[::1]evil", "0.0.0.0",  # noqa: S104 - is refused
        "[::]", "2130706433", "127.1", "10.0.0.1", "\xff",
        "localhost\n",
    ],
)  # fmt: skip
def test_and_no_others_however_they_are_written(host: str) -> None:
    assert not is_this_machine(host)


def headers(*origins: str, host: str = "gate.example:8686") -> Headers:
    return Headers(raw=[(b"host", host.encode()), *((b"origin", each.encode()) for each in origins)])


def test_our_own_page_is_not_foreign_and_what_is_no_browser_neither() -> None:
    assert not is_foreign(headers("http://gate.example:8686"))
    assert not is_foreign(headers("https://Gate.Example:8686"))
    assert not is_foreign(headers())


@pytest.mark.parametrize(
    "origin",
    [
        "null", "", "http://[", "http://gate.example", "http://gate.example:8687", "http://gate.example:8686.evil.example",
        "http://gate.example:8686@evil.example", "http://evil.example/gate.example:8686", "gate.example:8686",
    ],
)  # fmt: skip
def test_every_other_origin_is_foreign(origin: str) -> None:
    assert is_foreign(headers(origin))


def test_of_two_origins_none_may_be_foreign() -> None:
    assert is_foreign(headers("http://gate.example:8686", "http://evil.example"))


def test_without_a_host_no_origin_is_ours() -> None:
    assert is_foreign(headers("null", host=""))
    assert is_foreign(headers("", host=""))
