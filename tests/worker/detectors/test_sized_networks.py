import numpy as np
import pytest

from shared.detector_manifest import DetectorRegistry
from worker.detectors.maskwatch import SHIPPED_MODELS
from worker.detectors.sized_networks import MAX_SIZES, SizedNetworks


@pytest.fixture(scope="module")
def networks() -> SizedNetworks:
    registry = DetectorRegistry(SHIPPED_MODELS)
    manifest = registry.manifest(registry.current())
    return SizedNetworks((registry.path(manifest.version) / manifest.model_file).read_bytes())


def test_any_size_is_taken_and_an_old_one_again_gives_the_same(networks: SizedNetworks) -> None:
    rng = np.random.default_rng(1)
    inputs = [rng.integers(0, 256, (1, 64, 64 * (i + 1), 3)).astype(np.uint8) for i in range(MAX_SIZES + 2)]
    first = [networks.outputs(each) for each in inputs]
    again = [networks.outputs(each) for each in inputs]
    for before, after in zip(first, again, strict=True):
        for one, other in zip(before, after, strict=True):
            np.testing.assert_array_equal(one, other)


def test_outputs_outlive_the_next_call(networks: SizedNetworks) -> None:
    dark, light = (np.full((1, 64, 64, 3), value, np.uint8) for value in (0, 255))
    kept = networks.outputs(dark)
    copies = [each.copy() for each in kept]
    networks.outputs(light)
    for one, other in zip(kept, copies, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_file_that_is_no_network_is_told() -> None:
    with pytest.raises((ValueError, RuntimeError)):
        SizedNetworks(b"no network").outputs(np.zeros((1, 64, 64, 3), np.float32))
