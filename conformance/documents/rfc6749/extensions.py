"""What section 8 speaks of: token types, names of parameters, grant types and response types that a server uses."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

from conformance.base.outcomes import Inconclusive, NotApplicable, Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.grammar import ABSOLUTE_URI, URI_REFERENCE
from conformance.harness.send import Send
from conformance.procedures.token_responses import parameter, token_response
from conformance.wire.exchange import Reply

# The grants of RFC 6749 itself, whose names are no URIs.
CORE_GRANTS = ("authorization_code", "implicit", "password", "client_credentials", "refresh_token")


def is_absolute_uri(name: str) -> bool:
    """Whether a name is an absolute URI."""
    return re.fullmatch(ABSOLUTE_URI, name) is not None


def is_name_or_uri_reference(name: str) -> bool:
    """Whether a name has the syntax of a grant type or token type in Appendix A: a plain name, or a URI reference."""
    # Every plain name is a relative reference as well.
    return re.fullmatch(URI_REFERENCE, name) is not None


def issued_type(given: Given, send: Send, grant: str) -> str:
    """The `token_type` that comes by a grant; Vacuous where none comes."""
    if grant == "implicit":
        return value_in(approved_answer(given, "implicit"), "token_type")
    return str(parameter(token_response(given, send, grant), "token_type"))


def issued_type_name(given: Given, send: Send, grant: str) -> str:
    """The same, of a type that is no absolute URI."""
    name = issued_type(given, send, grant)
    if is_absolute_uri(name):
        raise Vacuous("the token type is an absolute URI")
    return name


def approved_answer(given: Given, grant: str) -> Answer:
    """An approved authorization request that came back to the client; made once."""
    response_type = "token" if grant == "implicit" else "code"
    answer = given.observed(f"an approved request for {response_type}", lambda: given.approval(None, response_type))
    return given.came_back(answer)


def value_in(answer: Answer, name: str) -> str:
    """A response parameter of an answer; Vacuous where it has none."""
    value = answer.get(name)
    if not value:
        raise Vacuous(f"this answer has no {name}")
    return value


def added_names(answer: Answer) -> list[str]:
    """The names of the parameters that the server added to the redirect URI."""
    own = parse_qsl(urlsplit(answer.request.get("redirect_uri") or "").query, keep_blank_values=True)
    return [pair[0] for pair in (*answer.query, *answer.fragment) if pair not in own]


def published_names(given: Given, send: Send, name: str) -> list[str]:
    """A list of names in the server's metadata. Not applicable where it is left out, Vacuous where it is no list."""
    given.feature("metadata")
    url = send.form_request("metadata", ()).url

    def procedure() -> Reply:
        return given.accepted(send.raw("GET", url), "the server's metadata")

    members = given.observed("the server's metadata", procedure).members
    if name not in members:
        raise NotApplicable(f"the server's metadata has no {name}")
    if not isinstance(members[name], list):
        raise Vacuous(f"{name} in the server's metadata is no list")
    return [str(each) for each in members[name]]


def several_values(given: Given, send: Send) -> str:
    """A response type of several values: one that the server publishes, else the RFC's own example."""
    try:
        offered = published_names(given, send, "response_types_supported")
    except (NotApplicable, Vacuous, Inconclusive):
        offered = []
    return next((name for name in offered if " " in name), "code token")


def ending_of(answer: Answer) -> str:
    """How an authorization request ended, in what doesn't vary by chance: the error, and the parameters' names."""
    places = {"query": answer.query, "fragment": answer.fragment}
    names = [f"{', '.join(sorted(dict(pairs)))} in the {place}" for place, pairs in places.items() if pairs]
    return f"error {answer.get('error')}, {' and '.join(names) or 'nothing for the client'}"
