"""Breaches of RFC 6749 section 4.1.2: how a code goes back to the client."""

import html
from urllib.parse import urlencode

from ..defect import Defect
from ..pipeline import Call, Response, remove, replace
from ..steps.authorization_response import put_state, redirect, redirect_with_fragment


def redirect_with_raw_plus(call: Call) -> Response:
    """Leaves a plus sign alone, which then reads as a space."""
    uri = call.redirect_uri or ""
    return redirect(call, uri + ("&" if "?" in uri else "?") + urlencode(call.answer, safe="+"))


def redirect_by_hand(call: Call) -> Response:
    """Joins names and values as they are."""
    uri = call.redirect_uri or ""
    text = "&".join(f"{name}={value}" for name, value in call.answer.items())
    return redirect(call, uri + ("&" if "?" in uri else "?") + text)


def redirect_with_code_twice(call: Call) -> Response:
    """Adds the code once more at the end."""
    uri = call.redirect_uri or ""
    pairs = [*call.answer.items(), ("code", call.answer["code"])]
    return redirect(call, uri + ("&" if "?" in uri else "?") + urlencode(pairs))


def put_state_twice(call: Call) -> None:
    """Makes a list of it."""
    if call.state is not None:
        call.answer["state"] = [call.state, call.state]


def redirect_with_lists(call: Call) -> Response:
    """Sends each element of a list."""
    uri = call.redirect_uri or ""
    return redirect(call, uri + ("&" if "?" in uri else "?") + urlencode(call.answer, doseq=True))


def put_escaped_state(call: Call) -> None:
    """Escapes for HTML what goes into a URI."""
    if call.state is not None:
        call.answer["state"] = html.escape(call.state)


def put_small_state(call: Call) -> None:
    """Normalizes the letters."""
    put_state(call)
    if call.state is not None:
        call.answer["state"] = call.state.lower()


DEFECTS = (
    Defect(
        name="code-in-fragment",
        says="The code is sent in the fragment of the redirection URI.",
        breaks=("rfc6749-4.1.2-parameters-in-query",),
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_with_fragment),),
    ),
    Defect(
        name="code-response-with-raw-plus",
        says="A plus sign in state goes into the query of the response as it is.",
        breaks=(
            "rfc6749-4.1.2-response-form-encoded",
            "rfc6749-4.1.2-state-unchanged",
        ),
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_with_raw_plus),),
    ),
    Defect(
        name="code-response-unencoded",
        says="Response parameters go into the query as they are.",
        breaks=(
            "rfc6749-4.1.2-response-form-encoded",
            "rfc6749-4.1.2-state-unchanged",
        ),
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_by_hand),),
    ),
    Defect(
        name="code-response-with-code-twice",
        says="The response has code twice.",
        breaks=("rfc6749-4.1.2-code-present",),
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_with_code_twice),),
    ),
    Defect(
        name="code-response-without-state",
        says="The response with a code has no state.",
        breaks=(
            "rfc6749-4.1.1-state-included-on-return",
            "rfc6749-4.1.2-state-returned",
        ),
        edits=(remove("authorization.code_response", "put_state"),),
    ),
    Defect(
        name="code-response-with-state-twice",
        says="The response with a code has state twice.",
        breaks=("rfc6749-4.1.2-state-returned",),
        edits=(
            replace("authorization.code_response", "put_state", put_state_twice),
            replace("authorization.code_response", "redirect_with_query", redirect_with_lists),
        ),
    ),
    Defect(
        name="code-response-with-escaped-state",
        says="The state beside a code is escaped for HTML.",
        breaks=("rfc6749-4.1.2-state-unchanged",),
        edits=(replace("authorization.code_response", "put_state", put_escaped_state),),
    ),
    Defect(
        name="code-response-with-small-state",
        says="The state beside a code comes back in small letters.",
        breaks=("rfc6749-4.1.2-state-unchanged",),
        edits=(replace("authorization.code_response", "put_state", put_small_state),),
    ),
)
