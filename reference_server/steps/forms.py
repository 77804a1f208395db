"""Form-encoded parameters, read strictly: RFC 6749 appendix B and the parameter rules of sections 3.1 and 3.2."""

import re
from dataclasses import replace
from urllib.parse import unquote_to_bytes

from ..errors import OAuthError
from ..pipeline import Call, Parameters, Step, named

FORM = "application/x-www-form-urlencoded"
BAD_ESCAPE = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def decode(text: bytes) -> str:
    """Appendix B: plus is a space, %XX an octet, and the octets are UTF-8. Raises ValueError for anything else."""
    if BAD_ESCAPE.search(text):
        raise ValueError("bad escape")
    return unquote_to_bytes(text.replace(b"+", b" ")).decode("utf-8")


def parse(text: bytes) -> Parameters:
    """Decodes pair by pair, so that one that can't be read leaves the others standing."""
    pairs: list[tuple[str, str]] = []
    unreadable = False
    for part in filter(None, text.split(b"&")):
        name, _, value = part.partition(b"=")
        try:
            pairs.append((decode(name), decode(value)))
        except ValueError:
            unreadable = True
    return Parameters(tuple(pairs), unreadable)


def is_form(call: Call) -> bool:
    """The body claims to be a form; parameters of the media type don't matter. What comes with GET is none (RFC 9110
    section 9.3.1)."""
    content_type = call.header(b"content-type") or ""
    return call.method != "GET" and content_type.partition(";")[0].strip().lower() == FORM


def read_form(call: Call) -> None:
    """RFC 6749 section 4.1.3 and its likes: parameters come in the body, as a form; the query is never read."""
    if not is_form(call):
        raise OAuthError("invalid_request", "The request body has to be form-encoded.")
    call.parameters = parse(call.body)


def refuse_unreadable_parameters(call: Call) -> None:
    """Appendix B: broken escapes and octets that are no UTF-8 make a request malformed."""
    if call.parameters.unreadable:
        raise OAuthError("invalid_request", "A parameter is not properly encoded.")


def drop_empty_parameters(call: Call) -> None:
    """Sections 3.1 and 3.2: a parameter without a value counts as left out."""
    kept = tuple((name, value) for name, value in call.parameters.pairs if value)
    call.parameters = replace(call.parameters, pairs=kept)


def refuse_repeated(*names: str) -> Step:
    """Sections 3.1 and 3.2: no parameter twice. Names that the server doesn't know are ignored, repeated or not."""

    def refuse_repeated_parameters(call: Call) -> None:
        """Sections 3.1 and 3.2: a known parameter that is sent twice makes the request invalid, equal or not."""
        if any(call.parameters.count(name) > 1 for name in names):
            raise OAuthError("invalid_request", "A parameter was sent more than once.")

    return named("refuse_repeated_parameters", refuse_repeated_parameters)
