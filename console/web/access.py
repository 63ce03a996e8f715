"""Who may use page and API: a token, the session that it opens, and what proves that a request comes from our page."""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

SESSION_LASTS = timedelta(days=7)
_KEY_BYTES = 32


@dataclass(frozen=True)
class Access:
    """The rules of one console; without a token everybody on this machine may do everything.

    Sessions are signed with a key made of the token, so they outlive a restart and end with the token. Nothing is
    stored of them.
    """

    token: str | None = field(default=None, repr=False)
    _own_key: bytes = field(default_factory=lambda: secrets.token_bytes(_KEY_BYTES), repr=False)

    @property
    def needs_token(self) -> bool:
        """Whether who comes has to sign in."""
        return self.token is not None

    @property
    def cookie_name(self) -> str:
        """Tells the consoles of one machine apart: a browser keeps one cookie of a name for all ports of a host."""
        return f"maskwatch_session_{self._signed('cookie', '')[:8]}"

    def is_token(self, text: str) -> bool:
        """Whether a text is the token; takes the same time for every wrong one."""
        return self.token is not None and hmac.compare_digest(text.encode(errors="replace"), self.token.encode())

    def new_session(self, now: datetime) -> str:
        """The value of a session's cookie."""
        ends_at = int((now + SESSION_LASTS).timestamp())
        said = f"{ends_at}.{secrets.token_urlsafe(12)}"
        return f"{said}.{self._signed('session', said)}"

    def is_session(self, cookie: str, now: datetime) -> bool:
        """Whether a cookie is one that we made and that has not ended."""
        said, _, signature = cookie.rpartition(".")
        if not hmac.compare_digest(signature.encode(), self._signed("session", said).encode()):
            return False
        return int(said.partition(".")[0]) > now.timestamp()

    def csrf(self, cookie: str) -> str:
        """What a page of this session sends along with each change; only a page of ours can read it."""
        return self._signed("csrf", cookie)

    def is_csrf(self, text: str, cookie: str) -> bool:
        """Whether a request's text is that."""
        return hmac.compare_digest(text.encode(), self.csrf(cookie).encode())

    def _signed(self, purpose: str, text: str) -> str:
        key = sha256(b"maskwatch " + self.token.encode()).digest() if self.token else self._own_key
        return hmac.new(key, f"{purpose}:{text}".encode(), sha256).hexdigest()
