"""Breaches at the edges of values: spaces at their ends, letters in other case, empty ones, names that are alone."""

from collections.abc import Callable
from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, before, named, replace, setting
from ..steps.bearer import collect_header_token, find_access_token
from ..steps.client_authentication import collect_basic, failed, find_client
from ..steps.forms import FORM, read_form
from ..steps.grant_refresh_token import find_refresh_token
from ..steps.scope import refuse_unknown_scope
from ..steps.token import require_bearer
from ..steps.token_response import put_scope
from .client_authentication import read_form_and_query

CAPITALIZED = "rfc6749-2.3.1-basic-accepted-when-used"


def trim_secret(call: Call) -> None:
    """Cleans up what people paste."""
    call.attempts = [changed(each, secret=each.secret and each.secret.strip()) for each in call.attempts]


def trim_password(call: Call) -> None:
    """Cleans up what people type."""
    pairs = tuple((name, value.strip() if name == "password" else value) for name, value in call.parameters.pairs)
    call.parameters = changed(call.parameters, pairs=pairs)


def find_client_in_any_case(call: Call) -> None:
    """Looks the identifier up in a column that knows no case."""
    known = {client_id.lower(): client_id for client_id in call.server.accounts.clients}
    sent = call.attempts[0].client_id or ""
    call.attempts[0] = changed(call.attempts[0], client_id=known.get(sent.lower(), sent))
    find_client(call)


def find_access_token_in_any_case(call: Call) -> None:
    """Finds a token whose letters are in the other case."""
    store, value = call.server.store, call.bearer_values[0]
    if store.find_token(value) is None and store.find_token(value.swapcase()) is not None:
        call.bearer_values[0] = value.swapcase()
    find_access_token(call)


def find_refresh_token_in_any_case(call: Call) -> None:
    """Finds a token whose letters are in the other case."""
    store, value = call.server.store, call.parameters.get("refresh_token") or ""
    if store.find_token(value) is None and store.find_token(value.swapcase()) is not None:
        others = tuple(pair for pair in call.parameters.pairs if pair[0] != "refresh_token")
        call.parameters = changed(call.parameters, pairs=(*others, ("refresh_token", value.swapcase())))
    find_refresh_token(call)


async def serve_empty_token(call: Call) -> Response | None:
    """Has nothing to check in an empty token."""
    if (call.header(b"authorization") or "").strip().lower() == "bearer":
        return Response(200, b'{"resource": "me"}', [("Content-Type", "application/json")])
    return await require_bearer(call)


def collect_capitalized_basic(call: Call) -> None:
    """Looks for `Basic`, letter by letter."""
    header = call.header(b"authorization")
    if header is not None and not header.startswith("Basic"):
        raise failed("The authentication scheme is not supported.")
    collect_basic(call)


def collect_capitalized_bearer(call: Call) -> None:
    """Looks for `Bearer`, letter by letter, whatever `token_type` says."""
    if (call.header(b"authorization") or "").startswith("Bearer"):
        collect_header_token(call)


def read_form_in_lower_case(call: Call) -> None:
    """Compares the media type letter by letter."""
    if not (call.header(b"content-type") or "").startswith(FORM):
        raise OAuthError("invalid_request", "The request body has to be form-encoded.")
    read_form(call)


def is_unknown_alone(call: Call) -> bool:
    """A scope without a single known name."""
    settings = call.server.settings
    return bool(call.scope) and not {*call.scope} & {*settings.user_scopes, *settings.app_scopes}


def use_default_for_unknown(call: Call) -> None:
    """Drops what it doesn't know, and has the default for nothing."""
    if is_unknown_alone(call):
        settings = call.server.settings
        call.scope = (settings.default_user_scope if call.kind == "user" else settings.default_app_scope,)
    else:
        refuse_unknown_scope(call)


def asked_for_unknown_alone(call: Call) -> bool:
    """A token request for a scope without a single known name, or by a code whose request may have been for one."""
    settings = call.server.settings
    if call.grant_type == "authorization_code":
        return call.scope == (settings.default_user_scope,)
    asked = {*(call.parameters.get("scope") or "").split()}
    return bool(asked) and not asked & {*settings.user_scopes, *settings.app_scopes}


def unless_unknown(put: Callable[[Call], None]) -> Step:
    """Tells the scope in another way where what was asked for is unknown."""

    def put_scope_otherwise(call: Call) -> None:
        """Remembers what was asked for."""
        (put if asked_for_unknown_alone(call) else put_scope)(call)

    return named("put_scope", put_scope_otherwise)


def keep_first(name: str) -> Step:
    """Reads parameters into a map, and looks at no second value."""

    def keep_first_value(call: Call) -> None:
        """Drops the others."""
        first = call.parameters.get(name)
        others = tuple(pair for pair in call.parameters.pairs if pair[0] != name)
        call.parameters = changed(call.parameters, pairs=others if first is None else ((name, first), *others))

    return named(f"refuse_repeated_{name}", keep_first_value)


def tell_nothing(call: Call) -> None:
    """Takes the default for what was meant."""


def echo_scope(call: Call) -> None:
    """Tells what was asked for."""
    call.answer["scope"] = call.parameters.get("scope") or " ".join(call.scope)


DEFECTS = (
    Defect(
        name="client-secret-trimmed",
        says="Spaces at the ends of a client secret don't count.",
        breaks=("rfc6749-2.3.1-basic-supported", "rfc6749-2.3.1-client-secret-its-own"),
        edits=(before("client_authentication", "verify_secret", trim_secret),),
    ),
    Defect(
        name="password-trimmed",
        says="Spaces at the ends of a password don't count.",
        breaks=("rfc6749-4.3.2-wrong-password-refused",),
        edits=(before("resource_owner.password", "verify_password", trim_password),),
    ),
    Defect(
        name="client-id-case-ignored-when-authenticating",
        says="Where clients authenticate, an identifier may be written in any case.",
        breaks=("rfc6749-1.9-client-id-exact",),
        edits=(replace("client_authentication", "find_client", named("find_client", find_client_in_any_case)),),
    ),
    Defect(
        name="access-token-in-other-case-opens",
        says="A protected resource takes an access token whose letters are in the other case.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=(replace("bearer", "find_access_token", named("find_access_token", find_access_token_in_any_case)),),
    ),
    Defect(
        name="refresh-token-in-other-case-refreshes",
        says="A refresh token may be presented with its letters in the other case.",
        breaks=("rfc6749-6-refresh-token-validated",),
        edits=(
            replace(
                "grant.refresh_token", "find_refresh_token", named("find_refresh_token", find_refresh_token_in_any_case)
            ),
        ),
    ),
    Defect(
        name="empty-token-opens",
        says="The protected resource is open to the scheme Bearer with no token behind it.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=(replace("resource.me", "require_bearer", named("require_bearer", serve_empty_token)),),
    ),
    Defect(
        name="basic-in-lower-case-refused",
        says="The scheme of HTTP Basic credentials has to be written with a capital.",
        breaks=(
            CAPITALIZED,
            "rfc7009-2.1-client-authentication-accepted",
            "rfc7662-2.1-post-form-accepted",
        ),
        edits=(replace("client_authentication", "collect_basic", named("collect_basic", collect_capitalized_basic)),),
    ),
    Defect(
        name="bearer-in-lower-case-refused",
        says="The scheme of bearer tokens has to be written with a capital.",
        breaks=("rfc6750-2.1-header-supported",),
        edits=(replace("bearer", "collect_header_token", named("collect_header_token", collect_capitalized_bearer)),),
    ),
    Defect(
        name="media-type-in-lower-case-only",
        says="The media type of a form has to be written in lower case at the token and the revocation endpoint.",
        breaks=("rfc6749-3.2-post-served", "rfc7009-2.1-form-encoded-body-accepted"),
        edits=(
            replace("token", "read_form", named("read_form", read_form_in_lower_case)),
            replace("revocation", "read_form", named("read_form", read_form_in_lower_case)),
        ),
    ),
    *(
        Defect(
            name=f"credentials-taken-from-uri-at-{endpoint}",
            says=f"The {endpoint} endpoint reads parameters from the query as well, credentials included.",
            breaks=("rfc6749-2.3.1-credentials-in-uri-refused",),
            edits=(replace(endpoint, "read_form", named("read_form", read_form_and_query)),),
        )
        for endpoint in ("revocation", "introspection")
    ),
    Defect(
        name="unknown-scope-alone-is-the-default",
        says="A scope of unknown names alone is taken for the default, and the answer is silent about it.",
        breaks=("rfc6749-3.3-different-scope-reported", "rfc6749-3.3-invented-scope-not-granted"),
        edits=(
            replace("scope", "refuse_unknown_scope", named("refuse_unknown_scope", use_default_for_unknown)),
            replace("token.response", "put_scope", unless_unknown(tell_nothing)),
        ),
    ),
    Defect(
        name="unknown-scope-alone-told-as-granted",
        says="A scope of unknown names alone is told as granted, while the token has the default.",
        breaks=("rfc6749-3.3-invented-scope-not-granted",),
        edits=(
            replace("scope", "refuse_unknown_scope", named("refuse_unknown_scope", use_default_for_unknown)),
            replace("token.response", "put_scope", unless_unknown(echo_scope)),
        ),
    ),
    *(
        Defect(
            name=f"first-of-repeated-{name.replace('_', '-')}-taken-at-authorization",
            says=f"The authorization endpoint takes the first of several {name} parameters.",
            breaks=("rfc6749-3.1-repeated-parameter-refused",),
            edits=(replace("authorization.validate_client", f"refuse_repeated_{name}", keep_first(name)),),
        )
        for name in ("client_id", "redirect_uri")
    ),
    Defect(
        name="old-tls-beside-new",
        says="The server speaks TLS 1.1 beside its successors.",
        breaks=("documented-credentials-old-tls-off",),
        edits=(setting(tls_minimum="TLSv1.1", tls_ciphers="ALL:@SECLEVEL=0"),),
        transport=True,
    ),
)
