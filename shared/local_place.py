"""A registry in a local folder: versions come by a rename, and locks of the kernel keep writers apart."""

import errno
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from shared.model_files import check_files, locked, read_file, replace_file, sync, sync_tree
from shared.model_manifest import ModelError, Refusal
from shared.model_place import CURRENT, Fill, version_number

STAGING = ".staging-"
PUBLISHING = ".publishing"  # held while a version is made; whoever holds it owns every staging folder
WRITING = ".writing"  # held while a file is replaced, which never takes long
_OF_THE_DISK = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EIO}
HIGHEST = ".highest"  # the highest number ever given


class LocalPlace:
    """See ``Place``."""

    is_remote = False

    def __init__(self, folder: Path) -> None:
        """Nothing is created before something is published."""
        self.folder = folder
        self.where = str(folder)

    def versions(self) -> list[int]:
        """See ``Place.versions``."""
        return sorted(number for number in self._numbers() if (self.folder / str(number)).is_dir())

    def state(self) -> str:
        """See ``Place.state``."""
        try:
            stat = (self.folder / CURRENT).stat()
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            raise self._unreachable(error) from error
        return f"{stat.st_ino}-{stat.st_size}-{stat.st_mtime_ns}"

    def sizes(self, version: int) -> dict[str, int]:
        """See ``Place.sizes``."""
        folder = self.folder / str(version)
        files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
        return {path.relative_to(folder).as_posix(): path.stat().st_size for path in files}

    def read(self, file: str, at_most: int) -> bytes:
        """See ``Place.read``."""
        return read_file(self.folder / file, at_most)

    def write(self, file: str, content: bytes) -> None:
        """See ``Place.write``."""
        try:
            with locked(self.folder / WRITING):
                replace_file(self.folder / file, content)
        except OSError as error:
            raise self._unreachable(error) from error

    def verify(self, version: int, files: Mapping[str, str]) -> None:
        """See ``Place.verify``."""
        check_files(self.folder / str(version), version, files)

    def publish(self, fill: Fill, at_least: int) -> int:
        """See ``Place.publish``."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / PUBLISHING).touch()
        except OSError as error:
            raise self._unreachable(error) from error
        try:
            with locked(self.folder / PUBLISHING):
                self._remove_leftovers()
                version = self._claim(at_least)
                self._put(version, fill)
        except OSError as error:
            if error.errno in _OF_THE_DISK:
                raise self._unreachable(error) from error
            raise
        return version

    def _put(self, version: int, fill: Fill) -> None:
        staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=self.folder))
        try:
            fill(version, staging)
            staging.chmod(0o755)
            sync_tree(staging)
            staging.rename(self.folder / str(version))
            sync(self.folder)
        except BaseException:
            shutil.rmtree(staging, ignore_errors=True)
            raise

    def _claim(self, at_least: int) -> int:
        """A number that was never given; remembered before it is used, so that it never is again."""
        version = max([self._highest() + 1, at_least, *(number + 1 for number in self._numbers())])
        replace_file(self.folder / HIGHEST, f"{version}\n".encode())
        return version

    def _highest(self) -> int:
        try:
            return version_number((self.folder / HIGHEST).read_text().strip()) or 0
        except (FileNotFoundError, UnicodeDecodeError):
            return 0

    def _numbers(self) -> list[int]:
        """The numbers that are taken, whatever has taken them."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise self._unreachable(error) from error
        return [number for name in names if (number := version_number(name)) is not None]

    def _remove_leftovers(self) -> None:
        for left in self.folder.glob(f"{STAGING}*"):
            shutil.rmtree(left, ignore_errors=True)

    def _unreachable(self, error: OSError) -> ModelError:
        return ModelError(f"the model registry {self.where} cannot be used: {error.strerror}", Refusal.UNREACHABLE)
