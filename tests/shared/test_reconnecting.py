"""A takeover behind an address that stays: its clients go on with the new primary."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from shared.connections import connect
from tests.drills.server_site import RealServer
from tests.drills.troubled_proxy import TroubledProxy
from tests.waiting import eventually


@pytest.fixture
def pair() -> Iterator[tuple[RealServer, RealServer]]:
    with tempfile.TemporaryDirectory(prefix="mw-") as one, tempfile.TemporaryDirectory(prefix="mw-") as other:
        servers = [RealServer(Path(each), is_durable=False) for each in (one, other)]
        yield servers[0], servers[1]
        for each in servers:
            each.kill()


def test_a_client_leaves_a_server_that_became_a_replica(pair: tuple[RealServer, RealServer]) -> None:
    before, after = pair
    with (
        TroubledProxy(before.port) as way,
        redis.Redis.from_url(before.url) as to_before,
        redis.Redis.from_url(after.url) as to_after,
        connect(way.url) as client,
    ):
        client.set("count", 1)
        to_after.replicaof("127.0.0.1", str(before.port))
        eventually(lambda: to_after.get("count") == b"1")
        way.server_port = after.port
        to_after.replicaof("NO", "ONE")
        to_before.replicaof("127.0.0.1", str(after.port))
        with client.pipeline(transaction=True) as transaction:
            transaction.incr("count")
            transaction.incr("count")
            transaction.execute()
        assert to_after.get("count") == b"3"
