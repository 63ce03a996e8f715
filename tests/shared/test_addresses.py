from typing import Any

import pytest

from shared.addresses import BadAddress, Kind, is_cluster, parse
from shared.connections import ServerUnreachable, check_reachable, check_servers
from shared.redaction import redact


@pytest.mark.parametrize("url", ["redis://h:1/2", "rediss://u:p@h", "unix:///tmp/s", "redis://"])
def test_one_server_is_left_to_redis_py(url: str) -> None:
    assert (parse(url).kind, parse(url).url, parse(url).hosts) == (Kind.SERVER, url, ())


def test_a_cluster_has_several_hosts_and_one_login() -> None:
    address = parse("rediss+cluster://ann:p%40s%2Cs@one:7000,[::1]:7001,three?ssl_ca_certs=/ca.pem&socket_timeout=2")
    assert address.kind is Kind.CLUSTER
    assert address.hosts == (("one", 7000), ("::1", 7001), ("three", 6379))
    expected: dict[str, Any] = {"username": "ann", "password": "p@s,s", "ssl": True, "ssl_ca_certs": "/ca.pem"}
    assert address.options == expected | {"socket_timeout": 2.0}


def test_sentinels_have_a_service_a_database_and_a_login_of_their_own() -> None:
    address = parse("redis+sentinel://:secret@one,two:5000/counts/3?sentinel_username=s&sentinel_password=t")
    assert (address.kind, address.service) == (Kind.SENTINEL, "counts")
    assert address.hosts == (("one", 26379), ("two", 5000))
    assert address.options == {"password": "secret", "db": 3}
    assert address.sentinel_options == {"username": "s", "password": "t"}


def test_sentinels_are_reached_over_tls_where_the_servers_are() -> None:
    address = parse("rediss+sentinel://one/counts?ssl_ca_certs=/ca.pem")
    assert address.options == address.sentinel_options == {"ssl": True, "ssl_ca_certs": "/ca.pem"}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("", "begins with"),
        ("localhost:6379", "begins with"),
        ("http://h", "begins with"),
        ("redis+clutser://h", "begins with"),
        ("cluster://h", "begins with"),
        ("unix+cluster://h", "begins with"),
        ("redis+cluster://", "no host"),
        ("redis+cluster://ann:secret@", "no host"),
        ("redis+cluster://,", "no host"),
        ("redis+cluster://h/1", "no database but 0"),
        ("redis+cluster://h:seven", "host:port"),
        ("redis+cluster://h:99999", "host:port"),
        ("redis+cluster://[::1", "host:port"),
        ("redis+cluster://one,,two", "no host"),
        ("redis+cluster://ann:sec/ret@one", "in percent"),
        ("redis+cluster://ann:secret/@one", "in percent"),
        ("redis+cluster://:7000", "no host"),
        ("redis+cluster://h?socket_timeout=soon", "option"),
        ("redis+sentinel://h", "name of what they watch"),
        ("redis+sentinel://h/counts/x", "name of what they watch"),
        ("redis+sentinel:///counts", "no host"),
    ],
)
def test_a_misspelt_address_is_one_line_that_names_no_login(url: str, why: str) -> None:
    with pytest.raises(BadAddress, match=why):
        parse(url)
    with pytest.raises(ServerUnreachable, match=why) as error:
        check_reachable(url)
    assert "\n" not in str(error.value)
    assert "secret" not in str(error.value)


def test_the_state_is_not_given_to_a_cluster() -> None:
    assert is_cluster("rediss+cluster://h")
    assert not is_cluster("redis+sentinel://h/counts")
    with pytest.raises(ServerUnreachable, match="can hold frames only") as error:
        check_servers("redis://nowhere:1", "redis+cluster://ann:secret@h")
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis+cluster://ann:se%40cr,et@one:1,two:2", "redis+cluster://***@one:1,two:2"),
        ("rediss+cluster://:secret@one,two?password=secret", "rediss+cluster://***@one,two?password=***"),
        (
            "redis+sentinel://ann:secret@one,two/counts/1?sentinel_username=ann&sentinel_password=secret",
            "redis+sentinel://***@one,two/counts/1?sentinel_username=***&sentinel_password=***",
        ),
    ],
)
def test_logins_of_every_form_are_redacted(url: str, shown: str) -> None:
    assert redact(f"at {url} : away") == f"at {shown} : away"
