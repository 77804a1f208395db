"""Breaches that show when one request waits beside another one: what belongs to this one is taken from that one."""

from collections.abc import Callable
from typing import Literal
from urllib.parse import urlencode

from ..defect import Defect
from ..pipeline import Call, Edit, Parameters, Response, Step, after, before, named, replace
from ..rendering import message
from ..secrets import keyed_hash
from ..steps.authorization_request import without_form_fields
from ..steps.consent import deny
from ..steps.forms import parse
from ..steps.sign_in import COOKIE, cookie, show_sign_in
from .conditions import only
from .remembering import forget, keep, kept

Slot = Callable[[Call], str]


def of_session(call: Call) -> str:
    """One slot for each browser."""
    return f"request of session {cookie(call, COOKIE)}"


def of_session_and_client(call: Call) -> str:
    """One slot for each client in each browser."""
    return f"request of session {cookie(call, COOKIE)} by {call.parameters.get('client_id')}"


def of_account(call: Call) -> str:
    """One slot for each person, whatever the browser."""
    return f"request of user {call.server.store.session_user(cookie(call, COOKIE) or '')}"


def of_client(call: Call) -> str:
    """One slot for each client, whoever is asked."""
    return f"request by {call.parameters.get('client_id')}"


def is_approval(call: Call) -> bool:
    """A page was approved."""
    return call.decision.get("decision") == "approve"


def taken_from(slot: Slot, which: Literal["first", "last"], *names: str) -> tuple[Edit, ...]:
    """What is approved is the first or last request that was put into a slot, in some parameters or (without names) in
    all."""

    def keep_request(call: Call) -> None:
        """Keeps what the page asks about."""
        if call.user is not None and not call.consented and (which == "last" or kept(call, slot(call)) is None):
            keep(call, slot(call), urlencode(without_form_fields(call).pairs))

    def take_up_request(call: Call) -> None:
        """Goes by what was kept, not by the page."""
        stored = kept(call, slot(call))
        if stored is None or not is_approval(call):
            return
        other = parse(stored.encode()).pairs
        call.parameters = Parameters(
            other
            if not names
            else (
                *(pair for pair in call.parameters.pairs if pair[0] not in names),
                *(pair for pair in other if pair[0] in names),
            )
        )

    def empty_slot(call: Call) -> None:
        """What is answered waits no longer."""
        forget(call, slot(call))

    edits = (
        before("consent", "show_consent", keep_request),
        after("authorization", "unpack_carried_request", take_up_request),
    )
    return edits if which == "last" else (*edits, before("approve", "answer_request", empty_slot))


# A state that stays behind


def keep_state(call: Call) -> None:
    """Keeps the state until the page is decided."""
    if call.user is not None and not call.consented:
        keep(call, f"state in {call.session_id}", call.state or "")


def take_up_state(call: Call) -> None:
    """Takes a request that brings none for the one before."""
    if call.state is None:
        call.state = kept(call, f"state in {call.session_id}") or None


def drop_state(call: Call) -> None:
    """Done."""
    forget(call, f"state in {call.session_id}")


def show_with_state_before(call: Call) -> Response | None:
    """Keeps the state in the session of nobody, where the next request finds it."""
    if call.user is None and call.session_id is not None and call.state is None:
        state = kept(call, f"state in {call.session_id}")
        if state is not None:
            call.parameters = Parameters((*call.parameters.pairs, ("state", state)))
    response = show_sign_in(call)
    if call.user is None and call.state is not None:
        keep(call, f"state in {call.session_id}", call.state)
    return response


# Denials


def denial_key(call: Call) -> str:
    """What a page that was declined is known by."""
    return f"denied {keyed_hash(call.server.key, urlencode(without_form_fields(call).pairs)).hex()}"


def deny_and_note(call: Call) -> None:
    """Has done with the request."""
    keep(call, denial_key(call), "yes")
    deny(call)


def was_denied(call: Call) -> bool:
    """A page that was declined before."""
    return kept(call, denial_key(call)) is not None


def lose_state(call: Call) -> None:
    """Has thrown the state away with the request."""
    call.state = None


def make_void_code(call: Call) -> None:
    """Gives out a code that isn't stored."""
    call.answer["code"] = keyed_hash(call.server.key, f"void {call.state}").hex()


def break_down(call: Call) -> Response:
    """Counts on a state."""
    return message(500, "Internal Server Error", "Something went wrong.")


def has_no_state(call: Call) -> bool:
    """A request without `state`."""
    return call.state is None


def note_state(call: Call) -> None:
    """Keeps the state of the last page for good."""
    if call.user is not None and not call.consented and call.state is not None:
        keep(call, f"last state in {call.session_id}", call.state)


def take_last_state(call: Call) -> None:
    """Finds a state in the session."""
    if call.state is None:
        call.state = kept(call, f"last state in {call.session_id}")


# Deep in a sequence


def page_key(call: Call) -> str:
    """What one page is known by, decided or not."""
    return f"decided {keyed_hash(call.server.key, urlencode(without_form_fields(call).pairs)).hex()}"


def note_decision(call: Call) -> None:
    """Remembers that a page was approved."""
    keep(call, page_key(call), "yes")


def was_approved(call: Call) -> bool:
    """A page that was approved before."""
    return kept(call, page_key(call)) is not None


def declining(step: Step) -> Edit:
    """A step before the answer to a denial."""
    return before("decline", "deny", step)


WHOLE = ("rfc6749-3.1.2-uri-of-the-request-used", "rfc6749-4.1.2-state-unchanged")
STATE = ("rfc6749-4.1.2-state-unchanged",)

DEFECTS = (
    Defect(
        name="last-page-decides-state",
        says="An approval brings the state of the request that the browser opened last.",
        breaks=STATE,
        edits=taken_from(of_session, "last", "state"),
    ),
    Defect(
        name="first-page-decides-state",
        says="An approval brings the state of the request that the browser opened first, of those that wait.",
        breaks=STATE,
        edits=taken_from(of_session, "first", "state"),
    ),
    Defect(
        name="last-page-decides-request",
        says="An approval counts for the request that the browser opened last, whoever's it is.",
        breaks=WHOLE,
        edits=taken_from(of_session, "last"),
    ),
    Defect(
        name="first-page-decides-request",
        says="An approval counts for the request that the browser opened first, of those that wait.",
        breaks=WHOLE,
        edits=taken_from(of_session, "first"),
    ),
    Defect(
        name="last-page-of-client-decides-request",
        says="An approval counts for the request of the client that the browser opened last.",
        breaks=WHOLE,
        edits=taken_from(of_session_and_client, "last"),
    ),
    Defect(
        name="first-page-of-client-decides-request",
        says="An approval counts for the request of the client that the browser opened first, of those that wait.",
        breaks=WHOLE,
        edits=taken_from(of_session_and_client, "first"),
    ),
    Defect(
        name="last-page-of-client-decides-redirect-uri",
        says="An approval is answered at the redirection URI of the client's request that the browser opened last.",
        breaks=("rfc6749-3.1.2-uri-of-the-request-used",),
        edits=taken_from(of_session_and_client, "last", "redirect_uri"),
    ),
    Defect(
        name="last-page-of-client-decides-scope",
        says="An approval grants the scope of the request of the client that the browser opened last.",
        breaks=("rfc6749-3.3-scope-at-authorization-endpoint",),
        edits=taken_from(of_session_and_client, "last", "scope"),
    ),
    Defect(
        name="last-page-decides-code-challenge",
        says="A code has the code challenge of the request that the browser opened last.",
        breaks=("rfc6749-4.1.4-valid-exchange-issues-token",),
        edits=taken_from(of_session, "last", "code_challenge"),
    ),
    Defect(
        name="last-page-of-account-decides-state",
        says="An approval brings the state of the request that the person opened last, in whatever browser.",
        breaks=STATE,
        edits=taken_from(of_account, "last", "state"),
    ),
    Defect(
        name="first-page-of-account-decides-request",
        says="An approval counts for the request that the person opened first in any browser, of those that wait.",
        breaks=WHOLE,
        edits=taken_from(of_account, "first"),
    ),
    Defect(
        name="last-page-of-anybody-decides-request",
        says="An approval counts for the request of the client that anybody opened last.",
        breaks=WHOLE,
        edits=taken_from(of_client, "last"),
    ),
    Defect(
        name="state-of-abandoned-page-kept",
        says="A request without state gets that of one that was left at the consent page.",
        breaks=STATE,
        edits=(
            before("consent", "show_consent", keep_state),
            after("authorization", "read_session", take_up_state),
            before("approve", "answer_request", drop_state),
            declining(drop_state),
        ),
    ),
    Defect(
        name="state-of-abandoned-sign-in-kept",
        says="A request without state gets that of one that was left at the sign-in page.",
        breaks=STATE,
        edits=(replace("authorization.sign_in", "show_sign_in", named("show_sign_in", show_with_state_before)),),
    ),
    Defect(
        name="denial-without-state-breaks-down",
        says="A denial of a request without state is a server error.",
        breaks=("rfc6749-4.1.2.1-denial-told-to-client",),
        edits=(declining(only(has_no_state, break_down)),),
    ),
    Defect(
        name="denial-brings-older-state",
        says="A denial of a request without state brings the state of an older request.",
        breaks=("rfc6749-4.1.2.1-error-state-unchanged",),
        edits=(before("consent", "show_consent", note_state), declining(take_last_state)),
    ),
    Defect(
        name="state-lost-with-denial",
        says="A page that is approved after it was declined brings no state.",
        breaks=STATE,
        edits=(
            replace("decline", "deny", named("deny", deny_and_note)),
            before("approve", "answer_request", only(was_denied, lose_state)),
        ),
    ),
    Defect(
        name="state-lost-at-denial-after-approval",
        says="A page that is declined after it was approved brings no state.",
        breaks=("rfc6749-4.1.2.1-error-state-returned",),
        edits=(
            before("approve", "answer_request", note_decision),
            declining(only(was_approved, lose_state)),
        ),
        fuzz=True,
    ),
    Defect(
        name="code-void-after-denial",
        says="A page that is approved after it was declined brings a code that is good for nothing.",
        breaks=("rfc6749-4.1.4-valid-exchange-issues-token",),
        edits=(
            replace("decline", "deny", named("deny", deny_and_note)),
            before("authorization.code_response", "put_state", only(was_denied, make_void_code)),
        ),
    ),
)
