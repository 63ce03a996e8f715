"""How a camera's login travels: sealed by whoever attaches it, opened by producers alone.

A camera's address that holds a login is encrypted to the producers' public key, which stands on the state
server, so that neither that server, its files and backups nor the machine of the operator can read it
back. Or the login never enters the system: producers find it in their environment or in a file.
"""

import base64
import binascii
import contextlib
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import platformdirs
from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, PublicKey, SealedBox

from shared.cameras import Camera

_FILE_NAME = "camera.key"


class LoginUnavailable(Exception):
    """A producer cannot tell a camera's login; the message says what to correct and shows nothing of it."""


class CameraKeyUnusable(Exception):
    """The file of the camera key cannot be read, written or understood."""


def default_key_file() -> Path:
    """Where the key is unless a setting names another place: in the user's data folder."""
    return platformdirs.user_data_path("maskwatch") / _FILE_NAME


def key_file_in(folder: Path) -> Path:
    """Where the key of a data folder is."""
    return folder / _FILE_NAME


class CameraKey:
    """The producers' private key; all producers of one system have the same."""

    def __init__(self, private: PrivateKey) -> None:
        """Open what was sealed for its public half."""
        self._private = private

    @classmethod
    def at(cls, path: Path) -> "CameraKey":
        """The key in a file that only its owner may read; made at the first call.

        Raises:
            CameraKeyUnusable: see there.
        """
        try:
            if not path.exists():
                _create(path, bytes(PrivateKey.generate()))
            return cls(PrivateKey(base64.b64decode(path.read_bytes().strip(), validate=True)))
        except OSError as error:
            raise CameraKeyUnusable(f"the camera key {path} cannot be used: {error.strerror}") from error
        except (ValueError, TypeError, CryptoError) as error:
            raise CameraKeyUnusable(f"{path} holds no camera key: restore it, or remove it for a new one") from error

    @property
    def public(self) -> str:
        """What sources are sealed for, as text."""
        return base64.b64encode(bytes(self._private.public_key)).decode()

    def open(self, sealed: str) -> str:
        """What was sealed.

        Raises:
            LoginUnavailable: it was sealed for another key, or is damaged.
        """
        try:
            return SealedBox(self._private).decrypt(base64.b64decode(sealed, validate=True)).decode()
        except (CryptoError, ValueError) as error:
            raise LoginUnavailable("its login was stored for another camera key: give the login again") from error


def seal(source: str, public: str) -> str:
    """A source encrypted for the holders of a key; each call gives another text.

    Raises:
        LoginUnavailable: there is no such key.
    """
    try:
        key = PublicKey(base64.b64decode(public, validate=True))
    except (binascii.Error, ValueError, TypeError, CryptoError) as error:
        raise LoginUnavailable("the system's camera key cannot be understood") from error
    return base64.b64encode(SealedBox(key).encrypt(source.encode())).decode()


def address_of(camera: Camera, key: CameraKey | None, environment: Mapping[str, str] | None = None) -> str:
    """The source that a producer opens, with the login where the camera has one; only a sealed one needs the key.

    Raises:
        LoginUnavailable: the login cannot be opened or is not where the camera says.
    """
    if camera.sealed_source and key is None:
        raise LoginUnavailable("there is no camera key here to open its login: set MASKWATCH_CAMERA_KEY_FILE")
    if camera.sealed_source and key is not None:
        return key.open(camera.sealed_source)
    if camera.login is None:
        return camera.source
    user, colon, password = _found(camera.login, os.environ if environment is None else environment).partition(":")
    scheme, separator, rest = camera.source.partition("://")
    if not separator:
        raise LoginUnavailable("only an address has a login: a device, file or folder takes none")
    encoded = quote(user, safe="") + (f":{quote(password, safe='')}" if colon else "")
    return f"{scheme}://{encoded}@{rest}"


def _found(place: str, environment: Mapping[str, str]) -> str:
    kind, _, where = place.partition(":")
    if kind == "env":
        if not environment.get(where):
            raise LoginUnavailable(f"the producer's environment has no {where}: set it to user:password")
        return environment[where]
    try:
        login = Path(where).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "it is no text"
        raise LoginUnavailable(f"the login file {where} cannot be read: {why}") from error
    if not login:
        raise LoginUnavailable(f"the login file {where} is empty: write user:password into it")
    return login


def _create(path: Path, key: bytes) -> None:
    """Write the key so that nobody else may read it and of two first callers one wins whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(base64.b64encode(key))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, path)
    finally:
        Path(name).unlink()
