"""What `expect(reply)` says of an HTTP reply: each method raises a Violation with what was expected and observed."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from conformance.base import schemas
from conformance.base.outcomes import Breach, Violation
from conformance.base.uris import urlsplit
from conformance.harness import grammar
from conformance.wire.caching import directives
from conformance.wire.challenges import schemes
from conformance.wire.content import is_json, is_json_object
from conformance.wire.exchange import Reply

# What a server hands out, in a token response or through the user agent.
GRANTING_MEMBERS = ("access_token", "refresh_token", "id_token", "code")
REFUSAL = ("refusal",)


def about_error(*codes: str) -> tuple[str, ...]:
    """What an expectation of one of these error codes, or of any error, speaks of."""
    return tuple(f"error {code}" for code in codes) or REFUSAL


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
        about: Sequence[str] = (),
    ) -> NoReturn:
        told = str(self._reply if observed is None else observed)
        raise Violation(expected, told, self._reply, aspect=aspect, proof=proof, breach=breach, about=about)

    def is_refused(self) -> None:
        """A decided answer (no server error) that carries no token and no code."""
        self.is_not_served()
        if self._reply.is_breakdown:
            observed = f"a server error: {self._reply}"
            self._broken("server error", "a refusal that the server decided", observed, about=REFUSAL)

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
        if self._reply.is_served and not self._is_page():
            # A page that asks a person something refuses; any other success says that the request was taken.
            self._broken("served", "a refusal", breach="act", about=REFUSAL)

    def _is_page(self) -> bool:
        """Whether there is something to read for a person: frameworks call an empty body HTML as well."""
        return self._reply.media_type == "text/html" and bool(self._reply.body.strip())

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
            about = REFUSAL if any(status >= 400 for status in statuses) else ()
            self._broken("status", f"status {' or '.join(map(str, statuses))}", about=about)

    def is_an_error(self, *codes: str) -> None:
        """Refused with one of these values of the JSON member `error`; any value without codes."""
        self.is_refused()
        error = self._reply.members.get("error")
        if not isinstance(error, str) or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            expected = f"a JSON error response with error {wanted}"
            self._broken("error code", expected, proof='"error"', about=about_error(*codes))

    def has_header(self, name: str, directive: str | None = None) -> None:
        """A header of that name, and for one that speaks to caches a directive among those that it lists."""
        values = self._reply.header_values(name)
        if not values:
            self._broken(f"header {name}", f"a {name} header", f"none beside status {self._reply.status}")
        if directive is not None and directive not in directives(self._reply, name):
            self._broken(f"header {name}", f"{name} with {directive!r}", f"{name}: {', '.join(values)}", values[0])

    def lacks_header(self, name: str) -> None:
        """No header of that name."""
        if self._reply.header_values(name):
            values = self._reply.header_values(name)
            self._broken(f"header {name}", f"no {name} header", f"{name}: {', '.join(values)}", values[0], "act")

    def challenges_with(self, scheme: str) -> None:
        """A WWW-Authenticate challenge of that scheme, alone or among others in one header."""
        if scheme.lower() not in schemes(self._reply):
            values = self._reply.header_values("WWW-Authenticate")
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


def _type_name(kind: type) -> str:
    names = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array", dict: "object"}
    return names.get(kind, "null")


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
