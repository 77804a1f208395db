"""Breaches of one endpoint, one caller or one way to authenticate, where the others are in order."""

from ..defect import Defect
from ..pipeline import Attempt, Call, Response, Step, before, named, replace
from ..steps.client_authentication import (
    decode_basic,
    note_failure,
    refuse_throttled,
    refuse_unregistered_method,
    require_for_confidential,
    verify_secret,
)
from ..steps.introspection import answer_inactive
from ..steps.native_apps import distrust_shared_secret
from ..steps.revocation import revoke_grant_of_refresh_token, revoke_token
from .conditions import Condition, only
from .other_flows import secret_in_body
from .some_clients import was_refreshed

AUTHENTICATION = "client_authentication"
EXPIRED = "rfc7662-2.2-expired-token-inactive"


def anywhere_but(endpoint: str) -> Condition:
    """All endpoints but one."""
    return lambda call: call.endpoint != endpoint


def not_in_body(call: Call) -> bool:
    """The usual way to send a secret."""
    return not secret_in_body(call)


def not_in_body_at(endpoint: str) -> Condition:
    """The same for one endpoint; at others every way is usual."""
    return lambda call: call.endpoint != endpoint or not_in_body(call)


# Client authentication


def verify_first_characters(call: Call) -> None:
    """Compares as many characters as came."""
    sent, known = call.attempts[0].secret, call.client.secret
    call.authenticated = bool(sent and known and known.startswith(sent))


def in_small_letters(endpoint: str) -> Step:
    """At one endpoint clients are looked for without case."""

    def lower_client_id(call: Call) -> None:
        attempt = call.attempts[0]
        if call.endpoint == endpoint and attempt.client_id not in call.server.accounts.clients:
            call.attempts[0] = Attempt(attempt.method, (attempt.client_id or "").lower(), attempt.secret)

    return lower_client_id


def lacks_assertion(call: Call) -> bool:
    """No JWT stands for the secret."""
    return call.parameters.get("client_assertion") is None


def verify_secret_or_assertion(call: Call) -> None:
    """Reads what an assertion says, and not by whom."""
    verify_secret(call)
    call.authenticated = call.authenticated or not lacks_assertion(call)


def by_header(call: Call) -> bool:
    """The secret stands in the header."""
    return (call.header(b"authorization") or "").lower().startswith("basic")


def not_by_header(call: Call) -> bool:
    """The secret stands elsewhere."""
    return not by_header(call)


# Introspection


def active_where(condition: Condition) -> Step:
    """Some tokens are told active as long as nobody has revoked them."""

    def answer_inactive_unless(call: Call) -> Response | None:
        token = call.token
        alive = token is not None and token.revoked_at is None and token.grant.revoked_at is None
        return None if alive and not _fresh(call) and condition(call) else answer_inactive(call)

    return named("answer_inactive", answer_inactive_unless)


def _fresh(call: Call) -> bool:
    return call.token is not None and call.token.fresh


def of_public_client(call: Call) -> bool:
    """A token of a client without a secret."""
    return call.token is not None and not call.server.accounts.clients[call.token.grant.client_id].confidential


def of_refreshed_grant(call: Call) -> bool:
    """A token of a grant that was refreshed."""
    return was_refreshed(call) and call.token is not None and call.token.kind == "access_token"


def of_nobody(call: Call) -> bool:
    """A token that a client asked for in its own name."""
    return call.token is not None and call.token.grant.username is None


def asked_by_bearer(call: Call) -> bool:
    """The caller has a token of its own."""
    return (call.header(b"authorization") or "").lower().startswith("bearer")


# Revocation


def not_by_code(call: Call) -> bool:
    """The token came by another grant than the one with codes."""
    query = "SELECT 1 FROM codes WHERE grant_id = ?"
    found = call.token and call.server.store.connection.execute(query, (call.token.grant.id,)).fetchone()
    return not found


DEFECTS = (
    Defect(
        name="secret-compared-as-far-as-sent",
        says="The beginning of a secret is as good as the secret.",
        breaks=("rfc6749-2.3.1-basic-supported", "rfc6749-2.3.1-client-secret-its-own"),
        edits=(replace(AUTHENTICATION, "verify_secret", named("verify_secret", verify_first_characters)),),
    ),
    *(
        Defect(
            name=f"client-id-without-case-at-{endpoint}",
            says=f"The {endpoint} endpoint looks for clients without case.",
            breaks=("rfc6749-1.9-client-id-exact",),
            edits=(before(AUTHENTICATION, "find_client", in_small_letters(endpoint)),),
        )
        for endpoint in ("revocation", "introspection")
    ),
    Defect(
        name="assertions-not-verified",
        says="A client assertion is believed, whatever its signature.",
        breaks=("rfc6749-3.2.1-unauthenticated-client-refused",),
        edits=(
            replace(AUTHENTICATION, "require_for_confidential", only(lacks_assertion, require_for_confidential)),
            replace(AUTHENTICATION, "refuse_unregistered_method", only(lacks_assertion, refuse_unregistered_method)),
            replace(AUTHENTICATION, "verify_secret", named("verify_secret", verify_secret_or_assertion)),
        ),
    ),
    Defect(
        name="basic-not-decoded-at-introspection",
        says="Basic credentials at the introspection endpoint are taken as they are, without form-decoding.",
        breaks=("rfc6749-2.3.1-basic-credentials-form-decoded",),
        edits=(replace(AUTHENTICATION, "decode_basic", only(anywhere_but("introspection"), decode_basic)),),
    ),
    Defect(
        name="wrong-secrets-not-counted-in-body",
        says="Wrong client secrets in the body are not counted, though a lock holds for them as well.",
        breaks=("rfc6749-2.3.1-guessing-held-off-at-revocation",),
        edits=(replace(AUTHENTICATION, "note_failure", only(not_in_body, note_failure)),),
    ),
    Defect(
        name="secret-guessing-unlimited-in-body",
        says="A client that is locked for HTTP Basic is open for secrets in the body.",
        breaks=("rfc6749-2.3.1-guessing-held-off-at-revocation",),
        edits=(replace(AUTHENTICATION, "refuse_throttled", only(not_in_body, refuse_throttled)),),
    ),
    *(
        Defect(
            name=f"secret-guessing-unlimited-in-body-at-{endpoint}",
            says=f"A client that is locked for HTTP Basic is open for secrets in the body of {endpoint} requests.",
            breaks=(f"rfc6749-2.3.1-guessing-held-off-at-{endpoint}",),
            edits=(replace(AUTHENTICATION, "refuse_throttled", only(not_in_body_at(endpoint), refuse_throttled)),),
        )
        for endpoint in ("token", "introspection")
    ),
    Defect(
        name="native-secret-trusted-in-header",
        says="The secret that every copy of an application holds authenticates it, when it comes by HTTP Basic.",
        breaks=("rfc8252-8.5-treated-as-public",),
        edits=(replace(AUTHENTICATION, "distrust_shared_secret", only(not_by_header, distrust_shared_secret)),),
        on="native-apps",
    ),
    *(
        Defect(
            name=f"expired-tokens-{name}-active",
            says=f"Introspection tells that expired access tokens {says} are active.",
            breaks=(EXPIRED,),
            edits=(replace("introspection", "answer_inactive", active_where(condition)),),
        )
        for name, says, condition in (
            ("of-public-clients", "of public clients", of_public_client),
            ("of-refreshed-grants", "that came with a refresh", of_refreshed_grant),
            ("of-clients-themselves", "that belong to no person", of_nobody),
            ("told-to-bearers", "about which a bearer asks", asked_by_bearer),
        )
    ),
    Defect(
        name="tokens-by-code-not-revoked",
        says="The revocation of a token that came by a code is confirmed and does nothing.",
        breaks=("rfc7009-2.1-revoked-access-token-invalid", "rfc7009-2.1-revoked-refresh-token-invalid"),
        edits=(
            replace("revocation", "revoke_token", only(not_by_code, revoke_token)),
            replace("revocation", "revoke_grant_of_refresh_token", only(not_by_code, revoke_grant_of_refresh_token)),
        ),
    ),
)
