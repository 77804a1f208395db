"""Breaches in how redirection URIs are compared: each takes one that comes near a registered one for it."""

import re
import unicodedata
from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Call, Step, named, replace
from ..steps.authorization_request import match_redirect_uri
from ..steps.grant_authorization_code import check_redirect_uri

PUNCTUATION = ".:;,|*'\")\\"


def matching(change: Callable[[str], str]) -> Step:
    """A comparison of what was sent once it is changed."""

    def match(call: Call) -> None:
        if change(call.parameters.get("redirect_uri") or "") not in call.client.redirect_uris:
            match_redirect_uri(call)

    return named("match_redirect_uri", match)


def without_last_dot(uri: str) -> str:
    """A host name may end with a dot."""
    return re.sub(r"^(https://[^/:?#]+)\.(?=[/:?#]|$)", r"\1", uri)


def without_path_parameters(uri: str) -> str:
    """Segments of a path may have parameters behind a semicolon."""
    return re.sub(r";[^/?#]*", "", uri)


def match_folded(call: Call) -> None:
    """Takes characters of full width for the ordinary ones, from here on."""
    pairs = ((name, unicodedata.normalize("NFKC", value)) for name, value in call.parameters.pairs)
    call.parameters = type(call.parameters)(tuple(pairs), call.parameters.unreadable)
    match_redirect_uri(call)


def match_loosely_for_errors(call: Call) -> None:
    """What goes wrong anyway needs no exact URI."""
    sent = call.parameters.get("redirect_uri") or ""
    known = call.parameters.get("response_type") in ("code", "token")
    if known or not sent.startswith(call.client.redirect_uris):
        match_redirect_uri(call)


def check_without_last_characters(call: Call) -> None:
    """Punctuation at the end of a URI belongs to the sentence around it."""
    sent = call.parameters.get("redirect_uri")
    if sent is None or sent.rstrip(PUNCTUATION) != call.code.redirect_uri:
        check_redirect_uri(call)


DEFECTS = (
    Defect(
        name="last-dot-of-host-ignored",
        says="A redirection URI whose host ends with a dot is taken for the one without it.",
        breaks=("rfc6749-3.1.2.3-full-uri-compared-as-string",),
        edits=(replace("authorization.validate_client", "match_redirect_uri", matching(without_last_dot)),),
    ),
    Defect(
        name="path-parameters-ignored",
        says="A redirection URI with a semicolon in its path is compared without what follows.",
        breaks=("rfc6749-3.1.2.3-full-uri-compared-as-string",),
        edits=(replace("authorization.validate_client", "match_redirect_uri", matching(without_path_parameters)),),
    ),
    Defect(
        name="full-width-characters-folded",
        says="A redirection URI with characters of full width is taken for the one with ordinary characters.",
        breaks=("rfc6749-3.1.2.3-full-uri-compared-as-string",),
        edits=(
            replace("authorization.validate_client", "match_redirect_uri", named("match_redirect_uri", match_folded)),
        ),
    ),
    Defect(
        name="errors-sent-to-longer-uri",
        says="With an unknown response type the error goes to any URI that begins with a registered one.",
        breaks=("rfc6749-3.1.2.4-no-redirect-to-invalid-uri",),
        edits=(
            replace(
                "authorization.validate_client",
                "match_redirect_uri",
                named("match_redirect_uri", match_loosely_for_errors),
            ),
        ),
        fuzz=True,
    ),
    Defect(
        name="last-characters-of-redirect-uri-ignored",
        says="A code exchange may name its redirection URI with punctuation at its end.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(
            replace(
                "grant.authorization_code",
                "check_redirect_uri",
                named("check_redirect_uri", check_without_last_characters),
            ),
        ),
        fuzz=True,
    ),
)
