"""RFC 9700 section 2.1: protecting redirect-based flows."""

from __future__ import annotations

import pytest

from conformance.documents.rfc9700.loopback import DIFFERENT, with_another
from conformance.documents.rfc9700.password_posts import KINDS, keeps_body, reply_to_password
from conformance.harness import Expect, Given, Send, needs, requirement
from conformance.procedures.open_redirectors import FOREIGN_PLACES, led_by
from conformance.procedures.redirects import NEAR_MISSES, expect_not_accepted, missable_client, missed_request
from conformance.profile.target import Target


@requirement("rfc9700-2.1-redirect-uri-exact")
@pytest.mark.parametrize("name", NEAR_MISSES)
def test_a_uri_that_differs_is_refused(given: Given, send: Send, expect: Expect, target: Target, name: str) -> None:
    client = missable_client(given, target, name)

    found = missed_request(given, send, name, client)

    expect_not_accepted(expect, found)


@requirement("rfc9700-2.1-redirect-uri-exact")
@needs("authorization_code")
@pytest.mark.parametrize("part", DIFFERENT)
def test_of_a_loopback_uri_the_port_alone_may_differ(
    given: Given, send: Send, expect: Expect, target: Target, part: str
) -> None:
    answer = with_another(given, send, target, part)

    expect(answer).issues_nothing()


@requirement("rfc9700-2.1-no-open-redirector")
@pytest.mark.parametrize("place", FOREIGN_PLACES.values(), ids=FOREIGN_PLACES)
@pytest.mark.parametrize("signed_in", [True, False], ids=["signed in", "not signed in"])
def test_no_url_leads_where_a_parameter_says(
    given: Given, send: Send, expect: Expect, target: Target, place: str, signed_in: bool
) -> None:
    led = led_by(given, send, target, place, signed_in=signed_in)

    abroad = next((each for each in led if each.is_abroad), None)
    expect.that(abroad is None, "no URL that leads to a foreign host", abroad, breach="act")


@requirement("rfc9700-2.1-credentials-not-forwarded")
@pytest.mark.parametrize("kind", KINDS)
def test_the_password_is_not_sent_on(given: Given, send: Send, expect: Expect, kind: str) -> None:
    reply = reply_to_password(given, send, kind)

    expect.that(not keeps_body(reply), "a redirect by which browsers leave the password behind", reply, breach="act")
