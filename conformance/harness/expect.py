"""`expect(...)` is the only thing that finds a breach: it raises a Violation with what was expected and observed.

`expect(reply)` speaks of an HTTP reply, `expect(answer)` of how an authorization request ended, `expect(token)` of what
became of a token. `expect.that` is for what none of these says.
"""

from __future__ import annotations

import codecs
import re
from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NoReturn, overload
from urllib.parse import parse_qsl

from conformance.base import schemas
from conformance.base.outcomes import Breach, Inconclusive, Violation
from conformance.base.uris import urlsplit
from conformance.browser.answer import pairs_of
from conformance.browser.returns import Return
from conformance.browser.user_agent import CLICKED, Answer
from conformance.harness import effects, grammar
from conformance.harness.tokens import Live
from conformance.wire.content import is_json, is_json_object
from conformance.wire.exchange import Reply

if TYPE_CHECKING:
    from conformance.harness.session import Trial

GRANTING_MEMBERS = ("access_token", "refresh_token", "id_token", "code")
# What is wrong with an answer that a person sees and the client doesn't.
KEPT = "kept from the client"


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
    @overload
    def __call__(self, subject: Return) -> ReturnExpectation: ...
    def __call__(
        self, subject: Reply | Answer | Live | Return
    ) -> ReplyExpectation | AnswerExpectation | TokenExpectation | ReturnExpectation:
        """The expectations that fit the subject."""
        match subject:
            case Return():
                return ReturnExpectation(subject)
            case Reply():
                return ReplyExpectation(subject)
            case Answer():
                return AnswerExpectation(subject)
            case Live():
                return TokenExpectation(self._trial, subject)

    def that(
        self, holds: bool, expected: str, observed: object, *, breach: Breach = "omission", at: object = None
    ) -> None:
        """A Violation unless the condition holds; the texts complete "expected ..." and "observed ...".

        `at` is the reply or answer that shows it, where `observed` is another and the test holds several.
        Inconclusive where an answer is observed that the user agent is stuck at.
        """
        if not holds:
            _passed(observed)
            # What broke down, or told the client nothing, has done nothing.
            did = breach == "act" and not _came_to_nothing(observed)
            subject = observed if at is None else at
            raise Violation(expected, str(observed), subject, breach="act" if did else "omission")

    def syntax(self, element: str, values: str | Iterable[str]) -> None:
        """Each value has the syntax of an element of Appendix A; the values themselves are not shown."""
        for value in [values] if isinstance(values, str) else values:
            if not grammar.fits(element, value):
                unfit = grammar.unfit_characters(element, value)
                observed = f"characters {unfit}" if unfit else f"a value of {len(value)} characters that doesn't fit"
                expected = f"{element} of {grammar.in_words(element)}"
                raise Violation(expected, observed, aspect=f"syntax {element}", proof=value, breach="act")


class ReplyExpectation:
    """What an HTTP reply should be."""

    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    def _broken(
        self,
        aspect: str,
        expected: str,
        observed: object | None = None,
        proof: str = "",
        breach: Breach = "omission",
    ) -> NoReturn:
        told = str(self._reply if observed is None else observed)
        raise Violation(expected, told, self._reply, aspect=aspect, proof=proof, breach=breach)

    def is_refused(self) -> None:
        """A decided answer (no server error) that carries no token and no code."""
        self.is_not_served()
        if self._reply.is_breakdown:
            self._broken("server error", "a refusal that the server decided", f"a server error: {self._reply}")

    def issues_nothing(self) -> None:
        """No token and no code, in the body or in a redirect; what an error calls its `code` is none."""
        issued = [name for name in GRANTING_MEMBERS if self._reply.members.get(name)]
        if not self._reply.is_served and "code" in issued:
            issued.remove("code")
        location = urlsplit(self._reply.header("Location") or "")
        sent_along = {name for text in (location.query, location.fragment) for name, _ in parse_qsl(text)}
        issued += [name for name in GRANTING_MEMBERS if name in sent_along]
        if issued:
            observed = f"{self._reply.status} carrying {', '.join(issued)}"
            self._broken("issued", "an answer without any token or code", observed, issued[0], "act")

    def is_not_served(self) -> None:
        """No token and no success; for sentences that want no more: a server that broke down served nothing either."""
        self.issues_nothing()
        if self._reply.is_served and self._reply.media_type != "text/html":
            # A page that asks a person something refuses; any other success says that the request was taken.
            self._broken("served", "a refusal", breach="act")

    def issues_a_token(self) -> None:
        """A 2xx answer with an access token."""
        if not self._reply.is_success or not self._reply.members.get("access_token"):
            self._broken("not issued", "an access token")

    def succeeds(self) -> None:
        """A 2xx status, and no error beside it."""
        if not self._reply.is_served:
            self._broken("refused", "success (status 2xx)")

    def has_status(self, *statuses: int) -> None:
        """One of these status codes."""
        if self._reply.status not in statuses:
            self._broken("status", f"status {' or '.join(map(str, statuses))}")

    def is_an_error(self, *codes: str) -> None:
        """Refused with one of these values of the JSON member `error`; any value without codes."""
        self.is_refused()
        error = self._reply.members.get("error")
        if not isinstance(error, str) or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            self._broken("error code", f"a JSON error response with error {wanted}", proof='"error"')

    def has_header(self, name: str, containing: str | None = None) -> None:
        """A header of that name, in one of its values the given text, compared without case."""
        values = self._reply.header_values(name)
        if not values:
            self._broken(f"header {name}", f"a {name} header", f"none beside status {self._reply.status}")
        if containing is not None and not any(containing.lower() in value.lower() for value in values):
            self._broken(f"header {name}", f"{name} with {containing!r}", f"{name}: {', '.join(values)}", values[0])

    def lacks_header(self, name: str) -> None:
        """No header of that name."""
        if self._reply.header_values(name):
            values = self._reply.header_values(name)
            self._broken(f"header {name}", f"no {name} header", f"{name}: {', '.join(values)}", values[0], "act")

    def challenges_with(self, scheme: str) -> None:
        """A WWW-Authenticate challenge of that scheme, alone or among others in one header."""
        values = self._reply.header_values("WWW-Authenticate")
        if not any(re.search(rf"(?:^|,)\s*{scheme}(?=[\s,]|$)", value, re.I) for value in values):
            observed = ", ".join(values) or f"none beside status {self._reply.status}"
            self._broken("header WWW-Authenticate", f"a WWW-Authenticate challenge of the scheme {scheme}", observed)

    def has_media_type(self, *types: str) -> None:
        """One of these media types."""
        if self._reply.media_type not in types:
            told = self._reply.header("Content-Type")
            expected = f"Content-Type {' or '.join(types)}"
            self._broken("header Content-Type", expected, f"Content-Type {told}", told or "")

    def is_a_json_object(self) -> None:
        """A body that is one JSON object."""
        if not is_json_object(self._reply.body):
            self._broken("body", "a body that is one JSON object")

    def has_member(self, name: str, *types: type) -> None:
        """A JSON member of one of these Python types (bool is no int)."""
        if name not in self._reply.members:
            self._broken(f"member {name}", f"the member {name!r}")
        value = self._reply.members[name]
        if types and type(value) not in types:
            expected = f"{name!r} as {' or '.join(map(_type_name, types))}"
            self._broken(f"member {name}", expected, f"{name!r} as {_type_name(type(value))}", f'"{name}"', "act")

    def lacks_member(self, name: str) -> None:
        """No JSON member of that name."""
        if name in self._reply.members:
            self._broken(f"member {name}", f"no member {name!r}", proof=f'"{name}"', breach="act")

    def member_is(self, name: str, value: Any) -> None:
        """A JSON member with exactly that value."""
        if name not in self._reply.members or self._reply.members[name] != value:
            observed = (
                f"{self._reply.members[name]!r}" if name in self._reply.members else f"no such member: {self._reply}"
            )
            breach: Breach = "act" if name in self._reply.members else "omission"
            self._broken(f"member {name}", f"{name} {value!r}", observed, f'"{name}"', breach)

    def member_fits(self, element: str) -> None:
        """A JSON member of that name, where there is one with text in it, has the syntax of Appendix A."""
        value = self._reply.members.get(element)
        if isinstance(value, str) and value and not grammar.fits(element, value):
            self._unfit(element, value)

    def member_names_fit(self) -> None:
        """Each JSON member is named as Appendix A.18 lets a parameter be named."""
        for name in self._reply.members:
            if not grammar.fits("parameter_name", name):
                self._unfit("parameter_name", name)

    def _unfit(self, element: str, value: str) -> NoReturn:
        expected, observed = grammar.in_words(element), str(grammar.unfit_characters(element, value))
        self._broken(f"syntax {element}", f"{element} of {expected}", f"characters {observed}", value, breach="act")

    def is_json_in_utf8(self) -> None:
        """A body that is JSON in UTF-8 without a byte order mark (RFC 8259 section 8.1)."""
        if self._reply.body.startswith(codecs.BOM_UTF8):
            self._broken("body", "JSON without a byte order mark", "a byte order mark before it")
        if not is_json(self._reply.body) or not _is_utf8(self._reply.body):
            self._broken("body", "a body that is JSON in UTF-8")

    def fits_schema(self, name: str) -> None:
        """A body that fits `schemas/<name>.schema.json`."""
        self.is_a_json_object()
        error = schemas.fault(name, self._reply.json)
        if error is not None:
            self._broken("body", f"a body that fits the {name.replace('_', ' ')} schema", schemas.in_words(error))

    def body_lacks(self, text: str, what: str) -> None:
        """A body in which a text doesn't occur."""
        if text in self._reply.text:
            self._broken("text", f"a body without {what}", f"{what} in the body", text, "act")


class AnswerExpectation:
    """How an authorization request should end."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def _broken(
        self,
        aspect: str,
        expected: str,
        observed: object | None = None,
        proof: str = "",
        breach: Breach = "omission",
    ) -> NoReturn:
        _passed(self._answer)
        told = str(self._answer if observed is None else observed)
        raise Violation(expected, told, self._answer, aspect=aspect, proof=proof, breach=breach)

    def carries(self, name: str) -> None:
        """The client gets a response parameter of that name."""
        if not self._answer.get(name):
            self._broken(f"parameter {name}" if self._answer.destination else KEPT, f"{name} sent to the client")

    def issues_nothing(self) -> None:
        """No code and no token reaches anybody; a server that broke down over the request gave none either."""
        issued = [name for name in GRANTING_MEMBERS if self._answer.get(name)]
        if issued:
            observed = f"{', '.join(issued)} sent to {self._address()}"
            self._broken("issued", "no code and no token", observed, f"{issued[0]}=", "act")

    def grants_nothing(self) -> None:
        """No code and no token reaches anybody; decided, not a server error."""
        self.issues_nothing()
        if self._answer.reply.is_breakdown:
            observed = f"a server error: {self._answer.reply}"
            self._broken("server error", "a refusal that the server decided", observed)

    def stays_on_a_page(self) -> None:
        """The user agent isn't sent anywhere outside the target, by any mechanism that needs no click."""
        self.issues_nothing()
        if self._answer.destination is not None and self._answer.mechanism not in CLICKED:
            observed = f"{self._answer.mechanism} to {self._address()}"
            expected = "a page that stays at the authorization server"
            self._broken("redirected", expected, observed, self._address(), "act")

    def goes_to(self, redirect_uri: str) -> None:
        """The user agent is sent to that redirect URI, with its own query kept."""
        destination = self._answer.destination
        if destination is None or not _is_at(destination, redirect_uri):
            breach: Breach = "act" if destination else "omission"
            aspect = "destination" if destination else KEPT
            self._broken(aspect, f"the user agent sent to {redirect_uri}", breach=breach)

    def is_an_error(self, *codes: str) -> None:
        """The client gets one of these values of `error`, and nothing else."""
        self.grants_nothing()
        error = self._answer.get("error")
        if self._answer.destination is None or error is None or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            observed = f"error {error!r} sent to the client" if error else None
            aspect = "error code" if error else KEPT
            self._broken(aspect, f"error {wanted} sent to the client", observed, "error=" if error else "")

    def is_refused(self) -> None:
        """Nothing granted: an error for the client, or a page that says so."""
        self.grants_nothing()
        if self._answer.destination is not None and self._answer.get("error") is None:
            self._broken("parameter error", "an error for the client, or a page")

    def returns_state(self, state: str | None) -> None:
        """The client gets `state` with exactly that value, once."""
        values = [value for key, value in (*self._answer.query, *self._answer.fragment) if key == "state"]
        if values != [state]:
            aspect = "parameter state" if self._answer.destination else KEPT
            observed = f"state {' and '.join(map(repr, values)) or 'missing'}"
            self._broken(aspect, f"state {state!r}, once", observed, "state=", "act" if values else "omission")

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
            observed = f"still active by {', '.join(still)}"
            raise Violation(f"the {what} to be inactive", observed, self._token, aspect="still active", breach="act")

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
            observed = f"inactive by {', '.join(gone)}"
            raise Violation(f"the {what} to be active still", observed, self._token, aspect="inactive")


def _came_to_nothing(subject: object) -> bool:
    """Whether a server broke down over a request, or left the user agent on a page."""
    reply = subject if isinstance(subject, Reply) else getattr(subject, "reply", None)
    broke_down = isinstance(reply, Reply) and reply.is_breakdown
    return broke_down or (isinstance(subject, Answer) and subject.destination is None)


def _passed(observed: object) -> None:
    """Inconclusive for an answer that is a page which asks something, and was not passed: nothing is found there."""
    if isinstance(observed, Answer) and observed.destination is None and observed.stuck:
        raise Inconclusive(f"the user agent found no way past a page of the server: {observed}; see [sign_in]")


def _is_at(destination: str, redirect_uri: str) -> bool:
    """Whether a destination is the redirect URI, with response parameters added to query or fragment.

    Its own query is retained wherever the server puts what it adds: before it, behind it or in between.
    """
    reached, _, query = destination.partition("#")[0].partition("?")
    place, _, own = redirect_uri.partition("?")
    return reached == place and not Counter(pairs_of(own)) - Counter(pairs_of(query))


def _type_name(kind: type) -> str:
    names = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
    return names.get(kind, "null")


class ReturnExpectation:
    """What an authorization request that came back to the client should have brought."""

    def __init__(self, back: Return) -> None:
        self._back = back

    def _broken(self, aspect: str, expected: str, observed: str, proof: str = "") -> NoReturn:
        raise Violation(expected, observed, self._back.reply, aspect=aspect, proof=proof, breach="act")

    def brings_its_state(self) -> None:
        """Exactly one `state`: the one that was sent, character for character."""
        sent = [value for name, value in self._back.asked if name == "state"]
        found = self._back.all("state")
        if found != sent:
            observed = f"state {', '.join(map(repr, found))}" if found else "no state"
            self._broken("parameter state", f"state {sent[0]!r} once", observed, "state=")

    def brings_no(self, name: str) -> None:
        """No parameter of that name, in query or fragment."""
        if any(self._back.all(name)):
            self._broken(f"parameter {name}", f"no {name} through the user agent", str(self._back), f"{name}=")

    def brings_in_fragment(self, name: str) -> None:
        """A parameter of that name stands in the fragment alone."""
        if any(value for key, value in pairs_of(urlsplit(self._back.destination).query) if key == name):
            self._broken(f"parameter {name}", f"no {name} in the query", str(self._back), f"{name}=")

    def parameter_fits(self, element: str) -> None:
        """Each value of a parameter, where it has text, has the syntax of Appendix A."""
        for value in filter(None, self._back.all(element)):
            if not grammar.fits(element, value):
                observed = f"characters {grammar.unfit_characters(element, value)}"
                self._broken(f"syntax {element}", f"{element} of {grammar.in_words(element)}", observed, f"{element}=")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
