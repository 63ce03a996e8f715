"""Values that no process of ours writes, for keys and fields of the servers."""

from typing import Any

import redis

GARBAGE = {
    "nothing": b"",
    "no text": b"\xff\xfe\x00",
    "no JSON": b"garbage",
    "cut JSON": b'{"id": "ga',
    "a list": b"[]",
    "null": b"null",
    "a number": b"1e999",
    "no fields": b"{}",
    "lists in lists": b"[" * 100_000,
    "objects in objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a surrogate": b'{"id": "\\ud800", "camera": "\\ud800"}',
    "an endless number": b'{"id": "x", "epoch": 1' + b"0" * 5_000 + b"}",
}


def spoil_everything(server: redis.Redis, camera: str, value: bytes) -> None:
    """Put a value into each key of a camera in the place of what is there, and beside what is in all others."""
    for key in server.keys("maskwatch:*"):
        fields: dict[Any, Any] = dict.fromkeys([b"\xff", "garbage", ""], value)
        is_the_cameras = camera.encode() in key
        match server.type(key):
            case b"string" if is_the_cameras:
                server.set(key, value)
            case b"hash":
                known = server.hkeys(key) if is_the_cameras else []
                server.hset(key, mapping=fields | dict.fromkeys(known, value))
            case b"stream":
                server.xadd(key, fields)
            case b"set":
                server.sadd(key, b"\xff")
