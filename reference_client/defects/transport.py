"""Mistakes with TLS, with endpoints in the clear, and with redirects (RFC 6749 section 10, RFC 6750 section 5)."""

from urllib.parse import urljoin

from ..defect import Defect
from ..pipeline import Draft, Login, remove, replace, setting
from ..steps.sending import send
from .conditions import carelessly

AT_SERVER = (
    "rfc6749-10.9-client-validates-certificate",
    "rfc6749-10.4-client-sends-refresh-token-over-tls",
    "rfc8414-6.1-client-checks-certificate",
)
AT_RESOURCE = (
    "rfc6749-10.3-client-sends-access-token-over-tls",
    "rfc6750-5.2-client-validates-certificate",
    "rfc6750-5.2-client-verifies-resource-server",
)
AT_REVOCATION = ("rfc7009-5-client-authenticates-endpoint",)
IN_CLEAR = ("rfc6749-10.8-client-sends-no-secret-in-clear", "rfc6749-10.8-client-sends-no-code-in-clear")


def send_to_anyone(login: Login) -> None:
    """Whatever certificate is shown."""
    login.reply = carelessly(login, login.draft, verify_tls=False)


def send_to_any_host(login: Login) -> None:
    """Whatever name the certificate is for."""
    login.reply = carelessly(login, login.draft, verify_host=False)


def follow_with_token(login: Login) -> None:
    """The same request goes where the answer leads."""
    send(login)
    for _ in range(3):
        location = login.reply.headers.get("Location")
        if not 300 <= login.reply.status < 400 or not location:
            return
        login.draft.url = urljoin(login.draft.url, location)
        send(login)


def follow_with_code(login: Login) -> None:
    """The body goes where the answer leads, and the Authorization header stays: so do HTTP libraries by default."""
    send(login)
    location = login.reply.headers.get("Location")
    if 300 <= login.reply.status < 400 and location:
        login.reply = login.wire.send(Draft("POST", urljoin(login.draft.url, location), form=login.draft.form))


def follow_by_get(login: Login) -> None:
    """Goes on by GET, with the parameters in the URI."""
    send(login)
    location = login.reply.headers.get("Location")
    if 300 <= login.reply.status < 400 and location:
        login.reply = login.wire.send(
            Draft("GET", urljoin(login.draft.url, location), query=login.draft.form, headers=login.draft.headers)
        )


DEFECTS = (
    Defect(
        name="certificates-not-checked",
        says="Every certificate is good.",
        breaks=(*AT_SERVER, *AT_RESOURCE, *AT_REVOCATION),
        edits=(setting(verify_tls=False),),
    ),
    Defect(
        name="host-names-not-checked",
        says="A certificate of a known authority is good for every host.",
        breaks=(*AT_SERVER, AT_RESOURCE[0], AT_RESOURCE[2], *AT_REVOCATION),
        edits=(setting(verify_host=False),),
    ),
    Defect(
        name="certificate-not-checked-at-token-endpoint",
        says="The token endpoint may show any certificate.",
        breaks=AT_SERVER[:1],
        edits=(replace("token.send", "send", send_to_anyone),),
    ),
    Defect(
        name="host-name-not-checked-at-token-endpoint",
        says="The token endpoint may show a certificate for another host.",
        breaks=AT_SERVER[:1],
        edits=(replace("token.send", "send", send_to_any_host),),
    ),
    Defect(
        name="certificate-not-checked-at-resource",
        says="The resource may show any certificate.",
        breaks=AT_RESOURCE,
        edits=(replace("resource.send", "send", send_to_anyone),),
    ),
    Defect(
        name="certificate-not-checked-at-revocation",
        says="The revocation endpoint may show any certificate.",
        breaks=AT_REVOCATION,
        edits=(replace("revocation.send", "send", send_to_anyone),),
    ),
    Defect(
        name="token-endpoint-in-the-clear",
        says="Codes and secrets go to an http URL, if that is where the token endpoint is.",
        breaks=IN_CLEAR,
        edits=(remove("metadata", "require_https"), remove("token.send", "require_https")),
    ),
    Defect(
        name="resource-in-the-clear",
        says="Access tokens go to an http URL, if that is where the resource is.",
        breaks=("rfc6749-10.3-client-sends-access-token-over-tls", "rfc6750-5.3-client-always-uses-tls"),
        edits=(remove("resource.send", "require_https"),),
    ),
    Defect(
        name="revocation-in-the-clear",
        says="Tokens are given back to an http URL, if that is where the revocation endpoint is.",
        breaks=("rfc7009-2-client-verifies-https-url",),
        edits=(remove("metadata", "require_https"), remove("revocation.send", "require_https")),
    ),
    Defect(
        name="token-endpoint-redirect-followed",
        says="A token request is sent again to where the token endpoint redirects.",
        breaks=IN_CLEAR,
        edits=(replace("token.send", "send", follow_with_token),),
    ),
    Defect(
        name="code-sent-to-where-token-endpoint-redirects",
        says="Where the token endpoint redirects, the parameters go on, and the secret doesn't.",
        breaks=("rfc6749-10.8-client-sends-no-code-in-clear",),
        edits=(replace("token.send", "send", follow_with_code),),
    ),
    Defect(
        name="token-endpoint-redirect-followed-by-get",
        says="Where the token endpoint redirects, its parameters go on in the URI.",
        breaks=("rfc6749-3.2-client-uses-post", *IN_CLEAR),
        edits=(replace("token.send", "send", follow_by_get),),
    ),
    Defect(
        name="resource-redirect-followed",
        says="The access token goes along to where the resource redirects.",
        breaks=("rfc6750-5.3-client-keeps-tokens-from-others",),
        edits=(replace("resource.send", "send", follow_with_token),),
    ),
    Defect(
        name="revocation-redirect-followed",
        says="The token goes along to where the revocation endpoint redirects.",
        breaks=("rfc7009-5-client-uses-trustworthy-location",),
        edits=(replace("revocation.send", "send", follow_with_token),),
    ),
)
