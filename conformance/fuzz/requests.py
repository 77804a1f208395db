"""Requests to every endpoint: good ones that something has happened to, down to bodies that no form library writes.

None of them guesses: credentials that belong to a real client or account go out right or not at all, whatever is wrong
in a request has an invented name on it. So nobody is locked out, and nothing may ever be granted for the grants here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from urllib.parse import quote_from_bytes, quote_plus, urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.documents.rfc6749.hostile_input import ADDED
from conformance.fuzz.mangling import AUTHORIZATIONS, ODD_HEADERS, TYPES, joined_form, mangled, odd_bodies
from conformance.fuzz.messages import NAME, OPENED, Message
from conformance.fuzz.strategies import HOSTILE, legal_texts
from conformance.harness.given import Given
from conformance.harness.send import FORM
from conformance.procedures.redirects import GRANT_OF, any_response_type

# Texts that add an element, an attribute, a header or a parameter of their own (`hostile_input` finds those).
BREAKING = ('"', "'", "<", ">", "\r\n", "\n", "\r", "&", "#", "-->", "</title>", "</script>", "</textarea>", "\\", "`")
INJECTIONS: SearchStrategy[str] = st.lists(
    st.sampled_from([f"<{ADDED}>", f" {ADDED}=1 ", f"{ADDED}: 1", f"javascript:{ADDED}()", *BREAKING, "x"]),
    min_size=1,
    max_size=10,
).map("".join)
# Endpoint of the profile -> the feature that it goes with.
ENDPOINTS = {
    "authorization": "authorization_endpoint",
    "token": "token_endpoint",
    "revocation": "revocation",
    "introspection": "introspection",
    "protected_resource": "protected_resource",
    "token_info": "token_info",
    "metadata": "metadata",
}
# Those that are asked by GET.
READ = ("authorization", "protected_resource", "token_info", "metadata")
METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
# What is odd about a request: one thing at a time, the parameters most often. Several hide each other.
ODDITIES = st.sampled_from(
    [*["parameters"] * 7, "body", "body", "method", "type", "header", "authorization", "stranger"]
)


# What is asked for, as it would be right


def _token_requests(given: Given) -> list[dict[str, str]]:
    """Requests of the grants whose credential can be invented; nothing can come of them."""
    uris = given.client_for(given.any_grant()).redirect_uris
    code = {"grant_type": "authorization_code", "code": NAME, "code_verifier": NAME * 3}
    code |= {"redirect_uri": uris[0]} if uris else {}
    password = {"grant_type": "password", "username": NAME, "password": NAME, "scope": NAME}
    refresh = {"grant_type": "refresh_token", "refresh_token": NAME, "scope": NAME}
    return [code, refresh, password, {"grant_type": NAME, "scope": NAME}]


def _authorization_requests(given: Given) -> list[dict[str, str]]:
    response_type = any_response_type(given)
    client = given.client_for(GRANT_OF[response_type])
    own = {
        "response_type": response_type,
        "client_id": client.client_id,
        "scope": " ".join(client.scopes_for(GRANT_OF[response_type])) or NAME,
        "state": NAME,
        **client.authorization_parameters,
    }
    own |= {"redirect_uri": client.redirect_uris[0]} if client.redirect_uris else {}
    if response_type == "code" and client.pkce != "off":
        own |= {"code_challenge": (NAME * 3)[:43], "code_challenge_method": client.pkce}
    return [own]


def _token_questions(given: Given) -> list[dict[str, str]]:
    return [{"token": NAME, "token_type_hint": "access_token"}, {"token": NAME}]


def _resource_requests(given: Given) -> list[dict[str, str]]:
    return [{"access_token": NAME}, {}]


GOOD: dict[str, Callable[[Given], list[dict[str, str]]]] = {
    "token": _token_requests,
    "authorization": _authorization_requests,
    "revocation": _token_questions,
    "introspection": _token_questions,
    **dict.fromkeys((*OPENED, "metadata"), _resource_requests),
}


# What happens to it


@st.composite
def messages_to(draw: st.DrawFn, endpoint: str, good: Sequence[dict[str, str]], floods: bool) -> Message:
    """Any request to an endpoint, from nearly right to absurd; huge ones where the target may be flooded."""
    odd = draw(ODDITIES)
    chosen = good[draw(st.integers(0, len(good) - 1))]
    body = draw(odd_bodies(chosen, floods)) if odd == "body" else joined_form(draw(mangled(chosen)))
    usual = "GET" if endpoint in READ else "POST"
    method = draw(st.sampled_from(METHODS)) if odd == "method" else usual
    headers = [draw(ODD_HEADERS)] if odd == "header" else []
    if odd == "authorization" or (endpoint in OPENED and odd != "stranger"):
        headers.append(("Authorization", draw(AUTHORIZATIONS)))
    if method in ("GET", "HEAD"):
        return Message(endpoint, method, _in_query(body)[:8_000], tuple(headers))
    content_type = draw(TYPES) if odd == "type" else FORM
    headers += [("Content-Type", content_type)] if content_type else []
    return Message(
        endpoint, method, "", tuple(headers), body, "absent" if odd in NAMELESS or usual == "GET" else "header"
    )


NAMELESS = ("authorization", "stranger")


@st.composite
def readable_forms(
    draw: st.DrawFn, endpoint: str, good: Sequence[dict[str, str]], texts: SearchStrategy[str]
) -> Message:
    """A proper form by the proper client, but with hostile texts in some of its values, and maybe one left out."""
    chosen = dict(good[draw(st.integers(0, len(good) - 1))])
    for name in draw(st.lists(st.sampled_from([*chosen, NAME]), min_size=1, max_size=2, unique=True)):
        chosen[name] = draw(texts)
    for name in draw(st.lists(st.sampled_from(list(chosen)), max_size=1)):
        del chosen[name]
    form = urlencode(chosen)
    if endpoint in READ:
        return Message(endpoint, "GET", form)
    return Message(endpoint, "POST", "", (("Content-Type", FORM),), form.encode(), "header")


def _in_query(body: bytes) -> str:
    """The form as a query: what a request line can't have is escaped there, the rest stays."""
    return quote_from_bytes(body, safe="%&=+;?/:@!$'()*,~|^`{}[]\\\"<>")


def any_message(given: Given, endpoint: str) -> SearchStrategy[Message]:
    """Any request to an endpoint that the profile claims."""
    given.feature(ENDPOINTS[endpoint])
    return messages_to(endpoint, GOOD[endpoint](given), given.allows_intrusion())


def any_form(given: Given, endpoint: str) -> SearchStrategy[Message]:
    """Any proper form for an endpoint with hostile values."""
    given.feature(ENDPOINTS[endpoint])
    return readable_forms(endpoint, GOOD[endpoint](given), HOSTILE)


def any_markup(given: Given, endpoint: str) -> SearchStrategy[Message]:
    """The same with values that break out of pages and headers, if they are put there as they are."""
    given.feature(ENDPOINTS[endpoint])
    return readable_forms(endpoint, GOOD[endpoint](given), INJECTIONS)


def messages_of_strangers(given: Given) -> SearchStrategy[list[Message]]:
    """Token requests, one after the other, each by a client that doesn't exist and says who it is in the header."""
    given.feature("token_endpoint")
    return st.lists(_stranger(), min_size=1, max_size=8)


@st.composite
def _stranger(draw: st.DrawFn) -> Message:
    pair = f"{NAME}{quote_plus(draw(legal_texts('client_id')))}:{quote_plus(draw(legal_texts('client_secret')))}"
    credentials = base64.b64encode(pair.encode()).decode()
    headers = (("Content-Type", FORM), ("Authorization", f"Basic {credentials}"))
    return Message("token", "POST", "", headers, b"grant_type=client_credentials")


def any_batch(given: Given, endpoint: str) -> SearchStrategy[list[Message]]:
    """A few of them, one after the other."""
    return st.lists(any_message(given, endpoint), min_size=1, max_size=6)
