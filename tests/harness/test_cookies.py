"""Which cookies a user agent keeps, and which it sends where."""

from __future__ import annotations

import pytest

from conformance.browser.cookies import MOST, CookieJar
from conformance.wire.exchange import Reply, Request

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
        ("a=1; Path=/; Domain=test", "https://login.as.test/", False),
        ("a=1; Path=/; Domain=login.as.test", "https://on.login.as.test/", True),
        ("__Host-a=1; Path=/; Secure", HERE, True),
        ("__Host-a=1; Path=/; Secure; Domain=login.as.test", HERE, False),
        ("__Host-a=1; Secure", HERE, False),
        ("__Host-a=1; Path=/", HERE, False),
        ("__secure-a=1; Path=/", HERE, False),
        ("__Secure-a=1; Path=/; Secure", HERE, True),
    ],
)
def test_a_cookie_goes_where_it_belongs(header: str, url: str, sent: bool) -> None:
    assert jar_with(header).header(url) == (header.partition(";")[0] if sent else "")


@pytest.mark.parametrize(
    ("header", "at", "url", "sent"),
    [
        ("a=1; Path=/; Secure", "http://login.as.test/", HERE, False),
        ("a=1; Path=/; Secure", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/", True),
        ("a=1; Path=/; Secure", "http://localhost:8080/", "http://localhost:8080/", True),
        ("a=1; Path=/; Secure", "http://[::1]:8080/", "http://[::1]:8080/", True),
        ("a=1; Path=/; Domain=127.0.0.1", "http://127.0.0.1:8080/", "http://127.0.0.1:8080/", True),
        ("a=1; Path=/; Domain=0.0.1", "http://127.0.0.1/", "http://127.0.0.1/", False),
        ("a=1; Path=/; Domain=localhost", "http://localhost:8080/", "http://localhost:8080/", True),
        ("a=1; Path=/; Domain=localhost", "http://localhost:8080/", "http://as.localhost:8080/", False),
        ("a=1; Path=/; Domain=localhost", "http://as.localhost:8080/", "http://as.localhost:8080/", False),
    ],
)
def test_this_machine_is_safe_and_addresses_and_top_level_domains_belong_to_nobody(
    header: str, at: str, url: str, sent: bool
) -> None:
    assert jar_with(header, at=at).header(url) == ("a=1" if sent else "")


def test_an_empty_value_is_a_value() -> None:
    assert jar_with("a=1; Path=/", "a=; Path=/").header(HERE) == "a="


def test_a_full_jar_takes_updates_and_lets_the_oldest_go() -> None:
    jar = jar_with(*(f"c{number}=old; Path=/" for number in range(MOST)))
    jar.keep(Reply(Request("GET", HERE), 200, (("Set-Cookie", "c1=new; Path=/"), ("Set-Cookie", "more=1; Path=/"))))

    kept = jar.header(HERE).split("; ")
    assert len(kept) == MOST
    assert {"c1=new", "more=1"} <= {*kept}
    assert "c0=old" not in kept


def test_a_later_cookie_replaces_or_deletes_the_earlier_and_longer_paths_come_first() -> None:
    jar = jar_with("a=1; Path=/", "a=2; Path=/app", "b=3; Path=/", "b=; Path=/; Max-Age=0", "a=4; Path=/")

    assert jar.header(HERE) == "a=2; a=4"


def test_the_attribute_for_other_sites_holds_back() -> None:
    jar = jar_with("a=1; Path=/; SameSite=Lax", "b=2; Path=/; SameSite=Strict", "c=3; Path=/")

    assert jar.header(HERE, kept_back=("strict", "lax")) == "c=3"
    assert jar.header(HERE, kept_back=("strict",)) == "a=1; c=3"
