"""Breaches of RFC 7009 in where the revocation endpoint is and how a request is read (sections 2 and 2.1)."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Step, after, before, named, remove, replace, setting
from ..steps.forms import FORM, read_form

DEFINED_HINTS = ("access_token", "refresh_token")


def put_fragment(call: Call) -> None:
    """Publishes the address of the documentation of the endpoint."""
    call.answer["revocation_endpoint"] += "#revocation"


def put_plain_http_endpoint(call: Call) -> None:
    """Builds the URL behind a proxy that ends TLS, from the scheme that it sees."""
    call.answer["revocation_endpoint"] = call.answer["revocation_endpoint"].replace("https:", "http:")


def read_exact_form(call: Call) -> None:
    """Compares the whole Content-Type header with the media type."""
    if call.header(b"content-type") != FORM:
        raise OAuthError("invalid_request", "The request body has to be form-encoded.", 415)
    read_form(call)


def keep_token_encoded(call: Call) -> None:
    """Cuts the token out of the body and forgets to decode it."""
    raw = dict(part.partition("=")[::2] for part in call.body.decode("latin-1").split("&"))
    pairs = tuple((name, raw.get(name, value) if name == "token" else value) for name, value in call.parameters.pairs)
    call.parameters = changed(call.parameters, pairs=pairs)


def demand_hint(call: Call) -> None:
    """Makes `token_type_hint` a required parameter."""
    if call.parameters.get("token_type_hint") is None:
        raise OAuthError("invalid_request", "The token_type_hint parameter is missing.")


def search_only(hint: str, kind: str) -> Step:
    """With a certain hint, searches among tokens of one kind and nowhere else."""

    def search_by_hint(call: Call) -> None:
        """Section 2.1 demands the search to be extended."""
        if call.parameters.get("token_type_hint") == hint and call.token is not None and call.token.kind != kind:
            call.token = None

    return named("search_by_hint", search_by_hint)


def refuse_refresh_token_hint(call: Call) -> None:
    """Was written when there were access tokens only."""
    if call.parameters.get("token_type_hint") == "refresh_token":
        raise OAuthError("unsupported_token_type", "The token type is not supported.")


def refuse_unknown_hint(call: Call) -> None:
    """Takes a hint that it doesn't know for a type that it doesn't support."""
    if call.parameters.get("token_type_hint") not in (None, *DEFINED_HINTS):
        raise OAuthError("unsupported_token_type", "The token type is not supported.")


def lose_token_of_unknown_hint(call: Call) -> None:
    """Searches the table that the hint names, and none if there is no such table."""
    if call.parameters.get("token_type_hint") not in (None, *DEFINED_HINTS):
        call.token = None


def blame_unknown_hint(call: Call) -> None:
    """Finds nothing, and takes the hint for the reason."""
    if call.token is None:
        refuse_unknown_hint(call)


def break_on_long_hint(call: Call) -> None:
    """Puts the hint into a column of the audit log that is too short for it."""
    if len(call.parameters.get("token_type_hint") or "") > 1024:
        raise RuntimeError("value too long for type character varying(1024)")


def break_on_large_body(call: Call) -> None:
    """Lets the framework's limit surface as an unhandled exception."""
    if call.oversized:
        raise RuntimeError("request entity too large")


def forget_refresh_token_without_hint(call: Call) -> None:
    """Takes what it knows nothing of for an access token."""
    hint = call.parameters.get("token_type_hint")
    if call.token is not None and call.token.kind == "refresh_token" and hint != "refresh_token":
        call.token = None


DEFECTS = (
    Defect(
        name="revocation-url-with-fragment",
        says="The URL of the revocation endpoint in the server's metadata has a fragment.",
        breaks=("rfc7009-2-endpoint-url-without-fragment",),
        edits=(after("metadata", "put_endpoints", put_fragment),),
    ),
    Defect(
        name="revocation-advertised-over-plain-http",
        says="The server's metadata names a plain HTTP URL for revocation.",
        breaks=("rfc7009-2-endpoint-url-is-https", "rfc7009-2-http-uri-not-published"),
        edits=(after("metadata", "put_endpoints", put_plain_http_endpoint),),
    ),
    Defect(
        name="revocation-refused-over-plain-http",
        says="A token that is sent over plain HTTP by mistake isn't revoked there.",
        breaks=("rfc7009-2-plain-http-revokes-too",),
        edits=(setting(revocation_over_http=False),),
    ),
    Defect(
        name="revocation-media-type-compared-literally",
        says="A revocation request whose Content-Type has a parameter is refused.",
        breaks=("rfc7009-2.1-form-encoded-body-accepted",),
        edits=(replace("revocation", "read_form", read_exact_form),),
    ),
    Defect(
        name="revocation-token-left-encoded",
        says="Percent-encoding in the token is not undone.",
        breaks=("rfc7009-2.1-percent-encoded-token-decoded",),
        edits=(after("revocation", "read_form", keep_token_encoded),),
    ),
    Defect(
        name="revocation-without-token",
        says="A revocation request without token is answered with success.",
        breaks=("rfc7009-2.1-token-required",),
        edits=(remove("revocation", "require_token"),),
    ),
    Defect(
        name="revocation-hint-demanded",
        says="A revocation request without token_type_hint is refused.",
        breaks=("rfc7009-2.1-hint-not-needed",),
        edits=(before("revocation", "require_token", demand_hint),),
    ),
    Defect(
        name="revocation-of-refresh-tokens-by-hint-only",
        says="Refresh tokens are looked for only when the hint says refresh_token.",
        breaks=(
            "rfc7009-2.1-hint-not-needed",
            "rfc7009-2.1-wrong-hint-refresh-token-revoked",
            "rfc7009-2.2-invalid-hint-ignored",
        ),
        edits=(after("revocation", "find_token", forget_refresh_token_without_hint),),
    ),
    Defect(
        name="revocation-access-token-hint-believed",
        says="With the hint access_token no refresh token is found.",
        breaks=("rfc7009-2.1-wrong-hint-refresh-token-revoked",),
        edits=(after("revocation", "find_token", search_only("access_token", "access_token")),),
    ),
    Defect(
        name="revocation-refresh-token-hint-believed",
        says="With the hint refresh_token no access token is found.",
        breaks=("rfc7009-2.1-wrong-hint-access-token-revoked",),
        edits=(after("revocation", "find_token", search_only("refresh_token", "refresh_token")),),
    ),
    Defect(
        name="revocation-hint-mistaken",
        says="With the hint refresh_token the server searches among access tokens only.",
        breaks=("rfc7009-2.1-matching-hint-accepted",),
        edits=(after("revocation", "find_token", search_only("refresh_token", "access_token")),),
    ),
    Defect(
        name="revocation-refresh-token-hint-refused",
        says="The hint refresh_token is answered with an error.",
        breaks=(
            "rfc7009-2.1-defined-hint-values-understood",
            "rfc7009-2.1-matching-hint-accepted",
            "rfc7009-2.1-wrong-hint-access-token-revoked",
        ),
        edits=(before("revocation", "find_token", refuse_refresh_token_hint),),
    ),
    Defect(
        name="revocation-unknown-hint-refused",
        says="A hint that the server doesn't know is answered with an error.",
        breaks=("rfc7009-2.2-invalid-hint-ignored", "rfc7009-2.2-invalid-hint-same-answer"),
        edits=(before("revocation", "find_token", refuse_unknown_hint),),
    ),
    Defect(
        name="revocation-unknown-hint-hides-token",
        says="With a hint that the server doesn't know no token is found.",
        breaks=("rfc7009-2.2-invalid-hint-ignored",),
        edits=(after("revocation", "find_token", lose_token_of_unknown_hint),),
    ),
    Defect(
        name="revocation-unknown-hint-blamed",
        says="An unknown token is answered with an error if the hint is unknown as well.",
        breaks=("rfc7009-2.2-invalid-hint-same-answer",),
        edits=(after("revocation", "find_token", blame_unknown_hint),),
    ),
    Defect(
        name="revocation-breaks-on-long-hint",
        says="A very long hint makes the revocation endpoint fail.",
        breaks=("rfc7009-5-hint-flood-survived",),
        edits=(before("revocation", "find_token", break_on_long_hint),),
    ),
    Defect(
        name="revocation-breaks-on-large-body",
        says="A very large body makes the revocation endpoint fail.",
        breaks=("rfc7009-5-oversized-request-survived",),
        edits=(before("revocation", "refuse_oversized", break_on_large_body),),
    ),
)
