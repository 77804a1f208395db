"""How long an answer declares itself fresh (RFC 9111 section 4.2.1)."""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime

from conformance.wire.exchange import Reply

NEVER_FRESH = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?:$|[\s,])")
MAX_AGE = re.compile(r"(?:^|[\s,])(?:s-maxage|max-age)\s*=\s*\"?(\d+)")


def declared_freshness(reply: Reply, now: float) -> float:
    """Seconds for which a cache may reuse an answer without asking, as declared; 0 where nothing is declared."""
    directives = ", ".join(reply.header_values("Cache-Control")).lower()
    if NEVER_FRESH.search(directives):
        return 0.0
    ages = MAX_AGE.findall(directives)
    if ages:
        return float(max(map(int, ages)))
    try:
        return max(0.0, parsedate_to_datetime(reply.header("Expires") or "").timestamp() - now)
    except ValueError:
        return 0.0
