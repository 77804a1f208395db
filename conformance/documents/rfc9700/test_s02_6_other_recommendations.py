"""RFC 9700 section 2.6: other recommendations."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.cross_origin import (
    ALLOW_ORIGIN,
    ASKED,
    ORIGINS,
    asked_by_script,
    lets_read,
    token_by_script,
)
from conformance.documents.rfc9700.in_browser_messages import message_page, receivers
from conformance.documents.rfc9700.insecure_redirects import in_the_clear, registered_in_the_clear
from conformance.documents.rfc9700.pkce_support import standard_metadata
from conformance.harness import Expect, Given, Send, requirement
from conformance.harness.record import Recorded
from conformance.procedures.redirects import expect_not_accepted, missable_client, missed_request
from conformance.profile.target import Target
from conformance.wire.exchange import Reply

INSECURE = "other-web-scheme"


@requirement("rfc9700-2.6-metadata-published")
def test_metadata_is_published(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = standard_metadata(given, send, target)

    expect(reply).succeeds()
    expect(reply).has_member("issuer", str)


@requirement("rfc9700-2.6-responses-over-tls")
def test_no_response_leaves_in_the_clear(given: Given, send: Send, expect: Expect, target: Target) -> None:
    sent = in_the_clear(given, send, target)

    expect.that(not sent, "no response over plain HTTP", next(iter(sent), None), breach="act", about="plain HTTP")


@requirement("rfc9700-2.6-http-redirect-uri-refused")
def test_https_stands_for_no_http(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client = missable_client(given, target, INSECURE)

    found = missed_request(given, send, INSECURE, client)

    expect_not_accepted(expect, found)


@requirement("rfc9700-2.6-http-redirect-uri-refused")
def test_a_registered_http_uri_is_refused(given: Given, send: Send, expect: Expect, target: Target) -> None:
    client, uri, response_type = registered_in_the_clear(given, target)

    answer = send.authorize(client, response_type, redirect_uri=uri)

    expect(answer).issues_nothing()


@requirement("rfc9700-2.6-messages-verified")
def test_a_message_goes_to_the_client_alone(given: Given, send: Send, expect: Expect) -> None:
    page = message_page(given, send)

    named = receivers(page)
    expect.that(named == page.origins, f"postMessage to {', '.join(page.origins)}", ", ".join(named), breach="act")


@requirement("rfc9700-2.6-messages-verified")
def test_a_message_goes_to_no_unregistered_uri(given: Given, send: Send, expect: Expect) -> None:
    page = message_page(given, send, registered=False)

    named = receivers(page, lenient=True)
    expect.that(not named, "no message for an unregistered URI", f"one to {', '.join(named)}", breach="act")


@requirement("rfc9700-2.6-cors-may-be-supported")
def test_answers_across_origins_are_noted(given: Given, send: Send) -> None:
    reply = token_by_script(given, send)

    given.note(f"the token endpoint answers with {ALLOW_ORIGIN} {reply.header(ALLOW_ORIGIN) or 'left out'}")


@requirement("rfc9700-2.6-no-cors-at-authorization-endpoint")
def test_no_answer_of_the_authorization_endpoint_is_open_to_scripts(recorded: Recorded, expect: Expect) -> None:
    def judge(reply: Reply) -> None:
        told = f"{ALLOW_ORIGIN}: {reply.header(ALLOW_ORIGIN)}"
        expect.that(not lets_read(reply), f"no {ALLOW_ORIGIN} that opens the answer", told, breach="act")

    recorded.each(recorded.answers_of("authorization"), judge)


@requirement("rfc9700-2.6-no-cors-at-authorization-endpoint")
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("how", ASKED)
def test_no_script_reads_the_authorization_endpoint(
    given: Given, send: Send, expect: Expect, origin: str, how: str
) -> None:
    reply = asked_by_script(given, send, origin, how)

    told = f"{ALLOW_ORIGIN}: {reply.header(ALLOW_ORIGIN)}"
    expect.that(not lets_read(reply), "an answer that no script can read", told, breach="act", at=reply)
