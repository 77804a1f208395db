"""Breaches of RFC 6749 at the token endpoint."""

from ..defect import Defect
from ..pipeline import remove, setting

DEFECTS = (
    Defect(
        name="tokens-outlive-code-replay",
        says="A code that is presented twice is denied, but its tokens stay good.",
        breaks=(),
        edits=(remove("grant.authorization_code", "revoke_tokens_of_replayed_code"),),
    ),
    Defect(
        name="plain-http-processed",
        says="Every endpoint answers plain HTTP as if it were TLS.",
        breaks=(),
        edits=(setting(plain_http="process"),),
        transport=True,
    ),
)
