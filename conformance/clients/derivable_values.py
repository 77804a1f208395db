"""Values that are no secret for whoever sees an authorization request: they can be worked out of what stands in it.

A sample of such values looks random, as each request is another one. Digests of public values, and of the time, are
what clients are met with.
"""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Iterable, Iterator, Sequence

from conformance.clients.played import Sent

ALGORITHMS = ("md5", "sha1", "sha256", "sha512")
# Milliseconds between the making of a value and the arrival of its request.
LATEST = 1500


def worked_out(values: Iterable[str], starts: Sequence[Sent], names: frozenset[str]) -> str:
    """A value that is a digest of one of these parameters of a request, or of its time, in words; empty: none is."""
    known = {value for sent in starts for name, value in sent.query if name in names}
    moments = {moment for sent in starts for moment in _moments(sent.at)}
    guesses = {guess for text in known | moments for guess in _digests(text)}
    return "a digest of what the request holds, or of its time" if guesses & set(values) else ""


def _moments(at: float) -> Iterator[str]:
    """The time in seconds and milliseconds, as it was shortly before."""
    arrived = int((time.time() - time.perf_counter() + at) * 1000)
    yield from (str(moment) for moment in range(arrived - LATEST, arrived + 1))
    yield from (str(moment) for moment in range((arrived - LATEST) // 1000, arrived // 1000 + 1))


def _digests(text: str) -> Iterator[str]:
    """What common functions make of a text, as they are commonly written."""
    for name in ALGORITHMS:
        digest = hashlib.new(name, text.encode(), usedforsecurity=False)
        yield digest.hexdigest()
        yield base64.urlsafe_b64encode(digest.digest()).rstrip(b"=").decode("ascii")
