from collections.abc import Iterator
from itertools import repeat
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from tests.trainer.detector.builders import a_page
from trainer.detector.batches import Batch, make_batch
from trainer.detector.exported import ExportedDetector, to_litert
from trainer.detector.fitting import Fitting
from trainer.detector.network import PIXEL_OFFSET, PIXEL_SCALE
from trainer.detector.scenes import SceneMaker
from trainer.detector.settings import DetectorSettings


@pytest.fixture
def settings(tmp_path: Path) -> DetectorSettings:
    return DetectorSettings(
        faces=tmp_path, boxes=tmp_path, teacher=tmp_path, registry=tmp_path, work=tmp_path, minutes=0.05
    )


@pytest.fixture
def batch() -> Batch:
    singles = [a_page("bare", (40, 40, 110, 120), bare=True), a_page("masked", (30, 50, 100, 130))]
    return make_batch(SceneMaker(singles, singles, 128), 4, np.random.default_rng(1))


def test_some_steps_on_drawn_blobs_lower_the_loss(settings: DetectorSettings, batch: Batch) -> None:
    fitting = Fitting(settings)
    losses = [float(fitting.step(batch, 2e-3)) for _ in range(25)]
    assert losses[-1] < 0.8 * losses[0]


def test_a_fitting_goes_on_where_it_stopped(settings: DetectorSettings, batch: Batch) -> None:
    fitting = Fitting(settings)
    fitting.run(repeat(batch), lambda _: None)
    again = Fitting(settings)
    again.resume()
    assert int(again.steps) == int(fitting.steps) > 0
    again.run(repeat(batch), lambda _: None)
    assert int(again.steps) == int(fitting.steps)  # its time is spent


def test_an_interrupted_fitting_leaves_a_checkpoint(settings: DetectorSettings, batch: Batch) -> None:
    def interrupted() -> Iterator[Batch]:
        yield from repeat(batch, 2)
        raise KeyboardInterrupt

    patient = settings.model_copy(update={"minutes": 60.0})
    with pytest.raises(KeyboardInterrupt):
        Fitting(patient).run(interrupted(), lambda _: None)
    again = Fitting(patient)
    again.resume()
    assert int(again.steps) == 2
    assert 0 < again.share_done < 1


def test_the_exported_file_answers_as_the_network_at_any_size(settings: DetectorSettings) -> None:
    network = Fitting(settings).averaged()
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 256, (height, width, 3)).astype(np.uint8) for height, width in ((64, 128), (128, 192))]
    files = {"float16": to_litert(network, "float16"), "int8": to_litert(network, "int8", pictures)}
    for name, atol in (("float16", 0.02), ("int8", 0.2)):
        for pixels in pictures:
            inputs = tf.constant(pixels[None] * PIXEL_SCALE + PIXEL_OFFSET, tf.float32)
            parts = [part.numpy()[0] for part in network(inputs, training=False)]
            wanted = [np.concatenate(parts[i : i + 2], axis=-1) for i in range(0, len(parts), 2)]
            for given, level in zip(ExportedDetector(files[name]).maps(pixels), wanted, strict=True):
                np.testing.assert_allclose(given, level, atol=atol)


@pytest.mark.long
def test_averaging_leaves_the_fitting_as_it_is(settings: DetectorSettings, batch: Batch) -> None:
    fitting = Fitting(settings)
    for _ in range(3):
        fitting.step(batch, 2e-3)
    before = [weights.copy() for weights in fitting.network.get_weights()]
    averaged = fitting.averaged().get_weights()
    assert all((one == other).all() for one, other in zip(before, fitting.network.get_weights(), strict=True))
    assert any((one != other).any() for one, other in zip(before, averaged, strict=True))
