"""Webhooks and violations for tests; what a test does not name does not matter to it."""

from datetime import UTC, datetime

from shared.connections import Servers
from shared.messages import Box, Violation, ViolationState
from shared.streams import CAMERAS, WEBHOOKS, KeySpace, WebhookKeys
from shared.webhooks import Webhook

KEYS = KeySpace()
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENED, UPDATED, ENDED = ViolationState


def a_webhook(name: str = "desk", url: str = "http://127.0.0.1:9/hook", **values: object) -> Webhook:
    return Webhook.model_validate({"name": name, "url": url, "created_ms": 0, **values})


def a_violation(
    violation_id: str = "gate-1-0-0",
    state: ViolationState = OPENED,
    camera: str = "gate",
    zone: str | None = None,
    confidence: float = 0.9,
) -> Violation:
    return Violation(
        id=violation_id,
        camera=camera,
        zone=zone,
        state=state,
        first_seen=NOON,
        opened_at=NOON,
        last_seen=NOON,
        confidence=confidence,
        observations=3,
        box=Box(0, 0, 10, 10),
        model_version=1,
        detector="maskwatch",
    )


def declare(servers: Servers, webhook: Webhook) -> Webhook:
    servers.state.hset(WEBHOOKS, webhook.name, webhook.model_dump_json())
    servers.state.hset(CAMERAS, "gate", "{}")
    return webhook


def count(servers: Servers, *violations: Violation) -> None:
    """What the events stage writes in its transaction."""
    for violation in violations:
        text = violation.model_dump_json()
        servers.state.hset(KEYS.violations(violation.camera), violation.id, text)
        servers.state.xadd(KEYS.violation_log(violation.camera), {"violation": text})


def outcomes(servers: Servers, name: str = "desk") -> dict[str, int]:
    stored = servers.state.hgetall(WebhookKeys(name).status)
    return {field.decode(): int(value) for field, value in stored.items() if value.isdigit() and b"_ms" not in field}  # type: ignore[union-attr]


def waiting(servers: Servers, name: str = "desk") -> int:
    return int(servers.state.hlen(WebhookKeys(name).waiting))
