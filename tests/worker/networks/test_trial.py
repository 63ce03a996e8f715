import os
import random
import signal
import threading
from pathlib import Path

import pytest

from shared.settings import Runtime
from tests.waiting import eventually
from worker.networks import trial
from worker.networks.trial import try_out

RUNTIMES: tuple[Runtime, ...] = ("openvino", "litert")
FACE = (1, 96, 96, 3)


def children() -> set[int]:
    """The processes that this one started."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(child) for task in tasks for child in task.read_text().split()}


def changed(model: bytes) -> bytes:
    """The same network in bytes that did not ship."""
    return model + bytes(4)


def mutated(model: bytes, seed: int) -> bytes:
    """The network with a few bytes changed, mostly those of its structure, which lies at both ends."""
    rng, mutant = random.Random(seed), bytearray(model)
    for _ in range(rng.randint(1, 6)):
        ends = (rng.randrange(4_000), len(mutant) - 1 - rng.randrange(60_000), rng.randrange(len(mutant)))
        mutant[rng.choice(ends)] = rng.choice([0, 1, 127, 128, 255, rng.randrange(256)])
    return bytes(mutant)


def test_what_shipped_is_not_tried(classifier_file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a process was started"))
    try_out(classifier_file, "litert", [FACE], "float32")


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_a_sound_network_passes_and_one_that_takes_other_inputs_does_not(
    classifier_file: bytes, runtime: Runtime
) -> None:
    try_out(changed(classifier_file), runtime, [FACE], "float32")
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        try_out(changed(classifier_file), runtime, [(1, 96, 96, 1)], "float32")


def test_what_is_no_network_is_not_even_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("subprocess.run", lambda *_, **__: pytest.fail("a process was started"))
    with pytest.raises(ValueError, match="no LiteRT model"):
        try_out(b"garbage", "litert", [FACE], "float32")


def test_a_network_that_takes_its_process_down_is_refused(classifier_file: bytes) -> None:
    before, refusals = children(), list[str]()

    def attempt() -> None:
        with pytest.raises(ValueError, match="takes its process down") as caught:
            try_out(changed(classifier_file), "openvino", [FACE] * 100_000, "float32")
        refusals.append(str(caught.value))

    thread = threading.Thread(target=attempt)
    thread.start()
    (child,) = eventually(lambda: children() - before)
    os.kill(child, signal.SIGSEGV)
    thread.join()
    assert refusals == ["it takes its process down: SIGSEGV"]


def test_one_that_comes_to_no_end_is_refused(classifier_file: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "TRIAL_S", 0.05)
    before = children()
    with pytest.raises(ValueError, match="does not come to an end"):
        try_out(changed(classifier_file), "openvino", [FACE], "float32")
    assert children() == before


@pytest.mark.long
@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("seed", [81, *range(8)])  # with the first one LiteRT reads where it may not
def test_a_network_with_a_few_bytes_changed_runs_or_is_refused(
    classifier_file: bytes, runtime: Runtime, seed: int
) -> None:
    try:
        try_out(mutated(classifier_file, seed), runtime, [FACE], "float32")
    except ValueError as error:
        assert "\n" not in str(error)


def test_nothing_in_the_folder_that_it_is_started_in_is_taken_for_a_library(
    classifier_file: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("numpy", "resource", "worker"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger runs')")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    try_out(changed(classifier_file), "litert", [FACE], "float32")
