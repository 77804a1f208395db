"""`expect(...)` is the only thing that finds a breach: it raises a Violation with what was expected and observed.

`expect(reply)` speaks of an HTTP reply, `expect(answer)` of how an authorization request ended, `expect(token)` of what
became of a token. `expect.that` is for what none of these says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, overload

from conformance.harness import effects, grammar, schemas
from conformance.harness.content import is_json_object
from conformance.harness.exchange import Reply
from conformance.harness.outcomes import Violation
from conformance.harness.tokens import Live
from conformance.harness.user_agent import CLICKED, Answer

if TYPE_CHECKING:
    from conformance.harness.session import Trial

GRANTING_MEMBERS = ("access_token", "refresh_token", "id_token", "code")


class Expect:
    """Makes expectations of replies, answers and tokens."""

    def __init__(self, trial: Trial) -> None:
        self._trial = trial

    @overload
    def __call__(self, subject: Reply) -> ReplyExpectation: ...
    @overload
    def __call__(self, subject: Answer) -> AnswerExpectation: ...
    @overload
    def __call__(self, subject: Live) -> TokenExpectation: ...
    def __call__(self, subject: Reply | Answer | Live) -> ReplyExpectation | AnswerExpectation | TokenExpectation:
        """The expectations that fit the subject."""
        match subject:
            case Reply():
                return ReplyExpectation(subject)
            case Answer():
                return AnswerExpectation(subject)
            case Live():
                return TokenExpectation(self._trial, subject)

    def that(self, holds: bool, expected: str, observed: object) -> None:
        """A Violation unless the condition holds; the texts complete "expected ..." and "observed ..."."""
        if not holds:
            raise Violation(expected, str(observed))

    def syntax(self, element: str, values: str | Iterable[str]) -> None:
        """Each value has the syntax of an element of Appendix A; the values themselves are not shown."""
        for value in [values] if isinstance(values, str) else values:
            if not grammar.fits(element, value):
                unfit = grammar.unfit_characters(element, value)
                observed = f"characters {unfit}" if unfit else f"a value of {len(value)} characters that doesn't fit"
                raise Violation(f"{element} of {grammar.in_words(element)}", observed)


class ReplyExpectation:
    """What an HTTP reply should be."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def _broken(self, expected: str, observed: object | None = None) -> NoReturn:
        raise Violation(expected, str(self._reply if observed is None else observed))

    def is_refused(self) -> None:
        """A decided answer (no server error) that carries no token and no code."""
        self.is_not_served()
        if self._reply.status >= 500:
            self._broken("a refusal that the server decided", f"a server error: {self._reply}")

    def issues_nothing(self) -> None:
        """No token and no code, in the body or in a redirect."""
        issued = [name for name in GRANTING_MEMBERS if self._reply.members.get(name)]
        issued += [
            name for name in GRANTING_MEMBERS if f"{name}=" in (self._reply.header("Location") or "").replace("?", "&")
        ]
        if issued:
            self._broken("an answer without any token or code", f"{self._reply.status} carrying {', '.join(issued)}")

    def is_not_served(self) -> None:
        """No token and no success; for sentences that want no more: a server that broke down served nothing either."""
        self.issues_nothing()
        if self._reply.is_success and self._reply.media_type != "text/html":
            # A page that asks a person something refuses; any other success says that the request was taken.
            self._broken("a refusal")

    def issues_a_token(self) -> None:
        """A 2xx answer with an access token."""
        if not self._reply.is_success or not self._reply.members.get("access_token"):
            self._broken("an access token")

    def succeeds(self) -> None:
        """A 2xx status."""
        if not self._reply.is_success:
            self._broken("success (status 2xx)")

    def has_status(self, *statuses: int) -> None:
        """One of these status codes."""
        if self._reply.status not in statuses:
            self._broken(f"status {' or '.join(map(str, statuses))}")

    def is_an_error(self, *codes: str) -> None:
        """Refused with one of these values of the JSON member `error`; any value without codes."""
        self.is_refused()
        error = self._reply.members.get("error")
        if not isinstance(error, str) or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            self._broken(f"a JSON error response with error {wanted}")

    def has_header(self, name: str, containing: str | None = None) -> None:
        """A header of that name, in one of its values the given text, compared without case."""
        values = self._reply.header_values(name)
        if not values:
            self._broken(f"a {name} header", f"none beside status {self._reply.status}")
        if containing is not None and not any(containing.lower() in value.lower() for value in values):
            self._broken(f"{name} with {containing!r}", f"{name}: {', '.join(values)}")

    def lacks_header(self, name: str) -> None:
        """No header of that name."""
        if self._reply.header_values(name):
            self._broken(f"no {name} header", f"{name}: {', '.join(self._reply.header_values(name))}")

    def challenges_with(self, scheme: str) -> None:
        """A WWW-Authenticate challenge of that scheme, alone or among others in one header."""
        values = self._reply.header_values("WWW-Authenticate")
        if not any(re.search(rf"(?:^|,)\s*{scheme}(?=[\s,]|$)", value, re.I) for value in values):
            observed = ", ".join(values) or f"none beside status {self._reply.status}"
            self._broken(f"a WWW-Authenticate challenge of the scheme {scheme}", observed)

    def has_media_type(self, *types: str) -> None:
        """One of these media types."""
        if self._reply.media_type not in types:
            self._broken(f"Content-Type {' or '.join(types)}", f"Content-Type {self._reply.header('Content-Type')}")

    def is_a_json_object(self) -> None:
        """A body that is one JSON object."""
        if not is_json_object(self._reply.body):
            self._broken("a body that is one JSON object")

    def has_member(self, name: str, *types: type) -> None:
        """A JSON member of one of these Python types (bool is no int)."""
        if name not in self._reply.members:
            self._broken(f"the member {name!r}")
        value = self._reply.members[name]
        if types and type(value) not in types:
            self._broken(f"{name!r} as {' or '.join(map(_type_name, types))}", f"{name!r} as {_type_name(type(value))}")

    def lacks_member(self, name: str) -> None:
        """No JSON member of that name."""
        if name in self._reply.members:
            self._broken(f"no member {name!r}")

    def member_is(self, name: str, value: Any) -> None:
        """A JSON member with exactly that value."""
        if name not in self._reply.members or self._reply.members[name] != value:
            observed = (
                f"{self._reply.members[name]!r}" if name in self._reply.members else f"no such member: {self._reply}"
            )
            self._broken(f"{name} {value!r}", observed)

    def fits_schema(self, name: str) -> None:
        """A body that fits `schemas/<name>.schema.json`."""
        self.is_a_json_object()
        error = schemas.fault(name, self._reply.json)
        if error is not None:
            self._broken(f"a body that fits the {name.replace('_', ' ')} schema", schemas.in_words(error))

    def body_lacks(self, text: str, what: str) -> None:
        """A body in which a text doesn't occur."""
        if text in self._reply.text:
            self._broken(f"a body without {what}", f"{what} in the body")


class AnswerExpectation:
    """How an authorization request should end."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def _broken(self, expected: str, observed: object | None = None) -> NoReturn:
        raise Violation(expected, str(self._answer if observed is None else observed))

    def carries(self, name: str) -> None:
        """The client gets a response parameter of that name."""
        if not self._answer.get(name):
            self._broken(f"{name} sent to the client")

    def issues_nothing(self) -> None:
        """No code and no token reaches anybody; a server that broke down over the request gave none either."""
        issued = [name for name in GRANTING_MEMBERS if self._answer.get(name)]
        if issued:
            self._broken("no code and no token", f"{', '.join(issued)} sent to {self._address()}")

    def grants_nothing(self) -> None:
        """No code and no token reaches anybody; decided, not a server error."""
        self.issues_nothing()
        if self._answer.reply.status >= 500:
            self._broken("a refusal that the server decided", f"a server error: {self._answer.reply}")

    def stays_on_a_page(self) -> None:
        """The user agent isn't sent anywhere outside the target, by any mechanism that needs no click."""
        self.issues_nothing()
        if self._answer.destination is not None and self._answer.mechanism not in CLICKED:
            self._broken(
                "a page that stays at the authorization server", f"{self._answer.mechanism} to {self._address()}"
            )

    def goes_to(self, redirect_uri: str) -> None:
        """The user agent is sent to that redirect URI, with its own query kept."""
        destination = self._answer.destination
        if destination is None or not _is_at(destination, redirect_uri):
            self._broken(f"the user agent sent to {redirect_uri}")

    def is_an_error(self, *codes: str) -> None:
        """The client gets one of these values of `error`, and nothing else."""
        self.grants_nothing()
        error = self._answer.get("error")
        if self._answer.destination is None or error is None or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            observed = f"error {error!r} sent to the client" if error else None
            self._broken(f"error {wanted} sent to the client", observed)

    def is_refused(self) -> None:
        """Nothing granted: an error for the client, or a page that says so."""
        self.grants_nothing()
        if self._answer.destination is not None and self._answer.get("error") is None:
            self._broken("an error for the client, or a page")

    def returns_state(self, state: str | None) -> None:
        """The client gets `state` with exactly that value, once."""
        values = [value for key, value in (*self._answer.query, *self._answer.fragment) if key == "state"]
        if values != [state]:
            self._broken(f"state {state!r}, once", f"state {' and '.join(map(repr, values)) or 'missing'}")

    def _address(self) -> str:
        return (self._answer.destination or "a page").partition("?")[0].partition("#")[0]


class TokenExpectation:
    """What became of a token that was seen active before."""

    def __init__(self, trial: Trial, token: Live) -> None:
        self._trial = trial
        self._token = token

    def is_inactive(self) -> None:
        """None of the witnesses that saw the token active still does."""
        still = effects.last_active(self._trial, self._token)
        if still:
            what = self._token.kind.replace("_", " ")
            raise Violation(f"the {what} to be inactive", f"still active by {', '.join(still)}")

    def is_active(self) -> None:
        """All witnesses that saw the token active still do."""
        token = self._token
        gone = [
            witness
            for witness in token.witnesses
            if not effects.says_active(self._trial, witness, token.value, token.kind, token.tokens)
        ]
        if gone:
            what = token.kind.replace("_", " ")
            raise Violation(f"the {what} to be active still", f"inactive by {', '.join(gone)}")


def _is_at(destination: str, redirect_uri: str) -> bool:
    """Whether a destination is the redirect URI, with response parameters added to query or fragment."""
    base = destination.partition("#")[0]
    if base == redirect_uri:
        return True
    joint = "&" if "?" in redirect_uri else "?"
    return base.startswith(redirect_uri + joint)


def _type_name(kind: type) -> str:
    names = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
    return names.get(kind, "null")
