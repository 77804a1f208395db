"""Which cookies a user agent keeps, and which it sends where."""

from __future__ import annotations

import pytest

from conformance.harness.cookies import CookieJar
from conformance.harness.exchange import Reply, Request

HERE = "https://login.as.test/app/start"


def jar_with(*headers: str, at: str = HERE) -> CookieJar:
    """A jar after one reply."""
    jar = CookieJar()
    jar.keep(Reply(Request("GET", at), 200, tuple(("Set-Cookie", header) for header in headers)))
    return jar


@pytest.mark.parametrize(
    ("header", "url", "sent"),
    [
        ("a=1; Path=/", "https://login.as.test/", True),
        ("a=1; Path=/", "https://as.test/", False),
        ("a=1; Path=/", "https://login.as.test:8443/", False),
        ("a=1; Path=/; Domain=as.test", "https://api.as.test/", True),
        ("a=1; Path=/; Domain=.as.test", "https://as.test:8443/", True),
        ("a=1; Path=/; Domain=other.test", "https://other.test/", False),
        ("a=1; Path=/; Domain=other.test", HERE, False),
        ("a=1", "https://login.as.test/app/other", True),
        ("a=1", "https://login.as.test/application", False),
        ("a=1; Path=/x", "https://login.as.test/x/y", True),
        ("a=1; Path=/; Secure", "http://login.as.test/", False),
        ("a=1; Path=/", "http://login.as.test/", True),
        ("a=1; Path=/; Max-Age=0", "https://login.as.test/", False),
        ("a=1; Path=/; Max-Age=60", "https://login.as.test/", True),
        ("a=1; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "https://login.as.test/", False),
        ("a=1; Path=/; Expires=nonsense; Max-Age=nonsense", "https://login.as.test/", True),
        ("a", "https://login.as.test/", False),
    ],
)
def test_a_cookie_goes_where_it_belongs(header: str, url: str, sent: bool) -> None:
    assert jar_with(header).header(url) == ("a=1" if sent else "")


def test_a_later_cookie_replaces_or_deletes_the_earlier_and_longer_paths_come_first() -> None:
    jar = jar_with("a=1; Path=/", "a=2; Path=/app", "b=3; Path=/", "b=; Path=/; Max-Age=0", "a=4; Path=/")

    assert jar.header(HERE) == "a=2; a=4"


def test_the_attribute_for_other_sites_holds_back() -> None:
    jar = jar_with("a=1; Path=/; SameSite=Lax", "b=2; Path=/; SameSite=Strict", "c=3; Path=/")

    assert jar.header(HERE, kept_back=("strict", "lax")) == "c=3"
    assert jar.header(HERE, kept_back=("strict",)) == "a=1; c=3"
