"""Random values and hashes: fast and keyed for what is random itself, slow for passwords that people choose."""

import base64
import hashlib
import hmac
import os

RANDOM_BYTES = 32
SALT_BYTES = 16


def random_value() -> str:
    """RFC 6749 section 10.10: 256 random bits, far below the chance of 2^-160 that it recommends."""
    return base64.urlsafe_b64encode(os.urandom(RANDOM_BYTES)).rstrip(b"=").decode("ascii")


def keyed_hash(key: bytes, value: str) -> bytes:
    """What is stored in place of a token, code or client secret: of no use to whoever reads the store."""
    return hmac.digest(key, value.encode(), "sha256")


def same(one: bytes, other: bytes) -> bool:
    """Comparison whose duration tells nothing about the first difference."""
    return hmac.compare_digest(one, other)


def new_salt() -> bytes:
    """Keeps equal passwords from having equal hashes."""
    return os.urandom(SALT_BYTES)


def password_hash(password: str, salt: bytes, cost: int) -> bytes:
    """scrypt, slow on purpose: passwords can be guessed, random tokens can't."""
    return hashlib.scrypt(password.encode(), salt=salt, n=cost, r=8, p=1, maxmem=256 * 1024 * 1024)
