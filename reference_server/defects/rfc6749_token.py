"""Breaches of RFC 6749 at the token endpoint."""

from ..defect import Defect
from ..pipeline import setting

DEFECTS = (
    Defect(
        name="plain-http-processed",
        says="Every endpoint answers plain HTTP as if it were TLS.",
        breaks=(),
        edits=(setting(plain_http="process"),),
        transport=True,
    ),
)
