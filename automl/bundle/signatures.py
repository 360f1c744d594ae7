"""Whose file a model file is: Ed25519 signatures of the manifest, which holds the hash of every part.

Ed25519 (Bernstein and others, 2011; RFC 8032) comes from the library ``cryptography``, which only those who sign or
verify need.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl.bundle.archive import Archive
from automl.errors import ModelFileError, UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

__all__ = ["PublicKey", "check_signature", "read_public_key", "signer_with"]

#: Goes before the manifest, so that a signature made for something else is never one of a model file.
_CONTEXT = b"automl model file, manifest:\n"
_ALGORITHM = "ed25519"
_LARGEST_KEY_FILE = 100_000
_MAKE_PRIVATE = "Make one with: openssl genpkey -algorithm ed25519 -out key.pem"
_MAKE_PUBLIC = "Make it from the private key with: openssl pkey -in key.pem -pubout -out key.pub"


class PublicKey:
    """A key that signatures are checked with.

    Parameters
    ----------
    key : Ed25519PublicKey
    """

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the key's 32 bytes, by which people compare keys."""
        return _fingerprint(self._key)

    def accepts(self, signature: bytes, content: bytes) -> bool:
        """Whether the signature was made with the private key that belongs to this one."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._key.verify(signature, _CONTEXT + content)
        except InvalidSignature:
            return False
        return True


def signer_with(path: Path) -> Callable[[bytes], dict[str, str]]:
    """Return what signs a manifest with the private key in a PEM file.

    Raises
    ------
    UsageError
        If the library is missing, or the file holds no such key.
    """
    _require_library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _read_key_file(path)
    try:
        key = load_pem_private_key(content, password=None)
    except TypeError as error:
        raise UsageError(
            f"The key in '{path}' is protected by a passphrase.",
            f"Give a copy without one: openssl pkey -in '{path}' -out plain.pem",
        ) from error
    except Exception as error:
        raise UsageError(f"'{path}' holds no private key in PEM format.", _MAKE_PRIVATE) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"The private key in '{path}' is not an Ed25519 key.", _MAKE_PRIVATE)

    def sign(manifest: bytes) -> dict[str, str]:
        signature = base64.b64encode(key.sign(_CONTEXT + manifest)).decode("ascii")
        return {"algorithm": _ALGORITHM, "key": _fingerprint(key.public_key()), "signature": signature}

    return sign


def read_public_key(path: Path) -> PublicKey:
    """Return the public key in a PEM file.

    Raises
    ------
    UsageError
        If the library is missing, or the file holds no such key.
    """
    _require_library()
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    content = _read_key_file(path)
    try:
        key = load_pem_public_key(content)
    except Exception as error:
        raise UsageError(f"'{path}' holds no public key in PEM format.", _MAKE_PUBLIC) from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"The public key in '{path}' is not an Ed25519 key.", _MAKE_PUBLIC)
    return PublicKey(key)


def check_signature(archive: Archive, key: PublicKey) -> None:
    """Make sure that the manifest, and with it the hash of every part, was signed with a key.

    The parts themselves are held against those hashes when they are read.

    Raises
    ------
    ModelFileError
        If the file is not signed, was signed with another key or was changed since.
    """
    stored = archive.signature()
    if stored is None:
        raise ModelFileError(
            f"'{archive.path}' is not signed.", "Sign it when it is fitted: automl fit … --sign-key key.pem"
        )
    signature = _signature_in(stored)
    if signature is None:
        raise ModelFileError(f"The signature of '{archive.path}' is damaged.", "Get a fresh copy of the file.")
    if key.accepts(signature, archive.manifest_bytes):
        return
    if stored.get("key") == key.fingerprint:
        raise ModelFileError(
            f"'{archive.path}' was changed after it was signed.", "Do not use it; get a fresh copy of the file."
        )
    raise ModelFileError(
        f"'{archive.path}' was signed with another key than {key.fingerprint}.",
        "Ask whoever gave you the file for its key, or do not use it.",
    )


def _signature_in(stored: dict[str, Any]) -> bytes | None:
    text = stored.get("signature")
    if stored.get("algorithm") != _ALGORITHM or not isinstance(text, str):
        return None
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _fingerprint(key: Ed25519PublicKey) -> str:
    return f"SHA256:{hashlib.sha256(key.public_bytes_raw()).hexdigest()}"


def _read_key_file(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(_LARGEST_KEY_FILE)
    except OSError as error:
        raise UsageError(f"The key '{path}' cannot be read: {error.strerror or error}.", "Check the path.") from error


def _require_library() -> None:
    try:
        import cryptography.hazmat.primitives.asymmetric.ed25519  # noqa: F401 - only whether it is there
    except ImportError as error:
        hint = "pip install 'automl-cli[sign]'"
        raise UsageError("Signatures need cryptography, which is not installed.", hint) from error
