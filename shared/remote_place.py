"""A registry behind an fsspec URL: a version is there once its manifest is, which is written last."""

import contextlib
import errno
import logging
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from shared import model_cache
from shared.model_files import MAX_FILE_BYTES, corrupt, sha256_of, too_large
from shared.model_manifest import MANIFEST, ModelError, Refusal
from shared.model_place import CURRENT, MAX_CURRENT_BYTES, Fill, version_number
from shared.redaction import redact

CLAIMS = ".claims"  # one object for each number ever given; they stay, so that none is given twice
MAX_PUBLISHING_S = 1_800.0  # a publisher that takes longer gives up
# What a publisher left that claimed its number so long ago is removed: by then it has given up, or was killed.
ABANDONED_AFTER = timedelta(hours=1)
MAX_VERSION_BYTES = 4 * MAX_FILE_BYTES
CONNECT_S, READ_S, TRIES = 2, 3, 2


class RemotePlace:
    """See ``Place``; the versions are read from copies in a local cache."""

    is_remote = True

    def __init__(self, url: str) -> None:
        """Nothing is asked before the first use."""
        scheme, _, rest = url.partition("://")
        self._url = f"{scheme.lower()}://{rest}"
        self.where = redact(self._url)

    @cached_property
    def folder(self) -> Path:
        """The folder of the local cache."""
        return model_cache.cache_folder(self._url)

    @cached_property
    def _opened(self) -> tuple[Any, str]:
        """The file system and the registry's folder there."""
        with self._answering():
            import fsspec  # noqa: PLC0415 - slow to load, and local registries do without

            is_s3 = self._url.startswith(("s3://", "s3a://"))
            files, root = fsspec.url_to_fs(self._url, skip_instance_cache=True, **(s3_options() if is_s3 else {}))
            if is_s3:
                files.retries = 1  # its own come on top of TRIES, more than once
            return files, root.rstrip("/")

    @property
    def _files(self) -> Any:  # noqa: ANN401 - fsspec carries no types
        return self._opened[0]

    def _path(self, file: str | int) -> str:
        return f"{self._opened[1]}/{file}"

    def versions(self) -> list[int]:
        """See ``Place.versions``."""
        return sorted(number for number, files in self._found().items() if MANIFEST in files)

    def state(self) -> str:
        """See ``Place.state``."""
        try:
            return sha256_of(self.read(CURRENT, MAX_CURRENT_BYTES))
        except FileNotFoundError:
            return "missing"

    def sizes(self, version: int) -> dict[str, int]:
        """See ``Place.sizes``."""
        with self._answering():
            found = self._files.find(self._path(version), detail=True)
        start = len(self._path(version)) + 1
        return {path[start:]: int(info["size"]) for path, info in sorted(found.items())}

    def read(self, file: str, at_most: int) -> bytes:
        """See ``Place.read``."""
        with self._answering():
            try:
                return bytes(self._files.cat_file(self._path(file), start=0, end=at_most))
            except OSError as error:
                # An empty object has no range of bytes.
                if error.errno == errno.EINVAL and self._files.info(self._path(file))["size"] == 0:
                    return b""
                raise

    def write(self, file: str, content: bytes) -> None:
        """See ``Place.write``."""
        with self._taking():
            self._files.pipe_file(self._path(file), content)

    def verify(self, version: int, files: Mapping[str, str]) -> None:
        """See ``Place.verify``; downloads the version where its copy is missing or damaged."""

        def download(folder: Path) -> None:
            left = MAX_VERSION_BYTES
            for name, expected in files.items():
                content = self._file(version, name)
                left -= len(content)
                if left < 0:
                    raise too_large(version, f"{self.where}/{version}", MAX_VERSION_BYTES)
                if sha256_of(content) != expected:
                    raise corrupt(version, f"{self.where}/{version}/{name}")
                (folder / name).parent.mkdir(exist_ok=True)
                (folder / name).write_bytes(content)

        model_cache.see_to(self.folder, version, files, download)

    def _file(self, version: int, name: str) -> bytes:
        where = f"{self.where}/{version}/{name}"
        try:
            content = self.read(f"{version}/{name}", MAX_FILE_BYTES + 1)
        except FileNotFoundError as error:
            raise ModelError(f"model version {version}: there is no {where}") from error
        if len(content) > MAX_FILE_BYTES:
            raise too_large(version, where, MAX_FILE_BYTES)
        return content

    def publish(self, fill: Fill, at_least: int) -> int:
        """See ``Place.publish``."""
        version = self._claim(at_least)
        give_up_at = time.monotonic() + MAX_PUBLISHING_S
        self._remove_abandoned(version)
        with tempfile.TemporaryDirectory(prefix="maskwatch-model-") as made:
            fill(version, Path(made))
            try:
                self._upload(version, Path(made), give_up_at)
            except BaseException:
                with contextlib.suppress(ModelError, FileNotFoundError):
                    self._remove(version)
                raise
        return version

    def _upload(self, version: int, folder: Path, give_up_at: float) -> None:
        names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
        for name in [each for each in names if each != MANIFEST] + [MANIFEST]:
            if time.monotonic() > give_up_at:
                raise ModelError(f"version {version} was not published: it took too long", Refusal.UNREACHABLE)
            self.write(f"{version}/{name}", (folder / name).read_bytes())

    def _claim(self, at_least: int) -> int:
        """A number that nobody else has or ever had: its claim can be made only once."""
        with self._taking():
            claims = self._files.find(self._path(CLAIMS))
        claimed = [version_number(path.rpartition("/")[2]) or 0 for path in claims]
        version = max([at_least, *(number + 1 for number in [*claimed, *self._found()])])
        while True:
            with self._taking():
                try:
                    self._files.pipe_file(self._claim_of(version), b"claimed\n", mode="create")
                    return version
                except FileExistsError:
                    version += 1

    def _claim_of(self, version: int) -> str:
        return self._path(f"{CLAIMS}/{version}")

    def _remove_abandoned(self, own: int) -> None:
        """Remove what publishers left that ended before their manifest; times are all of the store's own clock."""
        with self._taking():
            now = self._files.modified(self._claim_of(own))
        for version, files in self._found().items():
            if MANIFEST not in files and self._is_abandoned(version, now):
                self._remove(version)

    def _is_abandoned(self, version: int, now: datetime) -> bool:
        try:
            with self._answering():
                return bool(now - self._files.modified(self._claim_of(version)) > ABANDONED_AFTER)
        except FileNotFoundError:  # whoever put something there, it was no publisher
            return False

    def _remove(self, version: int) -> None:
        # The manifest first, so that no half version is seen.
        with self._answering():
            if self._files.exists(self._path(f"{version}/{MANIFEST}")):
                self._files.rm_file(self._path(f"{version}/{MANIFEST}"))
            for path in self._files.find(self._path(version)):
                self._files.rm_file(path)

    def _found(self) -> dict[int, set[str]]:
        """The files below each folder whose name is a number."""
        with self._taking():
            paths = self._files.find(self._opened[1])
        found: dict[int, set[str]] = {}
        for path in paths:
            name, _, file = path[len(self._opened[1]) + 1 :].partition("/")
            number = version_number(name)
            if number is not None and file:
                found.setdefault(number, set()).add(file)
        return found

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Make whatever goes wrong an answer of the registry's, but a file that is not there."""
        try:
            yield
        except (ModelError, FileNotFoundError, FileExistsError):
            raise
        except Exception as error:  # each kind of store has errors of its own
            raise self._unreachable(error) from error

    @contextmanager
    def _taking(self) -> Iterator[None]:
        """As ``_answering``, where a file that is not there means that the whole bucket or folder is not."""
        try:
            with self._answering():
                yield
        except FileNotFoundError as error:
            raise self._unreachable(error) from error

    def _unreachable(self, error: Exception) -> ModelError:
        reason = redact(" ".join(str(error).split())) or type(error).__name__
        return ModelError(f"the model registry {self.where} does not answer: {reason}", Refusal.UNREACHABLE)


def s3_options() -> dict[str, Any]:
    """Time limits; who we are and which server to ask is in the usual AWS variables."""
    for name in ("aiobotocore", "botocore", "s3fs", "fsspec"):
        # What they tell of a request may hold a session token.
        logging.getLogger(name).setLevel(logging.WARNING)
    limits = {"connect_timeout": CONNECT_S, "read_timeout": READ_S, "retries": {"total_max_attempts": TRIES}}
    return {"use_listings_cache": False, "config_kwargs": limits}
