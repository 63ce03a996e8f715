"""How webhooks come into a system, change and leave it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import cast

import redis
from pydantic import ValidationError
from redis.client import Pipeline

from console.durations import seconds
from console.errors import AlreadyThere, BadInput, NotFound
from shared.streams import WEBHOOK_SNOOZES, WEBHOOKS, WebhookKeys
from shared.webhooks import MAX_WEBHOOKS, Webhook, is_place

# What is said of a field that pydantic finds wrong: its own words are for programmers.
_WRONG = {
    "name": "a webhook's name is up to 63 lower-case letters, digits, - and _, and begins with no - or _",
    "secrets": "--secret takes env:NAME or file:PATH, twice at most; the secret itself is not given here",
    "events": "--events takes opened, ended or both, and updated only together with opened",
    "cameras": "--camera takes the id of a camera",
    "min_confidence": "--min-confidence is a number from 0 to 1",
    "cooldown_s": "--cooldown is at most 7d",
}
Values = Mapping[str, object]


def values_of(  # noqa: PLR0913 - each is an option
    *,
    url: str | None,
    secrets: list[str] | None,
    events: str | None,
    cameras: list[str] | None,
    zones: list[str] | None,
    min_confidence: float | None,
    cooldown: str | None,
) -> dict[str, object]:
    """The fields of a webhook that options give; those not given are not there.

    Raises:
        BadInput: a span is none.
    """
    given = {
        "url": None if url is None else _absolute(url),
        "secrets": None if secrets is None else [_absolute(each) for each in secrets],
        "events": None if events is None else [each.strip() for each in events.split(",")],
        "cameras": cameras,
        "zones": zones,
        "min_confidence": min_confidence,
        "cooldown_s": None if cooldown is None else seconds(cooldown, "--cooldown"),
    }
    return {field: value for field, value in given.items() if value is not None}


def add(state: redis.Redis, name: str, values: Values) -> Webhook:
    """Declare a webhook; one that is there just so stays as it is.

    Raises:
        AlreadyThere: the name stands for another one.
        BadInput: a value is wrong.
    """
    created_ms = now_ms(state)

    def plan(known: Mapping[str, Webhook]) -> Webhook:
        wished = _checked({"name": name, "created_ms": created_ms, **values})
        there = known.get(name)
        if there is None and len(known) >= MAX_WEBHOOKS:
            raise BadInput(f"there are {MAX_WEBHOOKS} webhooks already, which is the most: remove one")
        if there is not None and there.model_copy(update={"created_ms": created_ms}) != wished:
            raise AlreadyThere(f"there is a webhook {name} already: change it with `maskwatch webhook set {name}`")
        return there or wished

    return _declare(state, plan)


def change(state: redis.Redis, name: str, values: Values) -> Webhook:
    """Change what is given of a webhook; what waits for it stays.

    Raises:
        BadInput: there is none of this name, or a value is wrong.
    """
    return _declare(state, lambda known: _checked(found(known, name).model_dump() | dict(values)))


def remove(state: redis.Redis, names: list[str]) -> None:
    """Take webhooks out of the system, with what waits for them; all of them or, when one is not there, none.

    Raises:
        BadInput: there is none of this name.
    """

    def transact(pipeline: Pipeline) -> None:
        known = parsed(cast("dict[bytes, bytes]", pipeline.hgetall(WEBHOOKS)))
        stored = {each.decode(errors="replace") for each in cast("list[bytes]", pipeline.hkeys(WEBHOOKS))}
        snoozes = cast("list[bytes]", pipeline.hkeys(WEBHOOK_SNOOZES))
        for name in names:
            if name not in stored:  # one that cannot be understood can be removed all the same
                found(known, name)
        pipeline.multi()
        pipeline.hdel(WEBHOOKS, *names)
        for name in names:
            pipeline.delete(*WebhookKeys(name).all_but_lease)
            own = [each for each in snoozes if each.startswith(f"{name}/".encode())]
            if own:
                pipeline.hdel(WEBHOOK_SNOOZES, *own)

    state.transaction(transact, WEBHOOKS, WEBHOOK_SNOOZES)


def all_webhooks(state: redis.Redis) -> dict[str, Webhook]:
    """Those that are declared and can be understood, by name."""
    return parsed(cast("dict[bytes, bytes]", state.hgetall(WEBHOOKS)))


def parsed(stored: Mapping[bytes, bytes]) -> dict[str, Webhook]:
    """Those of the hash that can be understood, by name."""
    webhooks: dict[str, Webhook] = {}
    for name in sorted(stored):
        try:
            webhook = Webhook.model_validate_json(stored[name])
        except ValidationError:
            continue  # its events worker says so; it must not hide the others
        webhooks[webhook.name] = webhook
    return webhooks


def found(known: Mapping[str, Webhook], name: str) -> Webhook:
    """A webhook by its name.

    Raises:
        BadInput: there is none.
    """
    if name not in known:
        raise unknown(name)
    return known[name]


def unknown(name: str) -> NotFound:
    """What is said of a name that stands for no webhook."""
    return NotFound(f"there is no webhook {name!r}; see `maskwatch webhook list`")


def now_ms(state: redis.Redis) -> int:
    """The state server's clock, by which events are dated, in Unix milliseconds."""
    whole_s, microseconds = state.time()
    return whole_s * 1000 + microseconds // 1000


def _declare(state: redis.Redis, plan: Callable[[Mapping[str, Webhook]], Webhook]) -> Webhook:
    def transact(pipeline: Pipeline) -> Webhook:
        webhook = plan(parsed(cast("dict[bytes, bytes]", pipeline.hgetall(WEBHOOKS))))
        pipeline.multi()
        pipeline.hset(WEBHOOKS, webhook.name, webhook.model_dump_json())
        return webhook

    return cast("Webhook", state.transaction(transact, WEBHOOKS, value_from_callable=True))  # type: ignore[arg-type]


def _checked(values: Values) -> Webhook:
    try:
        return Webhook.model_validate(values)
    except ValidationError as error:
        first = error.errors(include_input=False, include_context=False)[0]
        what = _WRONG.get(str(first["loc"][0])) or first["msg"].removeprefix("Value error, ")
        raise BadInput(what) from None  # the cause would show the input, which may be a secret


def _absolute(place: str) -> str:
    """A file's place from wherever the command runs."""
    if not is_place(place) or not place.startswith("file:"):
        return place
    return f"file:{Path(place.removeprefix('file:')).expanduser().absolute()}"
