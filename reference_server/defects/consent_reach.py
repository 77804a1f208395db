"""Breaches of RFC 6749 sections 3.1 and 10.12: consent that reaches further than what was approved, or by whom."""

from ..defect import Defect
from ..pipeline import Call, Edit, after, before, named, replace
from ..secrets import keyed_hash, random_value
from ..steps.sign_in import cookie, csrf_token
from .conditions import Condition, asks_for_token
from .remembering import keep, kept


def reuse_consent_of_anybody(call: Call) -> None:
    """Remembers what was approved for a client, and not by whom."""
    query = "SELECT scope FROM consents WHERE client_id = ?"
    rows = call.server.store.connection.execute(query, (call.client.client_id,))
    call.consented = any(set(call.scope) <= set(approved.split()) for (approved,) in rows)


def reuse_consent_to_any_scope(call: Call) -> None:
    """Remembers that a client was approved, and not for what."""
    if call.user is not None:
        call.consented = call.server.store.has_consented(call.user.username, call.client.client_id, ())


def session_key(call: Call) -> str:
    """What a session remembers of the last approval."""
    return f"approved in {keyed_hash(call.server.key, call.session_id or '').hex()} {call.client.client_id}"


def note_approval(call: Call) -> None:
    """Notes the scope that was approved last."""
    keep(call, session_key(call), " ".join(call.scope))


def reuse_last_approval(call: Call) -> None:
    """Asks about less, never about more."""
    approved = set((kept(call, session_key(call)) or "").split())
    call.consented = bool(approved) and approved < set(call.scope)


def browser_key(call: Call) -> str:
    """What a browser is known by, whoever is signed in."""
    return f"browser {cookie(call, BROWSER) or ''}"


def name_browser(call: Call) -> None:
    """Gives a browser that has approved something a cookie of its own."""
    if call.decision.get("decision") == "approve" and call.response.status < 400 and cookie(call, BROWSER) is None:
        name = random_value()
        call.server.store.keep_consent(f"browser {name}", call.client.client_id, call.scope)
        call.response.headers.append(("Set-Cookie", f"{BROWSER}={name}; Path=/; HttpOnly; SameSite=Lax"))


def keep_consent_of_browser(call: Call) -> None:
    """Remembers which browser has approved what."""
    if cookie(call, BROWSER) is not None:
        call.server.store.keep_consent(browser_key(call), call.client.client_id, call.scope)


def reuse_consent_of_browser(call: Call) -> None:
    """Asks nobody twice in one browser."""
    call.consented = call.server.store.has_consented(browser_key(call), call.client.client_id, call.scope)


def note_whose_page(call: Call) -> None:
    """Notes for whom a page is made, by the secret in it."""
    if call.user is not None and call.session_id is not None:
        keep(call, f"page {csrf_token(call)}", call.session_id)


def take_session_of_page(call: Call) -> None:
    """Has a page know itself whose it is."""
    session = kept(call, f"page {call.decision.get('csrf_token')}")
    if session is not None:
        call.session_id = session
        call.user = call.server.accounts.users.get(call.server.store.session_user(session) or "")


BROWSER = "browser"


def comes_by_post(call: Call) -> bool:
    """What is posted is a decision, and a decision was asked for."""
    return call.method == "POST"


def consent_taken_for_granted(condition: Condition) -> Edit:
    """Some requests are granted without a question."""

    def take_for_granted(call: Call) -> None:
        """Asks nobody."""
        call.consented = call.consented or (call.user is not None and condition(call))

    return after("consent", "reuse_consent", named("take_for_granted", take_for_granted))


DEFECTS = (
    Defect(
        name="consent-not-asked-for-by-post",
        says="An authorization request by POST is granted without a question.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(consent_taken_for_granted(comes_by_post),),
    ),
    Defect(
        name="consent-not-asked-for-implicit",
        says="An implicit request is granted without a question.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(consent_taken_for_granted(asks_for_token),),
    ),
    Defect(
        name="consent-remembered-by-browser",
        says="What was approved in a browser is granted there, whoever signs in next.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(
            replace("approve", "keep_consent", named("keep_consent", keep_consent_of_browser)),
            replace("consent", "reuse_consent", named("reuse_consent", reuse_consent_of_browser)),
            before("authorization.finish", "forbid_caching", name_browser),
        ),
    ),
    Defect(
        name="consent-remembered-for-any-scope",
        says="Who has approved one scope for a client is asked about no other one, and grants it.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(replace("consent", "reuse_consent", named("reuse_consent", reuse_consent_to_any_scope)),),
    ),
    Defect(
        name="consent-to-less-taken-for-more",
        says="A request for more than the browser has just approved for the client is granted without a question.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(
            after("approve", "keep_consent", note_approval),
            replace("consent", "reuse_consent", named("reuse_consent", reuse_last_approval)),
        ),
    ),
    Defect(
        name="consent-of-anybody-remembered",
        says="What one person has approved for a client is granted for everybody.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(replace("consent", "reuse_consent", named("reuse_consent", reuse_consent_of_anybody)),),
        on="consent-remembered-until-told-to-forget",
    ),
    Defect(
        name="page-knows-whose-it-is",
        says="A consent page grants for the person to whom it was shown, in whatever browser.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=(
            before("consent", "show_consent", note_whose_page),
            before("approve", "require_csrf_token", take_session_of_page),
        ),
    ),
)
