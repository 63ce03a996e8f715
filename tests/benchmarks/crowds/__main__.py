"""Makes clips of crowds with known truth: ``python -m tests.benchmarks.crowds --faces DIR --yunet FILE --out DIR``.

Beside each ``crowd_SEED.mp4`` stands ``crowd_SEED.json`` with what is true of it. The faces are real people's: what
comes out is for measuring, and not to be shown or passed on.
"""

import argparse
import json
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from tests.benchmarks.crowds.drawing import frames_of
from tests.benchmarks.crowds.heads import Heads, Pixels
from tests.benchmarks.crowds.truth import truth_of
from tests.worker.events.crowd_scene import HEIGHT, WIDTH, Crowd, scene_of

_BIT_RATE = 70_000  # at 10 frames/s, as cheap cameras compress


def make_clip(seed: int, fps: int, heads: Heads, folder: Path) -> Path:
    """Draw one crowd of 6 to 20 people; the seed decides everything."""
    random = np.random.default_rng(seed)
    crowd = Crowd(people=int(random.integers(6, 21)), duration_s=60.0)
    scene = scene_of(crowd, seed)
    taken = {each.number: heads.take(is_bare=each.is_bare) for each in scene.walkers}
    path = folder / f"crowd_{seed}.mp4"
    _write(path, frames_of(scene, taken, fps, seed), fps)
    path.with_suffix(".json").write_text(json.dumps(truth_of(scene, fps)))
    return path


def _write(path: Path, frames: Iterable[Pixels], fps: int) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.bit_rate = _BIT_RATE * fps // 10
        for frame in frames:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(frame, format="bgr24")))
        container.mux(stream.encode(None))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.crowds", description=__doc__)
    parser.add_argument("--faces", type=Path, required=True, help="labelled faces, as for a training")
    parser.add_argument("--yunet", type=Path, required=True, help="YuNet's weights, which find the faces to cut out")
    parser.add_argument("--out", type=Path, required=True, help="folder for the clips")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(range(8)))
    parser.add_argument("--fps", type=int, default=10)
    return parser.parse_args()


def main() -> None:
    """Make a clip for each seed."""
    options = _arguments()
    options.out.mkdir(parents=True, exist_ok=True)
    for seed in options.seeds:
        print(make_clip(seed, options.fps, Heads(options.faces, options.yunet, seed), options.out), flush=True)


if __name__ == "__main__":
    main()
