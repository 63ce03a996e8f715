"""Bounds what a connection may hold before anybody knows whose it is: any stranger can open some."""

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST = 512  # connections; whoever comes later is answered 503
_MOST_OF_ONE_ADDRESS = MOST // 2
_HEAD_S = 10.0  # for a request to be asked


class BoundedConnection(H11Protocol):
    """One connection: closed when it asks nothing, or asks it for ever, or where its address holds too many."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request, for a while."""
        super().connection_made(transport)
        if self._is_one_too_many():
            transport.abort()
        else:
            self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        """Take a part of a request; one that has not been asked in full has its time."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._wait_for_head()
        else:
            self._wait_no_longer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._wait_no_longer()
        super().connection_lost(exc)

    def _is_one_too_many(self) -> bool:
        others = [getattr(each, "client", None) for each in self.connections]
        return sum(bool(each and self.client and each[0] == self.client[0]) for each in others) > _MOST_OF_ONE_ADDRESS

    def _wait_for_head(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(_HEAD_S, self.transport.abort)

    def _wait_no_longer(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
