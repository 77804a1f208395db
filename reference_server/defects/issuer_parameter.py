"""Breaches of RFC 9207: whether, where and how an authorization response names its issuer."""

from urllib.parse import quote

from ..defect import Defect
from ..pipeline import Call, Edit, Response, Step, after, named, remove, replace
from ..steps.authorization_response import redirect_with_fragment, redirect_with_query
from .conditions import Condition, asks_for_token, only

CODE, TOKEN, ERROR = "authorization.code_response", "authorization.implicit_response", "authorization.redirect_error"
RESPONSES = (CODE, TOKEN, ERROR)


def issuer_of(call: Call) -> str:
    """What clients know the server by."""
    return call.server.settings.identifier


def named_as(make: Step) -> tuple[Edit, ...]:
    """Every response names the issuer in another way."""
    return tuple(replace(each, "put_issuer", make) for each in RESPONSES)


def put_with_slash(call: Call) -> None:
    """Writes the issuer as a base URL."""
    call.answer["iss"] = issuer_of(call) + "/"


def put_host(call: Call) -> None:
    """Names the host alone."""
    call.answer["iss"] = issuer_of(call).partition("://")[2]


def put_http(call: Call) -> None:
    """Takes the scheme behind the proxy for its own."""
    call.answer["iss"] = issuer_of(call).replace("https:", "http:")


def put_with_query(call: Call) -> None:
    """Adds the tenant."""
    call.answer["iss"] = issuer_of(call) + "?tenant=a"


def put_with_fragment(call: Call) -> None:
    """Names a place in a document."""
    call.answer["iss"] = issuer_of(call) + "#issuer"


def put_encoded(call: Call) -> None:
    """Encodes before it encodes."""
    call.answer["iss"] = quote(issuer_of(call), safe="")


def put_other_letters(call: Call) -> None:
    """Capitals in the scheme, which URLs take for equal."""
    call.answer["iss"] = issuer_of(call).replace("https", "HTTPS")


def add_again(call: Call) -> Response:
    """The framework adds it as well."""
    response = redirect_with_fragment(call) if call.response_type == "token" else redirect_with_query(call)
    location = next(value for name, value in response.headers if name == "Location")
    response.put("Location", f"{location}&iss={quote(issuer_of(call), safe='')}")
    return response


def move_issuer(call: Call) -> Response:
    """Puts `iss` where the other kind of response has its parameters."""
    issuer = quote(call.answer.pop("iss"), safe="")
    if call.response_type == "token":
        call.redirect_uri = f"{call.redirect_uri}{'&' if '?' in (call.redirect_uri or '') else '?'}iss={issuer}"
        return redirect_with_fragment(call)
    response = redirect_with_query(call)
    location = next(value for name, value in response.headers if name == "Location")
    response.put("Location", f"{location}#iss={issuer}")
    return response


def answered_by(step: Step) -> tuple[Edit, ...]:
    """Every response goes back in another way."""
    return (
        replace(CODE, "redirect_with_query", step),
        replace(TOKEN, "redirect_with_fragment", step),
        replace(ERROR, "redirect_error", step),
    )


def published(value: object) -> Edit:
    """The metadata has another value for the announcement; None leaves it out."""

    def put_announcement(call: Call) -> None:
        call.answer.pop("authorization_response_iss_parameter_supported")
        if value is not None:
            call.answer["authorization_response_iss_parameter_supported"] = value

    return after("metadata", "put_issuer_parameter", put_announcement)


def put_other_issuer(call: Call) -> None:
    """The document is built from another configuration."""
    call.answer["issuer"] = issuer_of(call) + "/other"


def unless(condition: Condition, list_name: str) -> Edit:
    """No issuer in some responses."""

    def drop_issuer(call: Call) -> None:
        del call.answer["iss"]

    return after(list_name, "put_issuer", only(condition, named("drop_issuer", drop_issuer)))


def not_for_token(call: Call) -> bool:
    """A request for a code."""
    return not asks_for_token(call)


def is_denial(call: Call) -> bool:
    """The resource owner said no."""
    return call.error.error == "access_denied"


DEFECTS = (
    Defect(
        name="iss-missing-beside-code",
        says="A response with a code doesn't name its issuer.",
        breaks=("rfc9207-2-iss-in-response",),
        edits=(remove(CODE, "put_issuer"),),
    ),
    Defect(
        name="iss-missing-beside-token",
        says="A response with an access token doesn't name its issuer.",
        breaks=("rfc9207-2-iss-in-response",),
        edits=(remove(TOKEN, "put_issuer"),),
    ),
    Defect(
        name="iss-missing-in-errors",
        says="Error responses don't name their issuer.",
        breaks=("rfc9207-2-iss-in-error-response",),
        edits=(unless(not_for_token, ERROR),),
    ),
    Defect(
        name="iss-missing-in-errors-of-implicit-requests",
        says="Error responses to implicit requests don't name their issuer.",
        breaks=("rfc9207-2-iss-in-error-response",),
        edits=(unless(asks_for_token, ERROR),),
    ),
    Defect(
        name="iss-missing-in-denials",
        says="What the resource owner declined comes back without the issuer.",
        breaks=("rfc9207-2-iss-in-error-response",),
        edits=(unless(is_denial, ERROR),),
    ),
    Defect(
        name="iss-with-slash",
        says="The issuer in responses has a slash more than the issuer has.",
        breaks=("rfc9207-2-iss-is-issuer", "rfc9207-2.3-iss-identical-to-metadata"),
        edits=named_as(put_with_slash),
    ),
    Defect(
        name="iss-in-other-letters",
        says="The scheme of the issuer in responses is written in capitals.",
        breaks=("rfc9207-2-iss-is-issuer", "rfc9207-2.3-iss-identical-to-metadata"),
        edits=named_as(put_other_letters),
    ),
    Defect(
        name="iss-is-host",
        says="The issuer in responses is a host name.",
        breaks=("rfc9207-2-iss-https", "rfc9207-2-iss-is-issuer"),
        edits=named_as(put_host),
    ),
    Defect(
        name="iss-over-plain-http",
        says="The issuer in responses has the scheme http.",
        breaks=("rfc9207-2-iss-https", "rfc9207-2-iss-is-issuer"),
        edits=named_as(put_http),
    ),
    Defect(
        name="iss-with-query",
        says="The issuer in responses has a query.",
        breaks=("rfc9207-2-iss-without-query-and-fragment", "rfc9207-2-iss-is-issuer"),
        edits=named_as(put_with_query),
    ),
    Defect(
        name="iss-with-fragment",
        says="The issuer in responses has a fragment.",
        breaks=("rfc9207-2-iss-without-query-and-fragment", "rfc9207-2-iss-is-issuer"),
        edits=named_as(put_with_fragment),
    ),
    Defect(
        name="iss-encoded-twice",
        says="The issuer in responses is encoded twice.",
        breaks=("rfc9207-2.4-iss-form-encoded", "rfc9207-2-iss-is-issuer"),
        edits=named_as(put_encoded),
    ),
    Defect(
        name="iss-twice",
        says="The issuer stands in responses twice.",
        breaks=("rfc9207-2-iss-in-place",),
        edits=answered_by(add_again),
    ),
    Defect(
        name="iss-in-other-component",
        says="The issuer stands in the query of what goes into the fragment, and the other way round.",
        breaks=("rfc9207-2-iss-in-place",),
        edits=answered_by(move_issuer),
    ),
    Defect(
        name="iss-not-announced",
        says="Responses have the issuer, and the metadata doesn't say so.",
        breaks=("rfc9207-2.3-support-announced",),
        edits=(published(None),),
    ),
    Defect(
        name="iss-announced-as-unsupported",
        says="Responses have the issuer, and the metadata says that they don't.",
        breaks=("rfc9207-2.3-support-announced",),
        edits=(published(value=False),),
    ),
    Defect(
        name="iss-announced-in-words",
        says="The announcement of the parameter is a text.",
        breaks=("rfc9207-3-announcement-is-boolean",),
        edits=(published("true"),),
    ),
    Defect(
        name="iss-unlike-metadata",
        says="The metadata names another issuer than the responses.",
        breaks=("rfc9207-2.3-iss-identical-to-metadata",),
        edits=(replace("metadata", "put_issuer", put_other_issuer),),
    ),
    Defect(
        name="metadata-without-issuer",
        says="The metadata has no issuer.",
        breaks=("rfc9207-2.3-issuer-provided",),
        edits=(remove("metadata", "put_issuer"),),
    ),
)
