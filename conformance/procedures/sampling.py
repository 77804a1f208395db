"""Judges from a sample whether values can be guessed: pure functions over a list of strings.

A sample can show a weakness; it never proves that there is none. What all values share is set aside first (a vendor's
prefix, separators, fixed columns), and of a JWT only the signature counts: nobody guesses a token whose signature he
can't make. The rest is searched for repeats, counters, clocks and small differences, and weighed by the bits that its
length and alphabet allow at most. Values stand in the order in which they were issued.
"""

from __future__ import annotations

import base64
import binascii
import math
import re
import string
from collections.abc import Sequence
from itertools import pairwise

from conformance.wire.content import read_json

# So many values of each kind are collected, once a run; with fewer than the second number only length is judged.
SAMPLE_SIZE = 20
FEWEST = 8
# With fewer bits than this, all values that are possible (at one moment) can be tried out.
HARD_TO_TRY = 64
# What has no greater chance than this isn't put down to chance.
IMPROBABLE = 1e-8
# Of two random values nearly all places differ.
FEW_PLACES = 0.25

# From the smallest: name, characters, bits of one character. Two or four more than 62 make no difference to the bits.
ALPHABETS = (
    ("decimal digits", re.compile(r"[0-9]*"), math.log2(10)),
    ("hexadecimal digits", re.compile(r"[0-9a-f]*|[0-9A-F]*"), 4.0),
    ("letters of one case and digits", re.compile(r"[0-9a-z]*|[0-9A-Z]*"), math.log2(36)),
    ("letters, digits and the like", re.compile(r"[0-9A-Za-z+/=_.~-]*"), 6.0),
    ("printable characters", re.compile(r".*", re.DOTALL), math.log2(95)),
)
# Alphabets with fewer bits than this have letters of one case only.
ONE_CASE = 6.0
# What one alphabet has for each character, where a value shows by itself that it is made of it.
SURE_BITS = (math.log2(10), 4.0, 6.0, math.log2(95))
# In which order characters count: as in ASCII, in base64, and where small letters come first.
ORDERS = (
    "".join(map(chr, range(32, 127))),
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_",
)


def pattern_in(values: Sequence[str]) -> str | None:
    """A pattern from which another value could be foretold, in words; None: no weakness seen."""
    varying = varying_parts(values)
    if not all(varying):
        return "tokens without a signature"
    distinct = len(set(varying))
    if distinct < len(varying):
        return f"only {distinct} different values among {len(varying)}"
    if distinct < FEWEST:
        return None
    return _running(varying) or _close(varying)


def guessing_hint(values: Sequence[str]) -> str | None:
    """What helps to guess a valid value, in words: a pattern, or so few possibilities that all can be tried."""
    return pattern_in(values) or (described(values) if bits(values) < HARD_TO_TRY else None)


def bits(values: Sequence[str]) -> float:
    """The bits that length and alphabet of the varying part allow at most."""
    varying = varying_parts(values)
    return _bits_of_columns(_columns(varying), _alphabet(varying)[2])


def bits_at_most(value: str) -> float:
    """The bits that one value is good for at most; of a JWT those of its signature.

    Few characters may show one case of letters by chance: no alphabet between hexadecimal digits and base64 counts.
    """
    varying = value.rpartition(".")[2] if is_jwt(value) else value
    _, _, per_character = next(each for each in ALPHABETS if each[1].fullmatch(varying))
    return len(varying) * (per_character if per_character in SURE_BITS else ONE_CASE)


def described(values: Sequence[str]) -> str:
    """Length, alphabet and bits of the varying part, for messages; nothing of the values themselves."""
    varying = varying_parts(values)
    length = max(map(len, varying))
    return f"{length} varying characters ({_alphabet(varying)[0]}), good for {math.floor(bits(values))} bits at most"


def varying_parts(values: Sequence[str]) -> list[str]:
    """What is left of each value without what all of them share, and without what each of them says twice.

    A JWT is its signature, and equal ones count once: equal claims make equal tokens, which helps nobody to sign.
    """
    return without_echoes(_varying(values))


def _varying(values: Sequence[str]) -> list[str]:
    if all(map(is_jwt, values)):
        values = list(dict.fromkeys(value.rpartition(".")[2] for value in values))
    if len(set(values)) < FEWEST:
        return list(values)
    if len(set(map(len, values))) == 1:
        changing = [at for at, column in enumerate(_columns(values)) if len(set(column)) > 1]
        return ["".join(value[at] for at in changing) for value in values]
    start = _common_start(values)
    end = _common_start([value[start:][::-1] for value in values])
    return [value[start : len(value) - end] for value in values]


def without_echoes(values: Sequence[str]) -> list[str]:
    """Values without what follows from the rest of them: blocks that are repeated, places that mirror others.

    A short random text makes no long one by being written again, backward or in capitals.
    """
    blocks = [value[: _period(value)] for value in values]
    if all(2 * len(block) <= len(value) for block, value in zip(blocks, values, strict=True) if value) and any(blocks):
        values = blocks
    if len(values) < FEWEST or len(set(map(len, values))) != 1:
        return list(values)
    columns = _columns([value.lower() for value in values])
    echoes = [at for at, column in enumerate(columns) if column in columns[:at]]
    alike = 2 ** (1 - _alphabet(values)[2] if _alphabet(values)[2] >= ONE_CASE else -_alphabet(values)[2])
    # So many pairs of places are alike by chance, if any.
    by_chance = math.comb(len(columns), 2) * alike ** len(values)
    if not echoes or by_chance ** len(echoes) >= IMPROBABLE:
        return list(values)
    kept = [at for at in range(len(columns)) if at not in echoes]
    return ["".join(value[at] for at in kept) for value in values]


def _period(value: str) -> int:
    """After how many characters a text begins again, to its very end; its length where it doesn't."""
    return next((size for size in range(1, len(value)) if value.startswith(value[size:])), len(value))


def is_jwt(value: str) -> bool:
    """Whether a value is a JSON Web Token in compact form: header, payload, signature (which may be empty)."""
    parts = value.split(".")
    if len(parts) != 3:
        return False
    try:
        header = read_json(base64.urlsafe_b64decode(parts[0] + "=" * (-len(parts[0]) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header


def _common_start(values: Sequence[str]) -> int:
    """How many characters all values begin with."""
    shortest = min(map(len, values))
    return next((at for at, column in enumerate(_columns(values)) if len(set(column)) > 1), shortest)


def _columns(values: Sequence[str]) -> list[list[str]]:
    """The characters at each place, as far as the longest value goes."""
    return [[value[at] for value in values if at < len(value)] for at in range(max(map(len, values)))]


def _alphabet(values: Sequence[str]) -> tuple[str, re.Pattern[str], float]:
    """The smallest alphabet that holds all characters."""
    return next(alphabet for alphabet in ALPHABETS if alphabet[1].fullmatch("".join(values)))


def _bits_of_columns(columns: Sequence[Sequence[str]], per_character: float) -> float:
    return sum(_bits_of_column(column, per_character) for column in columns)


def _bits_of_column(column: Sequence[str], per_character: float) -> float:
    """What a character of the alphabet is good for, or less: so many bits as could by chance show as few characters."""
    shown = len(set(column))
    if shown == 1 and len(column) >= FEWEST:
        return 0.0
    if _plausible(shown, len(column), round(2**per_character)):
        return per_character
    return max((power for power in range(1, 6) if _plausible(shown, len(column), 2**power)), default=0)


def _plausible(shown: int, draws: int, size: int) -> bool:
    """Whether chance can show no more than so many of `size` characters; a bound, on the side of the sample."""
    return shown >= size or math.comb(size, shown) * (shown / size) ** draws >= IMPROBABLE


# Counters, clocks, small differences


def _running(values: Sequence[str]) -> str | None:
    """Values that only grow or only fall, read forward or backward in some order of characters.

    A counter or clock before enough random characters foretells nothing, so what stands beside it counts too.
    """
    for way in (list(values), [value[::-1] for value in values]):
        for order in ORDERS:
            numbers = [_read(value, order) for value in way]
            if _one_way(numbers) and _bits_beside(way, order) < HARD_TO_TRY:
                return f"values that only {'grow' if numbers[0] < numbers[1] else 'fall'}, as from a counter or clock"
    return None


def _read(value: str, order: str) -> tuple[int, ...]:
    """A value as something to be ordered: a longer number is a greater one."""
    return (len(value), *(order.find(character) for character in value.replace("+", "-").replace("/", "_")))


def _one_way(numbers: Sequence[tuple[int, ...]]) -> bool:
    pairs = list(pairwise(numbers))
    return all(one < other for one, other in pairs) or all(one > other for one, other in pairs)


def _bits_beside(values: Sequence[str], order: str) -> float:
    """The bits behind the shortest start that runs one way by itself."""
    if len(set(map(len, values))) > 1:
        return 0.0
    starts = range(1, len(values[0]) + 1)
    running = next(at for at in starts if _one_way([_read(value[:at], order) for value in values]))
    return _bits_of_columns(_columns(values)[running:], _alphabet(values)[2])


def _close(values: Sequence[str]) -> str | None:
    """Values that differ little from the one before: as numbers, or in the places that change."""
    if len(set(map(len, values))) > 1:
        return None
    # Half of the bits: a difference that small comes by chance once in so many values as the other half can count.
    near = _bits_of_columns(_columns(values), _alphabet(values)[2]) / 2
    for order in ORDERS:
        if all(abs(other - one).bit_length() <= near for one, other in pairwise(_numbers(values, order))):
            return "values that are close to the one before, as numbers"
    length = len(values[0])
    if all(_changed(one, other) <= FEW_PLACES * length for one, other in pairwise(values)):
        return "values that differ from the one before in few places"
    return None


def _numbers(values: Sequence[str], order: str) -> list[int]:
    """Values as numbers whose digits are the characters of their alphabet."""
    _, alphabet, per_character = _alphabet(values)
    if per_character < ONE_CASE:
        values, order = [value.lower() for value in values], order.replace(string.ascii_uppercase, "")
    digits = [character for character in order if alphabet.fullmatch(character)]
    return [_as_number(_read(value, "".join(digits))[1:], len(digits)) for value in values]


def _as_number(digits: Sequence[int], base: int) -> int:
    number = 0
    for digit in digits:
        number = number * base + digit
    return number


def _changed(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
