"""What is good for one grant beside a request by another: `grant_type` alone says which of them is asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from conformance.base.outcomes import Untested, Vacuous
from conformance.procedures.applied_scopes import scope_of
from conformance.procedures.refreshing import divided_scopes, narrow_grant
from conformance.procedures.token_requests import code_exchange_seen

if TYPE_CHECKING:
    from conformance.harness.given import Given
    from conformance.harness.send import Send
    from conformance.harness.tokens import Code, Tokens
    from conformance.profile.target import Client
    from conformance.wire.exchange import Reply

Credentials = dict[str, Any]


def code_parameters(code: Code) -> Credentials:
    """All that a token request carries with a code."""
    return {"code": code.value, "redirect_uri": code.redirect_uri, "code_verifier": code.verifier}


def _code(given: Given, client: Client) -> Credentials:
    _usable(client, "authorization_code")
    code_exchange_seen(given)
    return code_parameters(given.authorization_code(client))


def _refresh_token(given: Given, client: Client) -> Credentials:
    return {"refresh_token": given.refreshable(client).refresh_token}


def _password(given: Given, client: Client) -> Credentials:
    _usable(client, "password")
    owner = given.owner()
    given.tokens("password", client)
    return {"username": owner.username, "password": owner.password}


def _usable(client: Client, grant: str) -> None:
    if not client.may_use(grant):
        raise Untested(f"[clients.{client.name}] may not use the grant {grant}")


# Each with the feature that it needs.
VALID: Mapping[str, tuple[Callable[[Given, Client], Credentials], str]] = {
    "code": (_code, "authorization_code"),
    "refresh-token": (_refresh_token, "refresh_token"),
    "password": (_password, "password"),
}


def beside_valid_credentials(*names: str) -> pytest.MarkDecorator:
    """Run a test once with each kind of valid credentials beside its request."""
    marked = [pytest.param(name, marks=pytest.mark.needs(VALID[name][1]), id=f"beside-{name}") for name in names]
    return pytest.mark.parametrize("other", marked)


def fresh_credentials(given: Given, name: str, client: Client) -> Credentials:
    """Fresh credentials of a kind, good for a client, as parameters of a token request."""
    given.feature(VALID[name][1])
    return VALID[name][0](given, client)


def narrow_beside_wider_code(given: Given, send: Send) -> tuple[Tokens, Credentials, str]:
    """A refresh token for one scope, a live code of the same client for one more, and that one.

    Vacuous where the second approval alone has widened the first grant: who may say yes to both may have said so.
    """
    tokens, beyond = narrow_grant(given, send)
    _usable(tokens.client, "authorization_code")
    both = divided_scopes(given, send).narrowed([*(tokens.asked_scope or "").split(), beyond])
    code = given.authorization_code(tokens.client, scope=both)
    alone = given.refreshed(tokens)
    if beyond in scope_of(given, send, alone).at_least:
        raise Vacuous(f"the approval of {beyond} in another request has widened the grant that stood before")
    return alone, code_parameters(code), beyond


def issued_all_the_same(reply: Reply) -> Reply:
    """What brought a token. Vacuous where the server refuses a request with more than its grant needs: it may."""
    if not reply.is_success or not reply.members.get("access_token"):
        raise Vacuous(f"a request with the credentials of another grant beside its own is refused: {reply}")
    return reply
