import threading
from datetime import UTC, datetime

import pytest

from shared import heartbeats
from shared.connections import Servers
from shared.load_meter import Totals
from shared.messages import ProcessInfo
from tests.waiting import eventually
from worker.events.heart import Heart, RedisTime


def test_it_tells_of_the_redis_servers_on_its_machine_until_it_ends(servers: Servers, redis_url: str) -> None:
    now, stop = datetime.now(UTC), threading.Event()
    info = ProcessInfo(id="e1", role="events", pid=1, host="here", started_at=now, heartbeat_at=now)
    redis_time = RedisTime(redis_url, redis_url)
    heart = Heart(servers.state, info, lambda: Totals(redis_s=redis_time.total_s()), 0.01, stop)
    heart.start()
    eventually(lambda: [each for each in heartbeats.read(servers.state) if each.load and each.load.redis_cores])
    stop.set()
    heart.join()
    redis_time.close()
    assert heartbeats.read(servers.state) == []


@pytest.mark.parametrize("url", ["redis://10.0.0.9:6379", "redis://127.0.0.1:1"])
def test_a_server_elsewhere_or_away_is_not_measured(url: str) -> None:
    assert RedisTime(url).total_s() is None
