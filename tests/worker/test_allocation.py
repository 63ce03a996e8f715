"""What glibc is told, seen by what it does in a process of its own: such options cannot be taken back."""

import ctypes
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="another C library")

IN_A_PROCESS_OF_ITS_OWN = """
import ctypes, os, tempfile, threading
from worker import allocation

libc = ctypes.CDLL(None)
libc.malloc.restype = libc.fopen.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.fopen.argtypes = [ctypes.c_char_p, ctypes.c_char_p]
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fclose.argtypes = [ctypes.c_void_p]


def told():
    # It can be told to a file only.
    with tempfile.NamedTemporaryFile("r") as file:
        stream = libc.fopen(file.name.encode(), b"w")
        libc.malloc_info(0, stream)
        libc.fclose(stream)
        return file.read()


def heaps():
    return told().count("<heap nr=")


def apart():
    (line,) = (each for each in told().splitlines() if 'type="mmap"' in each)
    return int(line.split('count="')[1].split('"')[0])


allocation.keep_pictures_memory()
"""


def printed(script: str) -> list[int]:
    done = subprocess.run(
        [sys.executable, "-c", IN_A_PROCESS_OF_ITS_OWN + script], capture_output=True, text=True, timeout=30, check=True
    )
    return [int(each) for each in done.stdout.split()]


def test_all_threads_share_one_heap() -> None:
    script = """
barrier = threading.Barrier(5)
def work():
    libc.malloc(5000)
    barrier.wait()  # all at once: a heap whose thread has ended goes to the next
threads = [threading.Thread(target=work) for _ in range(4)]
for each in threads:
    each.start()
barrier.wait()
print(heaps())
"""
    assert printed(script) == [1]


def test_weights_lie_apart_and_pictures_do_not() -> None:
    script = """
before = apart()
libc.malloc(8 * 2**20)
picture = apart()
with allocation.loading():
    libc.malloc(9 * 2**20)
weights = apart()
libc.malloc(10 * 2**20)
print(picture - before, weights - picture, apart() - weights)
"""
    assert printed(script) == [0, 1, 0]


def test_pictures_lie_together_again_behind_a_version_that_does_not_load() -> None:
    script = """
try:
    with allocation.loading():
        raise ValueError
except ValueError:
    pass
before = apart()
libc.malloc(8 * 2**20)
print(apart() - before)
"""
    assert printed(script) == [0]
