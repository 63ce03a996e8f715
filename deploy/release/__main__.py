"""``python -m deploy.release``: wheel, source distribution, SBOMs and checksums of what is committed, into a folder."""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import deploy
from deploy.release import checksums
from deploy.release.audit import Audit, audit
from deploy.release.inventory import InventoryFailed, inventories
from deploy.release.packages import BuildFailed, build
from deploy.release.source import NoSource, Source, committed

_ROOT = Path(deploy.__file__).parents[1]


def main(arguments: list[str] | None = None) -> int:
    """Make a release; 1 when its audit does not let it out, 2 with one line when it cannot be made."""
    options = _parser().parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as folder:
            source = committed(_ROOT, Path(folder) / "source")
            _say(f"maskwatch {source.version} from commit {source.commit[:12]}")
            if source.left_out:
                _say(f"{source.left_out} files are changed or new and not committed: they are left out")
            _make(source, options.into)
            found = audit(source.folder / "requirements.txt") if options.audit != "none" else None
    except (NoSource, BuildFailed, InventoryFailed, OSError) as error:
        print(f"release: {error}", file=sys.stderr)
        return 2
    return 0 if found is None or _is_fit(found, is_required=options.audit == "required") else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m deploy.release", description=__doc__.partition(": ")[2])
    parser.add_argument("--into", type=Path, default=_ROOT / "dist", help="emptied first; dist/ by default")
    parser.add_argument(
        "--audit",
        choices=("if-possible", "required", "none"),
        default="if-possible",
        help="whether packages must be looked up in a database of vulnerabilities (default: where one is reachable)",
    )
    return parser


def _make(source: Source, into: Path) -> None:
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    into = into.resolve()
    files = [*build(source, into), *inventories(source, into)]
    for file in [*files, checksums.write(files, into)]:
        _say(f"  {file.name}  {file.stat().st_size:,} bytes")


def _is_fit(found: Audit, *, is_required: bool) -> bool:
    """Say what the audit found; whether the release may go out."""
    if not found.was_made:
        why = found.trouble or f"it knows none of {found.unknown} packages"
        _say(f"not audited, since no vulnerability database is reachable: {why}")
        return not is_required
    for each in found.vulnerable:
        _say(f"vulnerable: {each}")
    unknown = f", {found.unknown} it does not know" if found.unknown else ""
    _say(f"audited: {found.asked} packages{unknown}, {len(found.vulnerable)} with known vulnerabilities")
    return not found.vulnerable and not (is_required and found.unknown)


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    sys.exit(main())
