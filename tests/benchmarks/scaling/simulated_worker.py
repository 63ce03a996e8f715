"""A simulated worker: closes a batch by size or deadline, judges it on its threads, publishes it."""

from typing import TYPE_CHECKING

from tests.benchmarks.scaling.clockwork import Thread

if TYPE_CHECKING:
    from tests.benchmarks.scaling.site import Frame, Site

BATCH_FRAMES, DEADLINE_S = 8, 0.05  # MASKWATCH_BATCH_FRAMES, MASKWATCH_BATCH_DEADLINE_MS
CLAIM_EVERY_S = 2.0  # MASKWATCH_CLAIM_INTERVAL_S


class Worker:
    """One process.

    While it waits it looks at all streams again for each frame that comes; with frames enough for a batch the first
    streams give it one.
    """

    def __init__(self, site: "Site") -> None:
        """Waits for a first frame."""
        self.is_waiting = True
        self.python = Thread(site.cores)
        self._site = site
        self._threads = Thread(site.cores, site.layout.threads)
        self._batch: list[Frame] = []
        self._batches = 0
        self._is_due = self._is_looking = False
        self._claims_at = CLAIM_EVERY_S

    def wake(self) -> None:
        """Frames have come: look for them."""
        self.is_waiting, self._is_looking = False, True
        if len(self._site.waiting) >= BATCH_FRAMES:
            self._looked()
            return
        server_s, client_s = self._site.costs.look_s(self._site.cameras)
        self._site.server.run(server_s, lambda: self.python.run(client_s, self._looked))

    def _looked(self) -> None:
        """Take what there is until the batch is full or its deadline has passed."""
        self._is_looking = False
        is_first, waiting = not self._batch, self._site.waiting
        while waiting and len(self._batch) < BATCH_FRAMES:
            self._batch.append(waiting.popleft())
        if len(self._batch) == BATCH_FRAMES or (self._is_due and self._batch):
            self._close()
            return
        self.is_waiting = True
        if is_first and self._batch:
            number = self._batches
            self._site.clock.after(DEADLINE_S, lambda: self._pass_deadline(number))

    def _pass_deadline(self, number: int) -> None:
        if number != self._batches:
            return
        if self._is_looking:
            self._is_due = True
        else:
            self._close()

    def _close(self) -> None:
        """Judge what is there."""
        self._batches += 1
        self.is_waiting = self._is_due = False
        batch, self._batch = self._batch, []
        costs, site = self._site.costs, self._site
        size = 1000 * costs.jpeg_kilobytes * len(batch)
        site.server.run(
            costs.server_read_ms * len(batch) / 1000, lambda: site.out_of.carry(size, lambda: self._detect(batch))
        )

    def _detect(self, batch: "list[Frame]") -> None:
        left = [len(batch)]

        def detected() -> None:
            left[0] -= 1
            if not left[0]:
                self._classify(batch)

        for _ in batch:
            self._threads.run(self._site.costs.worker_free_ms / 1000, detected)

    def _classify(self, batch: "list[Frame]") -> None:
        costs = self._site.costs
        locked_s = (costs.worker_batch_ms + costs.worker_locked_ms * len(batch)) / 1000
        self.python.run(locked_s, lambda: self._publish(batch))

    def _publish(self, batch: "list[Frame]") -> None:
        costs, site = self._site.costs, self._site
        server_s = (costs.server_result_ms + costs.server_events_ms) * len(batch) / 1000
        site.server.run(server_s, lambda: self._end(batch))

    def _end(self, batch: "list[Frame]") -> None:
        for frame in batch:
            self._site.finish(frame)
        if self._site.clock.now >= self._claims_at:
            self._claims_at = self._site.clock.now + CLAIM_EVERY_S
            self._claim()
        else:
            self._go_on()

    def _claim(self) -> None:
        costs, streams = self._site.costs, self._site.cameras
        client_s = streams * costs.claim_client_ms / 1000
        self._site.server.run(streams * costs.claim_server_ms / 1000, lambda: self.python.run(client_s, self._go_on))

    def _go_on(self) -> None:
        self.is_waiting = True
        if self._site.waiting:
            self.wake()
