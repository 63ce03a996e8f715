"""Write the JSON of all dashboards: ``python -m deploy.grafana``."""

import sys
from pathlib import Path

from deploy.grafana.catalogue import DASHBOARDS, FOLDER, text_of


def main(folder: Path = FOLDER) -> int:
    """Write each dashboard into its file."""
    for dashboard in DASHBOARDS:
        path = folder / dashboard.file
        path.write_text(text_of(dashboard))
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
