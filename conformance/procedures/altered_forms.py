"""The form of a page that asks for a decision, sent with something else in its hidden fields than the page had.

Who does that is the resource owner's own browser, or what got into it. Most of it harms nobody but him, and no text
forbids to believe the form: a redirection URI is compared with the registered ones wherever it comes from.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from urllib.parse import quote, quote_plus

from conformance.base.outcomes import Vacuous
from conformance.browser.user_agent import Answer
from conformance.harness.given import Given
from conformance.harness.send import Send
from conformance.procedures.asking import asked_again
from conformance.procedures.authorization_requests import ordinary_request, taken_by_post
from conformance.procedures.consent import Asked, looked_at
from conformance.procedures.redirects import GRANT_OF, Missed, any_response_type, brings_grant, near_miss
from conformance.wire.exchange import Pairs

# As a value may stand in a field: as it is, or in a query that the field holds.
SPELLINGS = (str, partial(quote, safe=""), quote_plus, quote)


def missed_in_form(given: Given, send: Send, name: str) -> Missed:
    """What a page's form came to with an unregistered redirection URI; the control is another one as it stands.

    Vacuous where nobody is asked again, where the form holds no redirection URI, or isn't all that a browser sends.
    """

    def procedure() -> Missed:
        page = waiting_page(given, send)
        registered = page.client.redirect_uris
        redirect_uri = near_miss(name, registered)
        fields = altered(page.fields, page.request.get("redirect_uri") or "", redirect_uri)
        answer = sent_off(send, page, fields)
        again = waiting_page(given, send)
        control = sent_off(send, again, again.fields)
        if not brings_grant(control):
            raise Vacuous(f"the form of a page as it stands brings no grant: {control}")
        return Missed(redirect_uri, registered, answer)

    return given.observed(f"the form of a page with another redirection URI, {name}", procedure)


def missed_by_post(given: Given, send: Send) -> Missed:
    """A request by POST with an unregistered redirection URI and another fault, of which a client would be told.

    Vacuous where the server takes no authorization requests by POST.
    """
    request = ordinary_request(given, send)
    taken_by_post(given, request)
    registered = request.client.redirect_uris
    redirect_uri = near_miss("foreign-host", registered)
    unknown = given.invented("response_type")
    answer = send.authorize(request.client, unknown, redirect_uri=redirect_uri, method="POST")
    return Missed(redirect_uri, registered, answer)


def waiting_page(given: Given, send: Send) -> Asked:
    """A page that asks about what was approved before. Vacuous where there is none."""
    with given.else_vacuous("no page that may be approved asks for a decision"):
        return asked_again(given, GRANT_OF[any_response_type(given)], partial(looked_at, given, send, {}))


def altered(fields: Pairs, old: str, new: str) -> Pairs:
    """The fields with one value in place of another, however it is spelled. Vacuous where it stands in none."""
    found = [(name, _replaced(value, old, new)) for name, value in fields]
    if found == list(fields):
        raise Vacuous("the form of the page that asks doesn't hold it")
    return found


def _replaced(value: str, old: str, new: str) -> str:
    spelling = next((each for each in SPELLINGS if old and each(old) in value), None)
    return value if spelling is None else value.replace(spelling(old), spelling(new))


def sent_off(send: Send, page: Asked, fields: Pairs) -> Answer:
    """How a form ended. Nobody signs in afterwards or decides anything more."""
    return send.submitted(page.form, fields, page.request, replace(page.user_agent, owner=None))
