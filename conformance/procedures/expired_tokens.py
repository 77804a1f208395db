"""Access tokens of several kinds past their lifetime, and what introspection says of them to several callers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from conformance.base.outcomes import Vacuous
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.harness.tokens import Tokens
from conformance.procedures.inactive_tokens import lifetime
from conformance.procedures.introspection import ask, best_grant, says_active
from conformance.procedures.introspection_callers import ask_as_bearer, privileged_bearer
from conformance.wire.exchange import Reply

WHOSE: Mapping[str, Callable[[Given], Tokens]] = {
    "public-client": lambda given: given.tokens(None, given.client("public")),
    "refresh": lambda given: given.refreshed(given.refreshable()),
    "client-credentials": lambda given: given.tokens("client_credentials"),
}


def told_of_expired(given: Given, send: Send, whose: str) -> Reply:
    """The answer about an expired token that was told active before. Vacuous where no such token is to be had."""

    def procedure() -> Reply:
        with given.else_vacuous("there is no such token"):
            tokens = WHOSE[whose](given)
        if not says_active(ask(given, send, tokens.access_token)):
            raise Vacuous("the caller isn't told of such tokens that they are active")
        given.outlived(tokens.access_token, lifetime(given, tokens))
        return ask(given, send, tokens.access_token)

    return given.observed(f"introspection of an expired token, {whose}", procedure)


def told_to_bearer(given: Given, send: Send) -> Reply:
    """The answer about an expired token to a caller with a bearer token, who was told before that it is active."""
    caller = privileged_bearer(given, send).access_token

    def procedure() -> Reply:
        tokens = given.tokens(best_grant(given))
        if not says_active(ask_as_bearer(given, send, tokens.access_token, caller)):
            raise Vacuous("the caller isn't told of such tokens that they are active, or has lost its own")
        given.outlived(tokens.access_token, lifetime(given, tokens))
        return ask_as_bearer(given, send, tokens.access_token, caller)

    return given.observed("introspection of an expired token by bearer", procedure)
