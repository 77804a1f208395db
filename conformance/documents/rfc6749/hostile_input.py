"""Input that breaks out of where it is put, and what it left behind in answers."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import quote, urlencode

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from conformance.browser.user_agent import Answer, UserAgent
from conformance.harness.given import Given
from conformance.harness.send import FORM, Send
from conformance.procedures.authorization_requests import ordinary_request
from conformance.procedures.token_refusals import client_with_secret
from conformance.wire.exchange import Reply

# The name of whatever hostile input adds: parameter, header, element, attribute.
ADDED = "injected"
MARKUP = f"\"' {ADDED}=1 ></script></style></title></textarea><{ADDED}>"
LINE_BREAKS = f"a\r\n{ADDED}: 1\r\n\r\n<{ADDED}>"
STATES = {
    "markup": MARKUP,
    "separators": f"a&{ADDED}=1#{ADDED}=1&{ADDED}=1",
    "line breaks": LINE_BREAKS,
}
# What is put behind, or in place of, a registered redirection URI.
REDIRECT_URIS = {
    "script": lambda uri: f"javascript:{ADDED}()",
    "data": lambda uri: f"data:text/html,<{ADDED}>",
    "markup": lambda uri: uri + MARKUP,
    "line breaks": lambda uri: f"{uri}\r\n{ADDED}: 1",
}
# As they stand in a form body.
ENCODED = {
    "controls": "%00%01%08%1B%7F",
    "line breaks": quote(LINE_BREAKS),
    "markup": quote(MARKUP),
    "broken escapes": "%zz%4",
    "no UTF-8": "%FF%FE%C0%80",
}
# The parameters of a token request that can't be wrong without the request being refused, with what goes with each.
GRANT_OF_PARAMETER = {
    "grant_type": "",
    "code": "authorization_code",
    "refresh_token": "refresh_token",
    "username": "password",
}
SCRIPTED = ("javascript:", "data:", "vbscript:")


def harm_in(reply: Reply) -> list[str]:
    """What hostile input has done to an answer, in words. A server that broke down over it did no harm to others."""
    found: list[str] = []
    if any(name.lower() == ADDED or "\r" in value or "\n" in value for name, value in reply.headers):
        found.append("a header of the sender's making")
    return found + _harm_in_page(reply)


def _harm_in_page(reply: Reply) -> list[str]:
    if "html" not in reply.media_type and reply.media_type:
        return []
    try:
        document = lxml.html.document_fromstring(reply.body)
    except (ParserError, XMLSyntaxError, ValueError):
        return []
    places = document.xpath("//@href | //@src | //@action | //@formaction")
    scripted = any(place.strip().lower().startswith(SCRIPTED) and ADDED in place for place in places)
    markup = bool(document.xpath(f"//{ADDED} | //@{ADDED}"))
    return ["markup of the sender's making"] * markup + ["a link to the sender's script"] * scripted


def harm_on_the_way(answer: Answer) -> list[str]:
    """What hostile input has done to pages and redirects on the way of an authorization request."""
    found = [harm for reply in (*answer.pages, answer.reply) for harm in harm_in(reply)]
    added = any(name == ADDED for name, _ in (*answer.query, *answer.fragment))
    return list(dict.fromkeys([*found, *["a parameter of the sender's making"] * added]))


def signed_in_with(given: Given, send: Send, username: str) -> Answer:
    """What a user name typed at sign-in comes to."""
    request = ordinary_request(given, send)
    owner = replace(given.owner(), username=username, password=given.invented("password"))
    return request.changed(user_agent=UserAgent(owner, most_passwords=1))


def token_request_with(given: Given, send: Send, parameter: str, encoded: str) -> Reply:
    """A token request of a client that can authenticate, with one parameter written by hand."""
    client = client_with_secret(given)
    grant = GRANT_OF_PARAMETER[parameter]
    own: dict[str, str | None] = {"grant_type": grant or None, **client.token_parameters}
    own["password"] = given.invented("password") if grant == "password" else None
    pairs, headers = send.authenticated(own, client, None, {})
    body = f"{urlencode(pairs)}&{parameter}={encoded}".lstrip("&")
    url = send.form_request("token", ()).url
    return send.raw("POST", url, [("Content-Type", FORM), *headers], body)
