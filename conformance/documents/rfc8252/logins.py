"""Logins of native apps: what came to a redirect URI, and what the code there was worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from conformance.base.outcomes import Inconclusive, Vacuous
from conformance.browser.user_agent import Answer
from conformance.documents.rfc8252.loopback import at_free_port
from conformance.documents.rfc8252.native_clients import Registered, every_uri
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Code
from conformance.procedures.authorization_answers import told_to_client
from conformance.procedures.pkce import s256_pair
from conformance.profile.target import Client, Target
from conformance.wire.exchange import Reply


@dataclass(frozen=True, slots=True)
class Login:
    """The answer at a redirect URI, and the reply to the exchange of its code; None where no code came."""

    uri: str
    answer: Answer
    reply: Reply | None

    def __str__(self) -> str:
        return f"{self.uri}: {self.reply or self.answer}"

    @property
    def succeeded(self) -> bool:
        """Whether tokens were issued."""
        return self.reply is not None and self.reply.is_success and bool(self.reply.members.get("access_token"))


def login(given: Given, send: Send, client: Client, uri: str, authentication: str | None = None) -> Login:
    """An authorization request to a redirect URI, and the exchange of its code; asked once."""

    def procedure() -> Login:
        pair = s256_pair()
        answer = send.authorize(client, redirect_uri=uri, **pair.parameters)
        if not answer.get("code"):
            return Login(uri, answer, None)
        code = replace(given.code_in(answer), verifier=pair.verifier)
        return Login(uri, answer, send.code_exchange(code, authentication=authentication))

    return given.observed(f"a login of {client.name} at {uri} ({authentication or 'as usual'})", procedure)


def seen_working(given: Given, send: Send, target: Target) -> None:
    """The positive control: at least one native client gets tokens at one of its redirect URIs."""
    tried = []
    for each in every_uri(target):
        found = login(given, send, given.client(each.client.name), each.uri)
        if found.succeeded:
            return
        tried.append(str(found))
    raise Inconclusive(f"positive control: a native client should get tokens somewhere, but got {'; '.join(tried)}")


def login_at(given: Given, send: Send, target: Target, registered: Registered) -> Login:
    """A login at a registered URI, where native clients are known to be served."""
    seen_working(given, send, target)
    return login(given, send, registered.client, registered.uri)


def seen_at(given: Given, send: Send, registered: Registered) -> Login:
    """The positive control: a native client gets a code at this very redirect URI."""
    found = login(given, send, registered.client, registered.uri)
    given.came_back(found.answer, f"a request for {registered.uri}")
    return found


def code_at_free_port(given: Given, send: Send, target: Target, registered: Registered) -> Code:
    """A fresh code that came to a port which nobody registered. Vacuous where none is served."""
    seen_at(given, send, registered)
    answer = send.authorize(registered.client, redirect_uri=at_free_port(target, registered.uri))
    if not answer.get("code"):
        raise Vacuous(f"no code comes to a port that isn't registered: {answer}")
    return given.code_in(answer)


def expect_login(expect: Expect, found: Login) -> None:
    """A code came, and tokens came for it."""
    expect(found.answer).carries("code")
    if found.reply is not None:
        expect(found.reply).issues_a_token()


def expect_login_there(expect: Expect, found: Login) -> None:
    """The same, where the code came to exactly the redirect URI that was named."""
    expect(found.answer).goes_to(found.uri)
    expect_login(expect, found)


def faulty_request(given: Given, send: Send, registered: Registered) -> Answer:
    """A request with an unknown response type; Vacuous where another client isn't told of such a fault either."""
    unknown = given.invented("response_type")
    seen_at(given, send, registered)
    told_to_client(send.authorize(given.client_for("authorization_code"), unknown))
    return send.authorize(registered.client, unknown, redirect_uri=registered.uri)


def asked_again(given: Given, send: Send, registered: Registered, **changes: Any) -> tuple[Answer, Answer]:
    """Two equal authorization requests in one browser, the first of them approved; sent once."""

    def procedure() -> tuple[Answer, Answer]:
        first = given.came_back(given.approval(registered.client, redirect_uri=registered.uri, **changes))
        return first, send.authorize(registered.client, redirect_uri=registered.uri, **changes)

    return given.observed(f"two requests of {registered.client.name} for {registered.uri}", procedure)
