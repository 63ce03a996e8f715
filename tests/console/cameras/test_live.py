"""Commands and a real producer: what operators say takes effect while cameras run."""

import json
from pathlib import Path
from typing import Any

from tests.console.cameras.builders import PASSWORD, Commands
from tests.producer.builders import running_producer
from tests.producer.servers import mjpeg_server
from tests.waiting import eventually

LOGIN = f"guard:{PASSWORD}"


def shown(camera: Commands) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(camera.run("show", "gate", "--json"))
    return facts


def test_a_camera_is_attached_with_its_login_changed_without_a_new_connection_and_detached(
    redis_url: str, camera: Commands, tmp_path: Path
) -> None:
    with mjpeg_server(login=LOGIN) as server, running_producer(redis_url, camera_key_file=tmp_path / "camera.key"):
        camera.run("add", "gate", server.url(LOGIN), "--fps", "20")
        eventually(lambda: shown(camera)["captured"] > 5, interval_s=0.1)
        camera.run("set", "gate", "--fps", "2", "--motion", "off", "--zone", "0,0 1,0 1,1")
        captured = shown(camera)["captured"]
        eventually(lambda: shown(camera)["captured"] > captured + 2, interval_s=0.1)
        assert (shown(camera)["state"], shown(camera)["connections"]) == ("live", 1)
        camera.run("set", "gate", "--source", server.url("guard:wrong"))
        eventually(lambda: "refuses the login" in shown(camera)["message"], interval_s=0.1)
        camera.run("set", "gate", "--source", server.url(LOGIN))
        eventually(lambda: shown(camera)["state"] == "live", interval_s=0.1)
        camera.run("remove", "gate")
        assert camera.run("list") == ""
    assert PASSWORD not in camera.everything
