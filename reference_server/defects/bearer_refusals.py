"""Breaches of RFC 6750 section 3 in the challenges for tokens that open nothing: invented ones, those of other scopes.

What is asked about each of them is asked about each attribute too, so there is one defect for each attribute.
"""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, replace
from .bearer_challenges import added, other_code, rewritten

FAILED = ("invalid_token", "insufficient_scope")
ATTRIBUTES = {"error": "gateway", "error_description": "No.", "error_uri": "https://reference.example/errors"}


def refuse_several_tokens_as_invalid(call: Call) -> None:
    """Takes two tokens for one that it can't read."""
    if len(call.bearer_values) > 1:
        raise OAuthError("invalid_token", "The access token is not valid.", 401)


DEFECTS = (
    *(
        Defect(
            name=f"bearer-{name.replace('_', '-')}-added-twice",
            says=f"A gateway adds {name} to the challenges for tokens, and so does what is behind it.",
            breaks=("rfc6750-3-error-attributes-once",),
            edits=rewritten(added(f'{name}="{value}", {name}="{value}"'), *FAILED),
        )
        for name, value in ATTRIBUTES.items()
    ),
    Defect(
        name="bearer-no-challenge-for-invalid-token",
        says="A token that is not valid is answered with 401 and no challenge.",
        breaks=("rfc6750-3-challenge-for-token-that-does-not-enable",),
        edits=rewritten(lambda _: None, "invalid_token"),
    ),
    Defect(
        name="bearer-realm-of-failed-tokens-without-quotes",
        says="The challenges for tokens that open nothing have a realm of two words without quotes.",
        breaks=("rfc6750-3-challenge-grammar",),
        edits=rewritten(lambda text: text.replace('"reference server"', "reference server"), *FAILED),
    ),
    Defect(
        name="bearer-bare-scheme-for-failed-tokens",
        says="The challenges for tokens that open nothing are the scheme alone.",
        breaks=("rfc6750-3-attribute-follows-scheme",),
        edits=rewritten(lambda _: "Bearer", *FAILED),
    ),
    Defect(
        name="bearer-scopes-one-by-one",
        says="Challenges name each scope that is needed in an attribute of its own.",
        breaks=("rfc6750-3-scope-once",),
        edits=rewritten(added('scope="me", scope="email"'), "", "invalid_token"),
    ),
    Defect(
        name="bearer-scope-in-any-letters",
        says="Challenges name a scope with an accent.",
        breaks=("rfc6750-3-scope-characters",),
        edits=rewritten(added('scope="\u00e9mail"'), "", "invalid_token"),
    ),
    Defect(
        name="bearer-invalid-token-code-with-backslash",
        says="The error code for a token that is not valid is a name in the server's code.",
        breaks=("rfc6750-3-error-characters",),
        edits=rewritten(other_code("Errors\\\\\\\\InvalidToken"), "invalid_token"),
    ),
    Defect(
        name="bearer-error-uri-with-space-for-scope",
        says="The challenge for a token without the scope has an address with a space.",
        breaks=("rfc6750-3-error-uri-syntax",),
        edits=rewritten(added('error_uri="https://reference.example/all errors"'), "insufficient_scope"),
    ),
    Defect(
        name="bearer-excess-with-query-is-invalid-token",
        says="Where the query may hold a token, one beside it is an invalid token.",
        breaks=("rfc6750-3.1-invalid-request-code",),
        edits=(replace("bearer", "refuse_several_tokens", refuse_several_tokens_as_invalid),),
        on="bearer-query",
    ),
)
