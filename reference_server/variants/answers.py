"""Conformant servers whose answers hold or order more than they have to (RFC 6749 sections 3.1.2, 4.5 and 5.2)."""

from urllib.parse import urlencode

from .. import demo
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, named, replace
from ..steps.authorization_response import redirect, redirect_with_fragment
from ..steps.grant_password import offer_refresh_token
from ..steps.token_response import put_error_description
from ..variant import Variant


def redirect_with_own_parameters_first(call: Call) -> Response:
    """Section 3.1.2: the query of the registered URI is retained, behind what the response adds."""
    place, _, own = (call.redirect_uri or "").partition("?")
    return redirect(call, f"{place}?{'&'.join(filter(None, ('session_state=x', own, urlencode(call.answer))))}")


def redirect_error_with_own_parameters_first(call: Call) -> Response:
    """Section 4.1.2.1: errors likewise."""
    if call.response_type == "token":
        return redirect_with_fragment(call)
    return redirect_with_own_parameters_first(call)


def put_number(call: Call) -> None:
    """Section 5.2 orders some members and forbids no others."""
    call.answer["code"] = "E1042"


def refuse_public_client_without_credentials(call: Call) -> None:
    """Section 5.2: only an authenticated client is told that it may not use a grant type."""
    if not call.client.secret and call.grant_type not in call.client.grants:
        raise OAuthError("invalid_client", "This grant type needs an authenticated client.")


def tell_who_asked(call: Call) -> None:
    """Section 5.1 lets answers hold credentials that nobody stores; what a description says is free."""
    put_error_description(call)
    secret = next((attempt.secret for attempt in call.attempts if attempt.secret), None)
    if secret is not None and secret.isascii() and '"' not in secret and secret.isprintable():
        call.answer["error_description"] = f"Refused to whoever knows {secret}"


VARIANTS = (
    Variant(
        name="refusals-repeat-secrets",
        says="Refusals at the token endpoint repeat the client's secret, and forbid to keep it.",
        edits=(replace("token.error", "put_error_description", named("put_error_description", tell_who_asked)),),
    ),
    Variant(
        name="redirect-uri-query-in-between",
        says="The query of a redirect URI stands between two parts of what the response adds.",
        edits=(
            replace("authorization.code_response", "redirect_with_query", redirect_with_own_parameters_first),
            replace("authorization.redirect_error", "redirect_error", redirect_error_with_own_parameters_first),
        ),
    ),
    Variant(
        name="numbered-errors",
        says="The JSON of every error has a member `code`, which is a number in the vendor's list.",
        edits=tuple(
            after(f"{name}.error", "put_error", put_number) for name in ("token", "revocation", "introspection")
        ),
    ),
    Variant(
        name="extension-grant-with-refresh-token",
        says="A refresh token comes with the extension grant.",
        edits=(after("grant.extension", "open_grant", offer_refresh_token),),
        changes={"rfc6749-4.5-refresh-token-usable": "passed"},
    ),
    Variant(
        name="public-client-barred-as-unauthenticated",
        says="A public client that asks for a grant which it may not use is told that it isn't authenticated.",
        edits=(before("token", "refuse_barred_client", refuse_public_client_without_credentials),),
        profile={"clients": {demo.RESTRICTED.name: {"barred": ["implicit"]}}},
    ),
)
