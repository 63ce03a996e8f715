"""How a receiver can tell that an event is ours, whole and fresh."""

import hashlib
import hmac
from collections.abc import Sequence

HEADER = "Maskwatch-Signature"


def signature(secrets: Sequence[str], timestamp: int, body: bytes) -> str:
    """The header's value: Unix seconds, and for each secret the HMAC-SHA256 of ``<seconds>.<body>`` in hex.

    Two secrets are both in use while receivers go over from one to the other.
    """
    signed = b"%d." % timestamp + body
    digests = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={timestamp}", *(f"v1={digest}" for digest in digests)])
