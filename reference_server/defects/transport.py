"""Breaches of what RFC 6749 sections 1.6, 2.3.1, 3.1 and 10.9 say of the transport."""

from ..defect import Defect
from ..pipeline import Call, Response, remove, replace, setting
from ..steps.transport import require_tls


def require_tls_of_others(call: Call) -> Response | None:
    """Looks for secrets in the body only."""
    return None if call.header(b"authorization") is not None else require_tls(call)


CERTIFICATES = (
    "rfc6749-10.3-access-token-server-authenticated",
    "rfc6749-10.4-refresh-server-authenticated",
    "rfc6749-10.9-authorization-certificate-verifies",
    "rfc6749-10.9-token-certificate-verifies",
    "rfc6749-10.11-site-authenticity-can-be-confirmed",
    "rfc7009-5-certificate-can-be-validated",
    "rfc7662-4-certificate-can-be-checked",
)

DEFECTS = (
    Defect(
        name="basic-password-over-plain-http",
        says="The token endpoint serves plain HTTP if the client authenticates by HTTP Basic.",
        breaks=("rfc6749-2.3.1-tls-required-for-password",),
        edits=(replace("token", "require_tls", require_tls_of_others),),
    ),
    Defect(
        name="authorization-endpoint-over-plain-http",
        says="The authorization endpoint serves plain HTTP, though the sign-in page's form is taken over TLS only.",
        breaks=("rfc6749-3.1-tls-required",),
        edits=(remove("authorization", "require_tls"),),
    ),
    Defect(
        name="sign-in-over-plain-http",
        says="The authorization endpoint and its sign-in page serve plain HTTP.",
        breaks=("rfc6749-3.1-tls-required",),
        edits=(remove("authorization", "require_tls"), remove("sign_in", "require_tls")),
    ),
    Defect(
        name="deprecated-tls-only",
        says="The server speaks no TLS version beyond 1.1.",
        breaks=(
            "rfc6749-1.6-current-tls-version",
            "rfc7009-2-endpoint-served-over-tls",
            "rfc7662-4-tls-1-2-supported",
            "rfc8414-6.1-tls-1-2-served",
            "rfc8414-6.1-tls-served",
        ),
        blocks=CERTIFICATES,
        edits=(setting(tls_minimum="TLSv1", tls_maximum="TLSv1.1", tls_ciphers="ALL:@SECLEVEL=0"),),
        transport=True,
    ),
    Defect(
        name="certificate-expired",
        says="The server's certificate expired a while ago.",
        breaks=CERTIFICATES,
        edits=(setting(certificate_days=-1),),
        transport=True,
    ),
    Defect(
        name="certificate-for-another-host",
        says="The server's certificate is for another host.",
        breaks=CERTIFICATES,
        edits=(setting(certificate_names=("elsewhere.example",)),),
        transport=True,
    ),
)
