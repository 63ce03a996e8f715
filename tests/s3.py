"""A real S3-compatible server for the tests, and registries in its buckets."""

import os
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3

from tests.waiting import eventually


@contextmanager
def running_s3() -> Iterator[str]:
    """A server process of its own on loopback; its address."""
    port = _free_port()
    command = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        eventually(lambda: _listens(port), timeout_s=60)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def aws_variables(endpoint: str) -> dict[str, str]:
    """What a process needs in its environment to use the server."""
    return {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }


def a_bucket(endpoint: str) -> str:
    """The name of a new bucket."""
    name = f"models-{secrets.token_hex(6)}"
    client(endpoint).create_bucket(Bucket=name)
    return name


def client(endpoint: str):  # type: ignore[no-untyped-def]  # noqa: ANN201 - boto3 carries no types
    """A client that is none of ours, to look and to break things."""
    given = {name.lower(): value for name, value in aws_variables(endpoint).items() if "KEY" in name}
    return boto3.client("s3", endpoint_url=endpoint, region_name="us-east-1", **given)


def keys(endpoint: str, bucket: str) -> list[str]:
    """The objects in a bucket."""
    found = client(endpoint).list_objects_v2(Bucket=bucket).get("Contents", [])
    return [each["Key"] for each in found]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def child_environment(endpoint: str, cache: Path) -> dict[str, str]:
    """The environment of another process that publishes there."""
    return {**os.environ, **aws_variables(endpoint), "MASKWATCH_MODEL_CACHE": str(cache)}
