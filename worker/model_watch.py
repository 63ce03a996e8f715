"""The threads beside the loop that see to models: one loads them, one listens to the state server."""

import logging
import threading
import time
from collections.abc import Sequence

import redis
from redis.client import PubSub

from shared.streams import MODELS_CHANGED
from worker.classifier import Classifier
from worker.entries import DecodedFrame, Ending
from worker.reloading import Reloader
from worker.shadowing import Shadow

log = logging.getLogger(__name__)

ASK_INTERVAL_S = 1.0
LISTEN_S = 0.2  # also how long a stop may wait


class ModelWatch:
    """Looks at the registry every ``poll_s`` seconds and at a nudge; follows orders of shadow checks.

    The state server is asked in a thread of its own: while it hangs, the registry is still looked at.
    """

    def __init__(self, state: redis.Redis, reloader: Reloader, shadow: Shadow, poll_s: float) -> None:
        """Nothing happens before ``start``."""
        self._state = state
        self._reloader = reloader
        self._shadow = shadow
        self._poll_s = poll_s
        self._stop = threading.Event()
        self._nudged = threading.Event()
        self._next_ask_at = 0.0
        self._is_silenced = False
        # Daemons: a registry on the network that does not answer must not hold up the process's end.
        self._threads = [
            threading.Thread(target=self._keep_models, name="models", daemon=True),
            threading.Thread(target=self._keep_listening, name="model-news", daemon=True),
        ]

    def start(self) -> None:
        """Watch from now on."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self._stop.set()
        self._nudged.set()
        for thread in self._threads:
            thread.join(timeout=2)

    def newer(self) -> Classifier | None:
        """The version to judge with from now on, once; ``None`` where the one in use is to stay."""
        return self._reloader.take()

    def judged(self, frames: Sequence[DecodedFrame], endings: Sequence[Ending]) -> None:
        """Hear of a batch whose results are out."""
        self._shadow.judge(frames, endings)

    def _keep_models(self) -> None:
        while not self._stop.is_set():
            try:
                self._reloader.look(time.monotonic())
                self._shadow.prepare()
            except Exception:
                # Neither raises; but a thread that ends unseen would leave this worker behind for good.
                log.exception("seeing to models has failed and goes on")
            self._nudged.wait(self._poll_s)
            self._nudged.clear()

    def _keep_listening(self) -> None:
        while not self._stop.is_set():
            try:
                with self._state.pubsub(ignore_subscribe_messages=True) as news:  # type: ignore[no-untyped-call]
                    news.subscribe(MODELS_CHANGED)
                    self._listen(news)
            except Exception as error:  # noqa: BLE001 - the registry is polled anyway; the next try may succeed
                self._tell_once(error)
                self._stop.wait(ASK_INTERVAL_S)

    def _listen(self, news: PubSub) -> None:
        while not self._stop.is_set():
            if time.monotonic() >= self._next_ask_at:
                self._ask()
            if news.get_message(timeout=LISTEN_S):
                self._nudged.set()

    def _ask(self) -> None:
        self._next_ask_at = time.monotonic() + ASK_INTERVAL_S
        if self._shadow.ask(self._state):
            self._nudged.set()
        self._is_silenced = False

    def _tell_once(self, error: Exception) -> None:
        if not self._is_silenced:
            log.warning("no news of models from the state server: %s", error)
        self._is_silenced = True
