"""The feeds that come with Maskwatch, so that it shows something without a camera."""

import itertools
import time
from collections.abc import Iterator
from functools import partial

from producer.sources.base import NoSuchDemo, Picture
from producer.sources.demo import scene

FEEDS = {"demo:bare": False, "demo:masked": True}  # name -> whether the person wears a mask


class DemoFeed:
    """One person who walks back and forth, in real time, for as long as it is read."""

    codec = "drawn"
    is_steady = True
    can_freeze = False

    def __init__(self, name: str) -> None:
        """Choose the feed.

        Raises:
            NoSuchDemo: names those that exist.
        """
        if name not in FEEDS:
            raise NoSuchDemo(f"there is no feed {name}: choose {' or '.join(FEEDS)}")
        self._has_mask = FEEDS[name]
        self.fps: float | None = scene.FPS

    def pictures(self) -> Iterator[Picture]:
        """Picture after picture, each at its time."""
        began_at = time.monotonic()
        for number in itertools.count():
            time.sleep(max(0.0, began_at + number / scene.FPS - time.monotonic()))
            yield Picture(pixels=partial(scene.draw, self._has_mask, number))

    def close(self) -> None:
        """Nothing is kept open."""
