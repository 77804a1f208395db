"""How implicit requests end: granted, declined at the server's page, or refused with an error."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.authorization_request import AuthorizationRequest
from conformance.browser.pages import read_page
from conformance.browser.user_agent import CLICKED, Answer
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send, changed
from conformance.harness.tokens import Tokens
from conformance.procedures import asking
from conformance.procedures.applied_scopes import ScopeOfToken, scope_of
from conformance.procedures.authorization_answers import (
    HOSTILE,
    SPECIAL_STATE,
    arrived_answer,
    says_something,
)
from conformance.profile.target import Client

# What the answer to a granted implicit request consists of (section 4.2.2).
GRANT_PARAMETERS = frozenset({"access_token", "token_type", "expires_in", "scope", "state"})
ERROR_PARAMETERS = frozenset({"error", "error_description", "error_uri", "state"})
# Redirection URIs that match no registered one, however much of it was registered.
UNREGISTERED = ("another host", "look-alike host", "longer path")


def with_changes(request: AuthorizationRequest, **changes: Any) -> AuthorizationRequest:
    """The request with parameters changed, `response_type` included."""
    return replace(request, pairs=tuple(changed(dict(request.pairs), changes)))


def unregistered_uri(client: Client, how: str) -> str:
    """A redirection URI that the client never registered."""
    registered = client.redirect_uris[0].partition("?")[0]
    parts = urlsplit(registered)
    other = {
        "another host": "https://attacker.example/cb",
        "look-alike host": parts._replace(netloc=f"{parts.netloc}.attacker.example").geturl(),
        "longer path": f"{registered}/elsewhere",
        "no URI at all": "nowhere",
    }
    return other[how]


# Ends


def granted_answer(given: Given, send: Send) -> Answer:
    """The answer to an ordinary implicit request."""
    return given.observed("a granted implicit request", lambda: granted_anew(given))


def granted_with_special_state(given: Given, send: Send) -> Answer:
    """The same for a request whose `state` has every kind of character that it may have."""
    return given.observed(
        "a granted implicit request with a special state", lambda: granted_anew(given, state=SPECIAL_STATE)
    )


def granted_anew(given: Given, **changes: Any) -> Answer:
    """The answer to a valid implicit request; Inconclusive when it is refused."""
    answer = given.approval(given.client_for("implicit"), "token", **changes)
    if answer.get("error"):
        raise Inconclusive(f"positive control: a valid implicit request should be granted, but {answer}")
    return answer


def declined_answer(given: Given, send: Send) -> Answer:
    """A request that the resource owner declined; Vacuous where the server asks for no decision."""

    def own(client: Client) -> dict[str, Any]:
        return {"state": SPECIAL_STATE}

    return given.observed("a declined implicit request", lambda: asking.declined_answer(given, send, "token", own))


def failed_answers(given: Given, send: Send) -> tuple[Answer, ...]:
    """Implicit requests with good client and redirection URI that were not granted for another reason.

    One that ended where it decides nothing takes nothing from the others: `all_decided` tells of it. Vacuous where all
    of them were granted, Inconclusive where none decides anything.
    """
    refused = tuple(each for each in _faulty(given, send) if not was_granted(each.answer))
    if not refused:
        raise Vacuous("every faulty implicit request was granted: there is no failure to judge")
    decided = tuple(each.answer for each in refused if not each.why_undecided)
    if not decided:
        all_decided(given, send)
    return decided


def all_decided(given: Given, send: Send) -> None:
    """Inconclusive where one of the faulty implicit requests ended on a page that may not be the server's answer."""
    undecided = [each.why_undecided for each in _faulty(given, send) if each.why_undecided]
    if undecided:
        raise Inconclusive(undecided[0])


def errors(given: Given, send: Send) -> tuple[Answer, ...]:
    """Failed and declined implicit requests that came back to the client with an error; Vacuous without any.

    What keeps both from being arranged is told as that.
    """
    answers: list[Answer] = []
    with suppress(Inconclusive, Vacuous):
        answers.append(declined_answer(given, send))
    try:
        answers.extend(failed_answers(given, send))
    except (Inconclusive, Vacuous):
        if not answers:
            raise
    # What came back without a code is an error response all the same: the sentences on `error` judge it.
    back = tuple(answer for answer in answers if answer.destination is not None and not was_granted(answer))
    if not back:
        raise Vacuous("none of the faulty or declined implicit requests came back to the client as an error")
    return back


@dataclass(frozen=True, slots=True)
class Tried:
    """The answer to a faulty request; why it decides nothing, empty where it is the server's answer."""

    answer: Answer
    why_undecided: str = ""


def _faulty(given: Given, send: Send) -> tuple[Tried, ...]:
    return given.observed("faulty implicit requests", lambda: _sent_with_faults(given, send))


def _sent_with_faults(given: Given, send: Send) -> tuple[Tried, ...]:
    granted_answer(given, send)
    faults: list[dict[str, object]] = [
        {"scope": given.invented("scope")},
        {"scope": HOSTILE},
        {"scope": [HOSTILE, HOSTILE]},
    ]
    tried = [_tried(given, answer_to_faulty_request(given, send, **fault)) for fault in faults]
    with suppress(Untested):
        tried.append(Tried(send.authorize(given.barred_client("implicit"), "token", state=SPECIAL_STATE)))
    return tuple(tried)


def _tried(given: Given, answer: Answer) -> Tried:
    try:
        return Tried(arrived_answer(given, answer))
    except Inconclusive as why_not:
        return Tried(answer, str(why_not))


def answer_to_faulty_request(given: Given, send: Send, **changes: Any) -> Answer:
    """An implicit request of the main client with a special state, and changed parameters."""
    return send.authorize(given.client_for("implicit"), "token", **{"state": SPECIAL_STATE, **changes})


# Reading an answer


def was_granted(answer: Answer) -> bool:
    """Whether the user agent came back with what only a granted request brings; read leniently."""
    brought = GRANT_PARAMETERS - {"scope", "state"}
    return not answer.get("error") and any(answer.get(name) is not None for name in brought)


def expect_granted(expect: Expect, answer: Answer) -> None:
    """A Violation unless the request was granted."""
    expect.that(was_granted(answer), "the implicit request to be granted", answer)


def misplaced_parameters(answer: Answer, names: frozenset[str]) -> list[str]:
    """Response parameters that stand in the query of the redirection URI."""
    return sorted(name for name, _ in answer.query if name in names)


def was_moved_to(answer: Answer, uri: str) -> bool:
    """Whether the user agent was sent to a URI without being asked."""
    place = (answer.destination or "").partition("#")[0]
    return answer.mechanism not in CLICKED and (place == uri or place.startswith((f"{uri}?", f"{uri}&")))


def tells_of_an_error(answer: Answer) -> bool:
    """Whether the user agent ended on a page that says something, and asks for no sign-in or decision as if all were
    well.

    A server may ask for the decision first and look at the request then: what follows the decision tells of an error
    where its status says so.
    """
    stays = answer.destination is None or answer.mechanism in CLICKED
    asks = read_page(answer.reply).sign_in_form() is not None
    as_if_well = answer.consented and answer.reply.status < HTTPStatus.BAD_REQUEST
    return stays and not asks and not as_if_well and says_something(answer)


def lifetime(given: Given, tokens: Tokens) -> float:
    """The seconds that the answer tells the token to live; where it tells none, those that the profile declares."""
    told = str(tokens.members.get("expires_in", ""))
    return float(told) if told.replace(".", "", 1).isdigit() else given.limit("access_token_lifetime")


def scope_in(given: Given, send: Send, answer: Answer) -> ScopeOfToken:
    """The scope of the token in an answer; Vacuous where none came."""
    token = answer.get("access_token")
    if not token:
        raise Vacuous(f"no access token came of an implicit request: {answer}")
    asked, told = answer.request.get("scope"), answer.get("scope")
    return scope_of(given, send, Tokens(token, None, answer.request.client, "implicit", asked, told, {"scope": told}))
