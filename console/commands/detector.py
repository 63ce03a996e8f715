"""`maskwatch detector`: which detectors there are, what to expect of each, and fetching YuNet's weights."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.errors import BadInput
from console.finding import DataOption, data_folder
from shared.settings import FetchSettings, load

if TYPE_CHECKING:
    from console.fetching import WantedFile

app = typer.Typer(help="List the face detectors, and fetch what one of them needs.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ToOption = Annotated[
    Path | None,
    typer.Option("--to", help="Where to put it; by default where --detector yunet finds it.", metavar="FILE"),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Fetch it anew, and replace what is there.")]


@app.command("list")
def list_(as_json: AsJson = False, data: DataOption = None) -> None:
    """The detectors, which one is set, whether it runs here, and how far to trust its compliance."""
    from console import detector_list  # noqa: PLC0415 - loads OpenCV and LiteRT

    found = detector_list.read(data_folder(data))
    if as_json:
        typer.echo(json.dumps([each.as_json() for each in found]))
        return
    for line in detector_list.lines(found):
        typer.echo(line)


@app.command()
def fetch(to: ToOption = None, force: ForceOption = False, as_json: AsJson = False, data: DataOption = None) -> None:
    """Fetch the weights of the detector yunet, whose checksum is known, over the network."""
    from console import fetching  # noqa: PLC0415 - other commands start without it

    settings = load(FetchSettings)
    wanted = fetching.WantedFile(settings.yunet_url, settings.yunet_sha256)
    target = to.expanduser().resolve() if to else data_folder(data).yunet_weights
    fetching.check_place(target)
    is_there = not force and _is_there(target, wanted.sha256)
    if not is_there:
        fetching.keep(_fetched(wanted), target)
    _tell(target, wanted.sha256, is_new=not is_there, as_json=as_json, is_found=to is None)


def _is_there(target: Path, sha256: str) -> bool:
    """Whether the file is there already.

    Raises:
        BadInput: another one is.
    """
    from console import fetching  # noqa: PLC0415

    found = fetching.sha256_of(target)
    if found not in {"", sha256}:
        raise BadInput(f"{target} is another file (sha256 {found}): --force replaces it, --to chooses another place")
    return found == sha256


def _fetched(wanted: "WantedFile") -> bytes:
    from console import fetching  # noqa: PLC0415
    from console.progress import progress_bars  # noqa: PLC0415

    with progress_bars() as bar:
        task = bar.add_task("fetching", total=None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        return fetching.fetch(wanted, fetching.Patience(), show)


def _tell(target: Path, sha256: str, *, is_new: bool, as_json: bool, is_found: bool) -> None:
    if as_json:
        facts = {"path": str(target), "sha256": sha256, "bytes": target.stat().st_size, "fetched": is_new}
        typer.echo(json.dumps(facts))
        return
    what = f"the weights are in {target}" if is_new else f"the weights are in {target} already"
    use = "--detector yunet" if is_found else f"--detector yunet --yunet-weights {target}"
    typer.echo(f"{what}: use them with {use}")
