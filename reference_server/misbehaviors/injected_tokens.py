"""Answers that bring an attacker's access token, for a client that takes tokens from wherever they come."""

from __future__ import annotations

from urllib.parse import urlencode

from ..misbehavior import Misbehavior
from ..pipeline import Call, Response, replace
from ..secrets import random_value
from ..steps.authorization_response import redirect


def redirect_with_tokens(call: Call) -> Response:
    """RFC 6749 section 10.12: the attacker's own tokens, so that the client acts for the attacker.

    One in the query and one in the fragment, in place of a code; the state is one that the client never sent.
    """
    uri = call.redirect_uri or ""
    query, fragment = (
        urlencode({"access_token": random_value(), "token_type": "bearer", "state": random_value()}) for _ in range(2)
    )
    return redirect(call, f"{uri}{'&' if '?' in uri else '?'}{query}#{fragment}")


MISBEHAVIORS = (
    Misbehavior(
        name="tokens-in-answer",
        says="the answer has an attacker's access tokens in its query and in its fragment",
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_with_tokens),),
    ),
)
