"""Other processes that publish, to be killed or raced against: ``python -m tests.shared.publishing ROOT HOW``."""

import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from shared.model_registry import Manifest, ModelRegistry
from tests.shared.model_versions import a_version

TIMES = 3


def start(root: str, how: str, environment: Mapping[str, str]) -> "subprocess.Popen[str]":
    """Publish ``several`` versions, one of ``many_files``, or one that ``hangs`` once its files are made."""
    command = [sys.executable, "-m", "tests.shared.publishing", root, how]
    return subprocess.Popen(command, env=dict(environment), stdout=subprocess.PIPE, text=True)


def _many_files(version: int, folder: Path) -> Manifest:
    manifest = a_version()(version, folder)
    for number in range(1_000):
        (folder / f"{number}.bin").write_bytes(b"bytes")
    return manifest


def _hangs(version: int, folder: Path) -> Manifest:
    a_version()(version, folder)
    print("made", flush=True)
    time.sleep(60)
    raise AssertionError("nobody has killed this process")


def _publish(registry: ModelRegistry, how: str) -> None:
    if how == "several":
        for _ in range(TIMES):
            print(registry.publish(a_version()).version)
    else:
        registry.publish(_many_files if how == "many_files" else _hangs)


if __name__ == "__main__":
    _publish(ModelRegistry(sys.argv[1]), sys.argv[2])
