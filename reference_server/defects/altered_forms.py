"""Breaches in how redirection URIs are compared: in the form of a page, or where a part of one is missing."""

from ..defect import Defect
from ..pipeline import Call, named, replace
from ..steps.authorization_request import match_redirect_uri
from .conditions import only

CLIENT = "authorization.validate_client"


def is_asked_first(call: Call) -> bool:
    """A request as the client makes it; what a page's form holds was looked at before."""
    return call.decision.get("authorization_request") is None


def match_with_scheme(call: Call) -> None:
    """Completes what has no scheme, as browsers do."""
    sent = call.parameters.get("redirect_uri") or ""
    if not (sent.startswith("//") and f"https:{sent}" in call.client.redirect_uris):
        match_redirect_uri(call)


DEFECTS = (
    Defect(
        name="redirect-uri-of-form-believed",
        says="The redirection URI in the form of the page that asks is taken as it comes.",
        breaks=("rfc6749-3.1.2.4-no-redirect-to-invalid-uri",),
        edits=(replace(CLIENT, "match_redirect_uri", only(is_asked_first, match_redirect_uri)),),
    ),
    Defect(
        name="redirect-uri-without-scheme-completed",
        says="A redirection URI without its scheme is taken for the registered one.",
        breaks=("rfc6749-3.1.2-relative-uri-refused",),
        edits=(replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_with_scheme)),),
    ),
)
