"""Copies of the last few versions of a remote registry on this machine."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import platformdirs

from shared.model_files import check_files, locked
from shared.model_manifest import ModelError, Refusal
from shared.model_place import version_number
from shared.settings import Settings, load

KEPT = 4  # versions of one registry; those used last stay
LOCK = ".lock"
STAGING = ".staging-"
TRASH = ".trash-"

Download = Callable[[Path], None]  # puts a version's files into an empty folder; raises ModelError


def cache_folder(url: str) -> Path:
    """Where the versions of a registry are kept: each registry has a folder of its own."""
    root = load(Settings).model_cache or platformdirs.user_cache_path("maskwatch", appauthor=False) / "models"
    return root.expanduser() / hashlib.sha256(url.encode()).hexdigest()[:16]


def see_to(folder: Path, version: int, files: Mapping[str, str], download: Download) -> None:
    """See that ``folder`` has a sound copy of a version; another one is never seen there, not even for a moment.

    Raises:
        ModelError: it cannot be had, or there is no place for it.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # One at a time: several workers of a machine want the same version at once.
        with locked(folder / LOCK):
            if not _is_sound(folder, version, files):
                _remove_leftovers(folder)
                _fetch(folder, version, download)
                _remove_oldest(folder, version)
            os.utime(folder / str(version))
    except OSError as error:
        advice = "MASKWATCH_MODEL_CACHE names another folder"
        message = f"version {version} cannot be kept in {folder}: {error.strerror or error}; {advice}"
        raise ModelError(message, Refusal.UNREACHABLE) from error


def _is_sound(folder: Path, version: int, files: Mapping[str, str]) -> bool:
    try:
        check_files(folder / str(version), version, files)
    except ModelError:
        return False
    return True


def _fetch(folder: Path, version: int, download: Download) -> None:
    staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=folder))
    try:
        download(staging)
        _swap(staging, folder / str(version))
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _swap(staging: Path, place: Path) -> None:
    if place.exists():
        damaged = Path(tempfile.mkdtemp(prefix=TRASH, dir=place.parent))
        place.rename(damaged / place.name)
        staging.rename(place)
        shutil.rmtree(damaged, ignore_errors=True)
    else:
        staging.rename(place)


def _remove_oldest(folder: Path, newest: int) -> None:
    kept = [path for path in folder.iterdir() if version_number(path.name) not in {None, newest}]
    for path in sorted(kept, key=lambda each: each.stat().st_mtime, reverse=True)[KEPT - 1 :]:
        shutil.rmtree(path, ignore_errors=True)


def _remove_leftovers(folder: Path) -> None:
    for pattern in (f"{STAGING}*", f"{TRASH}*"):
        for left in folder.glob(pattern):
            shutil.rmtree(left, ignore_errors=True)
