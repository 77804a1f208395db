"""Ed25519 keys (RFC 8032) that sign bundles: PEM files, as openssl makes and reads them."""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

PASSPHRASE_VARIABLE = "OAUTH2_CONFORMANCE_KEY_PASSPHRASE"


class KeyFault(Exception):
    """A key can't be used: the message names the file and the remedy."""


def read_private_key(path: Path) -> Ed25519PrivateKey:
    """The private key of a PEM file; one that is encrypted is opened by an environment variable. Raises KeyFault."""
    passphrase = os.environ.get(PASSPHRASE_VARIABLE)
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except OSError as error:
        raise KeyFault(f"{path}: can't be read: {error.strerror}") from error
    except TypeError as error:
        remedy = f"put its passphrase into {PASSPHRASE_VARIABLE}" if not passphrase else "it has no passphrase"
        raise KeyFault(f"{path}: can't be opened: {remedy}") from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFault(f"{path}: is not a private key in PEM, or its passphrase is wrong") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyFault(f"{path}: is not an Ed25519 key: make one by `oauth2-conformance certify --new-key FILE`")
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """The public key of a PEM file. Raises KeyFault."""
    try:
        return parsed_public_key(path.read_bytes())
    except OSError as error:
        raise KeyFault(f"{path}: can't be read: {error.strerror}") from error
    except KeyFault as error:
        raise KeyFault(f"{path}: {error}") from error


def parsed_public_key(pem: bytes) -> Ed25519PublicKey:
    """The public key of a PEM text. Raises KeyFault."""
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise KeyFault("is not a public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyFault("is not an Ed25519 key")
    return key


def new_key(path: Path) -> Path:
    """Make a private key that its owner alone can read, and the public one beside it; returns that one's path.

    Raises KeyFault; a key that is there is never overwritten.
    """
    public = path.with_suffix(".pub.pem")
    key = Ed25519PrivateKey.generate()
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        public.write_bytes(public_pem(key.public_key()))
    except FileExistsError as error:
        raise KeyFault(f"{path}: is there already: name another file, or remove it yourself") from error
    except OSError as error:
        raise KeyFault(f"{path}: can't be written: {error.strerror}") from error
    return public


def public_pem(key: Ed25519PublicKey) -> bytes:
    """A public key as PEM, always the same bytes for the same key."""
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def fingerprint(key: Ed25519PublicKey) -> str:
    """A name for a key that people can compare: SHA-256 over its 32 bytes, in base64, as SSH writes it."""
    raw = key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    return f"SHA256:{base64.b64encode(hashlib.sha256(raw).digest()).decode('ascii').rstrip('=')}"


def has_signed(key: Ed25519PublicKey, signature: bytes, content: bytes) -> bool:
    """Whether a signature over a content is of this key."""
    try:
        key.verify(signature, content)
    except InvalidSignature:
        return False
    return True
