"""Signatures are checked as the documentation says, by its own examples."""

import re
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from worker.webhooks.signing import signature

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
BODY = '{"event":"test","zone":"Tür"}'.encode()


def _example(language: str, having: str) -> str:
    blocks: list[str] = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return next(block for block in blocks if having in block)


def _python() -> Callable[[str, bytes, str], bool]:
    names: dict[str, Callable[[str, bytes, str], bool]] = {}
    exec(_example("python", "is_ours"), names)  # noqa: S102 - our own page
    return names["is_ours"]


def _shell(header: str, folder: Path, secret: str) -> bool:
    (folder / "body.json").write_bytes(BODY)
    variables = {"header": header, "SECRET": secret, "PATH": "/usr/bin:/bin"}
    command = ["/bin/sh", "-c", _example("sh", "openssl")]
    return subprocess.run(command, cwd=folder, env=variables, check=False).returncode == 0


def test_the_pages_python_takes_what_is_ours_and_fresh() -> None:
    is_ours, now = _python(), int(time.time())
    header = signature(["new", "old"], now, BODY)
    assert is_ours(header, BODY, "new")
    assert is_ours(header, BODY, "old")
    assert not is_ours(header, BODY, "another")
    assert not is_ours(header, BODY + b" ", "new")
    assert not is_ours(signature(["new"], now - 600, BODY), BODY, "new")
    assert not any(is_ours(garbage, BODY, "new") for garbage in ("", "t=,v1=", "v1=x", "t=1e9", f"t={now},v1=ü"))


@pytest.mark.skipif(shutil.which("openssl") is None, reason="the page's shell example needs openssl")
def test_the_pages_shell_takes_what_is_ours(tmp_path: Path) -> None:
    header = signature(["new", "old"], int(time.time()), BODY)
    assert _shell(header, tmp_path, "old")
    assert not _shell(header, tmp_path, "another")
    assert not _shell(signature(["new"], int(time.time()) - 600, BODY), tmp_path, "new")
