"""Breaches that only some requests meet: by another method, with one parameter more, by a second person."""

from ..defect import Defect
from ..pipeline import Call, Edit, Response, after, before, named, replace
from ..rendering import message
from ..steps.authorization_request import match_redirect_uri
from ..steps.consent import show_consent
from ..steps.forms import parse
from ..steps.grant_authorization_code import check_code_verifier, require_code_verifier, transformed
from ..steps.sign_in import COOKIE, cookie, start_session
from ..steps.token_response import json_response, render_json_error
from .conditions import Condition, only

CLIENT, GRANT, CONSENT = "authorization.validate_client", "grant.authorization_code", "consent"


def comes_by_get(call: Call) -> bool:
    """What comes by POST is taken for a decision, whose request was checked before."""
    return call.method == "GET"


def match_trimmed(call: Call) -> None:
    """Takes spaces for a slip."""
    sent = call.parameters.get("redirect_uri") or ""
    if sent.strip() not in call.client.redirect_uris:
        match_redirect_uri(call)


def wants_pages(call: Call) -> bool:
    """OpenID Connect Core section 3.1.2.1: `none` forbids pages, which is no reason to go on without."""
    return call.parameters.get("prompt") != "none"


def signed_in_by(parameter: str) -> tuple[Edit, ...]:
    """Edits of a server that takes a name for whoever has it."""

    def sign_in_by_name(call: Call) -> None:
        named_user = call.server.accounts.users.get(call.parameters.get(parameter) or "")
        if call.user is None and named_user is not None:
            call.user = named_user
            start_session(call)

    return (
        after("authorization", "read_session", sign_in_by_name),
        after("authorization.finish", "forbid_framing", put_new_cookie),
    )


def put_new_cookie(call: Call) -> None:
    """Gives the browser the session that was begun for it."""
    if call.session_id is not None and cookie(call, COOKIE) != call.session_id:
        call.response.put("Set-Cookie", f"{COOKIE}={call.session_id}; Path=/; HttpOnly; SameSite=Lax")


def grant_for_first_owner(call: Call) -> None:
    """Remembers who approved first, and whose grants these must be."""
    if call.user is not None:
        name = call.server.kept.setdefault("first owner", call.user.username)
        call.user = call.server.accounts.users[name]


def remembers(query: str, *fields: str) -> Condition:
    """Whether a question to the consents of a server finds any; `fields` are owner and client, as far as it asks."""

    def is_remembered(call: Call) -> bool:
        if call.user is None or not call.client.confidential:
            return False
        known = {"owner": call.user.username, "client": call.client.client_id}
        rows = call.server.store.connection.execute(query, tuple(known[name] for name in fields))
        return any(row[0] is None or set(call.scope) <= set(row[0].split()) for row in rows)

    return is_remembered


def show_state(call: Call) -> Response:
    """Helps the developer, who may be somebody else."""
    page = message(call.error.status, "This request is not valid", call.error.description)
    page.body = page.body.replace(b"</main>", f"<p>{call.parameters.get('state')}</p></main>".encode())
    page.headers.extend(call.error.headers)
    return page


def add_scope(call: Call) -> None:
    """Reads at the exchange what only the authorization request may ask for."""
    asked = (call.parameters.get("scope") or "").split()
    call.scope = tuple(dict.fromkeys([*call.scope, *asked]))


def check_trimmed_verifier(call: Call) -> None:
    """Takes spaces for a slip."""
    verifier = (call.parameters.get("code_verifier") or "").strip()
    if transformed(verifier, call.code.challenge_method) != call.code.challenge:
        require_code_verifier(call)
        check_code_verifier(call)


def is_first_try(call: Call) -> bool:
    """Whether a code is presented for the first time: it is marked as tried, whatever came of that."""
    name = f"tried {call.code.hash.hex()}"
    call.server.met[name] += 1
    return call.server.met[name] == 1


def answer_get(call: Call) -> Response | None:
    """A debugging aid that was left in."""
    token = call.server.store.find_token(parse(call.query_string).get("token") or "")
    if call.method != "GET" or token is None or not token.active:
        return None
    call.answer = {"active": True}
    return json_response(call)


def put_cookie(call: Call) -> None:
    """Spares the browser from sending the token itself."""
    if call.bearer_values:
        call.response.put("Set-Cookie", f"access_token={call.bearer_values[0]}; Path=/; HttpOnly")


def render_scope_error_as_success(call: Call) -> Response:
    """Answers what it was able to answer."""
    response = render_json_error(call)
    response.status = 200 if call.error.error == "invalid_scope" else response.status
    return response


def reused_if(condition: Condition) -> Edit:
    """An edit for a server that asks nobody where it finds an earlier consent."""

    def reuse_some_consent(call: Call) -> None:
        call.consented = condition(call)

    return replace(CONSENT, "reuse_consent", named("reuse_consent", reuse_some_consent))


def keep_refusal(call: Call) -> None:
    """Notes that the owner has decided, and not how."""
    if call.user is not None:
        call.server.store.keep_consent(call.user.username, call.client.client_id, call.scope)


def in_session(call: Call) -> str:
    """What a session has decided about, the client left out."""
    return f"approved {call.session_id} {' '.join(call.scope)}"


def keep_in_session(call: Call) -> None:
    """Notes what the owner has approved, and not for whom."""
    call.server.met[in_session(call)] += 1


def is_approved_in_session(call: Call) -> bool:
    """Whether the owner has approved this in the same session, for whichever client."""
    return call.client.confidential and call.server.met[in_session(call)] > 0


NO_GRANT = "rfc6749-10.12-no-grant-without-consent"
OF_OWNER = "SELECT scope FROM consents WHERE who = ? AND client_id = ?"
DEFECTS = (
    Defect(
        name="redirect-uri-not-compared-by-post",
        says="An authorization request by POST may name any redirection URI.",
        breaks=("rfc6749-3.1.2.3-unmatched-uri-refused",),
        edits=(replace(CLIENT, "match_redirect_uri", only(comes_by_get, match_redirect_uri)),),
    ),
    Defect(
        name="redirect-uri-trimmed",
        says="Spaces around a redirection URI are passed over.",
        breaks=("rfc6749-3.1.2.3-full-uri-compared-as-string",),
        edits=(replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_trimmed)),),
    ),
    Defect(
        name="no-pages-no-question",
        says="A request that forbids pages is granted without a question.",
        breaks=(NO_GRANT,),
        edits=(replace(CONSENT, "show_consent", only(wants_pages, show_consent)),),
    ),
    Defect(
        name="owner-signed-in-by-login-hint",
        says="Whoever a login_hint names is signed in.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=signed_in_by("login_hint"),
    ),
    Defect(
        name="owner-signed-in-by-user-name",
        says="Whoever a parameter username names is signed in.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=signed_in_by("username"),
    ),
    Defect(
        name="grants-of-whoever-came-first",
        says="All grants are those of the person who approved first.",
        breaks=("rfc6749-3.1-resource-owner-signs-in-first",),
        edits=(before("authorization.code_response", "open_grant", grant_for_first_owner),),
    ),
    Defect(
        name="error-page-holds-state",
        says="The page that tells an error shows the state as it came.",
        breaks=("rfc6749-10.14-hostile-state-harmless",),
        edits=(replace("authorization.page_error", "show_error_page", named("show_error_page", show_state)),),
    ),
    Defect(
        name="exchange-adds-scope",
        says="A code exchange may ask for more than was approved.",
        breaks=(NO_GRANT,),
        edits=(after(GRANT, "take_grant_of_code", add_scope),),
    ),
    Defect(
        name="verifier-trimmed",
        says="Spaces around a code verifier are passed over.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(
            replace(GRANT, "require_code_verifier", named("require_code_verifier", lambda call: None)),
            replace(GRANT, "check_code_verifier", check_trimmed_verifier),
        ),
    ),
    Defect(
        name="verifier-verified-once",
        says="The code verifier is compared when a code is presented for the first time, and not after a failure.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(replace(GRANT, "check_code_verifier", only(is_first_try, check_code_verifier)),),
    ),
    Defect(
        name="introspection-open-by-get",
        says="An introspection request by GET is answered without any credentials.",
        breaks=("rfc7662-2.1-authorization-required",),
        edits=(before("introspection", "refuse_other_methods", answer_get),),
    ),
    Defect(
        name="resource-keeps-token-in-cookie",
        says="The protected resource puts the token into a cookie that may be sent in the clear.",
        breaks=("rfc6750-5.2-tokens-not-in-open-cookies",),
        edits=(after("resource.me.finish", "forbid_sniffing", put_cookie),),
    ),
    Defect(
        name="unknown-scope-answered-with-200",
        says="The error for an unknown scope has the status 200.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=(replace("token.error", "render_json_error", render_scope_error_as_success),),
    ),
    Defect(
        name="one-consent-taken-for-every-scope",
        says="A client with a secret that was approved once is granted every scope without a question.",
        breaks=(NO_GRANT,),
        edits=(reused_if(remembers("SELECT NULL FROM consents WHERE who = ? AND client_id = ?", "owner", "client")),),
    ),
    Defect(
        name="consent-to-one-client-taken-for-all",
        says="Who has approved a scope for one client is asked in that session about it for no other with a secret.",
        breaks=(NO_GRANT,),
        edits=(before("approve", "answer_request", keep_in_session), reused_if(is_approved_in_session)),
    ),
    Defect(
        name="refusal-of-a-client-with-a-secret-remembered-as-consent",
        says="Who has refused a client with a secret isn't asked about it again, and grants it.",
        breaks=(NO_GRANT,),
        edits=(before("decline", "deny", keep_refusal), reused_if(remembers(OF_OWNER, "owner", "client"))),
    ),
)
