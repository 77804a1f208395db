"""Authorization responses of another issuer, of several or of none (RFC 9207), and right ones that look odd."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote_plus, urlencode, urlsplit

from ..misbehavior import ODD, Misbehavior
from ..pipeline import Call, Edit, Response, Step, remove, replace
from ..steps.authorization_response import redirect

ELSEWHERE = "https://elsewhere.example"
ANSWER = "authorization.code_response"
Change = Callable[[str], str]


def issuer_as(change: Change) -> Step:
    """A step that names another issuer, made from the right one."""

    def put_other_issuer(call: Call) -> None:
        """RFC 9207 section 2.4: compared as plain strings."""
        call.answer["iss"] = change(call.server.settings.identifier)

    return put_other_issuer


def put_other_issuer_later(call: Call) -> None:
    """RFC 9207 section 2.4: each response is looked at, not the first alone."""
    call.server.met["issuer"] += 1
    call.answer["iss"] = call.server.settings.identifier if call.server.met["issuer"] == 1 else ELSEWHERE


def other_path(change: Change) -> Change:
    """Another path of the same origin."""

    def changed(issuer: str) -> str:
        path = urlsplit(issuer).path
        return issuer.removesuffix(path) + change(path)

    return changed


def at_another_host(issuer: str) -> str:
    """Another server, whose path is the same."""
    return ELSEWHERE + urlsplit(issuer).path


def in_capitals(issuer: str) -> str:
    """The same URL to whoever normalizes it or passes over letter case, and another text."""
    scheme, separator, rest = issuer.partition("://")
    return f"{scheme.upper()}{separator}{rest}"


def redirect_with(first: Change, second: Change) -> Step:
    """A step that redirects with two issuers, one behind the other."""

    def redirect_with_two(call: Call) -> Response:
        """RFC 6749 section 3.1: no parameter twice."""
        right = call.answer.pop("iss")
        pairs = [*call.answer.items(), ("iss", first(right)), ("iss", second(right))]
        return redirect(call, f"{call.redirect_uri}{separator(call)}{urlencode(pairs)}")

    return redirect_with_two


def redirect_escaped(call: Call) -> Response:
    """Section 2.4: decoded once, whatever was escaped."""
    issuer = "".join(f"%{octet:02x}" for octet in call.answer.pop("iss").encode())
    return redirect(call, f"{call.redirect_uri}{separator(call)}{urlencode(call.answer)}&iss={issuer}")


def separator(call: Call) -> str:
    """What stands between the redirection URI and the answer."""
    return "&" if "?" in (call.redirect_uri or "") else "?"


def named_so(name: str, says: str, change: Change) -> Misbehavior:
    """An answer whose issuer isn't the one that was asked."""
    return Misbehavior(f"iss-{name}", f"`iss` {says}", (replace(ANSWER, "put_issuer", issuer_as(change)),))


def same(issuer: str) -> str:
    """The right one."""
    return issuer


UNANNOUNCED: tuple[Edit, ...] = (remove("metadata", "put_issuer_parameter"),)
UNNAMED: tuple[Edit, ...] = (*UNANNOUNCED, remove(ANSWER, "put_issuer"))

MISBEHAVIORS = (
    named_so("of-another", "is another server's", at_another_host),
    named_so("of-neighbor", "is a neighbor's on the same host", other_path(lambda path: "/neighbor")),
    named_so("empty", "is empty", lambda issuer: ""),
    named_so("with-slash", "has a slash at its end", lambda issuer: f"{issuer}/"),
    named_so("in-capitals", "has a scheme in capitals", in_capitals),
    named_so("shorter", "has a character less", lambda issuer: issuer[:-1]),
    named_so("escaped-twice", "was escaped before it was encoded", quote_plus),
    Misbehavior(
        "iss-of-another-unannounced",
        "`iss` is another server's, where the server didn't announce that it sends any",
        (*UNANNOUNCED, replace(ANSWER, "put_issuer", issuer_as(lambda issuer: ELSEWHERE))),
    ),
    Misbehavior(
        "iss-of-another-from-the-second-on",
        "`iss` is another server's at the second login",
        (replace(ANSWER, "put_issuer", put_other_issuer_later),),
    ),
    Misbehavior("iss-missing", "`iss` is left out, where the server announced it", (remove(ANSWER, "put_issuer"),)),
    Misbehavior("iss-unannounced", "`iss` is there, where the server didn't announce it", UNANNOUNCED),
    Misbehavior("iss-unknown", "there is no `iss`, and the server didn't announce it", UNNAMED),
    Misbehavior(
        "iss-right-then-other",
        "`iss` is there twice: right, then another server's",
        (replace(ANSWER, "redirect_with_query", redirect_with(same, lambda issuer: ELSEWHERE)),),
    ),
    Misbehavior(
        "iss-other-then-right",
        "`iss` is there twice: another server's, then right",
        (replace(ANSWER, "redirect_with_query", redirect_with(lambda issuer: ELSEWHERE, same)),),
    ),
    Misbehavior(
        "iss-escaped-throughout",
        "every character of `iss` is a percent triplet",
        (replace(ANSWER, "redirect_with_query", redirect_escaped),),
        company=ODD,
    ),
)
