"""A real events worker that is killed while it posts."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from shared.connections import Servers
from tests.waiting import eventually
from tests.worker.webhooks.builders import ENDED, a_violation, a_webhook, count, declare, outcomes
from tests.worker.webhooks.receiver import Request, running_receiver


@contextmanager
def _events_worker(redis_url: str) -> Iterator["subprocess.Popen[bytes]"]:
    environment = {
        **os.environ,
        "MASKWATCH_FRAMES_REDIS": redis_url,
        "MASKWATCH_STATE_REDIS": redis_url,
        "MASKWATCH_EVENTS_LEASE_MS": "500",
    }
    process = subprocess.Popen([sys.executable, "-m", "worker.events"], env=environment)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def test_kill_9_between_post_and_commit_sends_an_event_twice_and_loses_none(servers: Servers, redis_url: str) -> None:
    with running_receiver() as receiver:
        webhook = declare(servers, a_webhook(url=receiver.url))
        servers.state.hdel("maskwatch:cameras", "gate")  # the log is what matters; there is no camera to judge
        servers.state.hset("maskwatch:{webhooks}:positions:desk", "gate", f"{webhook.created_ms}-0")
        count(servers, a_violation(), a_violation(state=ENDED), a_violation("gate-1-9-0"))
        with _events_worker(redis_url) as killed:

            def kill_once(_: Request) -> int:
                if len(receiver.requests) == 2:
                    os.kill(killed.pid, signal.SIGKILL)
                    killed.wait()
                return 200

            receiver.answer = kill_once
            eventually(lambda: killed.poll() is not None, timeout_s=30)
        with _events_worker(redis_url) as successor:
            eventually(lambda: outcomes(servers) == {"delivered": 3}, timeout_s=30)
            successor.terminate()
            assert successor.wait(timeout=30) == 0
    assert receiver.events == [
        "gate-1-0-0:opened",
        "gate-1-0-0:ended",
        "gate-1-0-0:ended",
        "gate-1-9-0:opened",
    ]
