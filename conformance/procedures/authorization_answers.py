"""How authorization requests for a code end: granted, declined at the server's page, or refused with an error.

The requests carry a `state` of special characters and, where the profile has one, a redirection URI with a query: what
comes back shows how the server puts an answer together.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, unquote_plus, urlsplit

from conformance.base.outcomes import Inconclusive, Untested, Vacuous
from conformance.browser.pages import read_page
from conformance.browser.user_agent import Answer
from conformance.harness.expect import Expect
from conformance.harness.given import Given
from conformance.harness.send import OMIT, Send
from conformance.procedures import asking
from conformance.procedures.redirects import any_response_type, brings_error
from conformance.profile.target import Client

# Every printable ASCII character that is neither letter nor digit, a percent sign that looks like an escape among them.
SPECIAL_STATE = "a b!c\"d#e$f%25g&h'i(j)k*l+m,n-o.p/q:r;s<t=u>v?w@x[y\\z]A^B_C`D{E|F}G~H"
# What may stand in a form-encoded query: URI characters and escapes.
ENCODED = re.compile(r"(?:[A-Za-z0-9\-._~!$'()*,;:@/?=+]|%[0-9A-Fa-f]{2})*")
# The example of RFC 7636, Appendix B.
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
HOSTILE = 'hostile"\\\u00e9\u2028\r\nX-Injected: <b>'


def redirect_uri_of(client: Client) -> str:
    """A redirection URI of the client, one with a query if there is one."""
    if not client.redirect_uris:
        raise Untested(f"[clients.{client.name}] has no redirect_uris")
    return next((uri for uri in client.redirect_uris if "?" in uri), client.redirect_uris[0])


def plain_redirect_uri_of(client: Client) -> str:
    """A redirection URI of the client, one without a query if there is one."""
    return next((uri for uri in client.redirect_uris if "?" not in uri), client.redirect_uris[0])


def other_redirect_uri(client: Client) -> str:
    """A second registered redirection URI of the client; Untested where there is just one."""
    if len(client.redirect_uris) < 2:
        raise Untested(f"this probe needs two redirection URIs: name a second one in [clients.{client.name}]")
    return client.redirect_uris[1]


def arrived_answer(given: Given, answer: Answer) -> Answer:
    """The answer to a request: at the client, or on a page that leads nowhere, where a server may refuse.

    Inconclusive where such a page asks something, or where an ordinary request gets no further afterwards in the same
    browser.
    """
    if passed_answer(answer).destination is None and not answer.misses_redirect and not answer.consented:
        given.came_back(given.approval(None, any_response_type(given)), "an ordinary request after this one")
    return answer


def passed_answer(answer: Answer) -> Answer:
    """The answer, unless it is a page that asks something and could not be passed."""
    if answer.destination is None and answer.stuck:
        raise Inconclusive(f"the user agent found no way past a page of the server: {answer}; see [sign_in]")
    return answer


def served_without_redirect_uri(answer: Answer) -> Answer:
    """The answer to a request without `redirect_uri`. Vacuous where it is refused: section 4.1.1 judges that."""
    if answer.get("code") is None and answer.get("access_token") is None:
        raise Vacuous(f"no authorization request without redirect_uri is served: {answer}")
    return answer


def code_client(given: Given, name: str) -> Client:
    """A client of the profile by its name; Untested where the profile has none, or it may not ask for codes."""
    client = given.client(name)
    if not client.may_use("authorization_code"):
        raise Untested(f"[clients.{name}] may not use the grant authorization_code")
    return client


def seen_granted(given: Given) -> Answer:
    """The positive control: the main client's ordinary request is granted; seen once."""
    return given.observed("an ordinary authorization request", lambda: given.came_back(given.approval()))


def not_granted(answer: Answer) -> Answer:
    """The answer to a faulty request, unless it was granted all the same: then there is no failure to judge."""
    if answer.get("code") or answer.get("access_token"):
        raise Vacuous("the server grants this faulty request: there is no failure that it could tell")
    return answer


def told_to_client(answer: Answer) -> Answer:
    """The answer where it reached the client. Vacuous where it ended on a page: other requirements judge that."""
    if answer.destination is None:
        raise Vacuous(f"the client isn't told: {answer}")
    return answer


def granted_answer(given: Given, send: Send) -> Answer:
    """A granted request with all the specialties; asked once."""
    return given.observed("a granted authorization request", lambda: granted_anew(given, send))


def granted_anew(given: Given, send: Send) -> Answer:
    """The same, asked for a code of its own."""
    seen_granted(given)
    client = given.client_for("authorization_code")
    answer = send.authorize(client, state=SPECIAL_STATE, redirect_uri=redirect_uri_of(client))
    return given.came_back(answer, "a request with special characters in its state")


def declined_answer(given: Given, send: Send) -> Answer:
    """A request that the resource owner declined; Vacuous where the server asks for no decision."""

    def own(client: Client) -> dict[str, Any]:
        return {"state": SPECIAL_STATE, "redirect_uri": redirect_uri_of(client)}

    return given.observed("a declined authorization request", lambda: asking.declined_answer(given, send, "code", own))


def declined_without_state(given: Given, send: Send) -> Answer:
    """The same of a request without state. Vacuous as well where a request without state isn't asked about."""

    def procedure() -> Answer:
        with given.else_vacuous("no request without state is declined"):
            return asking.declined_answer(given, send, "code", lambda client: {"state": OMIT})

    return given.observed("a declined authorization request without state", procedure)


def left_waiting(given: Given, send: Send) -> Answer:
    """The same request twice by a resource owner who takes no decision; how the second one ended.

    Vacuous where the server asks for no decision.
    """

    def wait(visit: asking.Visit) -> Answer | None:
        answer = send.authorize(visit.client, user_agent=visit.user_agent, decision="wait")
        if answer.destination is not None or read_page(answer.reply).sign_in_form() is not None:
            return None
        return send.authorization(answer.request, user_agent=visit.user_agent, decision="wait")

    return asking.first_asked(given, "authorization_code", wait)


def refused_answers(given: Given, send: Send) -> tuple[Answer, ...]:
    """Requests that came back to the client with an error, provoked in many ways; hostile input among them.

    A server may lose the error where the redirection URI has a query of its own: then one without is asked for. Vacuous
    when no error ever came back: the client isn't told of failures, which is a finding of its own.
    """
    errors = _errors_at(given, send, redirect_uri_of) or _errors_at(given, send, plain_redirect_uri_of)
    if not errors:
        raise Vacuous("none of the faulty or declined authorization requests came back to the client as an error")
    return errors


def refused_code_requests(given: Given, send: Send) -> tuple[Answer, ...]:
    """Those of the refused requests that asked for a code and nothing else."""
    errors = tuple(answer for answer in refused_answers(given, send) if response_types(answer) == ["code"])
    if not errors:
        raise Vacuous("no refused request for a code came back to the client as an error")
    return errors


def _errors_at(given: Given, send: Send, choose: Callable[[Client], str]) -> tuple[Answer, ...]:
    """The errors that came back of the faulty requests to a redirection URI of the main client; asked once for each."""
    uri = choose(given.client_for("authorization_code"))
    answers = given.observed(f"refused authorization requests to {uri}", lambda: _refused(given, send, uri))
    return tuple(answer for answer in answers if brings_error(answer))


def _refused(given: Given, send: Send, redirect_uri: str) -> tuple[Answer, ...]:
    seen_granted(given)
    client = given.client_for("authorization_code")
    own: dict[str, Any] = {"state": SPECIAL_STATE, "redirect_uri": redirect_uri}
    faults: list[dict[str, Any]] = [
        {"response_type": OMIT},
        {"response_type": given.invented("response_type")},
        {"response_type": HOSTILE},
        {"scope": given.invented("scope")},
        {"scope": HOSTILE},
        {"scope": [HOSTILE, HOSTILE]},
    ]
    answers = [send.authorize(client, **own | fault) for fault in faults]
    with suppress(Inconclusive, Vacuous):
        answers.append(declined_answer(given, send))
    if not any(map(brings_error, answers)):
        answers.extend(send.authorize(client, **own | fault) for fault in _faults_of_challenge(given))
    return tuple(answers)


def _faults_of_challenge(given: Given) -> list[dict[str, Any]]:
    """What some servers tell the client of that have a page for every other fault (RFC 7636 section 4.4.1)."""
    good = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    return [
        good | {"code_challenge": [CHALLENGE, CHALLENGE]},
        good | {"code_challenge_method": given.invented("code_challenge_method")},
        good | {"code_challenge": "short"},
    ]


# Reading an answer


def says_something(answer: Answer) -> bool:
    """Whether the last page has something to read, be it JSON. Inconclusive where scripts may have to show it."""
    page = read_page(answer.reply)
    says = any(character.isalpha() for character in page.text)
    if not says and page.scripts:
        raise Inconclusive('what the page says may come from its scripts: use driver = "browser" under [sign_in]')
    return says


def response_types(answer: Answer) -> list[str]:
    """What the request asked for."""
    return [value for name, value in answer.request.pairs if name == "response_type"]


def values(answer: Answer, name: str) -> list[str]:
    """All values of a response parameter, in query and fragment."""
    return [value for key, value in (*answer.query, *answer.fragment) if key == name]


def told_of(given: Given, answers: Iterable[Answer], name: str) -> list[list[str]]:
    """The values of a response parameter in each answer that has it; Vacuous where none does."""
    return given.present(filter(None, (values(answer, name) for answer in answers)), name)


def unfit_in_uris(uris: Iterable[str]) -> list[str]:
    """Characters that no `error_uri` may have."""
    return sorted({each for uri in uris for each in uri if not "!" <= each <= "~" or each in '"\\'})


def is_back(answer: Answer, redirect_uri: str | None = None) -> bool:
    """Whether the user agent was moved to the redirection URI of the request; what became of its query is another
    matter."""
    wanted = redirect_uri or answer.request.get("redirect_uri") or ""
    return (answer.destination or "").partition("#")[0].partition("?")[0] == wanted.partition("?")[0]


def brings_no_code(answer: Answer) -> bool:
    """A decided answer without a code; what else it may bring is another matter."""
    return not answer.get("code") and not answer.reply.is_breakdown


def told_error(answer: Answer) -> str:
    """The error code of a refusal: told to the client, or to the user agent in an answer for programs.

    Vacuous where the request was granted, or refused without a code: other sentences judge that.
    """
    not_granted(answer)
    told = answer.get("error") or answer.reply.members.get("error")
    if not isinstance(told, str) or not told:
        raise Vacuous(f"no error code is told: {passed_answer(answer)}")
    return told


def expect_error_if_told(expect: Expect, answer: Answer, code: str) -> None:
    """A Violation if another error is told of a refusal; that the client has to be told is another matter."""
    told = told_error(answer)
    expect.that(told == code, f"error {code!r}", f"error {told!r}", breach="act", about=f"error {code}")


def added_query(answer: Answer) -> str:
    """What the server added to the query of the redirection URI, as it stands."""
    own = urlsplit(answer.request.get("redirect_uri") or "").query.split("&")
    return "&".join(part for part in urlsplit(answer.destination or "").query.split("&") if part not in own)


def is_form_encoded(text: str) -> bool:
    """Whether every part of a query is made of URI characters and proper escapes."""
    return all(ENCODED.fullmatch(part) is not None for part in text.split("&"))


def is_encoded_well(answer: Answer) -> bool:
    """Whether what the server added to the query is form-encoded, and `state` not harmed by its encoding.

    A state that is missing or changed in another way has been encoded well.
    """
    sent = answer.request.get("state") or ""
    return is_form_encoded(added_query(answer)) and not any(
        _harmed_by_encoding(sent, came) for came in values(answer, "state") if came != sent
    )


def _harmed_by_encoding(sent: str, came: str) -> bool:
    """A plus sign that went out as it is, an ampersand that ended the value, or an encoding too many."""
    cut = sent.startswith(came) and sent[len(came)] in "&#"
    return cut or came == sent.replace("+", " ") or unquote_plus(came) == sent


def lost_from_query(answer: Answer) -> list[tuple[str, str]]:
    """Parameters of the redirection URI's own query that are not there any more."""
    redirect_uri = answer.request.get("redirect_uri") or ""
    left = list(answer.query)
    lost = []
    for pair in parse_qsl(urlsplit(redirect_uri).query, keep_blank_values=True):
        if pair in left:
            left.remove(pair)
        else:
            lost.append(pair)
    return lost


def with_own_query(*answers: Answer) -> list[Answer]:
    """Those answers that went to a redirection URI with a query of its own; Untested where the client has none such.

    Vacuous where it has one, and none of the answers went there.
    """
    found = [answer for answer in answers if urlsplit(answer.request.get("redirect_uri") or "").query]
    client = answers[0].request.client
    if not found and urlsplit(redirect_uri_of(client)).query:
        raise Vacuous("no such answer came to the redirection URI that has a query")
    if not found:
        raise Untested(f"no redirection URI of [clients.{client.name}] has a query: register one and add it")
    return found


def in_words(answers: Iterable[Answer]) -> str:
    """Where answers went, for messages."""
    return "; ".join(map(str, answers)) or "none"
