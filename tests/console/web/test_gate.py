from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from console.web.access import Access
from shared.connections import Servers, connect_both
from tests.console.web.consoles import TOKEN, running_console

SYSTEM, SESSION, WORKERS = "/api/v1/system", "/api/v1/session", "/api/v1/workers"


@pytest.fixture(scope="module")
def both(redis_url: str) -> Iterator[Servers]:
    servers = connect_both(redis_url, redis_url)
    yield servers
    servers.close()


@pytest.fixture(scope="module")
def open_console(both: Servers) -> Iterator[str]:
    with running_console(both) as url:
        yield url


@pytest.fixture(scope="module")
def closed_console(both: Servers) -> Iterator[str]:
    with running_console(both, TOKEN) as url:
        yield url


def get(url: str, **headers: str) -> requests.Response:
    return requests.get(url, headers={name.replace("_", "-"): value for name, value in headers.items()}, timeout=10)


def signed_in(url: str) -> requests.Session:
    session = requests.Session()
    answer = session.post(url + SESSION, json={"token": TOKEN}, timeout=10)
    assert answer.status_code == 200
    session.headers["X-CSRF-Token"] = answer.json()["csrf"]
    return session


def test_without_a_token_this_machine_may_do_everything_that_carries_the_page_s_proof(open_console: str) -> None:
    assert get(open_console + SYSTEM).status_code == 200
    refused = requests.put(open_console + WORKERS, json={"wanted": 2}, timeout=10)
    assert refused.status_code == 403
    assert "X-CSRF-Token" in refused.json()["error"]
    csrf = get(open_console + SESSION).json()["csrf"]
    done = requests.put(open_console + WORKERS, json={"wanted": 2}, headers={"X-CSRF-Token": csrf}, timeout=10)
    assert done.status_code == 200


@pytest.mark.parametrize("path", ["/", SESSION, SYSTEM])
def test_a_name_that_another_site_bound_to_this_machine_is_not_served(open_console: str, path: str) -> None:
    assert get(open_console + path, Host="evil.example").status_code == 403
    port = urlsplit(open_console).port
    assert get(open_console + path, Host=f"localhost:{port}").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_page_of_another_site_changes_nothing(open_console: str, headers: dict[str, str]) -> None:
    csrf = get(open_console + SESSION).json()["csrf"]
    sent = {"X-CSRF-Token": csrf, **headers}
    assert requests.put(open_console + WORKERS, json={"wanted": 2}, headers=sent, timeout=10).status_code == 403


def test_live_pictures_are_not_for_pages_of_other_sites_and_not_for_strangers(
    open_console: str, closed_console: str
) -> None:
    with pytest.raises(InvalidStatus):
        connect(f"{open_console.replace('http', 'ws', 1)}/api/v1/live", origin=Origin("https://evil.example"))
    with pytest.raises(InvalidStatus):
        connect(f"{closed_console.replace('http', 'ws', 1)}/api/v1/live")


@pytest.mark.parametrize("path", [SYSTEM, "/api/v1/cameras", "/api/v1/violations", "/api/v1/events", "/api/v1/none"])
def test_a_stranger_sees_nothing_of_the_system(closed_console: str, path: str) -> None:
    answer = get(closed_console + path)
    assert answer.status_code == 401
    assert "sign in" in answer.json()["error"]


@pytest.mark.parametrize("path", ["/", "/assets/app.js", "/metrics", "/healthz", "/readyz", "/prometheus/targets"])
def test_the_page_itself_and_what_monitoring_asks_need_no_token(closed_console: str, path: str) -> None:
    assert get(closed_console + path).status_code == 200


def test_a_wrong_token_is_refused_and_the_right_one_opens_a_session(closed_console: str) -> None:
    wrong = requests.post(closed_console + SESSION, json={"token": TOKEN + "x"}, timeout=10)
    assert wrong.status_code == 401
    assert "set-cookie" not in wrong.headers
    session = signed_in(closed_console)
    assert session.get(closed_console + SYSTEM, timeout=10).status_code == 200
    assert session.put(closed_console + WORKERS, json={"wanted": 3}, timeout=10).status_code == 200
    cookie = session.post(closed_console + SESSION, json={"token": TOKEN}, timeout=10).headers["set-cookie"]
    assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
    session.delete(closed_console + SESSION, timeout=10)
    assert session.get(closed_console + SYSTEM, timeout=10).status_code == 401


def test_a_session_without_the_page_s_proof_changes_nothing(closed_console: str) -> None:
    session = signed_in(closed_console)
    del session.headers["X-CSRF-Token"]
    assert session.put(closed_console + WORKERS, json={"wanted": 3}, timeout=10).status_code == 403
    other = signed_in(closed_console).headers["X-CSRF-Token"]
    answer = session.put(closed_console + WORKERS, json={"wanted": 3}, headers={"X-CSRF-Token": other}, timeout=10)
    assert answer.status_code == 403


def test_a_script_sends_the_token_and_needs_nothing_else(closed_console: str) -> None:
    assert get(closed_console + SYSTEM, Authorization=f"Bearer {TOKEN}").status_code == 200
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert requests.put(closed_console + WORKERS, json={"wanted": 3}, headers=headers, timeout=10).status_code == 200
    assert get(closed_console + SYSTEM, Authorization="Bearer wrong").status_code == 401


@pytest.mark.parametrize("cookie", ["", "x", "9999999999.x.y", "..", "9999999999.x."])
def test_a_cookie_that_is_made_up_opens_nothing(closed_console: str, cookie: str) -> None:
    assert get(closed_console + SYSTEM, Cookie=f"{Access(TOKEN).cookie_name}={cookie}").status_code == 401


def test_a_page_of_another_site_reads_nothing_and_has_no_camera_opened(open_console: str) -> None:
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert requests.get(open_console + SYSTEM, headers=headers, timeout=10).status_code == 403
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert requests.get(open_console + "/", headers=followed, timeout=10).status_code == 200  # a link to the page


def test_two_consoles_of_one_machine_do_not_sign_each_other_out(both: Servers, closed_console: str) -> None:
    other_token = TOKEN[::-1]
    session = signed_in(closed_console)
    with running_console(both, other_token) as url:
        answer = session.post(url + SESSION, json={"token": other_token}, timeout=10)
        assert answer.status_code == 200
        assert session.get(url + SYSTEM, timeout=10).status_code == 200
    assert session.get(closed_console + SYSTEM, timeout=10).status_code == 200


def _parts(count: int) -> Iterator[bytes]:
    yield b'{"token": "'
    yield from [b"x" * 100_000] * count
    yield b'"}'


def test_a_stranger_cannot_fill_the_console_s_memory(closed_console: str) -> None:
    stated = requests.post(closed_console + SESSION, data=b"x" * 1_000_001, timeout=10)
    chunked = requests.post(closed_console + SESSION, data=_parts(11), timeout=10)
    assert stated.status_code == 413
    assert chunked.status_code in {400, 413}  # FastAPI takes whatever fails in reading for a body that is none
    assert "1,000,000 bytes" in stated.json()["error"]
    assert requests.post(closed_console + SESSION, json={"token": TOKEN}, timeout=10).status_code == 200


@pytest.mark.parametrize("body", [b'{"token": "\\ud800"}', b"\xff", b"[]", b"{}", b'{"token": 7}', b""])
def test_a_token_that_is_no_text_is_refused(closed_console: str, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = requests.post(closed_console + SESSION, data=body, headers=headers, timeout=10)
    assert answer.status_code in {400, 401, 422}
    assert list(answer.json()) == ["error"]


def test_tokens_cannot_be_found_by_trying(both: Servers) -> None:
    def tried(token: str) -> int:
        return requests.post(url + SESSION, json={"token": token}, timeout=30).status_code

    with running_console(both, TOKEN) as url, ThreadPoolExecutor(20) as several:
        session = signed_in(url)
        assert set(several.map(tried, [f"{number:016}" for number in range(20)])) == {401}
        assert tried(TOKEN) == 429
        assert get(url + SYSTEM, Authorization=f"Bearer {TOKEN}").status_code == 429
        assert session.get(url + SYSTEM, timeout=10).status_code == 200  # who is in stays in


def test_nor_can_they_by_asking_for_something(both: Servers) -> None:
    with running_console(both, TOKEN) as url:
        tried = [get(url + SYSTEM, Authorization=f"Bearer {number:016}").status_code for number in range(21)]
        assert tried == [401] * 20 + [429]


@pytest.mark.parametrize("header", ["Host: [::1", "Host: [evil]", "Origin: http://["])
def test_an_address_that_is_none_is_refused_and_breaks_nothing(open_console: str, header: str) -> None:
    name, _, value = header.partition(": ")
    assert get(open_console + SYSTEM, **{name: value}).status_code == 403


@pytest.mark.parametrize("path", ["/", "/assets/app.js", SYSTEM, "/nowhere"])
def test_every_answer_says_what_a_page_may_do(open_console: str, path: str) -> None:
    headers = get(open_console + path).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "access-control-allow-origin" not in headers
