"""RFC 6749 section 4.1.3: codes that are no good, beside what is good for another grant."""

from __future__ import annotations

from conformance.harness import OMIT, Expect, Given, Send, needs, requirement
from conformance.procedures.code_exchanges import exchanging_client
from conformance.procedures.credentials_beside import beside_valid_credentials, fresh_credentials
from conformance.procedures.token_refusals import invented_code


@requirement("rfc6749-4.1.3-invalid-code-refused")
@beside_valid_credentials("refresh-token", "password")
def test_what_is_live_makes_no_code_valid(given: Given, send: Send, expect: Expect, other: str) -> None:
    client = exchanging_client(given)

    reply = send.code_exchange(invented_code(given, client), **fresh_credentials(given, other, client))

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-code-required")
@needs("refresh_token")
def test_a_live_refresh_token_stands_for_no_code(given: Given, send: Send, expect: Expect) -> None:
    client = exchanging_client(given)

    reply = send.code_exchange(
        invented_code(given, client), code=OMIT, **fresh_credentials(given, "refresh-token", client)
    )

    expect(reply).is_refused()


@requirement("rfc6749-4.1.3-other-confidential-client-refused")
@needs("refresh_token")
def test_a_refresh_token_of_ones_own_opens_no_code_of_another(given: Given, send: Send, expect: Expect) -> None:
    client = exchanging_client(given)
    code = given.authorization_code(given.other_client("authorization_code"))

    reply = send.code_exchange(code, client, **fresh_credentials(given, "refresh-token", client))

    expect(reply).is_refused()
    given.control(code)
