"""What an answer tells caches: RFC 9111 section 5.2, and Pragma (section 5.4), which has the same form."""

from __future__ import annotations

import re

from conformance.wire.challenges import Answering

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def directives(reply: Answering, name: str = "Cache-Control") -> tuple[str, ...]:
    """The names of the directives of a header, in lower case: what a cache reads, and nothing that looks like it."""
    header = ",".join(_QUOTED.sub('""', value) for value in reply.header_values(name))
    names = (part.partition("=")[0].strip().lower() for part in header.split(","))
    return tuple(each for each in names if each)
