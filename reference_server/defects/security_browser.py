"""Breaches of RFC 6749 sections 10.11 to 10.13 and 10.15: forged consent, plain HTTP, frames, open redirection."""

from ..defect import Defect
from ..pipeline import Call, Response, after, before, named, remove, replace
from ..steps.consent import deny, show_consent
from ..steps.forms import parse
from ..steps.sign_in import continue_request, require_csrf_token
from .conditions import only

RESUMING = "return_to"
# Kept in the table of failures, which has a name and a time.
DECIDED = "decision on"


def has_csrf_token(call: Call) -> bool:
    """The form came with a token."""
    return call.decision.get("csrf_token") is not None


def refuse_missing_csrf_token(call: Call) -> Response | None:
    """Looks only whether there is a token."""
    return None if has_csrf_token(call) else require_csrf_token(call)


def is_no_link(call: Call) -> bool:
    """Links carry no token, so there is nothing to check."""
    return call.method != "GET"


def read_decision_of_link(call: Call) -> None:
    """Reads the decision from wherever parameters are."""
    if call.method == "GET":
        call.decision = call.parameters


def remember_consent_for_everybody(call: Call) -> None:
    """Remembers that somebody consents, and not to whom."""
    if call.user is not None:
        query = "SELECT count(*) FROM grants WHERE username = ?"
        known = call.server.store.connection.execute(query, (call.user.username,)).fetchone()[0]
        call.consented = known > 0


def remember_refusal(call: Call) -> None:
    """Remembers that a decision was taken, and not which."""
    if call.user is not None:
        key = f"{DECIDED} {call.client.client_id} {call.user.username}"
        call.server.store.note_failure(key, call.server.settings.session_lifetime)
    deny(call)


def reuse_refusal(call: Call) -> None:
    """A decision was taken before."""
    if call.user is not None:
        key = f"{DECIDED} {call.client.client_id} {call.user.username}"
        call.consented = call.server.store.is_locked(key, 1, call.server.settings.session_lifetime)


def show_consent_with_help(call: Call) -> Response | None:
    """Links to a help page, as it was before there was TLS."""
    response = show_consent(call)
    if response is not None:
        help_page = call.server.settings.issuer.replace("https:", "http:") + "/help"
        response.body = response.body.replace(b"</main>", f'<a href="{help_page}">Help</a></main>'.encode())
    return response


def allow_framing(call: Call) -> None:
    """Copied from a forum."""
    call.response.put("X-Frame-Options", "ALLOWALL")


def return_anywhere(call: Call) -> Response:
    """Goes to the place that the request for the page named."""
    response = continue_request(call)
    place = parse((call.parameters.get("authorization_request") or "").encode()).get(RESUMING)
    if place is not None:
        response.put("Location", place)
    return response


def return_signed_in_user(call: Call) -> Response | None:
    """Who is signed in needs no sign-in page, and goes where he wanted to go."""
    place = call.parameters.get(RESUMING)
    return None if call.user is None or place is None else Response(302, headers=[("Location", place)])


def send_cookie_to_all_sites(call: Call) -> None:
    """The session cookie as it was before browsers knew SameSite: requests of other sites carry it as well."""
    call.response.headers = [(name, value.replace("; SameSite=Lax", "")) for name, value in call.response.headers]


TO_ALL_SITES = tuple(
    before(f"{name}.finish", "forbid_caching", send_cookie_to_all_sites) for name in ("authorization", "sign_in")
)

DEFECTS = (
    Defect(
        name="consent-form-without-csrf-protection",
        says="A decision counts from whatever page it comes.",
        breaks=("rfc6749-10.12-forged-consent-has-no-effect", "rfc6749-10.12-foreign-consent-has-no-effect"),
        edits=(remove("approve", "require_csrf_token"), *TO_ALL_SITES),
    ),
    Defect(
        name="csrf-token-checked-if-there",
        says="The anti-forgery value of the consent form is compared only when there is one.",
        breaks=("rfc6749-10.12-forged-consent-has-no-effect",),
        edits=(replace("approve", "require_csrf_token", only(has_csrf_token, require_csrf_token)), *TO_ALL_SITES),
    ),
    Defect(
        name="csrf-token-of-any-browser",
        says="The consent form needs some anti-forgery value, no matter whose.",
        breaks=("rfc6749-10.12-foreign-consent-has-no-effect",),
        edits=(replace("approve", "require_csrf_token", refuse_missing_csrf_token), *TO_ALL_SITES),
    ),
    Defect(
        name="consent-by-link",
        says="A link with the fields of the consent form takes the decision.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(
            after("authorization", "unpack_carried_request", read_decision_of_link),
            replace("approve", "require_csrf_token", only(is_no_link, require_csrf_token)),
        ),
    ),
    Defect(
        name="refusal-remembered-as-consent",
        says="Who has refused is asked no more, and taken to agree.",
        breaks=("rfc6749-10.12-no-grant-without-consent",),
        edits=(
            replace("decline", "deny", named("deny", remember_refusal)),
            replace("consent", "reuse_consent", named("reuse_consent", reuse_refusal)),
        ),
    ),
    Defect(
        name="consent-page-leads-to-plain-http",
        says="The consent page has a link to the server's own site over plain HTTP.",
        breaks=("rfc6749-10.11-end-user-stays-on-tls",),
        edits=(replace("consent", "show_consent", named("show_consent", show_consent_with_help)),),
    ),
    Defect(
        name="frame-header-of-a-forum",
        says="X-Frame-Options has a value that no browser knows.",
        breaks=("rfc6749-10.13-frame-header-value-known",),
        edits=(replace("authorization.finish", "forbid_framing", named("forbid_framing", allow_framing)),),
    ),
    Defect(
        name="sign-in-returns-anywhere",
        says="After sign-in the browser goes wherever a parameter of the link says.",
        breaks=("rfc6749-10.15-other-parameters-no-open-redirector",),
        edits=(replace("sign_in", "continue_request", named("continue_request", return_anywhere)),),
    ),
    Defect(
        name="signed-in-user-returned-anywhere",
        says="A signed-in user's browser goes wherever a parameter of the link says.",
        breaks=("rfc6749-10.15-other-parameters-no-open-redirector",),
        edits=(after("authorization", "read_session", return_signed_in_user),),
    ),
)
