"""Systemic causes: mistakes that break many requirements at once, each with how it shows in what was observed.

A cause takes a finding only if the finding's own complaint is explained by it: a wrong error code in an answer that has
the wrong status too stays a fault of its own. The first cause that holds takes the finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from conformance.base.outcomes import KEPT_FROM_CLIENT
from conformance.tally.faults.sights import Sight

# Codes of RFC 6749, 7009, 7662 and 6750: printable words without blanks.
CODE = re.compile(r"[\x21\x23-\x5b\x5d-\x7e]+")
# Aspects of the form of an answer: which request brought it doesn't matter.
OF_FORM = re.compile(r"header |member |parameter |syntax |body$|text$")
OF_AN_ERROR_BODY = ("error code", "body", "header Content-Type", "member error", "member error_description")


@dataclass(frozen=True, slots=True)
class Cause:
    """A systemic cause.

    `title` is its headline, `says` what a reader should look for in the server. `holds` tells whether it explains a
    finding; findings that `apart` gives different words are faults of their own. Where `shows` is given, the cause is
    behind any of them only if one finding of the run shows it beyond doubt.
    """

    name: str
    title: str
    says: str
    holds: Callable[[Sight], bool]
    apart: Callable[[Sight], str] = lambda sight: ""
    shows: Callable[[Sight], bool] | None = None


def _is_error_with_success(sight: Sight) -> bool:
    if not (200 <= sight.status < 300 and sight.members.get("error") and not sight.granted):
        return False
    if sight.aspect == "error code" or sight.codes:
        return sight.error in sight.codes
    return not OF_FORM.match(sight.aspect) or sight.aspect == "header WWW-Authenticate"


def _is_breakdown(sight: Sight) -> bool:
    return sight.status >= 500 and not sight.error


def _is_in_plain_words(sight: Sight) -> bool:
    is_refusal = 400 <= sight.status < 500 and not sight.members and not sight.location
    # Where a challenge tells the error (RFC 6750 section 3), the body is free.
    is_told = "error=" in sight.header("WWW-Authenticate")
    is_of_body = sight.aspect in OF_AN_ERROR_BODY or (not sight.aspect and sight.wants_refusal)
    return is_refusal and not is_told and is_of_body


def _is_kept_from_client(sight: Sight) -> bool:
    if sight.location or sight.status >= 500 or sight.members:
        return False
    return sight.aspect == KEPT_FROM_CLIENT or (not sight.aspect and "client" in sight.about)


def _is_redirect_without_status(sight: Sight) -> bool:
    return (
        bool(sight.location)
        and not 300 <= sight.status < 400
        and sight.aspect in (KEPT_FROM_CLIENT, "status", "destination", "")
    )


def _replays_revoke_nothing(sight: Sight) -> bool:
    return "replayed" in sight.events and _lives_on(sight)


def _revocation_ends_nothing(sight: Sight) -> bool:
    is_one = sight.sent("token") is not None and not sight.sent("grant_type") and "active" not in sight.members
    if is_one and _stays_active(sight):
        return True
    return bool({"revoked", "parent revoked"} & sight.events) and _lives_on(sight)


def _lives_on(sight: Sight) -> bool:
    return _stays_active(sight) or sight.is_served


def _stays_active(sight: Sight) -> bool:
    return sight.aspect == "still active" or "still active" in sight.about


def _basic_is_not_decoded(sight: Sight) -> bool:
    return _is_refused_client(sight) and any(", form-encoded}" in each for each in _credentials(sight))


def _is_refused_client(sight: Sight) -> bool:
    return sight.status == 401 or sight.error == "invalid_client"


def _credentials(sight: Sight) -> tuple[str, ...]:
    """The client credentials that stand in the header alone."""
    own = sight.asked.credentials if sight.asked and sight.sent("client_id") is None else ()
    return tuple(each for each in own if each.startswith("Basic {basic credentials of"))


def _shows_basic_refused(sight: Sight) -> bool:
    """Whether the main client is refused, whose credentials are good elsewhere and the same however encoded."""
    return _basic_alone_is_refused(sight) and any("of confidential}" in each for each in _credentials(sight))


def _basic_alone_is_refused(sight: Sight) -> bool:
    is_at_fault = not sight.story and not sight.odd and not sight.codes
    return is_at_fault and _is_refused_client(sight) and bool(_credentials(sight))


def _error_is_no_code(sight: Sight) -> bool:
    return bool(sight.error) and not CODE.fullmatch(sight.error)


def _first_of_repeated_counts(sight: Sight) -> bool:
    # A page's form that goes to the URL of the authorization request may bring all of it once more.
    is_form = {"response_type", "client_id"} <= set(sight.repeated)
    return bool(sight.repeated) and not is_form and (bool(sight.granted) or 200 <= sight.status < 300)


def _goes_anywhere(sight: Sight) -> bool:
    return "unregistered redirect_uri" in sight.odd and bool(sight.granted) and sight.sent("response_type") is not None


def _errors_go_anywhere(sight: Sight) -> bool:
    return "unregistered redirect_uri" in sight.odd and bool(sight.error) and bool(sight.location)


def _is_foreign_credential_taken(sight: Sight) -> bool:
    return "another client's" in sight.events and sight.is_served


def _is_used_credential_taken(sight: Sight) -> bool:
    return "used before" in sight.events and bool(sight.granted) and sight.aspect in ("issued", "served", "")


def _goes_elsewhere(sight: Sight) -> bool:
    uri = sight.sent("redirect_uri")
    is_elsewhere = uri in sight.known.redirect_uris and bool(sight.location) and not _is_at(sight.location, str(uri))
    return is_elsewhere and (sight.aspect == "destination" or "place" in sight.about)


def _is_at(location: str, uri: str) -> bool:
    """Whether a Location is a redirection URI, with the parameters of its own query wherever they stand."""
    place, _, query = uri.partition("?")
    own = frozenset(filter(None, query.split("&")))
    found = location.partition("#")[0].partition("?")
    return found[0] == place and own <= frozenset(found[2].split("&"))


def _is_expired_credential_taken(sight: Sight) -> bool:
    return "expired" in sight.events and sight.is_served


def _is_in_the_clear(sight: Sight) -> bool:
    return sight.place.startswith("http:") and "plain HTTP" in sight.about


def _of_story(event: str) -> Callable[[Sight], str]:
    return lambda sight: " ".join(sorted(chapter.kind for chapter in sight.story if chapter.event == event))


CAUSES: tuple[Cause, ...] = (
    Cause(
        "errors-with-status-of-success",
        "Errors are sent with a status of success",
        "The answer names an error, and its status is 2xx: whoever looks at the status takes it for a success.",
        _is_error_with_success,
    ),
    Cause(
        "redirects-with-another-status",
        "Redirects are sent with a status that no user agent follows",
        "A Location header stands beside a status that is no redirect.",
        _is_redirect_without_status,
    ),
    Cause(
        "plain-http-is-served",
        "Plain HTTP is served",
        "An endpoint answers over plain HTTP as it does over TLS.",
        _is_in_the_clear,
    ),
    Cause(
        "breaks-down",
        "An endpoint breaks down over what it is sent",
        "The answer is a server error that names no fault: an exception that nothing catches.",
        _is_breakdown,
        lambda sight: sight.place,
    ),
    Cause(
        "errors-kept-from-the-client",
        "Errors are shown to the user in place of being sent to the client",
        "Client and redirection URI are good, so the error belongs to the client; the user agent stays on a page.",
        _is_kept_from_client,
    ),
    Cause(
        "errors-in-plain-words",
        "Errors are told in plain words in place of JSON",
        "The refusal has a page or text for a body: a framework or a proxy answers ahead of the OAuth code.",
        _is_in_plain_words,
        lambda sight: sight.place,
    ),
    Cause(
        "error-is-no-code",
        "The error code holds more than a code",
        "Text of the request or of a message stands where a code is expected.",
        _error_is_no_code,
    ),
    Cause(
        "basic-alone-refused",
        "HTTP Basic alone authenticates no client",
        "A client that shows its secret in the header is refused: the server doesn't read it, or takes it only "
        "where the body names the client too.",
        _basic_alone_is_refused,
        shows=_shows_basic_refused,
    ),
    Cause(
        "basic-not-form-decoded",
        "HTTP Basic credentials are not form-decoded",
        "Client identifier and password are form-encoded before they go into the header (RFC 6749 section 2.3.1); the "
        "server compares them as they come.",
        _basic_is_not_decoded,
    ),
    Cause(
        "replay-revokes-nothing",
        "A replay revokes nothing",
        "A code or refresh token that comes a second time is refused, and what was issued for it stays good.",
        _replays_revoke_nothing,
    ),
    Cause(
        "revocation-ends-nothing",
        "What was revoked stays good",
        "The revocation is answered with success, and the token is served as before.",
        _revocation_ends_nothing,
    ),
    Cause(
        "unregistered-redirect-uri-taken",
        "Codes and tokens go to redirection URIs that nobody registered",
        "The redirection URI of the request isn't compared with the registered ones, or only in part.",
        _goes_anywhere,
    ),
    Cause(
        "another-redirect-uri",
        "Answers go to another redirection URI than the request names",
        "The URI of the request is one of the registered ones; the server takes another of them, or a part of it.",
        _goes_elsewhere,
    ),
    Cause(
        "errors-to-unregistered-uri",
        "Errors are sent to redirection URIs that nobody registered",
        "The user agent is sent on before the redirection URI of the request is checked.",
        _errors_go_anywhere,
    ),
    Cause(
        "repeated-parameters-taken",
        "A parameter that comes twice is taken",
        "The request is served by the first or the last of several values.",
        _first_of_repeated_counts,
        lambda sight: sight.place,
    ),
    Cause(
        "credentials-of-other-clients-taken",
        "What was issued to one client is taken from another",
        "The code or refresh token isn't bound to the client that it was issued to.",
        _is_foreign_credential_taken,
        _of_story("another client's"),
    ),
    Cause(
        "expired-credentials-taken",
        "What has expired is taken",
        "The time that a code or token lives is told, and not looked at.",
        _is_expired_credential_taken,
        _of_story("expired"),
    ),
    Cause(
        "used-credentials-taken",
        "A code or refresh token works a second time",
        "Nothing remembers that it was used.",
        _is_used_credential_taken,
        _of_story("used before"),
    ),
)
