"""What a sample of values shows, and what it must not be blamed for."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import string
import time
import uuid
from collections.abc import Callable

import pytest

from conformance.procedures.sampling import (
    SAMPLE_SIZE,
    bits,
    bits_at_most,
    described,
    guessing_hint,
    is_jwt,
    pattern_in,
)

ALNUM = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def sample(make: Callable[[int], str], size: int = SAMPLE_SIZE) -> list[str]:
    return [make(number) for number in range(size)]


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def jwt(claims: object, signature: bytes, algorithm: str = "RS256") -> str:
    parts = [json.dumps({"alg": algorithm, "typ": "at+jwt"}).encode(), json.dumps(claims).encode(), signature]
    return ".".join(map(base64url, parts))


def random_text(digits: str, length: int) -> str:
    return "".join(secrets.choice(digits) for _ in range(length))


def text_of(number: int, digits: str, length: int) -> str:
    found = ""
    while len(found) < length:
        number, rest = divmod(number, len(digits))
        found = digits[rest] + found
    return found


def uuid1_at(ticks: int) -> str:
    """A time-based UUID, as a server's own node makes them; ticks are units of 100 ns."""
    at = 0x1F0A1B2C3D4E5F0 + ticks
    fields = (at & 0xFFFFFFFF, at >> 32 & 0xFFFF, 0x1000 | at >> 48 & 0xFFF, 0x9A, 0x31, 0x0242AC110002)
    return str(uuid.UUID(fields=fields))


def uuid7_at(milliseconds: int) -> str:
    value = (milliseconds << 80) | secrets.randbits(80)
    value = value & ~(0xF << 76) | 7 << 76
    return str(uuid.UUID(int=value & ~(0x3 << 62) | 2 << 62))


NOW = 1_790_000_000_000
STRONG = {
    "256 bits in base64": lambda n: secrets.token_urlsafe(32),
    "160 bits in hex": lambda n: secrets.token_hex(20),
    "160 bits in upper-case hex": lambda n: secrets.token_hex(20).upper(),
    "160 bits in base32": lambda n: base64.b32encode(secrets.token_bytes(20)).decode(),
    "160 bits in base64": lambda n: base64.b64encode(secrets.token_bytes(20)).decode(),
    "49 decimal digits": lambda n: random_text("0123456789", 49),
    "a decimal number of 165 bits": lambda n: str(secrets.randbits(165)),
    "27 letters and digits": lambda n: random_text(ALNUM, 27),
    "a vendor's prefix": lambda n: "rs_at_" + secrets.token_urlsafe(32),
    "a prefix and a checksum behind": lambda n: (
        f"gho_{(word := secrets.token_hex(24))}{hashlib.md5(word.encode()).hexdigest()[:6]}"
    ),
    "a pair of UUIDs": lambda n: f"{uuid.uuid4()}-{uuid.uuid4()}",
    "a counter beside a secret": lambda n: f"{n:08}.{secrets.token_urlsafe(32)}",
    "a counter behind a secret": lambda n: f"{secrets.token_urlsafe(32)}.{n:08}",
    "a clock before a secret": lambda n: f"{NOW + 7 * n:012x}{secrets.token_hex(20)}",
    "a JWT": lambda n: jwt({"iat": 1, "jti": n}, secrets.token_bytes(256)),
    "an encrypted JWT": lambda n: (
        "eyJhbGciOiJkaXIifQ.." + ".".join(base64url(secrets.token_bytes(k)) for k in (12, 90, 16))
    ),
}
FORETELLABLE = {
    "a decimal counter": lambda n: str(95 + n),
    "a counter that falls": lambda n: str(5000 - n),
    "a padded counter": lambda n: f"{4000 + n:032}",
    "a counter in hex with a prefix": lambda n: f"tok_{0xABCD00 + n:032x}",
    "a counter in base64": lambda n: base64url((10**30 + n).to_bytes(16, "big")),
    "a counter in base62": lambda n: text_of(10**30 + n, ALNUM, 22),
    "a counter, lowest digit first": lambda n: f"{4090 + n:032x}"[::-1],
    "steps of 7919": lambda n: f"{10**12 + 7919 * n:032}",
    "parallel counting": lambda n: f"{0x7F1234 + (n ^ 1):032x}",
    "seconds and microseconds": lambda n: f"{NOW + n * 1234:x}{n * 7 % 16:05x}",
    "nanoseconds": lambda n: str(NOW * 10**6 + 1_300_000 * n + secrets.randbelow(10**5)),
    "PHP's uniqid": lambda n: f"{NOW // 1000:08x}{(412_345 + 1_733 * n):05x}",
    "time-based UUIDs": lambda n: uuid1_at(13_000 * n),
    "a hash of the second": lambda n: hashlib.md5(str(NOW // 1000 + n // 9).encode()).hexdigest(),
    "few values": lambda n: ("ab" * 20, "cd" * 20, "ef" * 20)[n % 3],
    "one value": lambda n: "f" * 40,
    "a few changing places": lambda n: "".join(
        "0123456789abcdef"[(n // 8 + 1) * (at % 8 == n % 8) + at % 7] for at in range(40)
    ),
    "JWTs without a signature": lambda n: jwt({"jti": n}, b"", "none"),
}
SHORT = {
    "random UUIDs": (lambda n: str(uuid.uuid4()), 122),
    "random UUIDs with a prefix": (lambda n: f"token-{uuid.uuid4().hex}", 122),
    "ULIDs": (lambda n: text_of(NOW + 3 * n, CROCKFORD, 10) + random_text(CROCKFORD, 16), 90),
    "UUIDs of version 7": (lambda n: uuid7_at(NOW + 3 * n), 84),
    "16 hexadecimal digits": (lambda n: secrets.token_hex(8), 64),
    "20 letters and digits": (lambda n: random_text(ALNUM, 20), 120),
    "38 decimal digits": (lambda n: random_text("0123456789", 38), 127),
    "24 letters of one case": (lambda n: random_text(CROCKFORD[:10] + string.ascii_lowercase, 24), 125),
}


@pytest.mark.parametrize("make", STRONG.values(), ids=STRONG)
def test_no_weakness_seen_in_strong_values(make: Callable[[int], str]) -> None:
    values = sample(make)
    assert guessing_hint(values) is None
    assert bits(values) >= 160


@pytest.mark.parametrize("make", FORETELLABLE.values(), ids=FORETELLABLE)
def test_a_pattern_is_seen(make: Callable[[int], str]) -> None:
    assert pattern_in(sample(make)) is not None
    assert guessing_hint(sample(make)) is not None


@pytest.mark.parametrize(("make", "most"), SHORT.values(), ids=SHORT)
def test_short_values_hold_no_pattern_but_too_few_bits(make: Callable[[int], str], most: int) -> None:
    values = sample(make)
    assert pattern_in(values) is None
    assert most - 14 < bits(values) <= most + 2
    assert bits(values) < 128


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 20])
@pytest.mark.parametrize("length", [16, 20, 32])
def test_small_samples_are_not_held_against_values(size: int, length: int) -> None:
    for make in (secrets.token_hex, secrets.token_urlsafe, lambda n: base64.b64encode(secrets.token_bytes(n)).decode()):
        for _ in range(5):
            values = sample(lambda n, make=make: make(length), size)  # type: ignore[misc]
            assert guessing_hint(values) is None
            assert bits(values) >= 8 * length


def test_exactly_128_bits_pass_in_every_spelling() -> None:
    for _ in range(30):
        for make in (secrets.token_hex, secrets.token_urlsafe):
            values = sample(lambda n, make=make: make(16))  # type: ignore[misc]
            assert 128 <= bits(values) < 160
            assert pattern_in(values) is None


def test_tokens_with_equal_claims_are_no_repeat_where_they_are_signed() -> None:
    signature = secrets.token_bytes(32)
    values = [jwt({"iat": 1}, signature, "HS256")] * SAMPLE_SIZE
    assert guessing_hint(values) is None
    assert bits(values) >= 256


def test_a_truncated_signature_counts_for_what_it_is() -> None:
    values = sample(lambda n: jwt({"jti": secrets.token_hex(32)}, secrets.token_bytes(6), "HS256"))
    assert bits(values) == 48
    assert guessing_hint(values) is not None


@pytest.mark.parametrize("value", ["a.b.c", "eyJ.e30.x", "W10.e30.x", "", "e30.e30.e30", "\u00e9.b.c"])
def test_what_only_looks_like_a_jwt_is_none(value: str) -> None:
    assert not is_jwt(value)


def test_descriptions_tell_nothing_of_the_values() -> None:
    values = sample(lambda n: secrets.token_hex(8))
    assert described(values) == "16 varying characters (hexadecimal digits), good for 64 bits at most"


def test_judging_takes_no_time() -> None:
    values = sample(lambda n: secrets.token_urlsafe(400))
    started = time.process_time()
    guessing_hint(values)
    assert time.process_time() - started < 0.5


@pytest.mark.parametrize(
    ("make", "most"),
    [
        (lambda number: secrets.token_hex(4) * 6, 32),
        (lambda number: (secrets.token_hex(4) * 6)[:43], 32),
        (lambda number: str(secrets.randbelow(10**6)) * 9, 20),
        (lambda number: "-".join([secrets.token_hex(3)] * 7), 24),
        (lambda number: secrets.choice(ALNUM) * 43, 6),
        (lambda number: (half := secrets.token_hex(6)) + half[::-1], 48),
        (lambda number: (half := secrets.token_hex(6)) + half.upper(), 48),
        (lambda number: (half := secrets.token_urlsafe(6)) + "." + half, 48),
        (lambda number: "".join(2 * digit for digit in secrets.token_hex(6)), 48),
    ],
    ids=["blocks", "blocks-cut", "numbers", "joined", "one-character", "mirrored", "cases", "halves", "doubled"],
)
@pytest.mark.parametrize("size", [8, SAMPLE_SIZE])
def test_what_is_said_twice_counts_once(make: Callable[[int], str], most: int, size: int) -> None:
    values = sample(make, size)

    assert bits(values) <= most
    assert guessing_hint(values) is not None


def test_what_is_alike_by_chance_counts() -> None:
    for size in (8, 20, 60):
        for _ in range(200):
            assert bits(sample(lambda number: secrets.token_hex(32), size)) == 256
            assert bits(sample(lambda number: random_text("0123456789", 78), size)) > 256


@pytest.mark.parametrize("make", STRONG.values(), ids=STRONG)
def test_no_value_of_128_bits_is_blamed_alone(make: Callable[[int], str]) -> None:
    assert min(bits_at_most(value) for value in sample(make)) >= 128


@pytest.mark.parametrize(
    ("value", "most"),
    [("0123456789", 34), ("0123456789abcdef", 64), ("A1b2C3d4E5f6", 72), ("abcdefghijkl", 72)],
    ids=["digits", "hex", "base64", "one case"],
)
def test_a_short_value_shows_by_itself(value: str, most: int) -> None:
    assert bits_at_most(value) < most + 0.5


def test_of_a_jwt_the_signature_counts() -> None:
    assert bits_at_most(jwt({"iat": 1, "jti": "long" * 50}, b"")) == 0
