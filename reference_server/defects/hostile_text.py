"""Breaches that show at strange text only: characters that no value has, forms that can't be read, markup."""

from collections.abc import Callable, Mapping
from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Parameters, Response, Step, after, before, named, replace
from ..steps.authorization_response import put_state
from ..steps.forms import is_form, parse
from .form_encoding import forgiving, pairs_of, read_form_as
from .security_input import write_header
from .syntax_accepted import ascii_alone, before_nul, reading, without_controls

Condition = Callable[[Call], bool]


def values(call: Call) -> list[str]:
    """What was sent for any parameter."""
    return [value for _, value in call.parameters.pairs]


def holding(text: str) -> Condition:
    """A request with a text in one of its values."""
    return lambda call: any(text in value for value in values(call))


def is_unreadable(call: Call) -> bool:
    """A request with a broken escape, or octets that are no UTF-8."""
    return call.parameters.unreadable


def is_long(call: Call) -> bool:
    """A request with a value that no column takes."""
    return any(len(value) > 255 for value in values(call))


def breaking_at(odd: Condition) -> Step:
    """Takes for granted that values are ordinary, and leaves the rest to the web server."""

    def fail(call: Call) -> Response | None:
        return Response(500) if odd(call) else None

    return named("fail", fail)


# What each name stands for is as the suite sends it: a line break, a quote, a text of some hundred characters.
ODD: Mapping[str, Condition] = {
    "line-break": holding("\n"),
    "quote": holding('"'),
    "broken-escape": is_unreadable,
    "long-value": is_long,
}

# Unreadable token requests


def is_strange(call: Call, name: str) -> bool:
    """A parameter that can't be read, or holds characters that nobody types."""
    read = [parse(part) for part in call.body.split(b"&") if part.partition(b"=")[0] == name.encode()]
    return any(one.unreadable or not (one.get(name) or "").isprintable() for one in read)


def as_own_grant(name: str) -> Step:
    """Goes on with what is always there: the client."""

    def fall_back(call: Call) -> None:
        if is_form(call) and is_strange(call, name):
            call.parameters = Parameters((("grant_type", "client_credentials"),))

    return named("fall_back", fall_back)


def overlong(name: str, value: str) -> tuple[str, str]:
    """Decodes two octets without asking whether one would have done."""
    octets = value.replace("+", " ").encode("latin-1")
    return forgiving(name, _shortened(octets).decode("latin-1"))


def _shortened(text: bytes) -> bytes:
    for lead in (0xC0, 0xC1):
        for trail in range(0x80, 0xC0):
            character = chr((lead & 0x1F) << 6 | trail & 0x3F)
            text = text.replace(f"%{lead:02X}%{trail:02X}".encode(), f"%{ord(character):02X}".encode())
    return text


def decode_basic_leniently(call: Call) -> None:
    """The same for what stands in the header."""
    pairs = [overlong("", attempt.secret or "")[1] for attempt in call.attempts]
    call.attempts = [
        changed(attempt, client_id=overlong("", attempt.client_id or "")[1], secret=secret)
        for attempt, secret in zip(call.attempts, pairs, strict=True)
    ]


def note_user_name(call: Call) -> None:
    """Helps to find out who has forgotten a password."""
    if call.parameters.get("username") is not None:
        write_header(call.response, "X-User", call.parameters.get("username") or "")


def show_what_was_blocked(call: Call) -> Response | None:
    """A firewall: it keeps markup out, and shows what it has kept out."""
    found = [value for _, value in pairs_of(call.body + b"&" + call.query_string, forgiving).pairs if "<" in value]
    if not found:
        return None
    return Response(403, f"<html><body>Blocked: {found[0]}</body></html>".encode(), [("Content-Type", "text/html")])


# Single characters


def read_bearer_leniently(call: Call) -> None:
    """Reads tokens as other parameters."""
    call.bearer_values = [without_controls(before_nul(ascii_alone(value))) for value in call.bearer_values]


def end_state_with_line_break(call: Call) -> None:
    """Ends each text as a line."""
    put_state(call)
    if "state" in call.answer:
        call.answer["state"] += "\n"


def read_state_without_controls(call: Call) -> None:
    """Keeps what can be shown."""
    if call.state is not None:
        call.state = without_controls(call.state)


def write_spaces_as_plus(call: Call) -> None:
    """Encodes spaces once more."""
    put_state(call)
    if "state" in call.answer:
        call.answer["state"] = call.answer["state"].replace(" ", "+")


def name_parameter_with_colon(call: Call) -> None:
    """Adds a parameter with the prefix of its vendor."""
    call.answer["demo:node"] = "eu-1"


OTHER_NAMES = {"code": "authorization_code"}


def read_grant_type_by_other_names(text: str) -> str:
    """Knows grant types by what people call them."""
    return OTHER_NAMES.get(text, text.replace("-", "_") if ":" not in text else text)


def read_as_ascii_text(text: str) -> str:
    """Reads a value into a buffer of ASCII."""
    return ascii_alone(before_nul(text))


DEFECTS = (
    *(
        Defect(
            name=f"authorization-request-with-{name}-breaks-server",
            says=f"An authorization request with a {name.replace('-', ' ')} is answered by a bare status 500.",
            breaks=("rfc6749-4.1.2.1-no-bare-server-error",),
            edits=(before("authorization", "validate_request", breaking_at(odd)),),
        )
        for name, odd in ODD.items()
    ),
    *(
        Defect(
            name=f"strange-{name.replace('_', '-')}-means-own-token",
            says=f"A token request whose {name} is strange text gets what its client may have anyhow.",
            breaks=("rfc6749-10.14-hostile-token-request-harmless",),
            edits=(before("token", "refuse_unreadable_parameters", as_own_grant(name)),),
        )
        for name in ("grant_type", "code", "refresh_token", "username")
    ),
    Defect(
        name="overlong-octets-understood",
        says="The token endpoint takes two octets for a character that has one.",
        breaks=("rfc6749-B-invalid-utf8-refused",),
        edits=(
            replace("token", "read_form", read_form_as(overlong)),
            replace("client_authentication", "decode_basic", decode_basic_leniently),
        ),
    ),
    Defect(
        name="user-name-in-header",
        says="The token endpoint repeats the user name in a header, line breaks and all.",
        breaks=("rfc6749-10.14-hostile-token-request-harmless",),
        edits=(before("token.finish", "forbid_caching", note_user_name),),
    ),
    Defect(
        name="firewall-shows-what-token-requests-held",
        says="A token request with markup is blocked by a page that shows it as it came.",
        breaks=("rfc6749-10.14-hostile-token-request-harmless",),
        edits=(before("token", "read_form", show_what_was_blocked),),
    ),
    Defect(
        name="firewall-shows-what-authorization-requests-held",
        says="An authorization request with markup is blocked by a page that shows it as it came.",
        breaks=("rfc6749-10.14-hostile-page-input-harmless", "rfc6749-10.14-hostile-state-harmless"),
        edits=(before("authorization", "read_request", show_what_was_blocked),),
    ),
    Defect(
        name="grant-type-read-into-ascii",
        says="A grant_type is read up to the first NUL, without characters beyond ASCII.",
        breaks=("rfc6749-A.10-malformed-grant-type-refused",),
        edits=(before("token", "require_grant_type", reading("grant_type", read_as_ascii_text)),),
    ),
    Defect(
        name="grant-type-by-other-names",
        says="Grant types are known by their short names, and with hyphens.",
        breaks=("rfc6749-4.1.3-grant-type-exact", "rfc6749-6-grant-type-exact"),
        edits=(before("token", "require_grant_type", reading("grant_type", read_grant_type_by_other_names)),),
    ),
    Defect(
        name="introspected-token-without-controls",
        says="Introspection strips control characters from a token.",
        breaks=("rfc6749-A.12-nonprintable-access-token-not-active",),
        edits=(before("introspection", "find_token", reading("token", without_controls)),),
    ),
    Defect(
        name="bearer-token-read-leniently",
        says="Resources leave out of a bearer token what no token has.",
        breaks=("rfc6749-A.12-nonprintable-access-token-not-served",),
        edits=(before("bearer", "check_token_syntax", read_bearer_leniently),),
        on="bearer-query",
    ),
    Defect(
        name="state-ends-with-line-break",
        says="The state comes back with a line break at its end.",
        breaks=("rfc6749-A.5-returned-state-never-empty", "rfc6749-4.1.2-state-unchanged", "rfc6749-4.2.2-state-exact"),
        edits=(
            replace("authorization.code_response", "put_state", named("put_state", end_state_with_line_break)),
            replace("authorization.implicit_response", "put_state", named("put_state", end_state_with_line_break)),
        ),
    ),
    Defect(
        name="state-without-controls",
        says="Control characters are left out of the state that comes back.",
        breaks=("rfc6749-A.5-nonprintable-state-not-mangled",),
        edits=(after("authorization.validate_request", "read_state", read_state_without_controls),),
    ),
    Defect(
        name="spaces-of-state-come-back-as-plus",
        says="Spaces of the state come back as plus signs.",
        breaks=("rfc6749-4.1.1-form-encoding-decoded", "rfc6749-4.2.1-query-form-encoded"),
        edits=(
            replace("authorization.code_response", "put_state", named("put_state", write_spaces_as_plus)),
            replace("authorization.implicit_response", "put_state", named("put_state", write_spaces_as_plus)),
        ),
    ),
    Defect(
        name="implicit-parameter-name-with-colon",
        says="Implicit responses have a parameter whose name holds a colon.",
        breaks=("rfc6749-8.2-parameter-name-characters", "rfc6749-A.18-authorization-response-parameter-names"),
        edits=(before("authorization.implicit_response", "put_issuer", name_parameter_with_colon),),
    ),
    Defect(
        name="redirect-uri-compared-by-ascii",
        says="Redirection URIs that differ in characters beyond ASCII only are the same.",
        breaks=("rfc6749-A.6-malformed-redirect-uri-not-followed",),
        edits=(before("authorization.validate_client", "match_redirect_uri", reading("redirect_uri", ascii_alone)),),
    ),
)
