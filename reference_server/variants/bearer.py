"""Conformant servers whose protected resources take tokens, and refuse them, otherwise (RFC 6750)."""

from collections.abc import Callable

from ..pipeline import Call, Response, after, replace, setting
from ..steps.forms import parse
from ..variant import Variant


def _rewrite(call: Call, change: Callable[[str], str]) -> None:
    call.error.headers = tuple(
        (name, change(value) if name == "WWW-Authenticate" else value) for name, value in call.error.headers
    )


def keep_realm_only(call: Call) -> None:
    """Section 3: one attribute is enough without credentials, and `error` is a recommendation only."""
    _rewrite(call, lambda text: text.partition(", ")[0])


def name_scope(call: Call) -> None:
    """Section 3: the scope may always be told."""
    if call.endpoint == "resource.me":
        _rewrite(call, lambda text: text if "scope=" in text else f'{text}, scope="me"')


def put_error_uri(call: Call) -> None:
    """Section 3: a page about the error."""
    if call.error.error:
        _rewrite(call, lambda text: f'{text}, error_uri="https://docs.example/errors?about=tokens#bearer"')


def challenge_with_others(call: Call) -> None:
    """RFC 9110 section 11.6.1: one header may hold several challenges, with and without attributes."""
    _rewrite(call, lambda text: f'Negotiate, {text}, DPoP algs="ES256 PS256", error="use_dpop, please"')


def collect_body_token_of_any_method(call: Call) -> None:
    """RFC 6750 section 2.2: the client must not send a token in the body of a GET; it is read all the same."""
    if (call.header(b"content-type") or "").startswith("application/x-www-form-urlencoded"):
        call.bearer_values.extend(value for name, value in parse(call.body).pairs if name == "access_token")


def tell_error_in_body(call: Call) -> Response:
    """RFC 6750 section 3.1: the challenge tells no error where nothing was sent; the body is the API's own."""
    body = b'{"error": "unauthorized", "error_description": "Send a token."}'
    return Response(call.error.status, body, [*call.error.headers, ("Content-Type", "application/json")])


VARIANTS = (
    Variant(
        name="bearer-body-of-get-read",
        says="A token in the body of a GET request opens the resource.",
        edits=(replace("bearer", "collect_body_token", collect_body_token_of_any_method),),
    ),
    Variant(
        name="bearer-errors-with-body",
        says="Every refusal of a resource has a body in JSON, which names an error where the challenge doesn't.",
        edits=(replace("bearer.error", "render_empty_error", tell_error_in_body),),
    ),
    Variant(
        name="bearer-query",
        says="Protected resources take the token as a query parameter too, and say Cache-Control: private.",
        edits=(setting(bearer_query=True),),
        changes={"rfc6750-2.3-other-query-parameters": "passed", "rfc6750-2.3-answer-private": "passed"},
    ),
    Variant(
        name="no-bearer-form-body",
        says="Protected resources don't read tokens in forms.",
        edits=(setting(bearer_form_body=False),),
        changes={
            "rfc6750-3.1-excess-refused": "not applicable",
            "rfc6750-3.1-invalid-request-code": "not applicable",
            "rfc6750-3.1-invalid-request-status": "not applicable",
        },
    ),
    Variant(
        name="challenge-with-realm-only",
        says="The Bearer challenge has a realm and nothing else.",
        edits=(after("bearer.error", "challenge_bearer", keep_realm_only),),
        changes={"rfc6750-3-error-included": "warned"},
    ),
    Variant(
        name="challenge-with-scope",
        says="The Bearer challenge always names the scope that the resource asks for.",
        edits=(after("bearer.error", "challenge_bearer", name_scope),),
    ),
    Variant(
        name="challenge-with-error-uri",
        says="The Bearer challenge has error_description and error_uri.",
        edits=(after("bearer.error", "challenge_bearer", put_error_uri),),
    ),
    Variant(
        name="several-challenges-in-one-header",
        says="One WWW-Authenticate header holds challenges of three schemes.",
        edits=(after("bearer.error", "challenge_bearer", challenge_with_others),),
    ),
)
