"""A results key that is no stream keeps no other camera from being judged, and heals when it is removed."""

import logging

import pytest
from prometheus_client import CollectorRegistry

from shared.connections import Servers
from shared.settings import EventsSettings
from shared.streams import CountField
from tests.builders import a_result
from tests.waiting import eventually
from tests.worker.events.attached import KEYS, attach, counted, publish
from worker.events.metrics import EventsMetrics
from worker.events.stage import EventsStage


def test_neighbours_are_judged_and_the_camera_when_the_key_is_gone(
    servers: Servers, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    attach(servers, "gate", "yard")
    key, registry = KEYS.results("gate"), CollectorRegistry()
    servers.frames.set(key, "no stream")
    stage = EventsStage(servers, EventsSettings(events_lease_ms=600), "events-1", EventsMetrics(registry))
    publish(servers, *(a_result(number) for number in range(3)), camera="yard")
    eventually(lambda: (stage.run_once(), counted(servers, CountField.PROCESSED, "yard") == 3)[1])
    publish(servers, a_result(3), camera="yard")
    eventually(lambda: (stage.run_once(), counted(servers, CountField.PROCESSED, "yard") == 4)[1])
    assert registry.get_sample_value("maskwatch_foreign_keys") == 1
    servers.frames.delete(key)
    publish(servers, a_result(0), camera="gate")
    eventually(lambda: (stage.run_once(), counted(servers, CountField.PROCESSED, "gate") == 1)[1])
    assert registry.get_sample_value("maskwatch_foreign_keys") == 0
    named = [record.message for record in caplog.records if record.message.startswith(key)]
    assert [message.split()[1] for message in named] == ["holds", "is"]
    assert "not judged here any longer" not in caplog.text
