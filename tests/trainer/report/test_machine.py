"""Time and memory of a training."""

import sys
from types import SimpleNamespace

import pytest

from trainer.report.machine import Stopwatch, cores, gpu, peak_memory_bytes, software


def test_a_step_that_runs_twice_or_fails_is_timed_once_and_whole() -> None:
    watch = Stopwatch()
    with watch.step("prepare"):
        pass
    first = watch.seconds["prepare"]
    with watch.step("split"):
        pass
    with pytest.raises(ValueError, match="cut off"), watch.step("prepare"):
        raise ValueError("cut off")
    assert list(watch.seconds) == ["prepare", "split"]
    assert watch.seconds["prepare"] > first


def test_the_machine_is_described_without_its_name() -> None:
    assert peak_memory_bytes() > 10_000_000
    assert cores() >= 1
    assert {"python", "tensorflow", "ai-edge-litert"} <= set(software())


def test_without_tensorflow_no_graphics_processor_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "tensorflow", raising=False)
    assert gpu() is None


def test_a_graphics_processor_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    details = SimpleNamespace(get_device_details=lambda device: {"device_name": f"card {device}"})
    config = SimpleNamespace(list_physical_devices=lambda kind: [kind], experimental=details)
    monkeypatch.setitem(sys.modules, "tensorflow", SimpleNamespace(config=config))
    assert gpu() == "card GPU"
