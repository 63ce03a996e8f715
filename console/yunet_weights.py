"""Where the weights of the detector yunet are, for those who do not say."""

from pathlib import Path

from deploy.local.data_folder import DataFolder, default_data_folder
from shared.settings import WorkerSettings

MISSING = "the detector yunet needs its weights: run `maskwatch detector fetch`, or give --yunet-weights PATH"


def with_weights(settings: WorkerSettings, data: DataFolder | None = None) -> WorkerSettings:
    """The settings with the weights that were fetched, into this data folder or else the user's own.

    Weights that the settings name go before these; without any the settings are as they were.
    """
    found = None if settings.yunet_weights else fetched_weights(data)
    return settings.model_copy(update={"yunet_weights": found}) if found else settings


def fetched_weights(data: DataFolder | None = None) -> Path | None:
    """The weights that `maskwatch detector fetch` put into a data folder or into the user's own, if it did."""
    folders = [each for each in (data, DataFolder(default_data_folder())) if each]
    return next((folder.yunet_weights for folder in folders if folder.yunet_weights.is_file()), None)
