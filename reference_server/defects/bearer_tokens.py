"""Breaches of RFC 6750 sections 2 and 5: how a protected resource finds a token, and what tokens are good for."""

from ..defect import Defect
from ..pipeline import Call, Response, remove, replace, setting
from ..steps.bearer import collect_header_token
from ..steps.forms import is_form, parse
from ..steps.token_response import json_response


def collect_header_token_unless_posted(call: Call) -> None:
    """Looks into the form of a POST, and nowhere else."""
    if call.endpoint != "resource.me" or call.method != "POST":
        collect_header_token(call)


def collect_header_token_after_one_space(call: Call) -> None:
    """Splits the header at each space."""
    for header in call.header_values(b"authorization"):
        scheme, _, value = header.partition(" ")
        if scheme.lower() == "bearer" and not value.startswith(" "):
            call.bearer_values.append(value)


def collect_body_token_of_any_type(call: Call) -> None:
    """Reads each body as a form."""
    if call.method != "GET":
        call.bearer_values.extend(value for name, value in parse(call.body).pairs if name == "access_token")


def collect_first_query_token(call: Call) -> None:
    """Takes the token for the whole query."""
    name, _, value = call.query_string.decode("ascii").partition("=")
    if name == "access_token":
        call.bearer_values.append(value)


def collect_first_body_token(call: Call) -> None:
    """Reads a form into a dictionary, whose first value for a name stays."""
    if is_form(call):
        call.bearer_values.extend(filter(None, [parse(call.body).get("access_token")]))


def render_json_with_cookie(call: Call) -> Response:
    """The answer, and the token in a cookie for browsers."""
    response = json_response(call)
    response.headers.append(("Set-Cookie", f"access_token={call.access_token}; Path=/; HttpOnly"))
    return response


DEFECTS = (
    Defect(
        name="bearer-header-not-read-in-post",
        says="A POST request's token is looked for in the form alone.",
        breaks=("rfc6750-2.1-header-supported", "rfc6750-3.1-excess-refused"),
        edits=(replace("bearer", "collect_header_token", collect_header_token_unless_posted),),
    ),
    Defect(
        name="bearer-one-space-only",
        says="A second space before the token makes it another token.",
        breaks=("rfc6750-2.1-credentials-syntax",),
        edits=(replace("bearer", "collect_header_token", collect_header_token_after_one_space),),
    ),
    Defect(
        name="bearer-any-body-read",
        says="A body of any media type is read as a form.",
        breaks=("rfc6750-2.2-only-form-body-taken",),
        edits=(replace("bearer", "collect_body_token", collect_body_token_of_any_type),),
    ),
    Defect(
        name="bearer-query-read-as-token-alone",
        says="A token behind another query parameter is not found.",
        breaks=("rfc6750-2.3-other-query-parameters",),
        edits=(replace("bearer", "collect_query_token", collect_first_query_token),),
        on="bearer-query",
    ),
    Defect(
        name="bearer-query-answer-not-private",
        says="The answer to a token in the query may be kept by shared caches.",
        breaks=("rfc6750-2.3-answer-private",),
        edits=(remove("resource.me.finish", "forbid_private_caching"),),
        on="bearer-query",
    ),
    Defect(
        name="bearer-first-token-of-form-counts",
        says="Of several tokens in a form the first one counts.",
        breaks=("rfc6750-3.1-excess-refused",),
        edits=(replace("bearer", "collect_body_token", collect_first_body_token),),
    ),
    Defect(
        name="bearer-token-in-cookie",
        says="The token response sets a cookie that holds the token and may be sent in the clear.",
        breaks=("rfc6750-5.2-tokens-not-in-open-cookies",),
        edits=(replace("token.response", "render_json", render_json_with_cookie),),
    ),
    Defect(
        name="bearer-resource-over-plain-http",
        says="The protected resource is served over plain HTTP.",
        breaks=("rfc6750-5.2-confidentiality-applied",),
        edits=(remove("resource.me", "require_tls"),),
    ),
    Defect(
        name="bearer-long-lived-implicit-tokens",
        says="Tokens of the implicit grant live for a fortnight.",
        breaks=("rfc6750-5.3-short-lived-tokens",),
        edits=(setting(implicit_token_lifetime=1_209_600),),
    ),
)
