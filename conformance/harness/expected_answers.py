"""What `expect(answer)` says of how an authorization request ended, and `expect(back)` of what it brought back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NoReturn

from conformance.base.outcomes import KEPT_FROM_CLIENT, Breach, Inconclusive, Violation
from conformance.base.uris import urlsplit
from conformance.browser.answer import CLICKED, Answer, pairs_of
from conformance.browser.returns import Return
from conformance.harness import grammar
from conformance.harness.expected_replies import GRANTING_MEMBERS, REFUSAL, about_error


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
        about: Sequence[str] = (),
    ) -> NoReturn:
        check_passed(self._answer)
        told = str(self._answer if observed is None else observed)
        raise Violation(expected, told, self._answer, aspect=aspect, proof=proof, breach=breach, about=about)

    def carries(self, name: str) -> None:
        """The client gets a response parameter of that name."""
        if not self._answer.get(name):
            aspect = f"parameter {name}" if self._answer.destination else KEPT_FROM_CLIENT
            self._broken(aspect, f"{name} sent to the client", about=(name, "client"))

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
            self._broken("server error", "a refusal that the server decided", observed, about=REFUSAL)

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
        if destination is None or not is_at(destination, redirect_uri):
            breach: Breach = "act" if destination else "omission"
            aspect = "destination" if destination else KEPT_FROM_CLIENT
            self._broken(aspect, f"the user agent sent to {redirect_uri}", breach=breach, about=("place",))

    def is_an_error(self, *codes: str) -> None:
        """The client gets one of these values of `error`, and nothing else."""
        self.grants_nothing()
        error = self._answer.get("error")
        if self._answer.destination is None or error is None or (codes and error not in codes):
            wanted = " or ".join(repr(code) for code in codes) or "some code"
            observed = f"error {error!r} sent to the client" if error else None
            aspect = "error code" if error else KEPT_FROM_CLIENT
            about, proof = (*about_error(*codes), "client"), "error=" if error else ""
            self._broken(aspect, f"error {wanted} sent to the client", observed, proof, about=about)

    def is_refused(self) -> None:
        """Nothing granted: an error for the client, or a page that says so."""
        self.grants_nothing()
        if self._answer.destination is not None and self._answer.get("error") is None:
            self._broken("parameter error", "an error for the client, or a page", about=REFUSAL)

    def returns_state(self, state: str | None) -> None:
        """The client gets `state` with exactly that value, once."""
        values = [value for key, value in (*self._answer.query, *self._answer.fragment) if key == "state"]
        if values != [state]:
            aspect = "parameter state" if self._answer.destination else KEPT_FROM_CLIENT
            observed = f"state {' and '.join(map(repr, values)) or 'missing'}"
            breach: Breach = "act" if values else "omission"
            self._broken(aspect, f"state {state!r}, once", observed, "state=", breach, about=("state",))

    def _address(self) -> str:
        return (self._answer.destination or "a page").partition("?")[0].partition("#")[0]


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

    def brings(self, name: str) -> None:
        """A parameter of that name, with a value."""
        if not any(self._back.all(name)):
            self._broken(f"parameter {name}", f"a {name}", str(self._back), f"{name}=")

    def brings_no(self, name: str) -> None:
        """No parameter of that name, in query or fragment."""
        if any(self._back.all(name)):
            self._broken(f"parameter {name}", f"no {name} through the user agent", str(self._back), f"{name}=")

    def brings_in_query(self, name: str) -> None:
        """A parameter stands in no fragment, which no server gets to see."""
        in_fragment = [key for key, _ in pairs_of(urlsplit(self._back.destination).fragment) if key == name]
        if in_fragment:
            self._broken(f"parameter {name}", f"{name} in the query", f"{name} in the fragment")

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


def check_passed(observed: object) -> None:
    """Inconclusive for an answer that is a page which asks something, and was not passed: nothing is found there."""
    if isinstance(observed, Answer) and observed.destination is None and observed.stuck:
        raise Inconclusive(f"the user agent found no way past a page of the server: {observed}; see [sign_in]")


def is_at(destination: str, redirect_uri: str) -> bool:
    """Whether a destination is the redirect URI, with response parameters added to query or fragment.

    Its own query is retained wherever the server puts what it adds: before it, behind it or in between.
    """
    reached, _, query = destination.partition("#")[0].partition("?")
    place, _, own = redirect_uri.partition("?")
    return reached == place and not Counter(pairs_of(own)) - Counter(pairs_of(query))
