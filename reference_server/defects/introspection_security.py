"""Breaches of RFC 7662 in errors, checks and confidentiality (sections 2.3, 4 and 5)."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, remove, replace, setting
from ..steps.bearer import challenge_bearer, check_token_active
from ..steps.introspection import answer_inactive, authorize_caller
from ..steps.token_response import access_token_lifetime, json_response

RESTRICTED = "introspection-restricted"
UNSIGNED_LENGTH = 32


def answer_with_400(call: Call) -> None:
    """Uses the status of every other error."""
    if call.error.error == "invalid_client":
        call.error.status = 400


def put_other_error(call: Call) -> None:
    """Invents an error code."""
    if call.error.error == "invalid_client":
        call.answer["error"] = "authentication_failed"


def answer_with_inactive(call: Call) -> None:
    """Takes whoever isn't known for somebody who may not know."""
    if call.error.error == "invalid_client":
        call.error.status = 200
        call.answer = {"active": False}


def answer_bearer_with_403(call: Call) -> None:
    """Takes a bad bearer token for a matter of rights."""
    if call.endpoint == "introspection" and call.error.error == "invalid_token":
        call.error.status = 403


def refuse_insufficient_with_403(call: Call) -> None:
    """RFC 6750 has 403 for this; RFC 7662 wants 401."""
    if call.server.settings.default_app_scope not in call.bearer.scope:
        raise OAuthError("insufficient_scope", "The access token lacks a scope.", 403)


def challenge_bearer_elsewhere(call: Call) -> None:
    """Forgets the challenge at introspection."""
    if call.endpoint != "introspection":
        challenge_bearer(call)


def believe_used_refresh_tokens(call: Call) -> Response | None:
    """Looks for expiry and revocation, and forgets rotation."""
    token = call.token
    rotated = token is not None and token.rotated_at is not None
    if token is not None and rotated and token.fresh and token.revoked_at is None and token.grant.revoked_at is None:
        return None
    return answer_inactive(call)


def believe_revoked_refresh_tokens(call: Call) -> Response | None:
    """Marks access tokens alone as revoked."""
    token = call.token
    if token is not None and token.kind == "refresh_token" and token.fresh and token.rotated_at is None:
        return None
    return answer_inactive(call)


def keep_unsigned_part(call: Call) -> None:
    """Makes what follows the first characters of a token a signature."""
    value = "unsigned:" + call.access_token[:UNSIGNED_LENGTH]
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(value, "access_token", call.grant, call.scope, lifetime)


def find_token_by_unsigned_part(call: Call) -> None:
    """Reads a token and never looks at its signature."""
    if call.token is None:
        value = (call.parameters.get("token") or "")[:UNSIGNED_LENGTH]
        call.token = call.server.store.find_token("unsigned:" + value)


async def believe_secret_in_body(call: Call) -> Response | None:
    """Checks secrets in the header, and forgets those in the body."""
    client = call.server.accounts.clients.get(call.parameters.get("client_id") or "")
    if client is not None and client.confidential and call.parameters.get("client_secret") is not None:
        call.client = client
        return None
    return await authorize_caller(call)


def trust_known_tokens(call: Call) -> None:
    """A resource that keeps the answer about a token for good; only revocation reaches it."""
    if call.endpoint.startswith("resource.") and not call.bearer.fresh and call.bearer.revoked_at is None:
        return
    check_token_active(call)


def keep_answers_for_a_day(call: Call) -> None:
    """Lets caches keep every answer, whatever it is about."""
    call.response.put("Cache-Control", "max-age=86400")


def forget_implicit_tokens(call: Call) -> None:
    """Never hears of tokens from the authorization endpoint: no refresh token comes with those."""
    token = call.token
    if token is None or token.grant.username is None:
        return
    query = "SELECT count(*) FROM tokens WHERE grant_id = ? AND kind = 'refresh_token'"
    if not call.server.store.connection.execute(query, (token.grant.id,)).fetchone()[0]:
        call.token = None


def name_owner_in_refusal(call: Call) -> None:
    """Says in the refusal whose token it would have been about."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    if token is not None and token.grant.username is not None:
        call.answer["error_description"] = f"The token of {token.grant.username} is not for you."


def name_owner_of_inactive_token(call: Call) -> Response | None:
    """Answers with what it knows, active or not."""
    if call.token is None or call.token.active or call.token.grant.username is None:
        return answer_inactive(call)
    call.answer = {"active": False, "username": call.token.grant.username}
    return json_response(call)


def refuse_barred_caller(call: Call) -> None:
    """Makes an error of a token that the caller may not know about."""
    if call.server.store.find_token(call.parameters.get("token") or "") is not None and call.token is None:
        raise OAuthError("access_denied", "The token is not for this caller.", 403)


def describe_barred_token(call: Call) -> Response | None:
    """Calls the token inactive and describes it all the same."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    if call.token is not None or token is None or not token.active:
        return answer_inactive(call)
    call.answer = {"active": False, "scope": " ".join(token.scope), "client_id": token.grant.client_id}
    return json_response(call)


DEFECTS = (
    Defect(
        name="introspection-bad-credentials-400",
        says="Wrong client credentials at introspection are answered with status 400.",
        breaks=("rfc7662-2.3-bad-client-credentials-401",),
        edits=(before("introspection.error", "render_json_error", answer_with_400),),
    ),
    Defect(
        name="introspection-bad-credentials-inactive",
        says="Wrong client credentials at introspection are told that the token is inactive.",
        breaks=("rfc7662-2.3-bad-client-credentials-401", "rfc7662-2.3-bad-client-credentials-error-body"),
        edits=(before("introspection.error", "render_json_error", answer_with_inactive),),
    ),
    Defect(
        name="introspection-bad-credentials-unchallenged",
        says="Wrong client credentials at introspection are answered without WWW-Authenticate.",
        breaks=("rfc7662-2.3-bad-client-credentials-challenged",),
        edits=(remove("introspection.error", "challenge_basic"),),
    ),
    Defect(
        name="introspection-bad-credentials-other-error",
        says="Wrong client credentials at introspection have an error code of their own.",
        breaks=("rfc7662-2.3-bad-client-credentials-error-body",),
        edits=(after("introspection.error", "put_error", put_other_error),),
    ),
    Defect(
        name="introspection-bad-bearer-403",
        says="An invalid bearer token at introspection is answered with status 403.",
        breaks=("rfc7662-2.3-invalid-bearer-401", "rfc7662-2.3-insufficient-bearer-401"),
        edits=(before("bearer.error", "challenge_bearer", answer_bearer_with_403),),
    ),
    Defect(
        name="introspection-insufficient-bearer-403",
        says="A bearer token that may not introspect is answered with status 403.",
        breaks=("rfc7662-2.3-insufficient-bearer-401",),
        edits=(replace("introspection.bearer", "require_caller_scope", refuse_insufficient_with_403),),
    ),
    Defect(
        name="introspection-bad-bearer-unchallenged",
        says="An invalid bearer token at introspection is answered without WWW-Authenticate.",
        breaks=("rfc7662-2.3-bad-bearer-challenged",),
        edits=(replace("bearer.error", "challenge_bearer", challenge_bearer_elsewhere),),
    ),
    Defect(
        name="introspection-believes-used-refresh-tokens",
        says="A refresh token that was replaced by a newer one is answered as active.",
        breaks=("rfc7662-4-all-applicable-checks-made",),
        edits=(replace("introspection", "answer_inactive", believe_used_refresh_tokens),),
    ),
    Defect(
        name="introspection-believes-revoked-refresh-tokens",
        says="A revoked refresh token is answered as active.",
        breaks=("rfc7662-4-refresh-token-revocation-checked",),
        edits=(replace("introspection", "answer_inactive", believe_revoked_refresh_tokens),),
    ),
    Defect(
        name="introspection-ignores-signature",
        says="A token is answered as active whatever its signature.",
        breaks=("rfc7662-4-signature-validated",),
        edits=(
            after("issue", "make_access_token", keep_unsigned_part),
            after("introspection", "find_token", find_token_by_unsigned_part),
        ),
    ),
    Defect(
        name="introspection-believes-secrets-in-body",
        says="A client secret in the body of an introspection request is not checked.",
        breaks=(
            "rfc7662-2.3-bad-client-credentials-401",
            "rfc7662-2.3-bad-client-credentials-error-body",
            "rfc7662-4-wrong-secret-refused",
        ),
        edits=(replace("introspection", "authorize_caller", believe_secret_in_body),),
    ),
    Defect(
        name="tls-1-3-alone",
        says="The server speaks TLS 1.3 and no older version.",
        breaks=("rfc7662-4-tls-1-2-supported", "rfc8414-6.1-tls-1-2-served"),
        edits=(setting(tls_minimum="TLSv1.3"),),
        transport=True,
    ),
    Defect(
        name="resource-trusts-known-tokens-forever",
        says="The protected resources take a token that they have seen before, expired or not.",
        breaks=("rfc7662-4-resource-caches-not-beyond-exp",),
        edits=(replace("bearer", "check_token_active", trust_known_tokens),),
    ),
    Defect(
        name="introspection-cacheable-beyond-exp",
        says="Introspection answers may be cached for a day, even if the token ends sooner.",
        breaks=("rfc7662-4-answer-not-fresh-beyond-exp",),
        edits=(replace("introspection.finish", "forbid_caching", keep_answers_for_a_day),),
    ),
    Defect(
        name="introspection-forgets-implicit-tokens",
        says="Introspection doesn't know the tokens of the implicit grant.",
        breaks=("rfc7662-4-issued-tokens-understood",),
        edits=(after("introspection", "find_token", forget_implicit_tokens),),
    ),
    Defect(
        name="introspection-names-owner-in-refusal",
        says="The refusal of an introspection call names the token's resource owner.",
        breaks=("rfc7662-5-identifiers-kept-from-unintended-parties",),
        edits=(after("introspection.error", "put_error_description", name_owner_in_refusal),),
    ),
    Defect(
        name="introspection-names-owner-of-inactive-token",
        says="The answer for an inactive token names its resource owner.",
        breaks=(
            "rfc7662-2.2-inactive-reason-not-told",
            "rfc7662-4-inactive-answer-holds-active-alone",
            "rfc7662-5-identifiers-kept-from-unintended-parties",
        ),
        edits=(replace("introspection", "answer_inactive", name_owner_of_inactive_token),),
    ),
    Defect(
        name="introspection-restriction-forgotten",
        says="A caller that introspection is closed to gets answers all the same.",
        breaks=(
            "rfc7662-2.2-forbidden-token-inactive",
            "rfc7662-2.3-forbidden-token-no-error",
            "rfc7662-4-audience-checked",
            "rfc7662-4-caller-must-be-authorized",
        ),
        edits=(remove("introspection", "hide_token_from_barred_caller"),),
        on=RESTRICTED,
    ),
    Defect(
        name="introspection-forbidden-token-refused",
        says="Introspection of a token that the caller may not know about is an error.",
        breaks=("rfc7662-2.2-forbidden-token-inactive", "rfc7662-2.3-forbidden-token-no-error"),
        edits=(before("introspection", "answer_inactive", refuse_barred_caller),),
        on=RESTRICTED,
    ),
    Defect(
        name="introspection-forbidden-token-described",
        says="A token that the caller may not know about is called inactive, and described.",
        breaks=("rfc7662-4-caller-must-be-authorized",),
        edits=(replace("introspection", "answer_inactive", describe_barred_token),),
        on=RESTRICTED,
    ),
)
