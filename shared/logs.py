"""How every process logs: one line an event on standard error, credentials redacted."""

import logging
import sys
import warnings

from shared.redaction import redact


class _Redacting(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


def configure(process: str, level: str = "INFO") -> None:
    """Send this process's log lines to standard error; ``process`` stands in each."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Redacting(f"%(asctime)s %(levelname)-7s {process} %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    # Pillow warns of each broken tag in the metadata of a picture: of as many as somebody puts there.
    warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")
    logging.basicConfig(level=level, handlers=[handler], force=True)
