"""Breaches that spare the first occasion: the main client, a request by GET, a secret in the header, a token in the
header. Each check is there, and one way leads past it."""

from collections.abc import Callable

from .. import demo
from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Step, after, named, replace
from ..steps import authorization_request as request
from ..steps import bearer, forms
from ..steps.client_authentication import (
    refuse_unregistered_method,
    require_for_confidential,
    verify_secret,
)
from ..steps.forms import parse
from ..steps.grant_authorization_code import (
    check_code_fresh,
    check_code_unused,
    consume_code,
    revoke_tokens_of_replayed_code,
)
from ..steps.grant_refresh_token import check_refresh_client, check_scope_not_wider
from ..steps.resources import require_scope
from .conditions import Condition, asks_for_token, only, when

CLIENT, REQUEST = "authorization.validate_client", "authorization.validate_request"
CODE, REFRESH, SECRET = "grant.authorization_code", "grant.refresh_token", "client_authentication"


def by_get(call: Call) -> bool:
    """The way that everybody tries."""
    return call.method == "GET"


def in_header(call: Call) -> bool:
    """No secret stands in the body."""
    return call.parameters.get("client_secret") is None


def is_not_second(call: Call) -> bool:
    """Any client but one."""
    return call.client.client_id != demo.OTHER.client_id


def asks_for_code(call: Call) -> bool:
    """Any request but implicit ones."""
    return not asks_for_token(call)


def trust_second(call: Call) -> None:
    """Whoever names this client is it."""
    call.authenticated = call.authenticated or not is_not_second(call)


def trust_second_without_secret(call: Call) -> None:
    """Whoever has no secret to show is the one that needs none."""
    if call.attempts[0].method == "none":
        trust_second(call)


def read_first_response_type(call: Call) -> None:
    """Of two, the first counts."""
    call.response_type = call.parameters.get("response_type")


def verify_secret_without_case(call: Call) -> None:
    """Compares letters whatever their case."""
    sent, known = call.attempts[0].secret, call.client.secret
    call.authenticated = sent is not None and known is not None and sent.casefold() == known.casefold()


def keep_empty(*names: str) -> Step:
    """Drops empty parameters but these."""

    def drop_empty_parameters(call: Call) -> None:
        kept = [(name, value) for name, value in call.parameters.pairs if not value and name in names]
        forms.drop_empty_parameters(call)
        call.parameters = type(call.parameters)((*call.parameters.pairs, *kept), call.parameters.unreadable)

    return named("drop_empty_parameters", drop_empty_parameters)


def refuse_empty_method(call: Call) -> None:
    """Takes an empty method for one that it doesn't know."""
    if call.parameters.get("code_challenge_method") == "":
        raise OAuthError("invalid_request", "The code challenge method is not supported.")


def takes_any_kind(call: Call) -> None:
    """Looks a token of a form up wherever it is."""
    token = call.server.store.find_token(call.bearer_values[0])
    if token is None:
        raise bearer.invalid_token()
    call.bearer = token


def comes_in_form(call: Call) -> bool:
    """Whether a token comes in a form."""
    return any(name == "access_token" for name, _ in parse(call.body).pairs)


def not_in_form(call: Call) -> bool:
    """Any other way to send a token."""
    return not comes_in_form(call)


def lose_refresh_token(fits: Callable[[str], bool]) -> Edit:
    """Looks for refresh tokens in the wrong place under some hints."""

    def lose_token(call: Call) -> None:
        hint = call.parameters.get("token_type_hint")
        if hint is not None and fits(hint) and call.token is not None and call.token.kind == "refresh_token":
            call.token = None

    return after("introspection", "find_token", lose_token)


def posted(name: str, says: str, step: Step, where: str, *breaks: str) -> Defect:
    """A check that requests by POST don't meet."""
    return Defect(
        name=f"posted-{name}",
        says=says,
        breaks=("rfc6749-3.1-post-served-like-get", *breaks),
        edits=(replace(where, step.__name__, only(by_get, step)),),
    )


def unchecked(condition: Condition, *steps: tuple[str, Step]) -> tuple[Edit, ...]:
    """Steps that are taken where the condition holds only."""
    return tuple(replace(where, step.__name__, only(condition, step)) for where, step in steps)


def is_no_caller(call: Call) -> bool:
    """Any use of a token but to authorize introspection; expired ones are noticed there too."""
    return call.endpoint != "introspection" or not call.bearer.fresh


def refuse_unknown_token_of_app(call: Call) -> None:
    """Tells apps what it doesn't know."""
    if call.token is None and not call.client.confidential:
        raise OAuthError("invalid_request", "The token is unknown.")


def put_odd_locale(call: Call) -> None:
    """Names a locale as programs do."""
    call.answer["ui_locales_supported"] = ["de-CH", "en_US"]


DEFECTS = (
    Defect(
        name="introspection-by-revoked-bearer",
        says="A token that was revoked still authorizes introspection.",
        breaks=("rfc7662-2.3-invalid-bearer-401",),
        edits=unchecked(is_no_caller, ("bearer", bearer.check_token_active)),
    ),
    Defect(
        name="revocation-unknown-token-of-app-refused",
        says="A public client is told that the token which it revokes is unknown.",
        breaks=("rfc7009-2.2-unknown-token-answered-with-200",),
        edits=(after("revocation", "find_token", refuse_unknown_token_of_app),),
    ),
    Defect(
        name="metadata-locale-with-underscore",
        says="The metadata names a locale that is no language tag.",
        breaks=("rfc8414-2-ui-locales-is-list",),
        edits=(after("metadata", "put_issuer", put_odd_locale),),
    ),
    Defect(
        name="second-client-goes-anywhere",
        says="The redirection URI of one client isn't compared.",
        breaks=("rfc6749-3.1.2.2-scheme-authority-path-fixed",),
        edits=unchecked(is_not_second, (CLIENT, request.match_redirect_uri)),
    ),
    Defect(
        name="implicit-request-goes-anywhere",
        says="The redirection URI of an implicit request isn't compared.",
        breaks=("rfc6749-3.1.2.2-scheme-authority-path-fixed",),
        edits=unchecked(asks_for_code, (CLIENT, request.match_redirect_uri)),
    ),
    posted(
        "without-redirect-uri",
        "A request by POST may leave out one of several redirection URIs.",
        request.require_redirect_uri,
        CLIENT,
    ),
    posted(
        "challenge-optional",
        "A public client needs no challenge for a request by POST.",
        request.require_code_challenge,
        REQUEST,
    ),
    posted(
        "challenge-by-any-method",
        "A request by POST may name any method of challenge.",
        request.check_code_challenge_method,
        REQUEST,
    ),
    posted(
        "by-barred-client",
        "A barred client gets by POST what it may not ask for.",
        request.refuse_barred_client,
        REQUEST,
    ),
    Defect(
        name="posted-parameters-twice",
        says="A request by POST may repeat a parameter.",
        breaks=("rfc6749-3.1-repeated-parameter-refused",),
        edits=(
            *unchecked(
                by_get,
                (CLIENT, request.refuse_repeated_client_id),
                (CLIENT, request.refuse_repeated_redirect_uri),
                (REQUEST, forms.refuse_repeated(*request.RECOGNIZED)),
            ),
            replace(REQUEST, "read_response_type", when(by_get, request.read_response_type, read_first_response_type)),
        ),
    ),
    Defect(
        name="empty-challenge-refused",
        says="An empty code challenge is a malformed one.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(replace("authorization", "drop_empty_parameters", keep_empty("code_challenge")),),
    ),
    Defect(
        name="empty-challenge-method-refused",
        says="An empty method of challenge is an unknown one.",
        breaks=("rfc6749-3.1-empty-optional-parameter-as-omitted",),
        edits=(
            replace("authorization", "drop_empty_parameters", keep_empty("code_challenge_method")),
            after(REQUEST, "check_code_challenge", refuse_empty_method),
        ),
    ),
    Defect(
        name="body-secret-and-code-twice",
        says="Beside a secret in the body a code works as often as it comes.",
        breaks=("rfc6749-4.1.2-reused-code-denied",),
        edits=unchecked(
            in_header,
            (CODE, revoke_tokens_of_replayed_code),
            (CODE, check_code_unused),
            (CODE, consume_code),
        ),
    ),
    Defect(
        name="body-secret-and-expired-code",
        says="Beside a secret in the body a code has no end.",
        breaks=("rfc6749-4.1.2-code-expires",),
        edits=unchecked(in_header, (CODE, check_code_fresh)),
    ),
    Defect(
        name="body-secret-and-refresh-token-of-another",
        says="Beside a secret in the body a refresh token may be anybody's.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=unchecked(in_header, (REFRESH, check_refresh_client)),
    ),
    Defect(
        name="body-secret-and-wider-scope",
        says="Beside a secret in the body a refresh brings whatever scope it asks for.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=unchecked(in_header, (REFRESH, check_scope_not_wider)),
    ),
    Defect(
        name="body-secret-without-case",
        says="A secret in the body is compared without case.",
        breaks=("rfc6749-2.3.1-client-secret-its-own",),
        edits=(replace(SECRET, "verify_secret", when(in_header, verify_secret, verify_secret_without_case)),),
    ),
    Defect(
        name="second-client-without-right-secret",
        says="The secret of one client isn't compared.",
        breaks=("rfc6749-3.2.1-wrong-secret-refused",),
        edits=(after(SECRET, "verify_secret", trust_second),),
    ),
    Defect(
        name="second-client-with-empty-secret",
        says="One client may leave its secret empty.",
        breaks=("rfc6749-3.2.1-wrong-secret-refused",),
        edits=(
            *unchecked(is_not_second, (SECRET, require_for_confidential), (SECRET, refuse_unregistered_method)),
            after(SECRET, "verify_secret", trust_second_without_secret),
        ),
    ),
    Defect(
        name="revoked-token-in-form-served",
        says="A token in a form may be revoked.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=unchecked(not_in_form, ("bearer", bearer.check_token_active)),
    ),
    Defect(
        name="refresh-token-in-form-served",
        says="A form may hold a refresh token.",
        breaks=("rfc6749-7-invalid-token-refused",),
        edits=(replace("bearer", "find_access_token", when(not_in_form, bearer.find_access_token, takes_any_kind)),),
    ),
    Defect(
        name="other-scope-in-form-served",
        says="A token in a form may have any scope.",
        breaks=("rfc6749-7-insufficient-scope-refused",),
        edits=(replace("resource.me", "require_scope", only(not_in_form, require_scope("me"))),),
    ),
    Defect(
        name="introspection-refresh-token-lost-by-its-hint",
        says="Introspection finds a refresh token without a hint, and not under its own.",
        breaks=("rfc7662-2.1-matching-hint-accepted",),
        edits=(lose_refresh_token(lambda hint: hint == "refresh_token"),),
    ),
    Defect(
        name="introspection-refresh-token-lost-by-unknown-hint",
        says="Introspection finds a refresh token without a hint, and not under one that it doesn't know.",
        breaks=("rfc7662-2.1-unknown-hint-token-found",),
        edits=(lose_refresh_token(lambda hint: hint not in ("access_token", "refresh_token")),),
    ),
)
