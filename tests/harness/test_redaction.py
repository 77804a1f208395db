"""Redaction: the same value, the same placeholder; nothing secret in any spelling."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from conformance.harness.send import basic
from conformance.wire.evidence import rendered
from conformance.wire.exchange import Exchange, Reply, Request
from conformance.wire.redaction import Redactor
from conformance.wire.vault import Vault

TOKEN = "zyQ9-0rT_very.secret~token"
SECRET = "p%ss:w&rd +word"


def vault() -> Vault:
    """A vault that knows one client."""
    known = Vault({SECRET: "$CLIENT_SECRET"})
    known.add_basic("id:1", SECRET, "basic credentials of special")
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


def test_a_scheme_without_credentials_is_no_secret() -> None:
    known = vault()
    request = Request("GET", "https://x.example/info", (("Authorization", "Basic"), ("X-Scheme", "Basic")))

    assert shown_of(request, known)["headers"] == [["Authorization", "Basic"], ["X-Scheme", "Basic"]]


@pytest.mark.parametrize("blanks", [" ", "  ", "\t"], ids=["one", "two", "tab"])
def test_blanks_of_an_authorization_header_are_shown_as_they_were_sent(blanks: str) -> None:
    header = ("Authorization", f"Bearer{blanks}{TOKEN}")
    shown = shown_of(Request("GET", "https://x.example/info", (header,)))
    assert shown["headers"] == [["Authorization", f"Bearer{blanks}{{access_token#1}}"]]


def test_a_cookie_header_is_shown_as_it_was_sent() -> None:
    header = ("Cookie", "a=abcdefgh12345678;b=second-cookie-value;  c")
    shown = shown_of(Request("GET", "https://x.example/", (header,)))
    assert shown["headers"] == [["Cookie", "a={cookie#1};b={cookie#2};  c"]]


def shown_of(request: Request, known: Vault | None = None, reply: Reply | None = None) -> dict[str, Any]:
    """The request of a rendered exchange."""
    known = known or vault()
    known.learn(request, reply)
    return dict(rendered(Exchange(request, reply, 0.0), Redactor(known))["request"])


@pytest.mark.parametrize(
    ("user", "word", "shown"),
    [
        ("id:1", SECRET, "{basic credentials of special, form-encoded}"),
        ("plain", "plain-secret", "{basic credentials of plain}"),
        ("plain", "another-secret", "{credentials#1}"),
    ],
)
def test_basic_credentials_say_whose_they_are_and_how_they_are_encoded(user: str, word: str, shown: str) -> None:
    known = vault()
    known.add_basic("plain", "plain-secret", "basic credentials of plain")
    request = Request("POST", "https://x.example/token", (basic(user, word),))
    assert shown_of(request, known)["headers"] == [["Authorization", f"Basic {shown}"]]


def test_basic_credentials_in_another_encoding_are_those_of_the_same_client() -> None:
    escaped = "".join(f"%{octet:02X}" for octet in SECRET.encode())
    header = ("Authorization", "Basic " + base64.b64encode(f"id%3A1:{escaped}".encode()).decode())
    raw = ("Authorization", "Basic " + base64.b64encode(f"id:1:{SECRET}".encode()).decode())
    shown = shown_of(Request("POST", "https://x.example/token", (header, raw)))["headers"]
    assert shown[0][1] == "Basic {basic credentials of special, form-encoded}"
    assert SECRET not in str(shown)


LOGIN = "ab/cd+ef12345678=="


@pytest.mark.parametrize(
    "url",
    [
        f"https://x.example/login?request={quote(LOGIN, safe='')}",
        f"https://x.example/login/{quote(LOGIN, safe='')}/next",
        f"https://x.example/login?request={LOGIN}",
    ],
    ids=["escaped", "in-the-path", "as-it-is"],
)
def test_a_secret_of_a_form_is_one_in_its_url_too(url: str) -> None:
    request = Request("GET", url)
    page = f'<form><input type="hidden" name="csrf_token" value="{LOGIN}"></form>'.encode()
    text = exchange(request, Reply(request, 200, (), page))
    assert LOGIN not in text
    assert quote(LOGIN, safe="") not in text
    assert text.count("{csrf_token#1}") == 2


def test_two_secrets_in_one_path_are_both_replaced() -> None:
    known = vault()
    known.add("first-secret-12345", "csrf_token")
    known.add("second-secret-12345", "csrf_token")
    shown = Redactor(known).text("https://x.example/a/first-secret-12345/second-secret-12345/b")
    assert shown == "https://x.example/a/{csrf_token#1}/{csrf_token#2}/b"


def test_a_short_secret_is_replaced_as_a_whole_and_never_inside_a_word() -> None:
    redactor = Redactor(Vault({"pw": "$P"}))
    assert redactor.text("the upward power: pw, 'pw', pwd, p w") == "the upward power: $P, '$P', pwd, p w"
    assert redactor.text("username=u&password=pw") == "username=u&password=$P"


@pytest.mark.parametrize("word", ["password", "token"])
def test_a_secret_that_is_the_name_of_one_is_replaced_once(word: str) -> None:
    known = Vault({})
    known.add(word, "password")
    redactor = Redactor(known)
    assert redactor.text(f"grant_type=x&{word}={word}") == f"grant_type=x&{word}={{password#1}}"
    assert redactor.text(f'{{"{word}": "{word}"}}') == f'{{"{word}": "{{password#1}}"}}'
    assert redactor.text(f"it is {word}, they said") == "it is {password#1}, they said"


def test_what_a_page_calls_a_field_is_no_secret_unless_it_was_sent_as_one() -> None:
    texts = b'{"password": "Password", "hint": "Your password"}'
    assert json.loads(exchange_with(Vault({}), "grant_type=password", texts))["response"]["body"] == texts.decode()
    sent = exchange_with(Vault({}), "grant_type=password&username=u&password=Password", texts)
    assert "username=u&password={password#1}" in sent
    assert '{\\"password\\": \\"{password#1}\\"' in sent


def test_a_long_secret_is_replaced_wherever_it_stands() -> None:
    assert Redactor(Vault({"s3cret-of-a-client": "$S"})).text("xs3cret-of-a-clientx") == "x$Sx"


def test_a_name_that_is_its_own_password_stays_readable() -> None:
    known = Vault({"bob": "$PASSWORD"}, ["bob"])
    text = exchange_with(known, "grant_type=password&username=bob&password=bob", b'{"username": "bob"}')
    assert "username=bob&password=$PASSWORD" in text
    assert '{\\"username\\": \\"bob\\"}' in text


def exchange_with(known: Vault, sent: str, received: bytes) -> str:
    """A rendered exchange as JSON text, by a vault of one's own."""
    request = Request("POST", "https://x.example/token", (), sent.encode())
    reply = Reply(request, 200, (), received)
    known.learn(request, reply)
    return json.dumps(rendered(Exchange(request, reply, 0.0), Redactor(known)))


def test_a_code_verifier_is_shown_since_it_is_worth_nothing_without_its_code() -> None:
    body = "grant_type=authorization_code&code=abcdefgh12345678&code_verifier=verifier-verifier-verifier-verifier-43"
    shown = shown_of(Request("POST", "https://x.example/token", (), body.encode()))
    assert shown["body"] == body.replace("abcdefgh12345678", "{code#1}")


def test_a_text_that_was_shown_before_hides_what_is_known_by_now() -> None:
    known = vault()
    redactor = Redactor(known)
    text = f"saw {TOKEN}, /{TOKEN}/x, %7Epadded%7E and a+b%20c"
    assert redactor.text(text) == text
    assert redactor.header("X-Debug", text) == text

    for value in (TOKEN, "~padded~", "a b c"):
        known.add(value, "token")

    shown = redactor.text(text)
    assert TOKEN not in shown
    assert "%7Epadded%7E" not in shown
    assert "a+b%20c" not in shown
    assert redactor.header("X-Debug", text) == shown


def test_a_header_without_a_word_hides_what_is_known_by_now() -> None:
    known = vault()
    redactor = Redactor(known)
    request = Request("GET", "https://x.example/", (("X-Debug", "a:b"), ("X-Other", "a:b:c")))
    headers = rendered(Exchange(request, None, 0.0), redactor)["request"]["headers"]
    assert headers == [["X-Debug", "a:b"], ["X-Other", "a:b:c"]]

    known.add("a:b:", "token")

    headers = rendered(Exchange(request, None, 0.0), redactor)["request"]["headers"]
    assert headers == [["X-Debug", "a:b"], ["X-Other", "{token#1}c"]]


def test_thousands_of_escapes_are_read_once() -> None:
    many = "%41" * 20_000
    started = time.process_time()
    assert Redactor(vault()).text(f"{many}&x=%41") == f"{many}&x=%41"
    assert time.process_time() - started < 1


def test_a_secret_is_hidden_on_whichever_line_of_a_page_it_stands() -> None:
    known = vault()
    redactor = Redactor(known)
    page = "<p>first</p>\n\n<input name=csrf value=SECRET>\n<p>last of csrf=SECRET-TWO</p>\n"
    known.add("SECRET-of-a-page", "csrf_token")
    text = page.replace("SECRET>", "SECRET-of-a-page>")

    shown = redactor.text(text)

    assert shown == "<p>first</p>\n\n<input name=csrf value={csrf_token#2}>\n<p>last of csrf={csrf_token#1}</p>\n"
    assert redactor.text(text) == shown


@pytest.mark.parametrize("text", ["one\ntwo of three", '{"code"\n:\n"one\ntwo of three"}'])
def test_a_secret_of_two_lines_is_hidden(text: str) -> None:
    known = vault()
    known.add("one\ntwo", "code")
    assert "one\ntwo" not in Redactor(known).text(text)
