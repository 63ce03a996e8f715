"""``python -m deploy.local.fill_registry``: gives an empty model registry the shipped models, once, and ends.

`maskwatch up` does the same for the registry of its data folder.
"""

import sys

from deploy.local.shipped_models import ensure_model
from shared.model_registry import ModelError, Refusal
from shared.settings import InvalidSetting, UnknownSetting, WorkerSettings, load


def main() -> int:
    """Fill the registry that MASKWATCH_REGISTRY names.

    2 where that may help another time: a setting is wrong, or the registry does not answer. A registry in which
    nothing is sound is somebody's to repair and keeps nothing else from starting: 0, with a line that says so.
    """
    try:
        settings = load(WorkerSettings)
        if settings.registry is None:
            raise InvalidSetting("setting MASKWATCH_REGISTRY is missing: name the registry to fill, a folder or a URL")
        version = ensure_model(settings.registry, settings.model_name)
    except (UnknownSetting, InvalidSetting) as error:
        return _told(str(error), 2)
    except ModelError as error:
        return _told(str(error), 2 if error.reason is Refusal.UNREACHABLE else 0)
    return _told(f"version {version} of {settings.model_name} is to be served", 0)


def _told(line: str, code: int) -> int:
    print(f"fill_registry: {line}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
