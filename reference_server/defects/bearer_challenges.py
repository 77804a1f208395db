"""Breaches of RFC 6750 sections 3 and 3.1: what the challenge of a protected resource says."""

from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Call, Edit, Response, replace
from ..steps.token_response import json_response

Rewriting = Callable[[str], str | None]
HEADER = "WWW-Authenticate"


def rewritten(change: Rewriting, *errors: str, status: int | None = None) -> tuple[Edit, ...]:
    """Another challenge (None: none), or another status, for some error codes; the empty one is that of no token."""

    async def answer_with_rewritten_challenge(call: Call) -> Response | None:
        """Refuses in its own way."""
        code = call.error.error
        response = await call.run("bearer.error")
        if response is None or (errors and code not in errors):
            return response
        response.status = status or response.status
        kept = [(name, value) for name, value in response.headers if name != HEADER]
        old = next((value for name, value in response.headers if name == HEADER), "")
        new = change(old)
        response.headers = kept if new is None else [*kept, (HEADER, new)]
        return response

    return (replace("resource.me.error", "answer_as_bearer_error", answer_with_rewritten_challenge),)


async def answer_as_token_endpoint(call: Call) -> Response | None:
    """Tells what is wrong with a token's scope as the token endpoint would: in a JSON body, with its code."""
    if call.error.error != "insufficient_scope":
        return await call.run("bearer.error")
    call.answer = {"error": "invalid_scope", "error_description": "The access token lacks a scope."}
    return json_response(call, 400)


def unchanged(challenge: str) -> str:
    """The status alone is another."""
    return challenge


def added(text: str) -> Rewriting:
    """One more attribute."""
    return lambda challenge: f"{challenge}, {text}"


def other_code(code: str) -> Rewriting:
    """The challenge with another error code."""
    return lambda challenge: f'{challenge.partition(", ")[0]}, error="{code}"'


DEFECTS = (
    Defect(
        name="bearer-no-challenge-without-credentials",
        says="A request without credentials is answered with 401 and no challenge.",
        breaks=("rfc6750-3-challenge-without-credentials",),
        edits=rewritten(lambda _: None, ""),
    ),
    Defect(
        name="bearer-no-challenge-for-insufficient-scope",
        says="A token without the scope is answered with 403 and no challenge.",
        breaks=("rfc6750-3-challenge-for-token-that-does-not-enable",),
        edits=rewritten(lambda _: None, "insufficient_scope"),
    ),
    Defect(
        name="bearer-scope-told-in-the-body",
        says="A token without the scope is answered with 400 and a JSON body that says invalid_scope.",
        breaks=(
            "rfc6750-3-challenge-for-token-that-does-not-enable",
            "rfc6750-3.1-insufficient-scope-code",
            "rfc6750-3.1-insufficient-scope-status",
        ),
        edits=(replace("resource.me.error", "answer_as_bearer_error", answer_as_token_endpoint),),
    ),
    Defect(
        name="bearer-realm-without-quotes",
        says="The realm of the challenge holds a space and stands without quotes.",
        breaks=("rfc6750-3-challenge-grammar",),
        edits=rewritten(lambda _: "Bearer realm=reference server", ""),
    ),
    Defect(
        name="bearer-scheme-is-oauth",
        says="The scheme of the challenge is OAuth, as in a draft.",
        breaks=("rfc6750-3-scheme-is-bearer",),
        edits=rewritten(lambda challenge: challenge.replace("Bearer", "OAuth", 1)),
    ),
    Defect(
        name="bearer-bare-scheme",
        says="A request without credentials is challenged with the scheme alone.",
        breaks=("rfc6750-3-attribute-follows-scheme",),
        edits=rewritten(lambda _: "Bearer", ""),
    ),
    Defect(
        name="bearer-realm-twice",
        says="A gateway in front of the resource adds its own realm to the challenge.",
        breaks=("rfc6750-3-realm-once",),
        edits=rewritten(added('realm="gateway"')),
    ),
    Defect(
        name="bearer-scope-twice",
        says="The challenge names each scope in an attribute of its own.",
        breaks=("rfc6750-3-scope-once",),
        edits=rewritten(added('scope="email"'), "insufficient_scope"),
    ),
    Defect(
        name="bearer-error-not-included",
        says="The challenge for an invalid token says no more than the one for no token.",
        breaks=("rfc6750-3-error-included",),
        edits=rewritten(lambda challenge: challenge.partition(", ")[0], "invalid_token"),
    ),
    Defect(
        name="bearer-description-twice",
        says="The challenge has an error_description in two languages.",
        breaks=("rfc6750-3-error-attributes-once",),
        edits=rewritten(added('error_description="Das Token gilt nicht."'), "invalid_token"),
    ),
    Defect(
        name="bearer-scope-with-quotes",
        says="The scope in the challenge stands in quotes of its own.",
        breaks=("rfc6750-3-scope-characters",),
        edits=rewritten(lambda challenge: challenge.replace('"me"', '"\\"me\\""'), "insufficient_scope"),
    ),
    Defect(
        name="bearer-error-with-quotes",
        says="The error code in the challenge stands in quotes of its own.",
        breaks=("rfc6750-3-error-characters", "rfc6750-3.1-insufficient-scope-code"),
        edits=rewritten(other_code('\\"insufficient_scope\\"'), "insufficient_scope"),
    ),
    Defect(
        name="bearer-description-with-quotes",
        says="The error_description quotes a word.",
        breaks=("rfc6750-3-error-description-characters",),
        edits=rewritten(
            lambda challenge: challenge.replace("lacks a scope", 'lacks the scope \\"me\\"'), "insufficient_scope"
        ),
    ),
    Defect(
        name="bearer-error-uri-with-space",
        says="The error_uri holds a space.",
        breaks=("rfc6750-3-error-uri-syntax",),
        edits=rewritten(added('error_uri="https://docs.example/invalid token"'), "invalid_token"),
    ),
    Defect(
        name="bearer-code-of-token-endpoint",
        says="An invalid token is answered with the token endpoint's code invalid_grant.",
        breaks=("rfc6750-3.1-invalid-token-code",),
        edits=rewritten(other_code("invalid_grant"), "invalid_token"),
    ),
    Defect(
        name="bearer-invalid-token-403",
        says="An invalid token is answered with status 403.",
        breaks=("rfc6750-3.1-invalid-token-status",),
        edits=rewritten(unchanged, "invalid_token", status=403),
    ),
    Defect(
        name="bearer-access-denied",
        says="A token without the scope is answered with access_denied.",
        breaks=("rfc6750-3.1-insufficient-scope-code",),
        edits=rewritten(other_code("access_denied"), "insufficient_scope"),
    ),
    Defect(
        name="bearer-insufficient-scope-401",
        says="A token without the scope is answered with status 401.",
        breaks=("rfc6750-3.1-insufficient-scope-status",),
        edits=rewritten(unchanged, "insufficient_scope", status=401),
    ),
    Defect(
        name="bearer-excess-is-invalid-token",
        says="A request with two tokens is answered with invalid_token.",
        breaks=("rfc6750-3.1-invalid-request-code",),
        edits=rewritten(other_code("invalid_token"), "invalid_request"),
    ),
    Defect(
        name="bearer-excess-401",
        says="A request with two tokens is answered with status 401.",
        breaks=("rfc6750-3.1-invalid-request-status",),
        edits=rewritten(unchanged, "invalid_request", status=401),
    ),
    Defect(
        name="bearer-error-without-credentials",
        says="A request without credentials is answered with invalid_token.",
        breaks=("rfc6750-3.1-no-error-without-credentials",),
        edits=rewritten(added('error="invalid_token"'), ""),
    ),
)
