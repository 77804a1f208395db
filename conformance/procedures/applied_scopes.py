"""The scope that a token has: what its response says of it, what the server tells when it is asked, what that proves.

What introspection tells is a lower bound: it may tell each caller a part (RFC 7662, 2.2). A name that it tells is
granted. One that is missing there is not, where the protected resource refuses the token for want of it, or where the
profile says that introspection tells the whole scope.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conformance.base.outcomes import Untested, Vacuous
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.harness.tokens import Tokens
from conformance.procedures.scopes import Obtained, obtained_scope, scope_by_introspection
from conformance.procedures.token_responses import valid_request_anew


@dataclass(frozen=True, slots=True)
class ScopeOfToken:
    """A scope as asked for, as told in the response (None: not at all), and as far as it shows.

    `shown` are the names that the server tells of the token when it is asked (None: nobody tells any), `lacking` those
    of the asked and told names that the token is sure not to have.
    """

    asked: frozenset[str]
    told: frozenset[str] | None
    shown: frozenset[str] | None = None
    lacking: frozenset[str] = frozenset()

    @property
    def claimed(self) -> frozenset[str]:
        """What the response says: by its `scope`, else by its silence that the requested scope was granted (5.1)."""
        return self.asked if self.told is None else self.told

    @property
    def untold(self) -> frozenset[str]:
        """Names that were granted, and that the response doesn't tell."""
        return (self.shown or frozenset()) - self.claimed

    @property
    def overstated(self) -> frozenset[str]:
        """Names that the response tells, and that were not granted."""
        return self.claimed & self.lacking

    @property
    def at_least(self) -> frozenset[str]:
        """The names that were granted for certain: those that the server tells by any way."""
        told = self.asked if self.told is None and self.shown is None else self.told or frozenset()
        return told | (self.shown or frozenset())

    @property
    def at_most(self) -> frozenset[str]:
        """The names that may have been granted: nothing contradicts it."""
        return (self.claimed | (self.shown or frozenset())) - self.lacking

    def __str__(self) -> str:
        told = "no scope" if self.told is None else f"scope {_in_words(self.told)}"
        shown = "" if self.shown is None else f", while the server tells of the token {_in_words(self.shown)}"
        lacking = f", and it lacks {_in_words(self.lacking)}" if self.lacking else ""
        asked = f"a request for {_in_words(self.asked)}" if self.asked else "a request for no scope"
        return f"{told} in the answer to {asked}{shown}{lacking}"


def _in_words(scope: frozenset[str]) -> str:
    return repr(" ".join(sorted(scope)))


def scope_of(given: Given, send: Send, tokens: Tokens) -> ScopeOfToken:
    """What became of the scope of a fresh access token."""
    told = tokens.members.get("scope")
    if isinstance(told, list):
        told = " ".join(str(name) for name in told)
    asked = frozenset((tokens.asked_scope or "").split())
    scope = ScopeOfToken(asked, frozenset(told.split()) if isinstance(told, str) else None)
    with given.arranging():
        shown, is_whole = _shown(given, send, tokens)
        if shown is None:
            return scope
        missing = (scope.asked | scope.claimed) - shown
        lacking = frozenset(name for name in missing if is_whole or _is_refused_for_want_of(given, send, tokens, name))
    return ScopeOfToken(scope.asked, scope.told, shown, lacking)


def _shown(given: Given, send: Send, tokens: Tokens) -> tuple[frozenset[str] | None, bool]:
    """The names that the server tells of a token when it is asked, and whether those are all."""
    if given.claims("token_info"):
        told = send.resource(tokens.access_token, "token_info").members.get("scope")
        names = told.split() if isinstance(told, str) else told
        if isinstance(names, list):
            return frozenset(map(str, names)), True
    return scope_by_introspection(given, send, tokens), given.introspection_tells_whole_scope


def _is_refused_for_want_of(given: Given, send: Send, tokens: Tokens, name: str) -> bool:
    """Whether the protected resource refuses a token, and takes one that has this scope alone."""
    if not given.claims("protected_resource") or not send.resource(tokens.access_token).is_refusal:
        return False

    def opens() -> bool:
        alone = obtained_scope(given, send, name, tokens.grant, tokens.client)
        return alone.tokens is not None and send.resource(alone.tokens.access_token).is_served

    return given.observed(f"whether the scope {name} alone opens the protected resource, by {tokens.grant}", opens)


# Requests for a scope


def of_all(given: Given, send: Send, grant: str) -> ScopeOfToken:
    """What became of a request for all scopes that the client may ask for."""
    given.scopes(grant)

    def procedure() -> ScopeOfToken:
        request = valid_request_anew(given, send, grant)
        return scope_of(given, send, given.tokens_in(request.reply, request.client, grant, request.asked_scope))

    return given.observed(f"the scope of a token by {grant}", procedure)


def of_too_many(given: Given, send: Send, grant: str) -> ScopeOfToken:
    """What became of a request for one scope too many; Vacuous where the server refuses it."""

    def procedure() -> ScopeOfToken:
        end = obtained_scope(given, send, " ".join([*given.scopes(grant), given.invented("scope")]), grant)
        if end.tokens is None:
            raise Vacuous("the server refuses a scope that it doesn't know: it issues no less than is asked for")
        return scope_of(given, send, end.tokens)

    return given.observed(f"a scope too many by {grant}", procedure)


def unknown_alone(given: Given, send: Send, grant: str) -> tuple[str, Obtained]:
    """An unknown name, and what a request for it alone comes to, where one for known names brings a token."""

    def procedure() -> tuple[str, Obtained]:
        of_all(given, send, grant)
        unknown = given.invented("scope")
        return unknown, obtained_scope(given, send, unknown, grant)

    return given.observed(f"a scope of an unknown name alone by {grant}", procedure)


def of_unknown(given: Given, send: Send, grant: str) -> ScopeOfToken:
    """What became of the scope of such a request; Vacuous where the server refuses it."""
    _, end = unknown_alone(given, send, grant)
    if end.tokens is None:
        raise Vacuous("the server refuses a scope that it doesn't know: it issues nothing in its place")
    return scope_of(given, send, end.tokens)


def of_none(given: Given, send: Send, grant: str) -> ScopeOfToken:
    """What became of a request without a scope; Vacuous where it is refused, which section 3.3 allows."""

    def procedure() -> ScopeOfToken:
        end = obtained_scope(given, send, OMIT, grant)
        if end.tokens is None:
            raise Vacuous(f"there is no default scope: a request without any got {end}")
        return scope_of(given, send, end.tokens)

    return given.observed(f"a request without scope by {grant}", procedure)


# Judging


def expect_difference_told(expect: Expect, scope: ScopeOfToken) -> None:
    """A Violation if the token has another scope than the one asked for, and the response has no `scope`."""
    if scope.told is None and scope.shown is None:
        raise _nobody_tells()
    is_told = scope.told is not None or not (scope.untold or scope.overstated)
    expect.that(is_told, "the scope in the response, as it is not the one asked for", scope, about="scope")


def expect_true(expect: Expect, scope: ScopeOfToken) -> None:
    """A Violation if the response tells another scope than the token has; Vacuous where it tells none."""
    if scope.told is None:
        raise Vacuous("the token response tells no scope")
    if scope.shown is None:
        raise _nobody_tells()
    is_true = not scope.untold and not scope.overstated
    expect.that(is_true, "the scope that the token has", scope, breach="act", about="scope")


def is_refused_or_granted(given: Given, send: Send, result: Obtained, name: str) -> bool:
    """Whether a scope that a server may not know was refused or left out, or is really the token's where it is told."""
    if result.tokens is None:
        return not result.reply.is_breakdown
    scope = with_words_apart(scope_of(given, send, result.tokens))
    if name in scope.claimed and scope.shown is None:
        raise _nobody_tells()
    return name not in scope.overstated


def _nobody_tells() -> Untested:
    return Untested(
        "which scope a token has shows neither by introspection nor by token info: claim one of them under [features]"
    )


def with_words_apart(scope: ScopeOfToken) -> ScopeOfToken:
    """The same where the names are told with commas between: that is another sentence's matter."""
    return ScopeOfToken(scope.asked, scope.told and _words(scope.told), scope.shown, scope.lacking)


def _words(names: Iterable[str]) -> frozenset[str]:
    return frozenset(word for name in names for word in name.split(",") if word)
