"""Answers that bring an attacker's access token, for a client that takes tokens from wherever they come."""

from __future__ import annotations

from urllib.parse import urlencode

from ..misbehavior import Misbehavior
from ..pipeline import Call, Response, Step, replace
from ..secrets import random_value
from ..steps.authorization_response import redirect


def inject_behind(mark: str) -> Step:
    """A step that redirects with a token in place of a code; the state is one that the client never sent."""

    def redirect_with_token(call: Call) -> Response:
        """RFC 6749 section 10.12: the attacker's own token, so that the client acts for the attacker."""
        token = {"access_token": random_value(), "token_type": "bearer", "state": random_value()}
        uri = call.redirect_uri or ""
        between = "&" if mark == "?" and "?" in uri else mark
        return redirect(call, f"{uri}{between}{urlencode(token)}")

    return redirect_with_token


def injected(place: str, mark: str) -> Misbehavior:
    """A token in some part of the URI."""
    edits = (replace("authorization.code_response", "redirect_with_query", inject_behind(mark)),)
    return Misbehavior(f"token-in-{place}", f"the answer has an attacker's access token in its {place}", edits)


MISBEHAVIORS = (injected("query", "?"), injected("fragment", "#"))
