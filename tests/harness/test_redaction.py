"""Redaction: the same value, the same placeholder; nothing secret in any spelling."""

from __future__ import annotations

import json

import pytest

from conformance.harness.exchange import Exchange, Reply, Request
from conformance.harness.redaction import Redactor, Vault
from conformance.harness.send import basic
from conformance.harness.session import rendered

TOKEN = "zyQ9-0rT_very.secret~token"
SECRET = "p%ss:w&rd +word"


def vault() -> Vault:
    """A vault that knows one client."""
    known = Vault({SECRET: "$CLIENT_SECRET"})
    known.add_basic("id:1", SECRET, "{basic credentials of special}")
    return known


def exchange(request: Request, reply: Reply | None = None) -> str:
    """The rendered exchange as JSON text."""
    known = vault()
    known.learn(request, reply)
    return json.dumps(rendered(Exchange(request, reply, 0.0), Redactor(known)))


def test_a_token_gets_the_same_placeholder_wherever_it_stands() -> None:
    request = Request("GET", "https://x.example/info", (("Authorization", f"Bearer {TOKEN}"),))
    body = json.dumps({"access_token": TOKEN, "refresh_token": "another-secret-value"}).encode()
    reply = Reply(request, 200, (("X-Debug", f"saw {TOKEN}!"),), body)

    text = exchange(request, reply)

    assert TOKEN not in text
    assert "another-secret-value" not in text
    assert text.count("{access_token#1}") == 3
    assert "{refresh_token#1}" in text


@pytest.mark.parametrize(
    "url", [f"https://x.example/cb?code={TOKEN}&state=s", f"https://x.example/#access_token={TOKEN}"]
)
def test_a_redirect_is_redacted(url: str) -> None:
    request = Request("GET", "https://x.example/authorize")
    text = exchange(request, Reply(request, 302, (("Location", url),)))
    assert TOKEN not in text


def test_client_secrets_are_redacted_in_every_spelling() -> None:
    header = basic("id:1", SECRET)
    body = b"client_id=id%3A1&client_secret=p%25ss%3Aw%26rd+%2Bword&x=p%25ss%3Aw%26rd%20%2Bword"
    text = exchange(Request("POST", "https://x.example/token", (header,), body))
    assert header[1].removeprefix("Basic ") not in text
    assert "w%26rd" not in text
    assert "$CLIENT_SECRET" in text


def test_a_form_of_escapes_alone_is_redacted() -> None:
    name, value = ("".join(f"%{octet:02X}" for octet in text.encode()) for text in ("refresh_token", TOKEN))
    body = f"%67%72=%61%62%63%64%65&{name}={value}"
    text = exchange(Request("POST", "https://x.example/token", (), body.encode()))
    assert value not in text
    assert f"%67%72=%61%62%63%64%65&{name}={{refresh_token#1}}" in text


def test_cookies_are_redacted_both_ways() -> None:
    request = Request("GET", "https://x.example/", (("Cookie", "session=abcdefgh12345678; b=second-cookie-value"),))
    reply = Reply(request, 200, (("Set-Cookie", "session=ijklmnop12345678; Path=/; HttpOnly"),))
    text = exchange(request, reply)
    assert "abcdefgh12345678" not in text
    assert "second-cookie-value" not in text
    assert "ijklmnop12345678" not in text
    assert "Path=/; HttpOnly" in text


def test_a_csrf_token_in_a_page_is_redacted() -> None:
    request = Request("GET", "https://x.example/authorize")
    page = b'<form><input type="hidden" name="csrf_token" value="0123456789abcdefXYZ"></form>'
    assert "0123456789abcdefXYZ" not in exchange(request, Reply(request, 200, (), page))


def test_what_the_suite_invented_stays_readable() -> None:
    known = vault()
    value = known.invented("invented-token-0123456789")
    request = Request("POST", "https://x.example/revoke", (), f"token={value}".encode())
    known.learn(request, None)
    shown = rendered(Exchange(request, None, 0.0, failure="reset"), Redactor(known))
    assert shown["request"]["body"] == f"token={value}"
    assert shown["failure"] == "reset"


def test_messages_are_redacted_too() -> None:
    known = vault()
    known.add(TOKEN, "access_token")
    assert Redactor(known).text(f"got {TOKEN}.") == "got {access_token#1}."
    assert Redactor(known).text(f"sent {SECRET}") == "sent $CLIENT_SECRET"


def test_odd_bytes_do_not_break_rendering() -> None:
    request = Request("POST", "https://x.example/token", (("X", "\xff"),), b"\xff\xfe code=\x00")
    reply = Reply(request, 200, (("Y", "\x80"),), b"\xed\xa0\x80" * 5000)
    text = exchange(request, reply)
    assert "15000 bytes in all" in text
    text.encode("utf-8")


def test_a_secret_that_is_no_word_is_found_before_anything_named_it() -> None:
    vault = Vault({})
    for value in ("%30%51%55%45%6B", "to|ken=with odd:characters"):
        vault.add(value, "token")
        assert Redactor(vault).text(f"RuntimeError: lost {value!r}") == "RuntimeError: lost '{token#1}'"
