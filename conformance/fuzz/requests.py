"""Requests to every endpoint: good ones that something has happened to, down to bodies that no form library writes.

None of them guesses: credentials that belong to a real client or account go out right or not at all, whatever is wrong
in a request has an invented name on it. So nobody is locked out, and nothing may ever be granted for the grants here.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypeAlias
from urllib.parse import quote_from_bytes, quote_plus, urlencode

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from conformance.fuzz.messages import Message
from conformance.fuzz.strategies import HOSTILE, broken_encodings, characters, dense, legal, nearly_legal
from conformance.harness.exchange import Reply
from conformance.harness.given import Given
from conformance.harness.outcomes import Inconclusive, Untested
from conformance.harness.procedures.hostile_input import ADDED
from conformance.harness.procedures.redirects import GRANT_OF, any_response_type
from conformance.harness.procedures.resource_access import resource_grant
from conformance.harness.send import FORM, Send, basic
from conformance.harness.target import Client

Pairs: TypeAlias = "list[tuple[bytes, bytes]]"

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
# Those that a bearer token opens.
OPENED = ("protected_resource", "token_info")
METHODS = ("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
ELEMENT_OF = {
    "token": "access_token",
    "token_type_hint": "token_type",
    "code_verifier": "code",
    "code_challenge": "code",
}
# Larger bodies may be refused before they are read: whether an answer arrives then is up to the network.
LARGE = 32 * 1024
NAME = "invented-by-fuzzing"
BROKEN = broken_encodings()


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
def mangled(draw: st.DrawFn, good: dict[str, str]) -> Pairs:
    """The parameters of a request, form-encoded, with up to three of them spoiled."""
    pairs = [(quote_plus(name).encode(), quote_plus(value).encode()) for name, value in good.items()]
    for _ in range(draw(MISTAKES)):
        if pairs:
            at = draw(st.integers(0, len(pairs) - 1))
            pairs[at : at + 1] = draw(CHANGES)(draw, *pairs[at])
    return pairs


# One mistake is the most telling number: several hide each other.
MISTAKES = st.sampled_from([1, 1, 1, 0, 2, 3])
LENGTHS = st.sampled_from([300, 1_100, 5_000])


def _element(name: bytes) -> str:
    text = name.decode("latin-1")
    return ELEMENT_OF.get(text, text)


def _text(draw: st.DrawFn, texts: SearchStrategy[str]) -> bytes:
    return quote_plus(draw(texts)).encode()


def _hostile_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, _text(draw, HOSTILE))]


def _nearly_legal_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, _text(draw, nearly_legal(_element(name))))]


def _legal_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """Another value of the right syntax; no client and no account of the target is called so."""
    return [(name, NAME.encode() + _text(draw, legal(_element(name))))]


def _spoiled_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """The right value with something hostile behind it."""
    return [(name, value + _text(draw, HOSTILE))]


def _broken_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, draw(BROKEN))]


def _long_value(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, b"x" * draw(LENGTHS))]


def _left_out(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return []


def _empty(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, b"")]


def _repeated(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(name, value), (name, value if draw(st.booleans()) else _text(draw, HOSTILE))]


def _renamed(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    """As frameworks read names: with an index, in other case, with a dot."""
    return [(draw(st.sampled_from([name + b"[]", name + b"[a][b]", name.upper(), b"." + name, b""])), value)]


def _hostile_name(draw: st.DrawFn, name: bytes, value: bytes) -> Pairs:
    return [(_text(draw, HOSTILE), _text(draw, HOSTILE)), (name, value)]


Change: TypeAlias = "Callable[[st.DrawFn, bytes, bytes], Pairs]"
# Simplest first, and the most telling several times.
CHANGES: SearchStrategy[Change] = st.sampled_from(
    [
        *(_left_out, _empty, _legal_value, _nearly_legal_value, _nearly_legal_value, _hostile_value, _hostile_value),
        *(_spoiled_value, _broken_value, _broken_value, _repeated, _renamed, _long_value, _hostile_name),
    ]
)


def _joined(pairs: Pairs, separator: bytes = b"&") -> bytes:
    return separator.join(name + b"=" + value if value or name else b"" for name, value in pairs)


def _many(length: int) -> bytes:
    return b"&".join(b"p%d=1" % at for at in range(length))


@st.composite
def odd_bodies(draw: st.DrawFn, good: dict[str, str]) -> bytes:
    """Bodies that only a hand writes."""
    right = urlencode(good).encode()
    match draw(BODIES):
        case "odd":
            return draw(ODD_STARTS) + right
        case "many":
            return right + b"&" + _many(draw(st.sampled_from([1_000, 3_000])))
        case "large":
            return right + b"&filler=" + b"x" * LARGE * 2
        case "semicolons":
            return _joined(draw(mangled(good)), b";")
        case _:
            return right + b"&" + draw(OCTETS)


BODIES = st.sampled_from(["odd", "octets", "semicolons", "many", "large"])
ODD_STARTS = st.sampled_from([b"&&", b"=", b"&=&", b"?", b"#", b"%", b"\x00", b"", b";"])
OCTETS = st.binary(min_size=1, max_size=40)


CONTENT_TYPES = (
    *(f"{FORM}; charset=UTF-8", f"{FORM};charset=utf-7", f"{FORM}; charset=no-such-charset", FORM.upper()),
    *("application/json", "text/plain", "multipart/form-data"),
    *("multipart/form-data; boundary=x", "application/xml", "x", ";", "", "form", 'a/b; c="'),
)
# What HTTP lets a header have: visible ASCII, octets beyond it, and blanks within.
HEADER_TEXT = dense(characters(r"\x21-\x7e") + "\xe9\xff\x80", 1, 20)
ODD_HEADERS: SearchStrategy[tuple[str, str]] = st.one_of(
    st.tuples(st.sampled_from(["Accept", "Accept-Language", "Accept-Encoding", "Accept-Charset"]), HEADER_TEXT),
    st.tuples(
        st.sampled_from(["Content-Encoding", "Expect", "Range", "If-None-Match", "X-Forwarded-For"]), HEADER_TEXT
    ),
    st.tuples(st.sampled_from(["Cookie", "Referer", "Origin", "Forwarded", "X-Forwarded-Host"]), HEADER_TEXT),
)


@st.composite
def _authorizations(draw: st.DrawFn) -> str:
    """Credentials that are none of anybody: something like a user name and a password, or broken."""
    scheme, gap = draw(SCHEMES), draw(GAPS)
    match draw(st.sampled_from(["text", "octets", "pair", "encoded"])):
        case "text":
            return f"{scheme}{gap}{draw(HEADER_TEXT)}".strip()
        case "octets":
            plain = draw(OCTETS)
        case "pair":
            plain = f"{NAME}{draw(HOSTILE)}:{draw(HOSTILE)}".encode()
        case _:
            plain = f"{NAME}{quote_plus(draw(HOSTILE))}:{quote_plus(draw(HOSTILE))}".encode()
    return f"{scheme}{gap}{base64.b64encode(plain).decode()}{draw(PADDINGS)}".strip()


SCHEMES = st.sampled_from(["Basic", "Basic", "Bearer", "basic", "BASIC", "Digest", "Negotiate", "", "\xe9"])
GAPS = st.sampled_from([" ", " ", "  ", "\t", ""])
PADDINGS = st.sampled_from(["", "", "=", "!", "A"])
TYPES = st.sampled_from(CONTENT_TYPES)
# What is odd about a request: one thing at a time, the parameters most often. Several hide each other.
ODDITIES = st.sampled_from(
    [*["parameters"] * 7, "body", "body", "method", "type", "header", "authorization", "stranger"]
)


@st.composite
def messages_to(draw: st.DrawFn, endpoint: str, good: Sequence[dict[str, str]]) -> Message:
    """Any request to an endpoint, from nearly right to absurd."""
    odd = draw(ODDITIES)
    chosen = good[draw(st.integers(0, len(good) - 1))]
    body = draw(odd_bodies(chosen)) if odd == "body" else _joined(draw(mangled(chosen)))
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
AUTHORIZATIONS = _authorizations()


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
    return messages_to(endpoint, GOOD[endpoint](given))


def any_form(given: Given, endpoint: str) -> SearchStrategy[Message]:
    """Any proper form for an endpoint with hostile values."""
    given.feature(ENDPOINTS[endpoint])
    return readable_forms(endpoint, GOOD[endpoint](given), HOSTILE)


def any_markup(given: Given, endpoint: str) -> SearchStrategy[Message]:
    """The same with values that break out of pages and headers, if they are put there as they are."""
    given.feature(ENDPOINTS[endpoint])
    return readable_forms(endpoint, GOOD[endpoint](given), INJECTIONS)


def strangers(given: Given) -> SearchStrategy[list[Message]]:
    """Token requests, one after the other, each by a client that doesn't exist and says who it is in the header."""
    given.feature("token_endpoint")
    return st.lists(_stranger(), min_size=1, max_size=8)


@st.composite
def _stranger(draw: st.DrawFn) -> Message:
    pair = f"{NAME}{quote_plus(draw(legal('client_id')))}:{quote_plus(draw(legal('client_secret')))}"
    credentials = base64.b64encode(pair.encode()).decode()
    headers = (("Content-Type", FORM), ("Authorization", f"Basic {credentials}"))
    return Message("token", "POST", "", headers, b"grant_type=client_credentials")


def any_batch(given: Given, endpoint: str) -> SearchStrategy[list[Message]]:
    """A few of them, one after the other."""
    return st.lists(any_message(given, endpoint), min_size=1, max_size=6)


# Sending


def sent(given: Given, send: Send, message: Message) -> Reply:
    """The reply to a message, with the client's own credentials where it is to have them."""
    headers = list(message.headers)
    if message.client == "header":
        client = _client_of(given, message.endpoint)
        if client is not None:
            headers.append(basic(client.client_id, client.client_secret or ""))
    url = send.form_request(message.endpoint, ()).url
    if message.query:
        url = f"{url}{'&' if '?' in url else '?'}{message.query}"
    return send.raw(message.method, url, headers, message.body)


def _client_of(given: Given, endpoint: str) -> Client | None:
    """The client that authenticates by HTTP Basic at an endpoint; None where the profile has none that does."""
    if endpoint == "introspection" and given.introspecting_client().name == "introspecting":
        client = given.introspecting_client()
        return client if "client_secret_basic" in client.authentication else None
    try:
        return given.client_authenticating_by("client_secret_basic")
    except Untested:
        return None


# Whether the endpoint still works

SERVED, REFUSED, SILENT = "served", "refused", "no answer"


def good_request_to(given: Given, send: Send, endpoint: str) -> str:
    """What a good request to an endpoint comes to. One that is lost on the way is sent once more."""
    for _ in range(2):
        try:
            return SERVED if _served(given, send, endpoint) else REFUSED
        except Inconclusive as error:
            lost = str(error)
    return f"{SILENT} ({lost})"


def _served(given: Given, send: Send, endpoint: str) -> bool:
    if endpoint == "authorization":
        answer = send.authorize(response_type=any_response_type(given))
        return bool(answer.get("code") or answer.get("access_token"))
    if endpoint == "token":
        grant = given.any_grant()
        if grant == "authorization_code":
            return send.code_exchange(given.authorization_code()).is_success
        return send.grant(grant).is_success
    if endpoint in OPENED:
        return send.resource(given.observed(f"a token for {endpoint}", lambda: _opening(given)), endpoint).is_success
    if endpoint == "metadata":
        return send.raw("GET", send.form_request("metadata", ()).url).is_success
    if endpoint == "introspection":
        return isinstance(send.introspection(NAME).members.get("active"), bool)
    return send.revocation(NAME, given.client_with_secret()).is_success


def _opening(given: Given) -> str:
    return given.tokens(resource_grant(given)).access_token


def seen_served(given: Given, send: Send, endpoint: str) -> None:
    """Positive control: a good request is served before anything goes wrong."""
    with given.arranging():
        came = good_request_to(given, send, endpoint)
    if came != SERVED:
        raise Inconclusive(f"positive control: a good request to the {endpoint} endpoint should be served, but: {came}")


# Judging


def is_decided(message: Message, reply: Reply) -> bool:
    """Whether a reply is no server error. A 503 that says when to try again is none, nor is a method unheard of."""
    if reply.status == 503 and reply.header("Retry-After"):
        return True
    return reply.status < 500 or (reply.status == 501 and message.method not in ("GET", "POST", "HEAD"))


def no_answer_to(given: Given, send: Send, message: Message) -> str | None:
    """Why no answer came to a message, in words; None when one came.

    Inconclusive where nothing else is answered either: then the target went before, and not over this message.
    """
    silence = lost(given, send, message)
    if silence is not None:
        if len(message.body) > LARGE:
            # It may have been refused before it was read: the network decides whether that arrives.
            raise Inconclusive(silence)
        with given.arranging():
            send.raw("GET", send.form_request(message.endpoint, ()).url)
    return silence


def lost(given: Given, send: Send, message: Message) -> str | None:
    """Send a message, and say why no answer came; None when one came."""
    try:
        sent(given, send, message)
    except Inconclusive as error:
        return str(error)
    return None
