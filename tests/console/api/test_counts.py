import pytest

from shared.connections import Servers
from tests.console.api.client import Client
from tests.console.api.sites import GATE, a_whole_site


def test_counts_are_told_in_all_by_camera_and_by_hour(api: Client, servers: Servers) -> None:
    a_whole_site(servers)
    told = api.get("/counts?since=2h&by=hour")
    assert told["total"]["violations"] == told["cameras"][GATE]["violations"] == 2
    assert sum(step["total"]["violations"] for step in told["steps"]) == 2
    assert told["steps"][0]["since"] == told["since"]
    assert "steps" not in api.get("/counts")
    assert list(api.get(f"/counts?camera={GATE}")["cameras"]) == [GATE]


@pytest.mark.parametrize(
    ("code", "query", "expected"),
    [
        (400, "since=tomorrow", "since 'tomorrow' is neither"),
        (400, "since=500d", "since is more than 400 days ago"),
        (400, "since=1h&until=2h", "since is not before until"),
        (404, "camera=nowhere", "there is no camera 'nowhere'"),
        (422, "by=minute", "by: input should be 'hour' or 'day'"),
    ],
)
def test_a_mistake_is_one_line_about_the_parameter(api: Client, code: int, query: str, expected: str) -> None:
    assert expected in api.refused(code, "GET", f"/counts?{query}")


def test_the_end_of_time_is_as_far_as_now(api: Client) -> None:
    assert len(api.get("/counts?since=2h&until=9999-12-31&by=hour")["steps"]) <= 4
