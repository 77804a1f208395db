"""Answers that mix up logins: of another server, of another login, and where nothing but `state` protects."""

from __future__ import annotations

from urllib.parse import urlencode

from ..misbehavior import Misbehavior
from ..pipeline import Call, Response, before, remove, replace
from ..steps.authorization_response import redirect_with_query
from .authorization_answers import put_foreign_state, take_challenge_of_another


def lead_to_second_server(call: Call) -> Response:
    """RFC 9700 section 4.4.1: the attacker's server sends the user agent on to an honest one, in the client's name."""
    kept = call.server.kept
    asked = [(name, kept.get(f"second {name}", value)) for name, value in call.parameters.pairs]
    place = f"{call.server.settings.second_issuer}/oauth/authorize?{urlencode(asked)}"
    return Response(302, headers=[("Location", place)])


def answer_at_another_uri(call: Call) -> Response:
    """RFC 8252 section 8.10: the answer to a request comes where another one is waited for."""
    uri, question, query = (call.redirect_uri or "").partition("?")
    call.redirect_uri = f"{uri}-of-another{question}{query}"
    return redirect_with_query(call)


def put_other_server(call: Call) -> None:
    """RFC 9207 section 2.4: an issuer that the client knows, and didn't ask."""
    call.answer["iss"] = call.server.settings.second_issuer


def put_state_of_other_server(call: Call) -> None:
    """What the client sent to another server, which isn't over for this one."""
    call.answer["state"] = call.server.kept_elsewhere.get("latest state", "")


WITHOUT_PKCE = (
    remove("metadata", "put_code_challenge_methods"),
    remove("grant.authorization_code", "refuse_unexpected_verifier"),
    remove("grant.authorization_code", "require_code_verifier"),
    remove("grant.authorization_code", "check_code_verifier"),
)

MISBEHAVIORS = (
    Misbehavior(
        name="mix-up",
        says="the server sends the user agent on to another server, whose answer comes back",
        edits=(replace("authorization", "answer_request", lead_to_second_server),),
    ),
    Misbehavior(
        name="mix-up-unannounced",
        says="a server that doesn't announce `iss` sends the user agent on to another server, whose answer comes back",
        edits=(
            remove("metadata", "put_issuer_parameter"),
            replace("authorization", "answer_request", lead_to_second_server),
        ),
    ),
    Misbehavior(
        name="iss-of-other-server",
        says="`iss` is the other server's, which the client knows as well",
        edits=(replace("authorization.code_response", "put_issuer", put_other_server),),
    ),
    Misbehavior(
        name="state-of-other-server",
        says="an attacker's code comes with the state that the client sent to the other server",
        edits=(
            before("authorization.code_response", "make_code", take_challenge_of_another),
            replace("authorization.code_response", "put_state", put_state_of_other_server),
        ),
    ),
    Misbehavior(
        name="answer-at-another-uri",
        says="the answer comes to another redirection URI than the request named",
        edits=(replace("authorization.code_response", "redirect_with_query", answer_at_another_uri),),
        takes_long=True,
    ),
    Misbehavior(
        name="code-of-another",
        says="the answer to the client's own request brings the code of somebody else's login",
        edits=(before("authorization.code_response", "make_code", take_challenge_of_another),),
    ),
    Misbehavior(name="without-pkce", says="the server doesn't know PKCE, nor say that it does", edits=WITHOUT_PKCE),
    Misbehavior(
        name="state-of-nobody-without-pkce",
        says="a server without PKCE answers with a state that the client never sent",
        edits=(*WITHOUT_PKCE, replace("authorization.code_response", "put_state", put_foreign_state)),
        twin="without-pkce",
    ),
)
