import pytest

from deploy.local.system import MAX_WORKERS
from shared.connections import Servers
from tests.console.api.client import Client
from tests.console.builders import run_process


def test_workers_are_listed_and_more_are_wanted(api: Client, servers: Servers) -> None:
    run_process(servers, "worker-1", model_version=3)
    run_process(servers, "producer-1", role="producer")
    told = api.get("/workers")
    assert (told["wanted"], told["max"]) == (1, MAX_WORKERS)
    assert told["workers"] == [
        {
            "id": "worker-1", "name": "", "host": "here", "frames_per_second": 0.0, "model_version": 3,
            "detector": "maskwatch",
        }
    ]  # fmt: skip
    assert api.put("/workers", {"wanted": 4})["wanted"] == 4
    assert servers.state.get("maskwatch:desired_workers") == b"4"


@pytest.mark.parametrize("wanted", [0, MAX_WORKERS + 1, 2.5, "many", None])
def test_what_is_no_number_of_workers_is_refused(api: Client, wanted: object) -> None:
    assert "wanted" in api.refused(422, "PUT", "/workers", {"wanted": wanted})
