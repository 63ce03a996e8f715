"""Times the classic loop on some frames of a clip and writes what it found.

    python -m tests.benchmarks.classic_loop CLIP --model FILE --json FILE [--every N] [--first N]

Of the frames between, which are decoded and passed over, nothing is timed; reading a frame that is judged is.
"""

import argparse
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from tests.benchmarks.classic_loop.loop import ClassicLoop


def judged(clip: Path, loop: ClassicLoop, first: int, every: int) -> Iterator[dict[str, Any]]:
    """Every ``every``-th frame from ``first`` on: its number, its faces, seconds by the wall and by processors."""
    capture = cv2.VideoCapture(str(clip))
    number = 0
    while True:
        if number < first or (number - first) % every:
            if not capture.grab():
                return
        else:
            began, started = time.process_time(), time.perf_counter()
            is_there, picture = capture.read()
            if not is_there:
                return
            faces = loop.judge(picture)
            seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - began
            found = [each._asdict() for each in faces]
            yield {"frame": number, "seconds": seconds, "cpu_seconds": cpu_seconds, "faces": found}
        number += 1


def warm(clip: Path, loop: ClassicLoop) -> None:
    """Judge the first frame once, uncounted."""
    is_there, picture = cv2.VideoCapture(str(clip)).read()
    if not is_there:
        raise SystemExit(f"{clip} cannot be read")
    loop.judge(picture)


def main() -> None:
    """Do what the arguments say."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("clip", type=Path)
    parser.add_argument("--model", type=Path, required=True, metavar="FILE")
    parser.add_argument("--json", type=Path, required=True, metavar="FILE")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="judge every N-th frame")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="begin with frame N")
    asked = parser.parse_args()
    loop = ClassicLoop(asked.model)
    warm(asked.clip, loop)
    frames = list(judged(asked.clip, loop, asked.first, asked.every))
    asked.json.write_text(json.dumps({"frames": frames}))


if __name__ == "__main__":
    main()
