"""The options of `maskwatch camera` that several commands have."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from console.cameras import logins
from console.cameras.logins import Login
from console.errors import BadInput
from shared.cameras import LOOP_PREFIX, WATCH_PREFIX, Transport

CameraArgument = Annotated[str, typer.Argument(help="The camera's id.", metavar="ID")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ZoneOption = Annotated[
    list[str] | None,
    typer.Option(
        "--zone",
        help="Faces count only in such areas: corners in shares of the picture, as in "
        "'door=0.1,0.2 0.5,0.2 0.5,0.9' or '10%,20% 50%,20% 50%,90%'; several times.",
        metavar="[NAME=]X,Y X,Y X,Y...",
    ),
]
ExcludeOption = Annotated[
    list[str] | None,
    typer.Option("--exclude", help="Faces in such areas never count; as --zone.", metavar="[NAME=]X,Y X,Y X,Y..."),
]
TransportOption = Annotated[
    Transport | None, typer.Option("--transport", help="How RTSP pictures travel; tcp unless said otherwise.")
]
LoopOption = Annotated[bool, typer.Option("--loop", help="Play a video file again and again, as if it were a camera.")]
WatchOption = Annotated[bool, typer.Option("--watch", help="Show the pictures that come into a folder.")]
LoginEnvOption = Annotated[
    str | None,
    typer.Option("--login-env", help="Variable of the producers' environment with user:password.", metavar="NAME"),
]
LoginFileOption = Annotated[
    Path | None,
    typer.Option("--login-file", help="File of the producers' machines with user:password.", metavar="PATH"),
]
LoginAskOption = Annotated[bool, typer.Option("--login-ask", help="Ask for user and password.")]


def login_of(env: str | None, file: Path | None, *, ask: bool) -> Login | None:
    """The login of the options, asked for where that is wished; ``None`` where none is given.

    Raises:
        BadInput: two are given, one is no place, or nobody can be asked.
    """
    if (env is not None) + (file is not None) + ask > 1:
        raise BadInput("give one of --login-env, --login-file and --login-ask")
    if env is not None:
        return Login(logins.variable(env))
    if file is not None:
        return Login(logins.file(file))
    return Login(typed=_asked()) if ask else None


def source_of(source: str, *, loop: bool, watch: bool) -> str:
    """The source with the prefix of an option.

    Raises:
        BadInput: both are given, or one on what is no path.
    """
    if loop and watch:
        raise BadInput("give one of --loop and --watch")
    prefix = LOOP_PREFIX if loop else WATCH_PREFIX if watch else ""
    if prefix and "://" in source:
        raise BadInput(f"--{prefix.rstrip(':')} takes a path on the producer's machine, not an address")
    return source if source.startswith(prefix) else prefix + source


def _asked() -> tuple[str, str]:
    if not sys.stdin.isatty():
        raise BadInput("--login-ask needs a terminal: use --login-env or --login-file here")
    user = str(typer.prompt("user", hide_input=True))
    return user, str(typer.prompt("password", hide_input=True))
