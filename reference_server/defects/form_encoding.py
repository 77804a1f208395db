"""Breaches of RFC 6749 Appendix B: how forms and redirects are encoded and decoded."""

import re
from collections.abc import Callable
from urllib.parse import unquote, unquote_plus, urlencode

from ..defect import Defect
from ..pipeline import Call, Parameters, Response, Step, named, replace
from ..steps.authorization_request import read_request
from ..steps.authorization_response import redirect
from ..steps.forms import read_form
from ..steps.scope import refuse_unknown_scope

Decode = Callable[[str, str], tuple[str, str]]
ESCAPED_TWICE = re.compile(r"%25([0-9A-Fa-f]{2})")


def in_query(encode: Callable[[Call], str]) -> Step:
    """A redirect with a query that is encoded in another way."""

    def redirect_with_query(call: Call) -> Response:
        uri = call.redirect_uri or ""
        return redirect(call, f"{uri}{'&' if '?' in uri else '?'}{encode(call)}")

    return named("redirect_with_query", redirect_with_query)


def in_fragment(encode: Callable[[Call], str]) -> Step:
    """The same with a fragment."""

    def redirect_with_fragment(call: Call) -> Response:
        return redirect(call, f"{call.redirect_uri}#{encode(call)}")

    return named("redirect_with_fragment", redirect_with_fragment)


def with_title_in_latin_1(call: Call) -> str:
    """Tells the application's name as well, in the encoding of its own store."""
    return f"{urlencode(call.answer)}&application=D%E9mo"


def sparing_escapes(call: Call) -> str:
    """Takes what looks like an escape for one, and leaves it as it is."""
    return ESCAPED_TWICE.sub(r"%\1", urlencode(call.answer))


def pairs_of(text: bytes, decode: Decode) -> Parameters:
    """The parameters of a form, each pair decoded in some way."""
    parts = (part.partition("=") for part in text.decode("latin-1").split("&") if part)
    return Parameters(tuple(decode(name, value) for name, _, value in parts))


def read_form_as(decode: Decode) -> Step:
    """Reads the form of a request with another decoder."""

    def read_form_otherwise(call: Call) -> None:
        read_form(call)
        call.parameters = pairs_of(call.body, decode)

    return named("read_form", read_form_otherwise)


def plain_names(name: str, value: str) -> tuple[str, str]:
    """Names are known ones, so they need no decoding."""
    return name, unquote_plus(value)


def plain_plus(name: str, value: str) -> tuple[str, str]:
    """Decodes scopes as a URI's path is."""
    name = unquote_plus(name)
    return name, unquote(value) if name == "scope" else unquote_plus(value)


def latin_1(name: str, value: str) -> tuple[str, str]:
    """Takes octets for the characters of Latin-1."""
    return unquote_plus(name), unquote_plus(value, encoding="latin-1")


def forgiving(name: str, value: str) -> tuple[str, str]:
    """Leaves out what it can't decode."""
    return unquote_plus(name), unquote_plus(value, errors="ignore")


def read_plain_names(call: Call) -> None:
    """The same for the query of an authorization request."""
    read_request(call)
    if call.method == "GET":
        call.parameters = pairs_of(call.query_string, plain_names)


def drop_unknown_scope(call: Call) -> None:
    """Section 3.3: a server may grant less than was asked for, or its default. This is no breach."""
    if call.endpoint != "token":
        return refuse_unknown_scope(call)
    settings = call.server.settings
    known = [name for name in call.scope if name in {*settings.user_scopes, *settings.app_scopes}]
    default = settings.default_user_scope if call.kind == "user" else settings.default_app_scope
    call.scope = tuple(known) or (default,)
    return None


DEFECTS = (
    Defect(
        name="query-in-latin-1",
        says="A code comes with a parameter whose escapes are those of Latin-1.",
        breaks=("rfc6749-B-query-response-is-utf8",),
        edits=(replace("authorization.code_response", "redirect_with_query", in_query(with_title_in_latin_1)),),
    ),
    Defect(
        name="fragment-in-latin-1",
        says="An implicit answer has a parameter whose escapes are those of Latin-1.",
        breaks=("rfc6749-B-fragment-response-is-utf8",),
        edits=(
            replace("authorization.implicit_response", "redirect_with_fragment", in_fragment(with_title_in_latin_1)),
        ),
    ),
    Defect(
        name="query-spares-escapes",
        says="What looks like an escape in a state isn't escaped in the query of the redirection URI.",
        breaks=("rfc6749-B-query-response-escaped",),
        edits=(replace("authorization.code_response", "redirect_with_query", in_query(sparing_escapes)),),
    ),
    Defect(
        name="fragment-spares-escapes",
        says="What looks like an escape in a state isn't escaped in the fragment of the redirection URI.",
        breaks=("rfc6749-B-fragment-response-escaped",),
        edits=(replace("authorization.implicit_response", "redirect_with_fragment", in_fragment(sparing_escapes)),),
    ),
    Defect(
        name="token-request-names-not-decoded",
        says="The escapes in the names of a token request's parameters are not undone.",
        breaks=("rfc6749-B-escaped-token-request-understood",),
        edits=(replace("token", "read_form", read_form_as(plain_names)),),
    ),
    Defect(
        name="authorization-request-names-not-decoded",
        says="The escapes in the names of an authorization request's parameters are not undone.",
        breaks=("rfc6749-B-escaped-authorization-request-understood",),
        edits=(replace("authorization", "read_request", read_plain_names),),
    ),
    Defect(
        name="plus-in-scope",
        says="A plus sign in the scope of a token request is one: a list is one unknown name, which is dropped.",
        breaks=("rfc6749-B-plus-reads-as-space",),
        edits=(
            replace("token", "read_form", read_form_as(plain_plus)),
            replace("scope", "refuse_unknown_scope", drop_unknown_scope),
        ),
    ),
    Defect(
        name="token-request-in-latin-1",
        says="The token endpoint takes the octets of names and values for characters of Latin-1.",
        breaks=(
            "rfc6749-A.15-non-ascii-username-taken",
            "rfc6749-A.16-non-ascii-password-taken",
            "rfc6749-B-non-ascii-values-decoded",
        ),
        edits=(replace("token", "read_form", read_form_as(latin_1)),),
    ),
    Defect(
        name="octets-left-out",
        says="The token endpoint leaves out octets that are no UTF-8.",
        breaks=("rfc6749-B-invalid-utf8-refused",),
        edits=(replace("token", "read_form", read_form_as(forgiving)),),
    ),
)
