"""The `maskwatch` command: its groups, and how every failure becomes one line."""

import logging
import os
import sys
from collections.abc import Sequence

import redis
import typer
from typer.exceptions import TyperException

from console.commands import (
    acl,
    area,
    bench,
    camera,
    counts,
    detector,
    evaluate,
    models,
    review,
    status,
    train,
    training,
    up,
    violations,
    violations_change,
    watch,
    webhook,
)
from console.commands import detect as detection
from console.errors import BadInput, CommandFailed
from deploy.local.data_folder import DataFolderInUse, DataFolderUnusable, NothingRuns
from deploy.local.servers import ServerFailed
from shared.connections import ServerUnreachable
from shared.logins import CameraKeyUnusable
from shared.model_registry import ModelError
from shared.redaction import redact
from shared.settings import InvalidSetting, UnknownSetting, refuse_unknown

_BAD_INPUT = (BadInput, TyperException, UnknownSetting, InvalidSetting, DataFolderUnusable, CameraKeyUnusable)
_FAILED = (CommandFailed, DataFolderInUse, NothingRuns, ServerFailed, ServerUnreachable, ModelError)

app = typer.Typer(
    help="Watches cameras and counts, once each, the people without a face mask.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(up.up)
app.add_typer(camera.app, name="camera")
app.add_typer(area.app, name="area")
app.command()(status.scale)
app.command()(status.status)
app.command()(watch.watch)
app.command()(detection.detect)
app.add_typer(detector.app, name="detector")
app.command()(counts.counts)
app.add_typer(violations.app, name="violations")
app.command()(violations_change.erase)
app.add_typer(webhook.app, name="webhook")
app.add_typer(review.app, name="review")
app.command()(train.train)
app.add_typer(training.app, name="training")
app.add_typer(models.app, name="models")
app.command()(evaluate.evaluate)
app.command()(acl.acl)
app.add_typer(bench.app, name="bench")


def main() -> None:
    """Run the command of this process's arguments and exit."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run one command; 0, or with one line why 2 for bad input and 1 for a failure; 130 when interrupted."""
    try:
        refuse_unknown(os.environ)
        code = app(list(arguments), prog_name="maskwatch", standalone_mode=False)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:  # noqa: BLE001 - the last place where it can become one line
        return _explain(error)
    return code if isinstance(code, int) else 0


def _explain(error: Exception) -> int:
    if os.environ.get("MASKWATCH_LOG_LEVEL") == "DEBUG":
        logging.basicConfig()
        logging.getLogger(__name__).error("the command failed", exc_info=error)
    message = " ".join(_message(error).split())
    if message:
        print(f"maskwatch: {redact(message)}", file=sys.stderr)
    return 2 if isinstance(error, _BAD_INPUT) else 1


def _message(error: Exception) -> str:
    if isinstance(error, TyperException):
        # Names the option that is wrong, which str() does not; empty when the help was printed instead.
        return str(getattr(error, "format_message", error.__str__)())
    if isinstance(error, redis.RedisError):
        return f"the Redis server failed: {error}"
    if isinstance(error, (*_BAD_INPUT, *_FAILED)):
        return str(error)
    if isinstance(error, ModuleNotFoundError):  # an image has what its role needs
        return f"this needs the package {error.name}, which is not installed here"
    return f"unexpected {type(error).__name__}: {error} (MASKWATCH_LOG_LEVEL=DEBUG shows where)"
