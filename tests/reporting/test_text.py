"""Wire log, curl lines and clause links."""

from __future__ import annotations

import shlex
import shutil
import subprocess

import pytest

from conformance.reporting.curl import curl_line, quoted
from conformance.reporting.text import clause_link, clause_name, code_and_prose, exchanges_as_text, visible

from . import synthetic
from .synthetic import HOSTILE, exchange

URL = "https://as.example.com/oauth/token"


@pytest.mark.parametrize(
    ("place", "link"),
    [
        (("rfc6749", "4.1.2"), "https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2"),
        (("rfc6749", "A.1"), "https://www.rfc-editor.org/rfc/rfc6749#appendix-A.1"),
        (("rfc6749", "B"), "https://www.rfc-editor.org/rfc/rfc6749#appendix-B"),
        (("rfc7009", '2" onclick=x'), "https://www.rfc-editor.org/rfc/rfc7009"),
        (("documented", "endpoints"), ""),
        (("robustness", "1"), ""),
    ],
)
def test_clause_link(place: tuple[str, str], link: str) -> None:
    assert clause_link(*place) == link


def test_clause_name() -> None:
    assert clause_name("rfc6749", "A.1") == "RFC 6749 appendix A.1"
    assert clause_name("rfc7662", "2.1") == "RFC 7662 section 2.1"


def test_pieces_of_code_in_a_sentence() -> None:
    assert code_and_prose("The `error` is one.") == [("The ", False), ("error", True), (" is one.", False)]
    assert code_and_prose("a ` alone") == [("a ` alone", False)]


def test_what_can_not_be_seen_is_escaped() -> None:
    assert visible("a\tb\nc") == "a\tb\nc"
    assert visible("\x1b[2J\x00\r\u202e\ud800\x9b") == "\\x1b[2J\\x00\\r\\u202e\\ud800\\x9b"


def test_wire_log() -> None:
    text = exchanges_as_text([exchange(reply='{\r\n"a": 1}')])
    assert "> POST https://as.example.com/oauth/token\n> Content-Type: application/x-www-form-urlencoded\n>\n" in text
    assert text.endswith('< Cache-Control: no-store\n<\n< {\n< "a": 1}')


def test_wire_log_of_a_request_without_a_response() -> None:
    unanswered = {key: value for key, value in exchange(failure="timed out").items() if key != "response"}
    assert exchanges_as_text([unanswered]).endswith("< no response: timed out")


def test_wire_log_can_not_drive_a_terminal() -> None:
    text = exchanges_as_text([synthetic.hostile(attack) for attack in HOSTILE])
    assert not set(text) & set("\x00\x07\x1b\x7f\x9b\u202e\r")


# curl


def test_form_post_needs_no_method_and_no_content_type() -> None:
    line = curl_line(exchange(body="token={access_token#1}"))
    assert shlex.split(line) == ["curl", "--data-raw", "token={access_token#1}", URL]


def test_what_curl_adds_itself_is_left_out() -> None:
    headers = (("Host", "x"), ("content-length", "3"), ("User-Agent", "y"), ("Accept", "*/*"), ("Accept", "text/html"))
    words = shlex.split(curl_line(exchange("GET", URL, headers, "")))
    assert words == ["curl", "--header", "Accept: text/html", URL]


@pytest.mark.parametrize(
    ("method", "body", "options"),
    [
        ("GET", "", []),
        ("GET", "a=b", ["--request", "GET"]),
        ("POST", "", ["--request", "POST"]),
        ("DELETE", "", ["--request", "DELETE"]),
        ("HEAD", "", ["--head"]),
    ],
)
def test_method_only_where_needed(method: str, body: str, options: list[str]) -> None:
    assert shlex.split(curl_line(exchange(method, body=body)))[1 : 1 + len(options)] == options


def test_a_body_without_content_type_gets_none_from_curl() -> None:
    assert shlex.split(curl_line(exchange(headers=())))[1:3] == ["--header", "Content-Type:"]


def test_an_empty_header_is_sent() -> None:
    assert "X-Empty;" in shlex.split(curl_line(exchange(headers=(("X-Empty", ""),))))


def test_url_is_sent_as_it_stands() -> None:
    words = shlex.split(curl_line(exchange("GET", "https://a.example/x/../y?z[]={code#1}", (), "")))
    assert words[1:3] == ["--globoff", "--path-as-is"]


def test_variables_are_left_to_the_shell_in_double_quotes() -> None:
    line = curl_line(exchange(body='client_secret=$CLIENT_A_SECRET&x="`$(id)\\'))
    assert '"client_secret=$CLIENT_A_SECRET&x=\\"\\`\\$(id)\\\\"' in line


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on PATH")
@pytest.mark.parametrize("text", [*HOSTILE, "a'b\nc\td", "!! $HOME"])
@pytest.mark.parametrize("frame", ["{}", "$CLIENT_A_SECRET{}", "{}&client_secret=$CLIENT_A_SECRET"])
def test_a_shell_expands_named_variables_and_nothing_else(text: str, frame: str) -> None:
    text = text.replace("\x00", "")  # no argument of a program can hold it
    value = frame.format(text)
    line = f"printf %s {quoted(value, {'CLIENT_A_SECRET'})}"
    environment = {"CLIENT_A_SECRET": "s3 cret", "HOME": "/home", "LC_ALL": "C.UTF-8"}
    ran = subprocess.run(["bash", "-c", line], capture_output=True, env=environment, check=True)
    assert ran.stdout.decode() == value.replace("$CLIENT_A_SECRET", "s3 cret")
    assert ran.stderr == b""


@pytest.mark.parametrize("attack", HOSTILE)
def test_no_control_character_reaches_the_clipboard(attack: str) -> None:
    assert not set(curl_line(synthetic.hostile(attack), ())) & set("\x00\x07\x1b\x7f\x9b\u202e\r\n")
