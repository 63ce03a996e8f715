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


def test_the_exported_file_answers_as_the_network_at_any_size(settings: DetectorSettings) -> None:
    network = Fitting(settings).network
    exported = ExportedDetector(to_litert(network))
    rng = np.random.default_rng(2)
    for height, width in ((64, 96), (128, 160)):
        pixels = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
        expected = network(tf.constant(pixels[None] * PIXEL_SCALE + PIXEL_OFFSET, tf.float32), training=False)
        for given, wanted in zip(exported.maps(pixels), expected, strict=True):
            np.testing.assert_allclose(given, wanted.numpy()[0], atol=0.05)
