"""Breaches that show when the resource owner has to sign in on the way: what a request brought changes or gets lost."""

from collections.abc import Callable
from urllib.parse import unquote, urlencode

from ..defect import Defect
from ..pipeline import Call, Edit, Response, named, replace
from ..steps.forms import parse
from ..steps.sign_in import AUTHORIZATION_PATH, continue_with

Pairs = list[tuple[str, str]]


def going_on(change: Callable[[Pairs], Pairs]) -> Edit:
    """The request that goes on after sign-in is another one than what came."""

    def continue_request(call: Call) -> Response:
        """Goes on with what is left of the request."""
        carried = call.parameters.get("authorization_request")
        if carried is None:
            return continue_with(call, None)
        return continue_with(call, urlencode(change(list(parse(carried.encode()).pairs))))

    return replace("sign_in", "continue_request", named("continue_request", continue_request))


def going_on_by(write: Callable[[Pairs], str]) -> Edit:
    """The request that goes on after sign-in is written in another way."""

    def continue_request(call: Call) -> Response:
        """Goes on to a URL made by hand."""
        carried = call.parameters.get("authorization_request")
        response = continue_with(call, carried)
        if carried is not None:
            response.put("Location", f"{AUTHORIZATION_PATH}?{write(list(parse(carried.encode()).pairs))}")
        return response

    return replace("sign_in", "continue_request", named("continue_request", continue_request))


def of_state(change: Callable[[str], str]) -> Callable[[Pairs], Pairs]:
    """Changes the value of `state`."""
    return lambda pairs: [(name, change(value) if name == "state" else value) for name, value in pairs]


def without(lost: str) -> Callable[[Pairs], Pairs]:
    """Loses a parameter."""
    return lambda pairs: [pair for pair in pairs if pair[0] != lost]


def without_challenge(pairs: Pairs) -> Pairs:
    """Knows the parameters of RFC 6749."""
    return [pair for pair in pairs if not pair[0].startswith("code_challenge")]


def with_raw_plus(pairs: Pairs) -> str:
    """Takes a plus sign for a character that needs no escape."""
    return urlencode(pairs, safe="+")


def unencoded(pairs: Pairs) -> str:
    """Escapes what no header can hold, and the spaces."""
    return "&".join(f"{name}={value.replace(' ', '%20')}" for name, value in pairs)


def without_state_of_implicit_request(pairs: Pairs) -> Pairs:
    """Knows the parameters of one response type."""
    return without("state")(pairs) if ("response_type", "token") in pairs else pairs


def to_first_uri(pairs: Pairs) -> Pairs:
    """Takes a query for something that doesn't belong to a redirection URI."""
    return [(name, value.partition("?")[0] if name == "redirect_uri" else value) for name, value in pairs]


STATE = ("rfc6749-4.1.2-state-unchanged", "rfc6749-4.2.2-state-exact")

DEFECTS = (
    Defect(
        name="plus-becomes-space-at-sign-in",
        says="A plus sign in state comes back as a space when somebody had to sign in first.",
        breaks=STATE,
        edits=(going_on_by(with_raw_plus),),
    ),
    Defect(
        name="escapes-undone-at-sign-in",
        says="What looks like an escape in state is undone when somebody had to sign in first.",
        breaks=STATE,
        edits=(going_on(of_state(unquote)),),
    ),
    Defect(
        name="state-trimmed-at-sign-in",
        says="State loses the spaces at its ends when somebody had to sign in first.",
        breaks=STATE,
        edits=(going_on(of_state(str.strip)),),
    ),
    Defect(
        name="request-unencoded-after-sign-in",
        says="After sign-in the request goes on in a URL in which its values stand as they are.",
        breaks=STATE,
        edits=(going_on_by(unencoded),),
    ),
    Defect(
        name="state-lost-at-sign-in",
        says="No state comes back when somebody had to sign in first.",
        breaks=("rfc6749-4.1.2-state-returned", "rfc6749-4.2.2-state-exact"),
        edits=(going_on(without("state")),),
    ),
    Defect(
        name="state-of-implicit-request-lost-at-sign-in",
        says="No state comes back beside a token when somebody had to sign in first.",
        breaks=("rfc6749-4.2.2-state-exact",),
        edits=(going_on(without_state_of_implicit_request),),
    ),
    Defect(
        name="scope-lost-at-sign-in",
        says="The default scope is granted when somebody had to sign in first, whatever was asked for.",
        breaks=("rfc6749-3.3-scope-at-authorization-endpoint",),
        edits=(going_on(without("scope")),),
    ),
    Defect(
        name="query-of-redirect-uri-lost-at-sign-in",
        says="The answer goes to the redirection URI without its query when somebody had to sign in first.",
        breaks=("rfc6749-3.1.2-uri-of-the-request-used", "rfc6749-4.1.4-valid-exchange-issues-token"),
        edits=(going_on(to_first_uri),),
    ),
    Defect(
        name="code-challenge-lost-at-sign-in",
        says="A code can't be exchanged when somebody had to sign in first: its code challenge is lost.",
        breaks=("rfc6749-4.1.4-valid-exchange-issues-token",),
        edits=(going_on(without_challenge),),
    ),
)
