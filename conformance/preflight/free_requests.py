"""Authorization requests that cost nothing: nobody is asked, or whoever is asked declines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from conformance.base.outcomes import Inconclusive, NotApplicable, Untested
from conformance.browser.answer import Answer
from conformance.browser.pages import read_page
from conformance.harness.trial import Trial
from conformance.profile.target import Client, Target

BY_USER_AGENT = ("authorization_code", "implicit")
RESPONSE_TYPES = {"authorization_code": "code", "implicit": "token"}
# Where an authorization request leads that no server should answer to.
UNREGISTERED = "https://unregistered.example/cb"


@dataclass(frozen=True, slots=True)
class Way:
    """A way to the sign-in page: whose authorization request, by which grant, to which redirect URI."""

    client: Client
    grant: str
    uri: str


def ways_to_ask(target: Target) -> list[Way]:
    """All ways that the profile describes, those of ordinary clients first."""
    special = ("special", "single_redirect", "restricted", "introspecting")
    clients = sorted(
        target.clients.values(), key=lambda c: (c.is_guessed_at or c.name in special, c.name != "confidential")
    )
    return [
        Way(client, grant, uri)
        for client in clients
        for grant in BY_USER_AGENT
        if grant in target.features and client.may_use(grant)
        for uri in client.redirect_uris
    ]


def answer_without_approval(
    trial: Trial, way: Way, decision: str, *, by_nobody: bool = False, **changes: str
) -> Answer:
    """What comes of an authorization request that is declined, or left waiting."""
    agent = trial.given.nobodys_user_agent() if by_nobody else trial.given.user_agent()
    own = {"redirect_uri": way.uri, **changes}
    return trial.send.authorize(
        way.client, RESPONSE_TYPES[way.grant], user_agent=agent, decision="wait" if by_nobody else decision, **own
    )


def is_known(trial: Trial, client: Client) -> bool | None:
    """Whether the authorization endpoint tells a client from one that doesn't exist; None where it doesn't show."""
    own = [way for way in ways_to_ask(trial.target) if way.client.name == client.name]
    answers: list[Answer] = []
    try:
        for way in own:
            answers.append(answer_without_approval(trial, way, "wait", by_nobody=True))
            stranger = replace(way, client=replace(client, client_id=trial.invented("client_id")))
            if not is_alike(answers[-1], answer_without_approval(trial, stranger, "wait", by_nobody=True)):
                return True
    except (Inconclusive, NotApplicable, Untested):
        return None
    return None if not answers or any(map(asks_to_sign_in, answers)) else False


def asks_to_sign_in(answer: Answer) -> bool:
    """Whether the user agent stays on a page that asks who is there."""
    return answer.destination is None and read_page(answer.reply).sign_in_form() is not None


def is_alike(one: Answer, other: Answer) -> bool:
    """Whether two answers say the same: both stay on pages with one text, but for what the requests themselves said."""
    if one.destination is not None or other.destination is not None:
        return False
    return one.reply.status == other.reply.status and _text(one) == _text(other)


def _text(answer: Answer) -> str:
    """The text of a page without what is another one each time: values of the request, and words with digits in it."""
    text = read_page(answer.reply).text
    for _, value in sorted(answer.request.pairs, key=lambda pair: -len(pair[1])):
        text = text.replace(value, "") if len(value) > 3 else text
    return " ".join(word for word in text.split() if not re.search(r"\d", word))
