"""A way to a server that is slow, breaks or falls silent: a TCP proxy in a thread of its own."""

import asyncio
import random
import threading
from collections.abc import Coroutine
from contextlib import suppress
from types import TracebackType
from typing import Any, TypeVar

_T = TypeVar("_T")
_CHUNK = 262_144


class TroubledProxy:
    """Passes on whatever comes; ``delay``, ``cut``, ``silence`` and ``heal`` may be called from any thread."""

    def __init__(self, server_port: int, seed: int = 1) -> None:
        """Stand before the server on that port of this machine."""
        self.server_port = server_port  # of connections that are made from now on
        self.port = 0
        self.cuts = 0  # answers that were cut so far
        self._random = random.Random(seed)
        self._delay_s = (0.0, 0.0)
        self._cut_share = 0.0
        self._is_silent = False
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "TroubledProxy":
        self._thread.start()
        self._server = self._call(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.heal()
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        """Where clients find the server."""
        return f"redis://127.0.0.1:{self.port}/0"

    def delay(self, least_s: float, most_s: float) -> None:
        """Hold each part of an answer back for a while."""
        self._delay_s = (least_s, most_s)

    def cut(self, share: float) -> None:
        """End this share of all answers, and their connections, in the middle."""
        self._cut_share = share

    def silence(self) -> None:
        """Hold every answer back until ``heal``."""
        self._is_silent = True

    def heal(self) -> None:
        """Pass on at once what comes."""
        self._delay_s, self._cut_share, self._is_silent = (0.0, 0.0), 0.0, False

    def break_all(self) -> None:
        """End all connections."""
        self._loop.call_soon_threadsafe(self._abort)

    def _call(self, coroutine: Coroutine[Any, Any, _T]) -> _T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    def _abort(self) -> None:
        for each in self._writers:
            each.transport.abort()

    async def _end(self) -> None:
        self._server.close()
        while others := asyncio.all_tasks() - {asyncio.current_task()}:
            self._abort()
            await asyncio.wait(others, timeout=0.1)

    async def _serve(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            answers, server = await asyncio.open_connection("127.0.0.1", self.server_port)
            self._writers |= {client, server}
            try:
                pumps = {
                    asyncio.ensure_future(self._ask(reader, server)),
                    asyncio.ensure_future(self._answer(answers, client)),
                }
                await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
                for each in pumps:
                    each.cancel()
                await asyncio.gather(*pumps, return_exceptions=True)
            finally:
                self._writers -= {client, server}
                server.transport.abort()
        client.transport.abort()

    async def _ask(self, reader: asyncio.StreamReader, server: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            server.write(data)
            await server.drain()

    async def _answer(self, reader: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        while data := await reader.read(_CHUNK):
            await asyncio.sleep(self._random.uniform(*self._delay_s))
            while self._is_silent:
                await asyncio.sleep(0.05)
            if self._random.random() < self._cut_share:
                self.cuts += 1
                client.write(data[: len(data) // 2])
                return
            client.write(data)
            await client.drain()
