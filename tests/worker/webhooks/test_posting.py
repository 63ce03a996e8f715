import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from tests.producer.certificate import self_signed, server_context
from tests.waiting import eventually
from tests.worker.webhooks import receiver as receivers
from tests.worker.webhooks.receiver import Misdeed, misbehaving, running_receiver
from worker.webhooks import fate
from worker.webhooks.fate import Next
from worker.webhooks.posting import Answer, NoAnswer, Post


def _post(url: str, timeout_s: float = 0.2) -> Post:
    return Post(url, b"{}", {"Maskwatch-Event": "x", "Content-Type": "application/json"}, timeout_s)


def test_an_event_arrives_as_it_was_posted() -> None:
    with running_receiver() as receiver:
        assert _post(receiver.url + "?a=1", 5).send() == Answer(200)
    (request,) = receiver.requests
    assert (request.path, request.body, request.headers["Content-Type"]) == ("/hook?a=1", b"{}", "application/json")


@pytest.mark.parametrize(
    ("misdeed", "reason"),
    [
        pytest.param(receivers.says_nothing, "in time", id="silent"),
        pytest.param(receivers.drips_its_head, "in time", id="drips-its-head"),
        pytest.param(receivers.drips_one_line, "in time", id="drips-one-line"),
        pytest.param(receivers.goes_on_for_ever, "in time", id="endless-100"),
        pytest.param(receivers.closes, "closed without an answer", id="closes"),
        pytest.param(receivers.resets, "cannot be reached", id="resets"),
        pytest.param(receivers.talks_garbage, "no HTTP", id="garbage"),
        pytest.param(receivers.has_an_endless_head, "no HTTP", id="endless-head"),
    ],
)
def test_a_receiver_that_gives_no_answer_is_given_up_in_time(misdeed: Misdeed, reason: str) -> None:
    with misbehaving(misdeed) as url, pytest.raises(NoAnswer, match=reason):
        _post(url).send()


@pytest.mark.parametrize("misdeed", [receivers.answers_ten_gigabytes, receivers.drips_its_body], ids=["large", "drips"])
def test_what_a_receiver_says_behind_its_status_is_not_waited_for(misdeed: Misdeed) -> None:
    with misbehaving(misdeed) as url:
        assert _post(url).send() == Answer(200)


def test_a_receiver_that_is_not_there_is_told_without_its_address() -> None:
    with pytest.raises(NoAnswer) as refused:
        _post("http://127.0.0.1:9/hook/t0ken").send()
    with pytest.raises(NoAnswer, match="cannot be resolved"):
        _post("http://nobody.invalid/hook").send()
    assert "t0ken" not in str(refused.value)


def test_a_post_can_be_cut_from_another_thread() -> None:
    with misbehaving(receivers.says_nothing) as url:
        post, failures = _post(url, timeout_s=60), []

        def send() -> None:
            try:
                post.send()
            except NoAnswer as error:
                failures.append(error)

        thread = threading.Thread(target=send)
        thread.start()

        def has_ended() -> list[NoAnswer]:
            post.cut()
            return failures

        eventually(has_ended)
        thread.join()


def test_redirects_are_not_followed() -> None:
    with running_receiver() as elsewhere, running_receiver() as receiver:
        receiver.answer, receiver.headers = (lambda _: 302), {"Location": elsewhere.url}
        assert _post(receiver.url, 5).send().status == 302
        assert elsewhere.requests == []


def test_a_certificate_must_be_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = self_signed(tmp_path)
    with running_receiver(server_context(certificate)) as receiver:
        with pytest.raises(NoAnswer, match="not trusted"):
            _post(receiver.url, 5).send()
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert _post(receiver.url, 5).send() == Answer(200)


def test_https_to_a_receiver_without_it_is_told() -> None:
    with running_receiver() as receiver, pytest.raises(NoAnswer):
        _post(receiver.url.replace("http:", "https:"), 5).send()


def test_the_proxy_of_the_environment_is_used_with_its_login(monkeypatch: pytest.MonkeyPatch) -> None:
    with running_receiver() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://guard:pass%40word@"))
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        assert _post("http://desk.invalid/hook", 5).send() == Answer(200)
        assert _post(proxy.url, 5).send() == Answer(200)
    through, straight = proxy.requests
    assert through.path == "http://desk.invalid/hook"
    assert through.headers["Proxy-Authorization"] == "Basic Z3VhcmQ6cGFzc0B3b3Jk"
    assert (straight.path, "Proxy-Authorization" in straight.headers) == ("/hook", False)


def test_how_long_to_wait_may_be_seconds_or_a_date() -> None:
    with running_receiver() as receiver:
        waits = {}
        later = format_datetime(datetime.now(UTC) + timedelta(seconds=1_000), usegmt=True)
        for said in ("120", later, "soon", "-5"):
            receiver.headers = {"Retry-After": said}
            waits[said] = _post(receiver.url, 5).send().retry_after_s
    assert (waits["120"], waits["soon"], waits["-5"]) == (120, 0, 0)
    assert 900 < waits[later] <= 1_000


@pytest.mark.parametrize(
    ("status", "what"),
    [
        (200, Next.DONE),
        (204, Next.DONE),
        (302, Next.NEVER),
        (400, Next.NEVER),
        (401, Next.NEVER),
        (410, Next.NEVER),
        (408, Next.LATER),
        (425, Next.LATER),
        (500, Next.LATER),
        (599, Next.LATER),
        (429, Next.WAIT),
        (502, Next.WAIT),
        (503, Next.WAIT),
        (504, Next.WAIT),
        (999, Next.NEVER),
    ],
)
def test_what_an_answer_means(status: int, what: Next) -> None:
    assert fate.of(Answer(status)).next is what


def test_a_receiver_cannot_ask_for_a_year() -> None:
    assert fate.of(Answer(503, retry_after_s=31_536_000)).at_least_s == 3_600
