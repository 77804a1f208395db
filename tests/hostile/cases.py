"""Targets that are broken or hostile, as data: what they do, and what a run has to make of it."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from tests.hostile.ordinary import HTML, JSON, after, ordinary, spoiled
from tests.hostile.raw import Peer, Received, Script, answer, later, says

OBJECT = "rfc6749-5.1-success-top-level-members"
MEDIA_TYPE = "rfc6749-5.1-success-media-type-json"
PRESENT = "rfc6749-5.1-access-token-present"
NUMBERS = "rfc6749-5.1-success-numbers-as-numbers"
UNIQUE = "rfc6749-3.2-response-members-unique"
CODE = "rfc6749-4.1.2-code-present"
ACTIVE = "rfc7662-2.2-active-present"
ALL = (OBJECT, PRESENT, CODE)
# Seconds, where no answer comes, and where another is waited for since what came is none.
SOON, SOME = 0.3, 1.0


@dataclass(frozen=True, slots=True)
class Hostile:
    """A target, the verdicts that are due, and the exit code.

    `says` stands in the reason of each requirement, `remark` in the evidence. `timeout` is the profile's, in seconds:
    more than a busy machine takes for an answer, but where no answer comes, or what comes is none.
    """

    name: str
    script: Script
    verdicts: Mapping[str, str]
    gate: int
    says: str = ""
    remark: str = ""
    timeout: float = 20.0


def reset(peer: Peer, request: Received) -> None:
    """Cut the connection."""
    peer.reset()


def closed(peer: Peer, request: Received) -> None:
    """End the connection in peace, without a word."""
    peer.connection.close()


def hang(peer: Peer, request: Received) -> None:
    """Never answer."""
    peer.hang()


def trickled(content: bytes, pause: float = 0.02) -> Script:
    """Bytes one by one."""
    return lambda peer, request: peer.trickle(content, pause)


def endless(head: bytes, piece: bytes) -> Script:
    """A beginning, then the same for ever."""

    def script(peer: Peer, request: Received) -> None:
        peer.send(head)
        peer.forever(piece)

    return script


def broken_off(content: bytes) -> Script:
    """A beginning, then a reset."""

    def script(peer: Peer, request: Received) -> None:
        peer.send(content)
        peer.reset()

    return script


def once_more(content: bytes) -> Script:
    """The ordinary answer, and bytes after it that nobody asked for."""
    return lambda peer, request: peer.send(ordinary(request) + content)


def more_headers(count: int, header: str) -> Script:
    """The ordinary answer with many headers."""
    lines = "".join(f"{header.format(n)}\r\n" for n in range(count)).encode()
    return lambda peer, request: peer.send(ordinary(request).replace(b"\r\n", b"\r\n" + lines, 1))


def compressed(content: bytes, coding: str) -> Script:
    """A token response in a coding that nobody asked for."""
    return says(answer(content, headers=f"Content-Encoding: {coding}\r\n{JSON}"))


def redirected(location: str) -> Script:
    """Sent elsewhere."""
    return says(answer(b"", "302 Found", f"Location: {location}\r\n"))


def twins(peer: Peer, request: Received) -> None:
    """Sent to and fro between two places."""
    other = "b" if request.path.endswith("a") else "a"
    peer.send(answer(b"", "302 Found", f"Location: /{other}\r\n"))


def further(peer: Peer, request: Received) -> None:
    """Sent on and on, each time with a longer query."""
    peer.send(answer(b"", "302 Found", f"Location: {request.target}&more={'x' * 2000}\r\n"))


def same_form_again(peer: Peer, request: Received) -> None:
    """A sign-in page that takes nothing."""
    fields = "".join(f'<input type="hidden" name="h{n}" value="{n}">' for n in range(2000))
    credentials = '<input name="user"><input type="password" name="p"></form>'
    peer.send(answer(f'<form method="post">{fields}{credentials}', headers=HTML))


TOKEN = b'{"access_token": "issued-at", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "issued-rt"}'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DEEP = b"[" * 900 + b"]" * 900
FAILED = {OBJECT: "failed"}
UNDECIDED = {OBJECT: "inconclusive"}


def token(name: str, script: Script, verdicts: Mapping[str, str], gate: int, says: str = "", **more: object) -> Hostile:
    """A target whose token endpoint alone is hostile."""
    return Hostile(f"token endpoint: {name}", spoiled(token=script), verdicts, gate, says, **more)  # type: ignore[arg-type]


def body(name: str, content: bytes, verdicts: Mapping[str, str], gate: int, says: str = "", **more: object) -> Hostile:
    """A target whose token endpoint answers with a body."""
    return token(name, lambda peer, request: peer.send(answer(content, headers=JSON)), verdicts, gate, says, **more)


def sign_in(name: str, script: Script, says: str = "") -> Hostile:
    """A target whose authorization endpoint leads nowhere: no code can be had."""
    return Hostile(f"authorization endpoint: {name}", spoiled(authorize=script), {CODE: "inconclusive"}, 6, says)


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTHS = HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}"
NO_HTTP = "not valid HTTP"
NO_FORM = '<a href="http://[x">x</a><form action="http://[y" method="post">'
GOOD = {OBJECT: "passed"}
CODED = {CODE: "passed"}

CONNECTIONS = (
    token("reset", reset, UNDECIDED, 6, "connection broke", timeout=SOME),
    token("closed without a word", closed, UNDECIDED, 6, "broke off", timeout=SOME),
    token("hangs", hang, UNDECIDED, 6, "no complete answer within 0.3 s", timeout=SOON),
    token(
        "reset within the body", broken_off(HEAD + b"Content-Length: 500\r\n\r\n{"), UNDECIDED, 6, "broke", timeout=SOME
    ),
    token("reset within the headers", broken_off(HEAD), UNDECIDED, 6, "broke", timeout=SOME),
    token(
        "body shorter than announced",
        says(HEAD + b"Content-Length: 500\r\n\r\n{}"),
        UNDECIDED,
        6,
        "time was up",
        timeout=SOON,
    ),
    token(
        "answers too late", later(0.6, answer(TOKEN, headers=JSON)), UNDECIDED, 6, "no complete answer", timeout=SOON
    ),
    Hostile("everything hangs", hang, dict.fromkeys(ALL, "inconclusive"), 6, "no complete answer", timeout=SOON),
    Hostile("dies halfway", after(2, reset), {**UNDECIDED, CODE: "inconclusive"}, 6, "no answer to", timeout=SOME),
    token("headers trickle", trickled(answer(TOKEN, headers=JSON)), UNDECIDED, 6, "no complete answer", timeout=SOON),
    token("the body trickles", trickled(answer(b" " * 99 + TOKEN), 0.01), UNDECIDED, 6, timeout=SOON),
)
FLOODS = (
    token("endless body", endless(HEAD + b"\r\n", b"x" * 65536), FAILED, 1, remark="not read to its end"),
    token("endless chunks", endless(CHUNKED, b"10000\r\n" + b"x" * 65536 + b"\r\n"), FAILED, 1),
    token("gigabytes", endless(HEAD + b"Content-Length: 9999999999\r\n\r\n", b" " * 65536), FAILED, 1),
    token("endless headers", endless(HEAD, b"X-More: and more\r\n"), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("one endless header", endless(HEAD + b"X: ", b"x" * 65536), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token(
        "interim answers",
        endless(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        UNDECIDED,
        6,
        "no complete answer",
        timeout=SOON,
    ),
    token("endless chunk size", endless(CHUNKED, b"0" * 65536), UNDECIDED, 6, timeout=SOON),
    Hostile("thousands of headers", more_headers(4000, "X-{}: y"), GOOD, 0, remark="headers came"),
    Hostile("thousands of cookies", more_headers(3000, "Set-Cookie: c{}=v"), CODED, 0, remark="headers came"),
)
CODINGS = (
    token("gzip unasked", compressed(gzip.compress(TOKEN), "gzip"), GOOD, 0, remark="shown decoded"),
    token("deflate unasked", compressed(zlib.compress(TOKEN)[2:-4], "deflate"), GOOD, 0, remark="shown decoded"),
    token("a bomb", compressed(gzip.compress(b" " * 100_000_000, 1), "gzip"), FAILED, 1, remark="not read to its end"),
    token(
        "a broken coding", compressed(b"not gzip", "gzip"), UNDECIDED, 6, "nobody asked for, and isn't", timeout=SOME
    ),
    token(
        "an unknown coding", compressed(b"\x1b\x00", "br"), UNDECIDED, 6, "'br', which nobody asked for", timeout=SOME
    ),
)
FRAMING = (
    token("no HTTP", says(b"SSH-2.0-OpenSSH_9.9\r\n\r\n"), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("a status of letters", says(b"HTTP/1.1 abc OK\r\n\r\n"), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("a NUL in a header", says(b"HTTP/1.1 200 OK\r\nX: \x00\r\n\r\n"), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("two lengths", says(LENGTHS), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("a negative length", says(HEAD + b"Content-Length: -1\r\n\r\n{}"), UNDECIDED, 6, NO_HTTP, timeout=SOME),
    token("a bad chunk", says(CHUNKED + b"zz\r\n"), UNDECIDED, 6, "broke off", timeout=SOME),
    token(
        "switches protocols",
        says(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"),
        UNDECIDED,
        6,
        timeout=SOME,
    ),
    token("more than one answer", once_more(answer(b"{}")), GOOD, 0, remark="nobody had asked for"),
)
CONTENT = (
    token("HTML for JSON", says(answer("<html>Sign in</html>", headers=HTML)), {**FAILED, MEDIA_TYPE: "failed"}, 1),
    body("JSON without a bottom", b'{"a":' * 100_000, FAILED, 1),
    body("JSON deep enough", TOKEN[:-1] + b', "a": ' + DEEP + b"}", {OBJECT: "passed", NUMBERS: "passed"}, 0),
    body("repeated members", TOKEN[:-1] + b', "access_token": "issued-b"}', {UNIQUE: "failed", PRESENT: "passed"}, 1),
    body("NaN", TOKEN.replace(b"3600", b"NaN"), {MEDIA_TYPE: "failed", PRESENT: "passed"}, 1),
    body("a huge integer", TOKEN.replace(b"3600", b"9" * 5000), {NUMBERS: "passed", OBJECT: "passed"}, 0),
    body("a huge float", TOKEN.replace(b"3600", b"1e9999"), {NUMBERS: "passed", OBJECT: "passed"}, 0),
    body("half a character", TOKEN.replace(b"issued", b"issued\\ud800"), {OBJECT: "passed", PRESENT: "passed"}, 0),
    body("NUL in a token", TOKEN.replace(b"issued", b"issued\\u0000\\r\\n"), GOOD, 0),
    body("not UTF-8", TOKEN.replace(b"issued", b"issued\xff\xfe"), FAILED, 1),
    body(
        "members of other types",
        b'{"access_token": ["x"], "token_type": {}, "error": [1]}',
        UNDECIDED,
        6,
        "no access token",
    ),
    body("no JSON at all", bytes(range(256)), FAILED, 1),
    body("another charset", TOKEN.decode().encode("utf-16"), {PRESENT: "passed"}, 0),
)
PAGES = (
    sign_in("redirect loop", redirected("/oauth/authorize"), "did not come to an end"),
    sign_in("to and fro", twins),
    sign_in("longer and longer", further),
    sign_in("redirect to a stranger", redirected("http://127.0.0.2:1/")),
    sign_in("redirect to nowhere", redirected("http://[::1")),
    sign_in("redirect to an impossible port", redirected("http://127.0.0.1:99999999/")),
    sign_in("a page that takes no password", same_form_again),
    sign_in("binary for a page", says(answer(bytes(range(256)) * 400, headers=HTML))),
    sign_in("a page too deep", says(answer("<div>" * 30_000, headers=HTML))),
    sign_in("a form that leads nowhere", says(answer(NO_FORM, headers=HTML))),
)
CASES = (*CONNECTIONS, *FLOODS, *CODINGS, *FRAMING, *CONTENT, *PAGES)
