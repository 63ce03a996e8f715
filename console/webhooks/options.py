"""The options of `maskwatch webhook` that several commands have."""

from typing import Annotated

import typer

NameArgument = Annotated[str, typer.Argument(help="The webhook's name.", metavar="NAME")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]
SecretOption = Annotated[
    list[str] | None,
    typer.Option(
        "--secret",
        help="Where events workers find the secret that signs: a variable of theirs or a file of their machines. "
        "Twice while receivers change over: each event is signed with both.",
        metavar="env:NAME|file:PATH",
    ),
]
EventsOption = Annotated[
    str | None,
    typer.Option(
        "--events", help="Which events, with commas between: opened, updated, ended. opened,ended if not given."
    ),
]
CamerasOption = Annotated[
    list[str] | None, typer.Option("--camera", help="Only of this camera; several times.", metavar="ID")
]
ZonesOption = Annotated[
    list[str] | None,
    typer.Option("--zone", help="Only what opens in the zone of this name; several times.", metavar="NAME"),
]
ConfidenceOption = Annotated[
    float | None,
    typer.Option("--min-confidence", min=0, max=1, help="Only what is at least so sure when it opens, 0 to 1."),
]
CooldownOption = Annotated[
    str | None,
    typer.Option(
        "--cooldown",
        help="After one of a camera, none more of it for so long: 90s, 5m, 2h; 0s is none.",
        metavar="SPAN",
    ),
]
