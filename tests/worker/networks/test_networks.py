import numpy as np
import pytest

from shared.detector_manifest import DetectorRegistry
from shared.settings import Runtime
from worker.detectors.maskwatch import SHIPPED_MODELS
from worker.networks import Demands, Network, load_network
from worker.networks.litert import MAX_SIZES

RUNTIMES: tuple[Runtime, ...] = ("openvino", "litert")


@pytest.fixture(scope="module")
def model() -> bytes:
    registry = DetectorRegistry(SHIPPED_MODELS)
    manifest = registry.manifest(registry.current())
    return (registry.path(manifest.version) / manifest.model_file).read_bytes()


@pytest.fixture(scope="module", params=RUNTIMES)
def network(request: pytest.FixtureRequest, model: bytes) -> Network:
    return load_network(model, Demands(request.param))


def test_any_size_is_taken_and_an_old_one_again_gives_the_same(network: Network) -> None:
    rng = np.random.default_rng(1)
    inputs = [rng.integers(0, 256, (1, 64, 64 * (i + 1), 3)).astype(np.uint8) for i in range(MAX_SIZES + 1)]
    first = [network.outputs(each) for each in inputs]
    again = [network.outputs(each) for each in inputs]
    for before, after in zip(first, again, strict=True):
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)


def test_outputs_outlive_the_next_call(network: Network) -> None:
    dark, light = (np.full((1, 64, 64, 3), value, np.uint8) for value in (0, 255))
    kept = network.outputs(dark)
    copies = [each.copy() for each in kept]
    network.outputs(light)
    for one, other in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(one, other)


def test_every_library_makes_the_same_of_a_picture_but_for_rounding(model: bytes) -> None:
    picture = np.random.default_rng(2).integers(0, 256, (1, 128, 192, 3)).astype(np.uint8)
    one, other = (load_network(model, Demands(runtime, is_exact=True)).outputs(picture) for runtime in RUNTIMES)
    by_shape = [sorted(outputs, key=lambda each: each.shape) for outputs in (one, other)]
    for ours, theirs in zip(*by_shape, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1.0)  # of 8-bit steps, several of which add up
        assert np.abs(ours - theirs).mean() < 0.15


@pytest.mark.parametrize("runtime", RUNTIMES)
@pytest.mark.parametrize("cut", [0, 4, 1000, 100_000])
def test_a_file_that_is_no_network_is_told(runtime: Runtime, model: bytes, cut: int) -> None:
    with pytest.raises((ValueError, RuntimeError)):
        load_network(model[:cut], Demands(runtime)).outputs(np.zeros((1, 64, 64, 3), np.uint8))


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_those_of_a_batch_are_told_as_if_alone(runtime: Runtime, classifier_file: bytes) -> None:
    network = load_network(classifier_file, Demands(runtime, is_exact=True))
    faces = np.random.default_rng(3).random((5, 96, 96, 3), np.float32)
    together = network.outputs(faces)[0]
    alone = np.concatenate([network.outputs(face[None])[0] for face in faces])
    np.testing.assert_allclose(together, alone, atol=1e-4)
