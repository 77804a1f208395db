"""Breaches of what was told of a lifetime: by one grant each, and of refresh tokens at introspection."""

from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Call, Edit, Response, named, replace
from ..steps.introspection import answer_inactive
from ..steps.token_response import access_token_lifetime, make_access_token

EXP, COUNTS, HOLDS = (
    "rfc7662-2.2-exp-agrees-with-lifetime",
    "rfc6749-5.1-expires-in-counts-seconds",
    "rfc6749-4.2.2-expires-in-holds",
)
# By grant, what shows that its tokens live too long, and what that they die too early.
GRANTS = {
    "client_credentials": ((EXP, COUNTS), (EXP, COUNTS)),
    "password": ((EXP, COUNTS), (EXP, COUNTS)),
    "authorization_code": ((EXP, COUNTS), (EXP, COUNTS)),
    "refresh_token": ((EXP, COUNTS), (EXP, COUNTS)),
    "implicit": ((EXP, HOLDS), (EXP,)),
}


def living(grant: str, lifetime: Callable[[int], int]) -> tuple[Edit, ...]:
    """Tokens by one grant live otherwise than their answers say."""

    def make_token(call: Call) -> None:
        """Has a setting of its own for them."""
        make_access_token(call)
        if call.grant_type == grant:
            told = access_token_lifetime(call)
            token = call.server.store.find_token(call.access_token)
            call.server.store.connection.execute(
                "UPDATE tokens SET expires_at = expires_at + ? WHERE hash = ?",
                (lifetime(told) - told, token.hash if token else b""),
            )

    place = "authorization.implicit_response" if grant == "implicit" else "issue"
    return (replace(place, "make_access_token", named("make_access_token", make_token)),)


def answer_inactive_unless_old(call: Call) -> Response | None:
    """Looks at the clock for access tokens."""
    token = call.token
    if token is None or token.kind != "refresh_token" or token.fresh:
        return answer_inactive(call)
    is_over = token.revoked_at or token.rotated_at or token.grant.revoked_at
    return answer_inactive(call) if is_over else None


DEFECTS = (
    *(
        Defect(
            name=f"tokens-outlive-what-was-told-{grant.replace('_', '-')}",
            says=f"Tokens by the grant {grant} live twice as long as their answers say.",
            breaks=longer,
            edits=living(grant, lambda told: told * 2),
        )
        for grant, (longer, _) in GRANTS.items()
    ),
    *(
        Defect(
            name=f"tokens-die-before-what-was-told-{grant.replace('_', '-')}",
            says=f"Tokens by the grant {grant} live half as long as their answers say.",
            breaks=shorter,
            edits=living(grant, lambda told: told // 2),
        )
        for grant, (_, shorter) in GRANTS.items()
    ),
    Defect(
        name="introspection-knows-no-expiry-of-refresh-tokens",
        says="Introspection answers an expired refresh token as active.",
        breaks=("rfc7662-2.2-expired-token-inactive", "rfc7662-4-all-applicable-checks-made"),
        edits=(replace("introspection", "answer_inactive", named("answer_inactive", answer_inactive_unless_old)),),
    ),
)
