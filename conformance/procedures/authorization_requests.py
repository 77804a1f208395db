"""The ordinary authorization request by any response type, its changes, and what two answers have in common."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from conformance.base.outcomes import NotApplicable, Untested, Vacuous
from conformance.harness.given import fresh_state
from conformance.procedures.redirects import (
    ATTACKER,
    GRANT_OF,
    ResponseType,
    any_response_type,
    first_uri_served,
    landed_at,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.browser.user_agent import Answer, UserAgent
    from conformance.harness.expect import Expect
    from conformance.harness.given import Given
    from conformance.harness.send import Change, Send
    from conformance.profile.target import Client, ResourceOwner

GRANTED = ("code", "access_token")
# A second value for each parameter that a request carries.
OTHER = {
    "response_type": "other",
    "client_id": "other",
    "redirect_uri": f"https://{ATTACKER}/",
    "scope": "other",
    "state": "other",
}


@dataclass(frozen=True, slots=True)
class Ordinary:
    """The ordinary request of a client; that it is granted as it stands has been seen."""

    send: Send
    client: Client
    response_type: ResponseType

    def changed(
        self,
        changes: Mapping[str, Change] | None = None,
        /,
        *,
        user_agent: UserAgent | None = None,
        method: str = "GET",
        **more: Change,
    ) -> Answer:
        """The same request with changes of its parameters, sent and driven to its end."""
        own: dict[str, Any] = {"response_type": self.response_type, **(changes or {}), **more}
        return self.send.authorize(self.client, user_agent=user_agent, method=method, **own)


def ordinary_request(
    given: Given, send: Send, client: Client | None = None, response_type: ResponseType | None = None
) -> Ordinary:
    """The request by the main client of a response type (any that the profile claims, unless told), seen granted."""
    response_type = response_type or any_response_type(given)
    client = client or given.client_for(GRANT_OF[response_type])
    first_uri_served(given, client, response_type)
    return Ordinary(send, client, response_type)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an authorization request came to, as far as two requests can be compared."""

    granted: tuple[str, ...]
    error: str | None
    at: str

    def __str__(self) -> str:
        granted = " and ".join(self.granted) or "nothing granted"
        return f"{granted}{f', error {self.error!r}' if self.error else ''}, at {self.at}"


def outcome(answer: Answer, registered: tuple[str, ...]) -> Outcome:
    """What was granted, which error was told, and at which of the client's redirection URIs."""
    return Outcome(
        granted_credentials(answer), answer.get("error"), landed_at(answer, registered) or _elsewhere(answer)
    )


def _elsewhere(answer: Answer) -> str:
    if answer.destination is not None:
        return "another place"
    return "a page" if not answer.reply.is_breakdown else "a server error"


def expect_alike(expect: Expect, wanted: Answer, seen: Answer, registered: tuple[str, ...], what: str) -> None:
    """A Violation if a request came to something else than another one did; `what` names the other."""
    other, one = outcome(wanted, registered), outcome(seen, registered)
    expect.that(one == other, f"the same as for {what} ({other})", one)


def repeated_parameters(answer: Answer) -> list[str]:
    """Response parameters that occur more than once in query and fragment, beyond what the redirection URI has."""
    own = parse_qsl(urlsplit(answer.request.get("redirect_uri") or "").query, keep_blank_values=True)
    added = Counter((*answer.query, *answer.fragment)) - Counter(own)
    names = Counter(name for name, _ in added.elements())
    return sorted(name for name, count in names.items() if count > 1)


def granted_credentials(answer: Answer) -> tuple[str, ...]:
    """Which of code and token were sent."""
    return tuple(name for name in GRANTED if answer.get(name))


def is_granted(answer: Answer) -> bool:
    """Whether a code or a token was sent."""
    return bool(granted_credentials(answer))


def answer_to_post(given: Given, request: Ordinary) -> Answer:
    """The ordinary request by POST, sent once."""
    return given.observed("an authorization request by POST", lambda: request.changed(method="POST"))


def taken_by_post(given: Given, request: Ordinary) -> Answer:
    """The ordinary request by POST; Vacuous where the server doesn't take it, which section 3.1 allows."""
    answer = answer_to_post(given, request)
    if not is_granted(answer):
        raise Vacuous(f"the server takes no authorization requests by POST: {answer}")
    return answer


def repeated_parameter(request: Ordinary, name: str, how: str) -> dict[str, Change]:
    """A change that sends a parameter twice, with values `equal` or `different`."""
    own = {
        "response_type": request.response_type,
        "client_id": request.client.client_id,
        "redirect_uri": request.client.redirect_uris[0],
        "scope": " ".join(request.client.scopes_for(GRANT_OF[request.response_type])),
        "state": fresh_state(),
    }
    if not own[name]:
        raise NotApplicable(f"the profile names no {name} that could be repeated")
    return {name: [own[name], own[name] if how == "equal" else OTHER[name]]}


def spare_owner(given: Given) -> ResourceOwner:
    """The account that may be locked, for a single wrong password; the main one where the profile has no other."""
    try:
        return given.owner("resource_owner_guessing")
    except Untested:
        return given.owner()
