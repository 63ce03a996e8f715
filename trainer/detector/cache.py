"""Read pictures kept on disk, since the teacher takes minutes to look at them all."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from trainer.detector.album import Page


def save(pages: Iterable[Page], path: Path) -> None:
    """Write pictures of any size into one file."""
    kept = list(pages)
    np.savez(
        path,
        names=np.array([page.name for page in kept]),
        shapes=np.array([page.pixels.shape for page in kept], np.int64).reshape(-1, 3),
        pixels=np.concatenate([page.pixels.ravel() for page in kept]),
        faces=np.concatenate([page.faces for page in kept]),
        kinds=np.concatenate([page.kinds for page in kept]),
        landmarks=np.concatenate([page.landmarks for page in kept]),
        face_counts=np.array([len(page.faces) for page in kept]),
        unclear=np.concatenate([page.unclear for page in kept]),
        unclear_counts=np.array([len(page.unclear) for page in kept]),
    )


def load(path: Path) -> list[Page]:
    """What ``save`` wrote."""
    with np.load(path) as stored:
        arrays = {name: stored[name] for name in stored.files}
    shapes = arrays["shapes"]
    flat = np.split(arrays["pixels"], np.cumsum(shapes.prod(axis=1))[:-1])
    after_faces = np.cumsum(arrays["face_counts"])[:-1]
    faces, kinds, landmarks = (np.split(arrays[name], after_faces) for name in ("faces", "kinds", "landmarks"))
    unclear = np.split(arrays["unclear"], np.cumsum(arrays["unclear_counts"])[:-1])
    return [
        Page(str(name), flat[i].reshape(shapes[i]), faces[i], kinds[i], unclear[i], landmarks[i])
        for i, name in enumerate(arrays["names"])
    ]
