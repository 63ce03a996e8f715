import socket

import pytest
import redis

from shared.connections import Servers, connect, connect_both, connect_for_requests, for_one_thread


def test_who_answers_people_waits_once_for_a_server_that_hangs() -> None:
    with socket.create_server(("127.0.0.1", 0)) as hung:
        client = connect_for_requests(f"redis://127.0.0.1:{hung.getsockname()[1]}")
        client.connection_pool.connection_kwargs["socket_timeout"] = 0.2
        with pytest.raises(redis.TimeoutError):
            client.ping()
        client.close()
        hung.settimeout(5)
        hung.accept()[0].close()
        hung.settimeout(0.3)
        with pytest.raises(TimeoutError):
            hung.accept()


def test_a_connection_that_has_broken_is_made_anew(servers: Servers, redis_url: str) -> None:
    found = connect_both(redis_url, redis_url, connect_for_requests)
    assert found.state.ping()
    servers.state.client_kill_filter(_type="normal", skipme=True)
    assert found.state.ping()
    found.close()


def test_a_producer_with_hundreds_of_cameras_has_a_connection_for_each(redis_url: str) -> None:
    client = connect(redis_url)
    each_camera = [for_one_thread(client) for _ in range(150)]
    assert all(each.ping() for each in each_camera)
    for each in each_camera:
        each.close()
    client.close()
