"""Conformant servers that ask the resource owner seldom, never, or by scripts (RFC 6749 sections 4.1 and 10.2)."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ..pipeline import Call, Edit, Response, after, before, named, remove, replace
from ..rendering import message
from ..secrets import keyed_hash
from ..steps.authorization_request import without_form_fields
from ..steps.consent import show_consent
from ..variant import Variant

BY_CONTROL_PORT: Mapping[str, Any] = {"sign_in": {"forget": "{control}/forget"}}
BUTTONS = b"""<button class="main" type="submit" name="decision" value="approve">Approve</button>
<button type="submit" name="_method" value="delete">Decline</button>"""
DENIALS = (
    "documented-endpoints-authorize-delete-declines",
    "documented-endpoints-decline-button",
    "rfc6749-4.1.1-denied-returns-to-client",
    "rfc6749-4.1.2.1-denial-access-denied",
    "rfc6749-4.1.2.1-denial-told-to-client",
    "rfc6749-4.2.1-owner-decides",
    "rfc6749-4.2.2.1-access-denied",
    "rfc6749-4.2.2.1-denial-in-the-fragment",
)
ONE_BUTTON = BUTTONS.partition(b"\n")[0]
SAME_BUTTONS = b"""<input type="hidden" name="decision" value="approve"><button class="main">Approve</button>
<button onclick="Object.assign(this.form.decision, {name: '_method', value: 'delete'})">Decline</button>"""
SCRIPTED_BUTTONS = b"""<input type="hidden" name="decision" value="approve">
<button class="main" name="pressed" value="yes">Approve</button>
<button name="pressed" value="no" id="no">Decline</button>
<script>
document.getElementById("no").onclick = event =>
    Object.assign(event.target.form.decision, {name: "_method", value: "delete"});
</script>"""
SCRIPTS_ALLOWED = "default-src 'none'; script-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def reuse_any_consent(call: Call) -> None:
    """Who has approved a scope for a client has approved it for ever, whatever kind of client it is."""
    if call.user is not None:
        call.consented = call.server.store.has_consented(call.user.username, call.client.client_id, call.scope)


def session_name(call: Call) -> str:
    """Consents of one session, in place of a user's."""
    return f"session {keyed_hash(call.server.key, call.session_id or '').hex()}"


def keep_consent_of_session(call: Call) -> None:
    """For as long as the browser's session lasts."""
    call.server.store.keep_consent(session_name(call), call.client.client_id, call.scope)


def reuse_consent_of_session(call: Call) -> None:
    """Nobody is asked twice in one session."""
    if call.user is not None:
        call.consented = call.server.store.has_consented(session_name(call), call.client.client_id, call.scope)


def slot(call: Call) -> str:
    """Where the one request of a session is kept."""
    return f"request of {session_name(call)}"


def request_of(call: Call) -> str:
    """A request, as far as it has to be told from others."""
    return keyed_hash(call.server.key, urlencode(without_form_fields(call).pairs)).hex()


def wait_alone(call: Call) -> None:
    """A new page takes the place of the one before."""
    call.server.store.forget_consents(slot(call), "")
    call.server.store.keep_consent(slot(call), "", (request_of(call),))


def refuse_other_page(call: Call) -> Response | None:
    """Only the page that was shown last can be decided, and once."""
    if call.method == "DELETE":
        return None
    waits = call.server.store.has_consented(slot(call), "", (request_of(call),))
    call.server.store.forget_consents(slot(call), "")
    return None if waits else message(400, "This page is too old", "Please go back to the application and start again.")


def with_buttons(buttons: bytes) -> tuple[Edit, ...]:
    """A consent page with other buttons, and scripts that may run."""

    def show_consent_by_script(call: Call) -> Response | None:
        """RFC 6749 section 10.2: how a page asks is its own matter."""
        response = show_consent(call)
        if response is not None:
            response.body = response.body.replace(BUTTONS, buttons)
        return response

    def allow_scripts(call: Call) -> None:
        """What the buttons need."""
        if buttons in call.response.body:
            call.response.put("Content-Security-Policy", SCRIPTS_ALLOWED)

    return (
        replace("consent", "show_consent", named("show_consent", show_consent_by_script)),
        after("authorization.finish", "restrict_content", allow_scripts),
    )


REMEMBERED_BY_ACCOUNT = (replace("consent", "reuse_consent", named("reuse_consent", reuse_any_consent)),)

VARIANTS = (
    Variant(
        name="consent-remembered-by-account-and-client",
        says="Who has approved a scope for a client once is not asked about it again, in no browser.",
        edits=REMEMBERED_BY_ACCOUNT,
    ),
    Variant(
        name="consent-remembered-until-told-to-forget",
        says="The same, where a request to the control port takes consent back.",
        edits=REMEMBERED_BY_ACCOUNT,
        profile=BY_CONTROL_PORT,
    ),
    Variant(
        name="consent-remembered-in-session",
        says="Who has approved a scope for a client is not asked about it again in the same browser.",
        edits=(
            replace("approve", "keep_consent", named("keep_consent", keep_consent_of_session)),
            replace("consent", "reuse_consent", named("reuse_consent", reuse_consent_of_session)),
        ),
    ),
    Variant(
        name="one-request-waits",
        says="In a session one request waits: the page of an older one, or one decided before, is refused.",
        edits=(
            before("consent", "show_consent", wait_alone),
            after("approve", "require_csrf_token", refuse_other_page),
            after("decline", "require_csrf_token", refuse_other_page),
        ),
    ),
    Variant(
        name="nobody-asked",
        says="All clients are the operator's own: nobody is asked for consent.",
        edits=(remove("consent", "show_consent"),),
    ),
    Variant(
        name="buttons-that-post-the-same",
        says="A script tells the consent page's two buttons apart, which post the same without it.",
        edits=with_buttons(SAME_BUTTONS),
    ),
    Variant(
        name="no-way-to-decline",
        says="The consent page has a button that approves, and no other: who doesn't want that closes the page.",
        edits=with_buttons(ONE_BUTTON),
        profile={"sign_in": {"decline": False}},
        changes=dict.fromkeys(DENIALS, "untested"),
    ),
    Variant(
        name="decline-button-changed-by-script",
        says="A script changes what the button that declines sends.",
        edits=with_buttons(SCRIPTED_BUTTONS),
    ),
)
