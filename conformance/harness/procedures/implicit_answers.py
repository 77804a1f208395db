"""How implicit requests end: granted, declined at the server's page, or refused with an error."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.outcomes import Inconclusive, NotApplicable, Untested
from conformance.harness.pages import read_page
from conformance.harness.procedures.authorization_answers import HOSTILE, SPECIAL_STATE, arrived, values
from conformance.harness.procedures.grants import client_using
from conformance.harness.procedures.token_responses import actual_scope
from conformance.harness.send import AuthorizationRequest, Send, changed
from conformance.harness.target import Client
from conformance.harness.tokens import Tokens
from conformance.harness.user_agent import CLICKED, Answer

# What the answer to a granted implicit request consists of (section 4.2.2).
GRANT_PARAMETERS = frozenset({"access_token", "token_type", "expires_in", "scope", "state"})
ERROR_PARAMETERS = frozenset({"error", "error_description", "error_uri", "state"})
# Section 4.2.2.1, and what extensions have registered for the authorization endpoint's answers.
ERROR_CODES = frozenset(
    {
        "invalid_request",
        "unauthorized_client",
        "access_denied",
        "unsupported_response_type",
        "invalid_scope",
        "server_error",
        "temporarily_unavailable",
        "interaction_required",
        "login_required",
        "account_selection_required",
        "consent_required",
        "invalid_request_uri",
        "invalid_request_object",
        "request_not_supported",
        "request_uri_not_supported",
        "registration_not_supported",
        "invalid_target",
        "invalid_authorization_details",
        "unmet_authentication_requirements",
        "vp_formats_not_supported",
    }
)
# Redirection URIs that match no registered one, however much of it was registered.
UNREGISTERED = ("another host", "look-alike host", "longer path")


def with_changes(request: AuthorizationRequest, **changes: Any) -> AuthorizationRequest:
    """The request with parameters changed, `response_type` included."""
    return replace(request, pairs=tuple(changed(dict(request.pairs), changes)))


def unregistered(client: Client, how: str) -> str:
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


def granted(given: Given, send: Send) -> Answer:
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


def declined(given: Given, send: Send) -> Answer:
    """A request that the resource owner declined; Inconclusive where the server asks for no decision."""
    return given.observed("a declined implicit request", lambda: _declined(given, send))


def _declined(given: Given, send: Send) -> Answer:
    # A consent that is remembered leaves nothing to decline: then another client or account may still be asked.
    for client, owner in _clients_and_owners(given):
        agent = given.user_agent(owner)
        answer = send.authorize(client, "token", user_agent=agent, decision="decline", state=SPECIAL_STATE)
        if answer.consented or answer.mechanism in CLICKED:
            return answer
        if answer.destination is None:
            raise Inconclusive(f"the user agent found no way to decline: {answer}; see [sign_in]")
    raise Inconclusive(
        "the server asked for no decision that could be declined: withdraw the consent that the profile's accounts "
        "have given to its clients, or add [resource_owner_other]"
    )


def _clients_and_owners(given: Given) -> Iterator[tuple[Client, str]]:
    for owner in ("resource_owner", "resource_owner_other"):
        for name in (None, "public", "other"):
            with suppress(Untested):
                client = client_using(given, name, "implicit") if name else given.client_for("implicit")
                yield client, given.owner(owner).name


def failed(given: Given, send: Send) -> tuple[Answer, ...]:
    """Implicit requests with good client and redirection URI that were not granted for another reason."""
    answers = given.observed("faulty implicit requests", lambda: _faulty(given, send))
    refused = tuple(answer for answer in answers if not was_granted(answer))
    if not refused:
        raise Inconclusive("every faulty implicit request was granted: there is no failure to judge")
    return refused


def errors(given: Given, send: Send) -> tuple[Answer, ...]:
    """Failed and declined implicit requests that came back to the client with an error; NotApplicable without any."""
    answers: list[Answer] = []
    with suppress(Inconclusive):
        answers.extend(failed(given, send))
    with suppress(Inconclusive):
        answers.append(declined(given, send))
    # What came back without a code is an error response all the same: the sentences on `error` judge it.
    back = tuple(answer for answer in answers if answer.destination is not None and not was_granted(answer))
    if not back:
        raise NotApplicable("none of the faulty or declined implicit requests came back to the client as an error")
    return back


def _faulty(given: Given, send: Send) -> tuple[Answer, ...]:
    granted(given, send)
    faults: list[dict[str, object]] = [
        {"scope": given.invented("scope")},
        {"scope": HOSTILE},
        {"scope": [HOSTILE, HOSTILE]},
    ]
    answers = [arrived(faulty(given, send, **fault)) for fault in faults]
    with suppress(Untested):
        answers.append(send.authorize(barred_client(given), "token", state=SPECIAL_STATE))
    return tuple(answers)


def faulty(given: Given, send: Send, **changes: Any) -> Answer:
    """An implicit request of the main client with a special state, and changed parameters."""
    return send.authorize(given.client_for("implicit"), "token", **{"state": SPECIAL_STATE, **changes})


def barred_client(given: Given) -> Client:
    """The client to which the server refuses the implicit grant."""
    client = given.client("restricted")
    if "implicit" not in client.barred:
        raise Untested('[clients.restricted] is not barred from the implicit grant: add "implicit" to its `barred`')
    return client


# Reading an answer


def was_granted(answer: Answer) -> bool:
    """Whether the user agent came back with what only a granted request brings; read leniently."""
    brought = GRANT_PARAMETERS - {"scope", "state"}
    return not answer.get("error") and any(answer.get(name) is not None for name in brought)


def expect_granted(expect: Expect, answer: Answer) -> None:
    """A Violation unless the request was granted."""
    expect.that(was_granted(answer), "the implicit request to be granted", answer)


def expect_error_if_told(given: Given, expect: Expect, answer: Answer, code: str) -> None:
    """A Violation if the request was granted, or an error was told that is another one.

    Told to the client, or on a page for programs. That the client has to be told is the matter of another sentence.
    """
    expect(answer).grants_nothing()
    told = answer.get("error") or answer.reply.members.get("error")
    if told is None:
        given.note(f"refused without an error code: {answer}")
    expect.that(told in (None, code), f"error {code!r}", f"error {told!r}")


def misplaced(answer: Answer, names: frozenset[str]) -> list[str]:
    """Response parameters that stand in the query of the redirection URI."""
    return sorted(name for name, _ in answer.query if name in names)


def was_moved_to(answer: Answer, uri: str) -> bool:
    """Whether the user agent was sent to a URI without being asked."""
    place = (answer.destination or "").partition("#")[0]
    return answer.mechanism not in CLICKED and (place == uri or place.startswith((f"{uri}?", f"{uri}&")))


def tells_of_an_error(answer: Answer) -> bool:
    """Whether the user agent ended on a page that says something, and asks for no sign-in or decision as if all were
    well."""
    page = read_page(answer.reply)
    stays = answer.destination is None or answer.mechanism in CLICKED
    says = page.text or answer.reply.text.strip()
    return stays and bool(says) and page.sign_in_form() is None and not answer.consented


def lifetime(given: Given, tokens: Tokens) -> float:
    """The seconds that the answer tells the token to live; where it tells none, those that the profile declares."""
    told = str(tokens.members.get("expires_in", ""))
    return float(told) if told.replace(".", "", 1).isdigit() else given.limit("access_token_lifetime")


def scope_differs_silently(given: Given, send: Send, answer: Answer) -> bool:
    """Whether a token came with another scope than the one asked for, and the answer has no `scope` to tell it."""
    if not was_granted(answer) or values(answer, "scope"):
        return False
    asked = answer.request.get("scope") or ""
    return scope_found(given, send, answer) != frozenset(asked.split())


def scope_found(given: Given, send: Send, answer: Answer) -> frozenset[str]:
    """The scope that the server tells of an answer's access token when it is asked; Untested where it can't be."""
    if not answer.get("access_token"):
        raise Inconclusive(f"no access token came of an implicit request: {answer}")
    tokens = Tokens(answer.get("access_token") or "", None, answer.request.client, "implicit", None, None)
    with given.arranging():
        found = actual_scope(given, send, tokens)
    if found is None:
        raise Untested("the profile offers no way to ask for the scope of a token: claim introspection or token_info")
    return found
