"""``python -m tests.integration.delaying_proxy ADDRESS PORT INNER_PORT MS JITTER``: a connection that is far away.

Bytes to ADDRESS:PORT reach INNER_PORT of loopback MS ± JITTER milliseconds later, in order, and so do the answers.
"""

import asyncio
import random
import sys
from contextlib import suppress

_MOST_BYTES = 65_536


class Proxy:
    """Every connection to it is one to ``inner_port``; delays are in seconds."""

    def __init__(self, inner_port: int, delay_s: float, jitter_s: float) -> None:
        self._inner_port = inner_port
        self._delay_s = delay_s
        self._jitter_s = jitter_s

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry one connection until either end closes it."""
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", self._inner_port)
        ways = [self._carry(reader, inner_writer), self._carry(inner_reader, writer)]
        _, left = await asyncio.wait([asyncio.create_task(each) for each in ways], return_when=asyncio.FIRST_COMPLETED)
        for way in left:
            way.cancel()
        for end in (writer, inner_writer):
            end.close()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        sending = asyncio.create_task(self._send(waiting, writer))
        clock = asyncio.get_running_loop().time
        try:
            while read := await reader.read(_MOST_BYTES):
                late_s = self._delay_s + random.uniform(-self._jitter_s, self._jitter_s)
                waiting.put_nowait((clock() + late_s, read))
        except OSError:
            pass  # the other end is gone: so is this one
        finally:
            sending.cancel()

    @staticmethod
    async def _send(waiting: "asyncio.Queue[tuple[float, bytes]]", writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        with suppress(OSError):
            while True:
                due_at, read = await waiting.get()
                await asyncio.sleep(max(0.0, due_at - clock()))
                writer.write(read)
                await writer.drain()


async def _main() -> None:
    address, *figures = sys.argv[1:]
    port, inner_port, milliseconds, jitter = (float(each) for each in figures)
    proxy = Proxy(int(inner_port), milliseconds / 1000, jitter / 1000)
    async with await asyncio.start_server(proxy.serve, address, int(port)) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_main())
