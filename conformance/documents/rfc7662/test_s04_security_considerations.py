"""RFC 7662 section 4: security considerations."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from conformance.documents.rfc7662.caching import declared_freshness
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.inactive_tokens import (
    ENDS,
    Procedure,
    access_token_after_refresh_token,
    expired_access_token,
    expired_at_resource,
    nearly_expired,
    outlived_refresh_token,
    revoked_access_token,
    revoked_refresh_token,
    rotated_refresh_token,
    with_altered_end,
    without_end,
)
from conformance.procedures.introspection import (
    Description,
    active_in_words,
    active_token_described,
    ask,
    both_kinds,
    expect_not_active,
    fresh_token_described,
    holds_active_alone,
    live_token,
    says_active,
    still_live,
)
from conformance.procedures.introspection_callers import (
    answer_to_other,
    expect_nothing_told,
    reply_without_credentials,
    wrong_secret,
)
from conformance.procedures.introspection_members import CLOCK_TOLERANCE, claims, number
from conformance.procedures.plain_http import certificate_checked, handshake, versions

GRANTS = ("client_credentials", "password", "authorization_code", "implicit")
every_grant = pytest.mark.parametrize("grant", [pytest.param(grant, marks=needs(grant)) for grant in GRANTS])


@requirement("rfc7662-4-all-applicable-checks-made")
@needs("refresh_token")
def test_a_used_refresh_token_is_not_active_once_refused(given: Given, send: Send, expect: Expect) -> None:
    answer, second_use = rotated_refresh_token(given, send)

    expect.that(
        second_use.is_served or not says_active(answer),
        "a refresh token that the token endpoint takes no more not answered as active",
        f"`active` true, and {second_use} at the token endpoint",
        breach="act",
    )


@requirement("rfc7662-4-all-applicable-checks-made")
@needs("revocation")
@pytest.mark.parametrize(
    "witness", [pytest.param(name, marks=needs(name)) for name in ("token_info", "protected_resource")]
)
def test_a_revoked_token_is_not_active_once_refused(given: Given, send: Send, expect: Expect, witness: str) -> None:
    answer, refusal = access_token_after_refresh_token(given, send, witness)

    expect.that(
        refusal.is_served or not says_active(answer),
        "a token that is refused elsewhere not answered as active",
        f"`active` true, and {refusal} at {witness}",
        breach="act",
    )


@requirement("rfc7662-4-expiry-checked")
def test_an_expired_token_is_not_active(given: Given, send: Send, expect: Expect) -> None:
    reply = expired_access_token(given, send).after

    expect_not_active(expect, reply, "no active token beyond its lifetime")


@requirement("rfc7662-4-start-of-validity-checked")
@both_kinds
def test_no_token_is_active_before_its_time(given: Given, send: Send, expect: Expect, grant: str) -> None:
    description = active_token_described(given, send, grant)

    starts = [number(members.get("nbf")) or 0.0 for members in (description.members, claims(description.tokens))]

    ahead = max(starts) - description.asked
    expect.that(
        ahead <= CLOCK_TOLERANCE, "no active token before its `nbf`", f"active {ahead:.0f} s before", breach="act"
    )


@requirement("rfc7662-4-all-applicable-checks-made")
@needs("refresh_token")
def test_an_expired_refresh_token_is_not_active_once_refused(given: Given, send: Send, expect: Expect) -> None:
    answer, use = outlived_refresh_token(given, send)

    told = f"`active` true, and {use} at the token endpoint"
    expect.that(not says_active(answer), "an expired refresh token not answered as active", told, breach="act")


@requirement("rfc7662-4-access-token-revocation-checked")
def test_a_revoked_access_token_is_not_active(given: Given, send: Send, expect: Expect) -> None:
    reply = revoked_access_token(given, send).after

    expect_not_active(expect, reply, "no active access token once it is revoked")


@requirement("rfc7662-4-refresh-token-revocation-checked")
def test_a_revoked_refresh_token_is_not_active(given: Given, send: Send, expect: Expect) -> None:
    token = revoked_refresh_token(given, send)

    given.note(f"a live refresh token is answered as {'active' if says_active(token.before) else 'inactive'}")
    expect_not_active(expect, token.after, "no active refresh token once it is revoked")


@requirement("rfc7662-4-signature-validated")
@pytest.mark.parametrize("forge", [with_altered_end, without_end], ids=["altered", "removed"])
def test_a_token_with_a_bad_signature_is_not_active(
    given: Given, send: Send, expect: Expect, forge: Callable[[str], str]
) -> None:
    token = live_token(given, send)

    reply = ask(given, send, forge(token))
    still_live(given, send, token, reply)

    expect_not_active(expect, reply, "no active token but the one that was issued")


@requirement("rfc7662-4-audience-checked")
def test_a_token_is_not_active_where_it_cannot_be_used(given: Given, send: Send, expect: Expect) -> None:
    reply = answer_to_other(given, send)

    expect_not_active(expect, reply, "no active token for a caller at which it can't be used")


@requirement("rfc7662-4-caller-must-authenticate")
@pytest.mark.parametrize("token", ["live", "invented"])
def test_a_call_without_credentials_is_refused(given: Given, send: Send, expect: Expect, token: str) -> None:
    reply = reply_without_credentials(given, send, token)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-4-client-id-alone-refused")
def test_a_client_id_without_the_secret_is_refused(given: Given, send: Send, expect: Expect) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, authentication="none")

    expect_nothing_told(expect, reply)


@requirement("rfc7662-4-wrong-secret-refused")
@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
def test_a_wrong_secret_is_refused(given: Given, send: Send, expect: Expect, method: str) -> None:
    reply = wrong_secret(given, send, method)

    expect_nothing_told(expect, reply)


@requirement("rfc7662-4-caller-must-be-authorized")
def test_a_caller_without_authorization_learns_nothing(given: Given, send: Send, expect: Expect) -> None:
    reply = answer_to_other(given, send)

    expect_not_active(expect, reply, "a live token not told to a caller without authorization")
    told = sorted(set(reply.members) - {"active", "error", "error_description", "error_uri"})
    expect.that(not told, "nothing told of a live token", f"{', '.join(told)} told", breach="act")


@requirement("rfc7662-4-separate-credentials-may-be-demanded")
def test_whether_other_credentials_are_demanded_is_noted(given: Given, send: Send) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, given.client("confidential"))

    given.note(f"introspection with credentials that the token endpoint takes: {active_in_words(reply)}")


@requirement("rfc7662-4-tls-1-2-supported")
def test_tls_1_2_is_spoken(given: Given, send: Send, expect: Expect) -> None:
    found = handshake(given, send, "introspection", "TLSv1.2")

    expect.that(found.succeeded, "a handshake in TLS 1.2", found.failure)


@requirement("rfc7662-4-other-transport-security")
def test_versions_of_tls_are_noted(given: Given, send: Send) -> None:
    given.note(versions(given, send, "introspection"))


@requirement("rfc7662-4-certificate-can-be-checked")
def test_the_certificate_verifies(given: Given, send: Send, expect: Expect) -> None:
    found = certificate_checked(given, send, "introspection")

    expect.that(found.succeeded, "a certificate that verifies for the host name", found.failure)


@requirement("rfc7662-4-get-may-be-refused")
def test_whether_get_is_refused_is_noted(given: Given, send: Send) -> None:
    token = live_token(given, send)

    reply = ask(given, send, token, method="GET")

    given.note(f"introspection by GET: {active_in_words(reply)}")


@requirement("rfc7662-4-inactive-answer-holds-active-alone")
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_an_inactive_answer_holds_active_alone(given: Given, send: Send, expect: Expect, end: Procedure) -> None:
    reply = end(given, send)

    expect.that(holds_active_alone(reply), "no member beside `active`", active_in_words(reply), breach="act")


@requirement("rfc7662-4-resource-caches-not-beyond-exp")
def test_the_resource_refuses_an_expired_token(given: Given, send: Send, expect: Expect) -> None:
    reply = expired_at_resource(given, send)

    expect(reply).is_refused()


@requirement("rfc7662-4-answer-not-fresh-beyond-exp")
@pytest.mark.parametrize("token", [active_token_described, nearly_expired], ids=["fresh", "nearly-expired"])
def test_an_answer_is_not_fresh_beyond_exp(
    given: Given, send: Send, expect: Expect, token: Callable[[Given, Send], Description]
) -> None:
    description = token(given, send)
    left = max(0.0, (number(description.members.get("exp")) or float("inf")) - description.asked)

    seconds = declared_freshness(description.reply, description.asked)

    expect.that(
        seconds <= left + 1, f"no freshness beyond the {left:.0f} s up to `exp`", f"{seconds:.0f} s", breach="act"
    )


@requirement("rfc7662-4-issued-tokens-understood")
@every_grant
def test_tokens_of_every_grant_are_understood(given: Given, send: Send, expect: Expect, grant: str) -> None:
    reply = fresh_token_described(given, send, grant).reply

    expect.that(says_active(reply), f"a fresh token of the grant {grant} answered as active", active_in_words(reply))
