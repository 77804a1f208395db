"""Breaches of RFC 7662 in what an introspection answer says (section 2.2)."""

import time
from collections.abc import Callable
from typing import Any

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, Step, after, before, named, replace
from ..steps.introspection import answer_inactive
from ..steps.token_response import json_response

Value = Callable[[Call], Any]
HOUR = 3600


def put(member: str, value: Value) -> Edit:
    """Another value for a member that is named."""

    def put_wrong_value(call: Call) -> None:
        """Section 2.2 says what the value should be."""
        if member in call.answer:
            call.answer[member] = value(call)

    return before("introspection.response", "render_description", named("put_wrong_value", put_wrong_value))


def caller_id(call: Call) -> str:
    """The client that asks; the token's own if a bearer token asks."""
    client = getattr(call, "client", None)
    return str(call.answer["client_id"] if client is None else client.client_id)


def owner_before(call: Call) -> str:
    """Who was named the last time; the token's own where nobody was."""
    own = str(call.answer["username"])
    before_it = call.server.kept.get("username", own)
    call.server.kept["username"] = own
    return before_it


def scopes_of_other_caller(call: Call) -> str:
    """What the caller is registered for, unless it asks about its own token."""
    client = getattr(call, "client", None)
    if client is None or client.client_id == call.answer["client_id"]:
        return str(call.answer["scope"])
    return " ".join(client.scopes)


def scopes_of_client(call: Call) -> str:
    """What the token's client is registered for."""
    return " ".join(call.server.accounts.clients[call.answer["client_id"]].scopes)


def put_time_left(call: Call) -> None:
    """Writes what Python's json writes for a number without end, which is no JSON."""
    call.answer["not_on_or_after"] = float("inf")


def answer_as_text(call: Call) -> None:
    """Leaves the framework's default media type."""
    if call.response.status == 200:
        call.response.put("Content-Type", "text/plain; charset=utf-8")


def answer_unknown_in_words(call: Call) -> Response | None:
    """Writes the boolean as a string, which most languages take for true."""
    if call.token is not None:
        return None
    call.answer = {"active": "false"}
    return json_response(call)


def answer_unknown_with(status: int) -> Step:
    """An HTTP error for a token that the server doesn't know."""

    def answer_unknown(call: Call) -> Response | None:
        """Section 2.3: that is no error."""
        if call.token is not None:
            return None
        call.answer = {"active": False}
        return json_response(call, status)

    return named("answer_unknown", answer_unknown)


def describe_code(call: Call) -> Response | None:
    """Keeps codes and tokens together, and doesn't look which of them comes."""
    code = call.server.store.find_code(call.parameters.get("token") or "")
    if code is None or not code.fresh:
        return None
    call.answer = {"active": True, "scope": " ".join(code.grant.scope)}
    return json_response(call)


def refuse_unknown(call: Call) -> None:
    """Answers as a protected resource would."""
    if call.token is None:
        raise OAuthError("invalid_token", "There is no such token.")


def refuse_revoked(call: Call) -> None:
    """Makes an error of a revoked token, though not of one that never existed."""
    if call.token is not None and call.token.revoked_at is not None:
        raise OAuthError("invalid_token", "The token was revoked.")


def tell_reason(call: Call) -> Response | None:
    """Helps with finding faults."""
    if call.token is None or call.token.active:
        return answer_inactive(call)
    call.answer = {"active": False, "reason": "revoked" if call.token.fresh else "expired"}
    return json_response(call)


def ignore_revocation(call: Call) -> Response | None:
    """Looks at the time alone, as a server does that trusts signed tokens."""
    if call.token is not None and call.token.kind == "access_token" and call.token.fresh:
        return None
    return answer_inactive(call)


def ignore_expiry(call: Call) -> Response | None:
    """Looks for a revocation alone, as a server does that relies on a job to delete old rows."""
    token = call.token
    if token is not None and token.kind == "access_token" and token.revoked_at is None and not token.fresh:
        return None
    return answer_inactive(call)


# Members with values of the wrong type or meaning: name of the defect, what it says, member, value, what it breaks.
WRONG_VALUES: tuple[tuple[str, str, str, Value, tuple[str, ...]], ...] = (
    (
        "introspection-scope-as-array",
        "`scope` is an array.",
        "scope",
        lambda call: call.answer["scope"].split(),
        ("rfc7662-2.2-scope-format",),
    ),
    (
        "introspection-scopes-of-client",
        "`scope` lists all that the client is registered for.",
        "scope",
        scopes_of_client,
        ("rfc7662-2.2-scope-within-token", "rfc7662-2.2-limited-scopes-stay-within-token"),
    ),
    (
        "introspection-scopes-of-caller",
        "A caller is shown its own scopes for another client's token.",
        "scope",
        scopes_of_other_caller,
        ("rfc7662-2.2-limited-scopes-stay-within-token",),
    ),
    (
        "introspection-client-id-of-caller",
        "`client_id` is the caller.",
        "client_id",
        caller_id,
        ("rfc7662-2.2-client-id-true",),
    ),
    (
        "introspection-username-of-last-owner",
        "`username` is the person of whom a token was described before.",
        "username",
        owner_before,
        ("rfc7662-2.2-username-true",),
    ),
    (
        "introspection-username-as-number",
        "`username` is the number of a row.",
        "username",
        lambda call: 42,
        ("rfc7662-2.2-username-is-string",),
    ),
    (
        "introspection-kind-as-token-type",
        "`token_type` tells access tokens from refresh tokens.",
        "token_type",
        lambda call: "access_token",
        ("rfc7662-2.2-token-type-true",),
    ),
    (
        "introspection-exp-as-string",
        "`exp` is a string of digits.",
        "exp",
        lambda call: str(call.answer["exp"]),
        ("rfc7662-2.2-exp-is-integer",),
    ),
    (
        "introspection-exp-of-refresh-token",
        "`exp` is counted with the lifetime of refresh tokens.",
        "exp",
        lambda call: call.answer["iat"] + call.server.settings.refresh_token_lifetime,
        ("rfc7662-2.2-exp-agrees-with-lifetime",),
    ),
    (
        "introspection-exp-in-the-past",
        "`exp` is the time of issue in a zone west of here.",
        "exp",
        lambda call: call.answer["iat"] - 5 * HOUR,
        ("rfc7662-2.2-active-token-within-time-window", "rfc7662-2.2-exp-agrees-with-lifetime"),
    ),
    (
        "introspection-iat-with-fraction",
        "`iat` has a fraction.",
        "iat",
        lambda call: call.answer["iat"] + 0.25,
        ("rfc7662-2.2-iat-is-integer",),
    ),
    (
        "introspection-iat-in-local-time",
        "`iat` is told in the time of a zone west of here.",
        "iat",
        lambda call: call.answer["iat"] - 5 * HOUR,
        ("rfc7662-2.2-iat-agrees-with-issuance",),
    ),
    (
        "introspection-nbf-as-date",
        "`nbf` is a date in words.",
        "nbf",
        lambda call: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(call.answer["nbf"])),
        ("rfc7662-2.2-nbf-is-integer",),
    ),
    (
        "introspection-active-before-nbf",
        "A token is active though its `nbf` is an hour ahead.",
        "nbf",
        lambda call: int(time.time()) + HOUR,
        ("rfc7662-2.2-active-token-within-time-window", "rfc7662-4-start-of-validity-checked"),
    ),
    (
        "introspection-sub-as-number",
        "`sub` is the number of a row.",
        "sub",
        lambda call: 42,
        ("rfc7662-2.2-sub-is-string",),
    ),
    (
        "introspection-aud-as-object",
        "`aud` is an object.",
        "aud",
        lambda call: {"api": call.answer["aud"]},
        ("rfc7662-2.2-aud-is-string-or-list",),
    ),
    (
        "introspection-iss-as-array",
        "`iss` is an array.",
        "iss",
        lambda call: [call.answer["iss"]],
        ("rfc7662-2.2-iss-is-string",),
    ),
    (
        "introspection-jti-as-number",
        "`jti` is a number.",
        "jti",
        lambda call: int(call.answer["jti"], 16),
        ("rfc7662-2.2-jti-is-string",),
    ),
    (
        "introspection-jti-of-client",
        "`jti` identifies the client, not the token.",
        "jti",
        lambda call: call.answer["client_id"],
        ("rfc7662-2.2-jti-unique",),
    ),
)

DEFECTS = (
    *(
        Defect(name, f"In an introspection answer {says}", breaks, (put(member, value),))
        for name, says, member, value, breaks in WRONG_VALUES
    ),
    Defect(
        name="introspection-answer-no-strict-json",
        says="An introspection answer holds Infinity, which is no JSON.",
        breaks=("rfc7662-2.2-answer-is-json-object",),
        edits=(before("introspection.response", "render_description", put_time_left),),
    ),
    Defect(
        name="introspection-answer-as-text",
        says="Introspection answers have the media type text/plain.",
        breaks=("rfc7662-2.2-answer-media-type",),
        edits=(after("introspection.finish", "forbid_sniffing", answer_as_text),),
    ),
    Defect(
        name="introspection-unknown-token-in-words",
        says='For an unknown token `active` is the string "false".',
        breaks=("rfc7662-2.2-active-is-boolean",),
        edits=(before("introspection", "answer_inactive", answer_unknown_in_words),),
    ),
    Defect(
        name="introspection-calls-codes-active",
        says="Introspection of an authorization code says that it is active.",
        breaks=("rfc7662-2.2-unknown-token-inactive",),
        edits=(before("introspection", "answer_inactive", describe_code),),
    ),
    Defect(
        name="introspection-unknown-token-refused",
        says="Introspection of an unknown token is an error, without `active`.",
        breaks=(
            "rfc7662-2.1-undeterminable-token-inactive",
            "rfc7662-2.2-active-is-boolean",
            "rfc7662-2.2-unknown-token-inactive",
            "rfc7662-2.3-inactive-token-no-error",
        ),
        edits=(before("introspection", "answer_inactive", refuse_unknown),),
    ),
    Defect(
        name="introspection-unknown-token-not-found",
        says="Introspection of an unknown token is answered with status 404.",
        breaks=("rfc7662-2.1-undeterminable-token-inactive", "rfc7662-2.3-inactive-token-no-error"),
        edits=(before("introspection", "answer_inactive", answer_unknown_with(404)),),
    ),
    Defect(
        name="introspection-revoked-token-refused",
        says="Introspection of a revoked token is an error.",
        breaks=("rfc7662-2.2-revoked-token-inactive", "rfc7662-2.3-inactive-token-no-error"),
        edits=(before("introspection", "answer_inactive", refuse_revoked),),
    ),
    Defect(
        name="introspection-tells-why-inactive",
        says="The answer for an inactive token says whether it was revoked or has expired.",
        breaks=("rfc7662-2.2-inactive-reason-not-told", "rfc7662-4-inactive-answer-holds-active-alone"),
        edits=(replace("introspection", "answer_inactive", tell_reason),),
    ),
    Defect(
        name="introspection-ignores-revocation",
        says="Introspection answers a revoked access token as active.",
        breaks=(
            "rfc7662-2.2-revoked-token-inactive",
            "rfc7662-2.3-inactive-token-no-error",
            "rfc7662-4-access-token-revocation-checked",
            "rfc7662-4-all-applicable-checks-made",
        ),
        edits=(replace("introspection", "answer_inactive", ignore_revocation),),
    ),
    Defect(
        name="introspection-ignores-expiry",
        says="Introspection answers an expired access token as active.",
        breaks=(
            "rfc7662-2.2-expired-token-inactive",
            "rfc7662-2.3-inactive-token-no-error",
            "rfc7662-4-expiry-checked",
        ),
        edits=(replace("introspection", "answer_inactive", ignore_expiry),),
    ),
)
