"""Requests under several conditions at once: carried out, and held against the model of the lives of tokens.

A request with a fault must be refused, whatever else is odd about it; one without must be served, unless something
about it is left to the server. What it does to tokens, the model knows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from conformance.base.outcomes import Inconclusive
from conformance.fuzz import lifecycle, lifecycle_model
from conformance.fuzz.combinations import (
    ANOTHER,
    APP,
    BY_ID,
    CODE,
    EMPTY,
    EXPIRED,
    INVENTED,
    LEFT_OUT,
    LIVE,
    NOBODY,
    NOTHING,
    ONCE,
    OWN,
    PART,
    PASSWORD,
    PUBLIC,
    REFRESH,
    REVOKED,
    RIGHT,
    STRANGE,
    TWICE,
    UNKNOWN,
    USED,
    WRONG,
    Conditions,
)
from conformance.fuzz.lifecycle import Life
from conformance.fuzz.lifecycle_model import Step, Token
from conformance.harness.send import OMIT
from conformance.procedures.client_authentication import as_nobody
from conformance.procedures.credentials_beside import VALID as VALID_BESIDE
from conformance.procedures.credentials_beside import code_parameters
from conformance.procedures.introspection import says_active
from conformance.profile.target import Client
from conformance.wire.exchange import Reply

SERVER_ERROR = "robustness-1-no-server-error"
CLIENTS = {OWN: "confidential", ANOTHER: "other", PUBLIC: "public"}
UNAUTHENTICATED = "rfc6749-3.2.1-unauthenticated-client-refused"
AUTHENTICATION = {WRONG: "rfc6749-3.2.1-wrong-secret-refused", BY_ID: UNAUTHENTICATED, NOBODY: UNAUTHENTICATED}
REPEATED = "rfc6749-3.2-repeated-parameter-refused"
VALID = "rfc6749-5-valid-request-gets-token"
APPS_ONLY = "rfc6749-4.4-confidential-clients-only"
# By grant: the parameter that it rests on, what is broken if it goes without, and if it takes one in other hands.
PARAMETER = {REFRESH: "refresh_token", CODE: "code", PASSWORD: "password", APP: "grant_type"}
MISSING = {
    REFRESH: "rfc6749-6-refresh-token-required",
    CODE: "rfc6749-4.1.3-code-required",
    PASSWORD: "rfc6749-4.3.2-password-required",
    APP: "rfc6749-4.4.2-grant-type-required",
}
FOREIGN = {REFRESH: lifecycle_model.BOUND, CODE: "rfc6749-4.1.2-code-bound-to-client"}
DEAD = {
    (REFRESH, REVOKED): lifecycle_model.REVOKED["refresh_token", "absent"],
    (REFRESH, INVENTED): "rfc6749-6-refresh-token-validated",
    (CODE, USED): lifecycle_model.CODE_REUSED,
    (CODE, INVENTED): "rfc6749-4.1.3-invalid-code-refused",
    (PASSWORD, INVENTED): "rfc6749-4.3.2-unknown-username-refused",
}
HINTS = {LEFT_OUT: "absent", "right": "right", "wrong": "wrong", "invented": "invented"}
HINT_IGNORED = "rfc7009-2.2-invalid-hint-ignored"
REVOKES_NOTHING = {
    WRONG: "rfc7009-2.1-wrong-secret-revokes-nothing",
    BY_ID: "rfc7009-2.1-missing-secret-revokes-nothing",
    NOBODY: "rfc7009-5-client-must-be-identified",
}
NOT_REPORTED = "rfc7009-2.1-failed-authentication-reported"
FOREIGN_NOT_REPORTED = "rfc7009-2.1-foreign-token-reported"
TOKEN_TO_REVOKE = "rfc7009-2.1-token-required"
REVOCABLE = "rfc7009-2-refresh-token-revocation-supported"
TELLS_NOTHING = {
    WRONG: "rfc7662-4-wrong-secret-refused",
    BY_ID: "rfc7662-4-client-id-alone-refused",
    NOBODY: "rfc7662-4-caller-must-authenticate",
}
TOKEN_TO_ASK_ABOUT = "rfc7662-2.1-token-required"
INACTIVE = {
    REVOKED: "rfc7662-2.2-revoked-token-inactive",
    EXPIRED: lifecycle_model.EXPIRED,
    INVENTED: "rfc7662-2.2-unknown-token-inactive",
}
JUDGED: Mapping[str, tuple[str, ...]] = {
    "token": (
        *dict.fromkeys((*AUTHENTICATION.values(), *MISSING.values(), *FOREIGN.values(), *DEAD.values())),
        *(APPS_ONLY, REPEATED, VALID, lifecycle_model.WIDENED, SERVER_ERROR),
    ),
    "revocation": (
        *dict.fromkeys(lifecycle_model.REVOKED.values()),
        *(
            *lifecycle_model.SURVIVES.values(),
            *REVOKES_NOTHING.values(),
            HINT_IGNORED,
            NOT_REPORTED,
            FOREIGN_NOT_REPORTED,
        ),
        *(TOKEN_TO_REVOKE, REVOCABLE, lifecycle_model.UNHARMED, SERVER_ERROR),
    ),
    "introspection": (
        *(*TELLS_NOTHING.values(), TOKEN_TO_ASK_ABOUT, *INACTIVE.values(), lifecycle_model.LIVE, SERVER_ERROR),
    ),
}


def carry_out(life: Life, endpoint: str, row: Conditions) -> None:
    """Arrange the conditions of a row, send its request, and note what the server makes of it against the rules."""
    {"token": at_token, "revocation": at_revocation, "introspection": at_introspection}[endpoint](life, row)


def is_decided(life: Life, reply: Reply) -> bool:
    """Whether the server knew what it did; that it didn't is noted."""
    if reply.is_breakdown:
        life.blame(SERVER_ERROR, "an answer that the server decided", str(reply))
    return not reply.is_breakdown


def client_with_changes(life: Life, client: Client, how: str) -> tuple[Client, dict[str, Any]]:
    """A client as it appears in a request, and what that changes."""
    if how == WRONG:
        return replace(client, client_secret=life.trial.given.invented("client_secret")), {}
    return client, {BY_ID: {"authentication": "none"}, NOBODY: as_nobody()}.get(how, {})


def sent_as(value: str, how: str) -> Any:
    """The change of a parameter that is sent in a way of its own."""
    return {ONCE: value, EMPTY: "", LEFT_OUT: OMIT, TWICE: [value, value]}[how]


# The token endpoint


def at_token(life: Life, row: Conditions) -> None:
    """A token request by any grant."""
    client = life.trial.given.client(CLIENTS[row["client"]])
    grant, main = row["grant"], PARAMETER[row["grant"]]
    # What is judged is issued last: servers end older tokens.
    beside = _beside(life, row["beside"])
    parameters, scope = CREDENTIALS[grant](life, row, client)
    appearing, how = client_with_changes(life, client, row["authentication"])
    changes = {main: sent_as(parameters.get(main, grant), row["parameter"]), **_scoped(life, row["scope"], scope)}

    reply = life.trial.send.token(grant, appearing, parameters, **how, **{**beside, **changes})

    if not is_decided(life, reply):
        return
    faults = token_faults(row)
    taken = lifecycle.is_taken(reply)
    if faults and taken and (faults[0] != DEAD[REFRESH, REVOKED] or _revoked_is_refused(life)):
        life.blame(faults[0], "a refusal", str(reply))
    if not faults and not taken and row["scope"] != UNKNOWN and row["beside"] == NOTHING:
        life.blame(VALID, "an access token", str(reply))
    told = reply.members.get("scope")
    if grant == REFRESH and taken and scope and isinstance(told, str) and not set(told.split()) <= set(scope):
        life.blame(lifecycle_model.WIDENED, f"no scope beyond {' '.join(scope)!r}", f"{told!r} was granted")


def _revoked_is_refused(life: Life) -> bool:
    """Whether revocation ends a refresh token for requests without anything else odd, which directed tests judge."""
    given, send = life.trial.given, life.trial.send

    def procedure() -> bool:
        client = given.client("confidential")
        parameters, _ = _refresh_token(life, {"credential": REVOKED}, client)
        return not lifecycle.is_taken(send.token(REFRESH, client, parameters))

    return given.observed("a revoked refresh token in an ordinary request", procedure)


def token_faults(row: Conditions) -> list[str]:
    """The requirements that a token which comes of a row breaks, in the order in which a server looks."""
    grant, client = row["grant"], row["client"]
    return [
        *([AUTHENTICATION[row["authentication"]]] if row["authentication"] != RIGHT else []),
        *([REPEATED] if TWICE in (row["parameter"], row["scope"]) else []),
        *([MISSING[grant]] if row["parameter"] in (EMPTY, LEFT_OUT) else []),
        *([DEAD[grant, row["credential"]]] if row["credential"] != LIVE else []),
        *([FOREIGN[grant]] if client != OWN and grant in FOREIGN else []),
        *([APPS_ONLY] if client == PUBLIC and grant == APP else []),
    ]


Arranged = tuple[dict[str, Any], Sequence[str]]


def _refresh_token(life: Life, row: Conditions, client: Client) -> Arranged:
    given = life.trial.given
    tokens = given.refreshable(given.client("confidential"))
    if row["credential"] == REVOKED:
        given.revoked(tokens.refresh_token or "", tokens.client)
    value = given.invented("refresh_token") if row["credential"] == INVENTED else tokens.refresh_token
    return {"refresh_token": value}, sorted(tokens.granted)


def _code(life: Life, row: Conditions, client: Client) -> Arranged:
    given = life.trial.given
    code = given.authorization_code(given.client("confidential"))
    if row["credential"] == USED:
        given.tokens_for(code)
    invented = {"code": given.invented("code")} if row["credential"] == INVENTED else {}
    return code_parameters(code) | invented, ()


def _password(life: Life, row: Conditions, client: Client) -> Arranged:
    given, owner = life.trial.given, life.trial.given.owner()
    right = {"username": owner.username, "password": owner.password}
    invented = {name: given.invented(name) for name in right}
    return invented if row["credential"] == INVENTED else right, client.scopes_for(PASSWORD)


def _nothing(life: Life, row: Conditions, client: Client) -> Arranged:
    return {}, client.scopes_for(APP)


CREDENTIALS: Mapping[str, Callable[[Life, Conditions, Client], Arranged]] = {
    REFRESH: _refresh_token,
    CODE: _code,
    PASSWORD: _password,
    APP: _nothing,
}


def _scoped(life: Life, how: str, names: Sequence[str]) -> dict[str, Any]:
    if how in (LEFT_OUT, UNKNOWN):
        return {} if how == LEFT_OUT else {"scope": life.trial.given.invented("scope")}
    if not names:
        raise Inconclusive("no scope is known that could be asked for")
    first = names[0]
    return {"scope": {PART: first, TWICE: [first, first]}.get(how, " ".join(names))}


def _beside(life: Life, what: str) -> dict[str, Any]:
    """What stands beside the request's own parameters: good for another grant of the main client, or unknown."""
    if what in (NOTHING, STRANGE):
        return {} if what == NOTHING else {life.trial.given.invented("parameter"): "1"}
    name = {CODE: "code", REFRESH: "refresh-token", PASSWORD: "password"}[what]
    return VALID_BESIDE[name][0](life.trial.given, life.trial.given.client("confidential"))


# The revocation endpoint


def _issued(life: Life, kind: str, grant: str | None = None) -> Token | None:
    """A fresh token of a kind for the main client, as the model knows it; None where none of the kind came."""
    given = life.trial.given
    client = given.client("confidential")
    how = grant or (given.user_grant(client) if kind == "refresh_token" else given.any_grant(client))
    lifecycle.issue(life, Step("issue", 0, how=how, client="confidential", owner="resource_owner"))
    return next(iter(life.grants[0].of(kind)), None)


def _beside_token(life: Life, what: str) -> dict[str, Any]:
    known: dict[str, Any] = {"scope": "scope", "redirect_uri": "https://client.example/"}
    return {NOTHING: {}, STRANGE: {life.trial.given.invented("parameter"): "1"}}.get(what, {what: known.get(what)})


def _hint(life: Life, kind: str, hint: str) -> Any:
    other = lifecycle_model.OTHER_KIND[kind]
    invented = life.trial.given.invented("token_type_hint")
    return {"right": kind, "wrong": other, "invented": invented}.get(hint, OMIT)


def at_revocation(life: Life, row: Conditions) -> None:
    """A request for the revocation of a token."""
    kind, token = row["kind"], _issued(life, row["kind"])
    if token is None or not token.witnesses:
        raise Inconclusive(f"no {kind} came that anybody sees alive")
    if row["token"] == REVOKED:
        lifecycle.revoke(life, Step("revoke", 0, token=kind, how="absent"))
    value = life.trial.given.invented("token") if row["token"] == INVENTED else token.value
    client, how = client_with_changes(life, life.trial.given.client(CLIENTS[row["client"]]), row["authentication"])
    changes = {"token": sent_as(value, row["parameter"]), "token_type_hint": _hint(life, kind, row["hint"])}
    reply = life.trial.send.revocation(value, client, **how, **_beside_token(life, row["beside"]), **changes)
    if not is_decided(life, reply):
        return
    faults = revocation_faults(row)
    if faults and reply.is_served:
        life.blame(faults[0], "a refusal", str(reply))
    if row["token"] == LIVE:
        _expect_of(life, token, row, reply)
    life.look([token])


def revocation_faults(row: Conditions) -> list[str]:
    """The requirements that a request breaks which is answered as if it were good.

    That an empty parameter counts as left out is said of the token endpoint (RFC 6749 section 3.2): an empty token here
    may be an invalid one, which section 2.2 answers by 200.
    """
    foreign = row["client"] != OWN and row["token"] == LIVE
    return [
        *([NOT_REPORTED] if row["authentication"] in (WRONG, BY_ID) else []),
        *([REVOKES_NOTHING[NOBODY]] if row["authentication"] == NOBODY else []),
        *([TOKEN_TO_REVOKE] if row["parameter"] == LEFT_OUT else []),
        *([FOREIGN_NOT_REPORTED] if foreign else []),
    ]


def _expect_of(life: Life, token: Token, row: Conditions, reply: Reply) -> None:
    """What the next look has to find of a live token."""
    if row["authentication"] != RIGHT:
        token.if_lost = REVOKES_NOTHING[row["authentication"]]
    elif row["client"] != OWN:
        token.if_lost = lifecycle_model.SURVIVES[token.kind]
    elif row["parameter"] == ONCE and reply.is_served:
        token.state, token.hint = "ended", HINTS[row["hint"]]
        token.if_seen = lifecycle_model.REVOKED.get((token.kind, token.hint), HINT_IGNORED)
    elif row["parameter"] == ONCE:
        token.state = "open"
        if token.kind == "refresh_token" and row["beside"] == NOTHING:
            life.blame(REVOCABLE, "the refresh token revoked", str(reply))


# The introspection endpoint


def at_introspection(life: Life, row: Conditions) -> None:
    """A question about an access token."""
    token = _issued(life, "access_token", row["grant"])
    if token is None or "introspection" not in token.witnesses:
        raise Inconclusive("no access token came that introspection tells of")
    if row["token"] == REVOKED:
        lifecycle.revoke(life, Step("revoke", 0, token="access_token", how="absent"))
    if row["token"] == EXPIRED:
        lifecycle.age(life, Step("age", 0))
    if row["token"] in (REVOKED, EXPIRED) and token.state != "ended":
        raise Inconclusive(f"the token could not be made {row['token']}")
    value = life.trial.given.invented("token") if row["token"] == INVENTED else token.value
    client, how = client_with_changes(life, life.trial.given.introspecting_client(), row["authentication"])
    changes = {"token": sent_as(value, row["parameter"]), "token_type_hint": _hint(life, token.kind, row["hint"])}
    reply = life.trial.send.introspection(value, client, **how, **_beside_token(life, row["beside"]), **changes)
    if not is_decided(life, reply):
        return
    faults = introspection_faults(row)
    # That a revocation ended nothing at all is another requirement's matter.
    if faults and says_active(reply) and (faults[0] != INACTIVE[REVOKED] or life.is_ended_by_revocation(token)):
        life.blame(faults[0], "no word of an active token", str(reply))
    if not faults and not says_active(reply) and row["beside"] == NOTHING:
        life.blame(lifecycle_model.LIVE, "a live token told as active", str(reply))


def introspection_faults(row: Conditions) -> list[str]:
    """The requirements that an answer breaks which tells of an active token."""
    return [
        *([TELLS_NOTHING[row["authentication"]]] if row["authentication"] != RIGHT else []),
        *([TOKEN_TO_ASK_ABOUT] if row["parameter"] != ONCE else []),
        *([INACTIVE[row["token"]]] if row["token"] != LIVE else []),
    ]
