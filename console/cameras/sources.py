"""Whether there is something to see in a source that is on this machine."""

from pathlib import Path

from console.cameras.wishes import Wish
from console.errors import BadInput
from shared.cameras import LOOP_PREFIX, WATCH_PREFIX, SourceKind, kind_of


def check_source(wish: Wish) -> None:
    """Refuse files, folders and demos that hold nothing to see; other sources may come up later.

    Raises:
        BadInput: there is no such thing, or it is no video.
    """
    kind = kind_of(wish.source)
    if kind is SourceKind.DEMO:
        _check_feed(wish)
    if kind is SourceKind.WATCH:
        _check_folder(wish, Path(wish.source.removeprefix(WATCH_PREFIX)))
    elif kind is SourceKind.LOOP:
        path = Path(wish.source.removeprefix(LOOP_PREFIX))
        if path.is_dir():
            raise BadInput(f"camera {wish.id}: {path} is a folder: only a video file can be played in a loop")
        _check_recorded(wish, str(path))
    elif wish.is_lossless:
        _check_recorded(wish, wish.source)


def _check_folder(wish: Wish, path: Path) -> None:
    if not path.is_dir():
        what = "is a file" if path.exists() else "does not exist"
        raise BadInput(f"camera {wish.id}: {path} {what}: give the folder that pictures come into")


def _check_feed(wish: Wish) -> None:
    from producer.sources.base import NoSuchDemo  # noqa: PLC0415 - loads the video libraries
    from producer.sources.demo_feed import DemoFeed  # noqa: PLC0415

    try:
        DemoFeed(wish.source)
    except NoSuchDemo as error:
        raise BadInput(f"camera {wish.id}: {error}") from error


def _check_recorded(wish: Wish, path: str) -> None:
    from producer import camera_test  # noqa: PLC0415 - loads the video libraries

    try:
        camera_test.check_source(path)
    except camera_test.SourceError as error:
        raise BadInput(f"camera {wish.id}: {error}") from error
