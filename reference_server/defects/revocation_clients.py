"""Breaches of RFC 7009 in whose requests the revocation endpoint takes (sections 2.1 and 5)."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, Step, after, before, named, replace
from ..steps import client_authentication as steps
from ..steps.revocation import check_token_client
from ..steps.token import authenticate_client

# Kept in the table of failures, which has a name and a time.
BY_BODY = "credentials in the body for"


def at_revocation(altered: Step, step: Step) -> Step:
    """Client authentication is shared by all endpoints: another step in one's place at revocation only."""

    def choose_step(call: Call) -> Response | None:
        """Sections 2.1 and 2.3 demand the same authentication everywhere."""
        chosen = altered if call.endpoint == "revocation" else step
        chosen(call)
        return None

    return named(step.__name__, choose_step)


def remember_body(call: Call) -> None:
    """Notes which tokens were got with credentials in the body."""
    if call.attempts and call.attempts[0].method == "client_secret_post":
        call.server.store.note_failure(f"{BY_BODY} {call.grant.id}", call.server.settings.session_lifetime)


def refuse_token_got_by_body(call: Call) -> None:
    """Takes the clients of such tokens for public ones, which it doesn't serve."""
    store = call.server.store
    if call.token is not None and store.is_locked(f"{BY_BODY} {call.token.grant.id}", 1, 10**9):
        raise steps.failed()


def leave_encoded(call: Call) -> None:
    """Splits the Basic credentials and forgets that both parts are form-encoded."""


def say_done_to_public_client(call: Call) -> Response | None:
    """Answers clients without a secret by success, whatever they ask for."""
    return None if call.authenticated else Response(200, b"{}", [("Content-Type", "application/json")])


def refuse_public_client(call: Call) -> None:
    """Wants a secret of everybody."""
    if not call.authenticated:
        raise steps.failed()


def find_owner(call: Call) -> bool:
    """Takes the token's own client for the one that asks, since nobody else would know the token."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    if token is not None:
        call.client = call.server.accounts.clients[token.grant.client_id]
    return token is not None


async def let_anonymous_in(call: Call) -> Response | None:
    """Authenticates those who want to be."""
    names_client = call.parameters.get("client_id") is not None or call.header(b"authorization") is not None
    return None if not names_client and find_owner(call) else await authenticate_client(call)


async def let_unknown_in(call: Call) -> Response | None:
    """Looks a client up for its secret only; who isn't found, needs none."""
    client_id, secret = call.parameters.get("client_id"), call.parameters.get("client_secret")
    unknown = client_id is not None and client_id not in call.server.accounts.clients and secret is None
    return None if unknown and find_owner(call) else await authenticate_client(call)


def take_identifier(call: Call) -> None:
    """Compares a secret if there is one."""
    call.authenticated |= call.client.confidential and call.attempts[0].method == "none"


def demand_nothing(call: Call) -> None:
    """Leaves it to the next steps whether a secret is needed."""


def end_token_first(call: Call) -> None:
    """Does its work in a first transaction and looks at the credentials in a second one."""
    token = call.server.store.find_token(call.parameters.get("token") or "")
    claimed = call.header(b"authorization") is not None or call.parameters.get("client_id") is not None
    if token is None or not claimed:
        return
    steps.collect_basic(call)
    steps.collect_body(call)
    if any(attempt.client_id == token.grant.client_id for attempt in call.attempts):
        call.server.store.revoke_token(token)
    call.attempts.clear()


def answer_unknown_token(call: Call) -> Response | None:
    """Has nothing to do for an unknown token, and so doesn't ask who wants it done."""
    value = call.parameters.get("token")
    return Response(200) if value is not None and call.server.store.find_token(value) is None else None


async def hide_wrong_secret(call: Call) -> Response | None:
    """Tells nobody that a secret is wrong, as a measure against guessing."""
    try:
        return await authenticate_client(call)
    except OAuthError:
        known = any(attempt.client_id in call.server.accounts.clients for attempt in call.attempts)
        if known and call.attempts[0].secret:
            return Response(200)
        raise


def check_kind(kind: str) -> Step:
    """Compares clients for one kind of token only."""

    def check_client_of_kind(call: Call) -> None:
        """Section 2.1 has it for all kinds."""
        if call.token is not None and call.token.kind == kind:
            check_token_client(call)

    return named("check_token_client", check_client_of_kind)


def check_unless_public(call: Call) -> None:
    """Compares the client that was authenticated, which a public one never is."""
    if call.authenticated:
        check_token_client(call)


def ignore_foreign_token(call: Call) -> None:
    """Takes another client's token for an unknown one."""
    if call.token is not None and call.token.grant.client_id != call.client.client_id:
        call.token = None


def answer_foreign_token_by_blank_page(call: Call) -> Response | None:
    """Answers as for an unknown token, with the media type that frameworks give an empty body."""
    if call.token is None or call.token.grant.client_id == call.client.client_id:
        return None
    return Response(200, b"", [("Content-Type", "text/html; charset=utf-8")])


def unless_authenticated(call: Call) -> None:
    """Tells clients nothing that could be anybody."""
    if not call.authenticated:
        ignore_foreign_token(call)


DEFECTS = (
    Defect(
        name="revocation-not-for-clients-by-body",
        says="Tokens of a client that authenticates in the body can't be revoked by it, in whatever way.",
        breaks=("rfc7009-2.1-client-authentication-accepted",),
        edits=(
            after("issue", "make_access_token", remember_body),
            after("revocation", "find_token", refuse_token_got_by_body),
        ),
    ),
    Defect(
        name="revocation-basic-not-decoded",
        says="At the revocation endpoint Basic credentials are not form-decoded.",
        breaks=("rfc7009-2.1-basic-credentials-form-decoded",),
        edits=(replace("client_authentication", "decode_basic", at_revocation(leave_encoded, steps.decode_basic)),),
    ),
    Defect(
        name="revocation-refused-to-public-clients",
        says="A client without a secret can't revoke its tokens.",
        breaks=("rfc7009-5-public-client-id-suffices",),
        edits=(after("revocation", "authenticate_client", refuse_public_client),),
    ),
    Defect(
        name="revocation-idle-for-public-clients",
        says="A client without a secret is told that its token was revoked, which goes on.",
        breaks=("rfc7009-5-public-client-id-suffices",),
        edits=(after("revocation", "authenticate_client", say_done_to_public_client),),
    ),
    Defect(
        name="revocation-by-anybody",
        says="A revocation request that names no client is taken.",
        breaks=("rfc7009-5-client-must-be-identified",),
        edits=(replace("revocation", "authenticate_client", named("authenticate_client", let_anonymous_in)),),
    ),
    Defect(
        name="revocation-by-unknown-client",
        says="A revocation request with a client_id that nobody has is taken.",
        breaks=("rfc7009-5-unknown-client-refused",),
        edits=(replace("revocation", "authenticate_client", named("authenticate_client", let_unknown_in)),),
    ),
    Defect(
        name="revocation-without-secret",
        says="At the revocation endpoint a confidential client's identifier will do.",
        breaks=("rfc7009-2.1-missing-secret-revokes-nothing",),
        edits=(
            replace(
                "client_authentication",
                "require_for_confidential",
                at_revocation(demand_nothing, steps.require_for_confidential),
            ),
            replace(
                "client_authentication",
                "refuse_unregistered_method",
                at_revocation(demand_nothing, steps.refuse_unregistered_method),
            ),
            after(
                "client_authentication",
                "verify_secret",
                named("take_identifier", at_revocation(take_identifier, demand_nothing)),
            ),
        ),
    ),
    Defect(
        name="revocation-before-authentication",
        says="The token is revoked before the client's secret is checked.",
        breaks=("rfc7009-2.1-wrong-secret-revokes-nothing", "rfc7009-2.1-missing-secret-revokes-nothing"),
        edits=(before("revocation", "authenticate_client", end_token_first),),
    ),
    Defect(
        name="revocation-of-unknown-token-by-anybody",
        says="A request for the revocation of an unknown token succeeds whatever the credentials.",
        breaks=("rfc7009-2.1-credentials-checked-before-token",),
        edits=(before("revocation", "authenticate_client", answer_unknown_token),),
    ),
    Defect(
        name="revocation-wrong-secret-not-reported",
        says="A wrong secret is answered as success, though nothing is revoked.",
        breaks=(
            "rfc7009-2.1-credentials-checked-before-token",
            "rfc7009-2.1-failed-authentication-reported",
        ),
        edits=(replace("revocation", "authenticate_client", named("authenticate_client", hide_wrong_secret)),),
    ),
    Defect(
        name="revocation-of-foreign-access-tokens",
        says="Any client can revoke any access token.",
        breaks=(
            "rfc7009-2.1-foreign-access-token-survives",
            "rfc7009-2.1-foreign-token-reported",
            "rfc7009-5-token-must-belong-to-client",
        ),
        edits=(replace("revocation", "check_token_client", check_kind("refresh_token")),),
    ),
    Defect(
        name="revocation-of-foreign-refresh-tokens",
        says="Any client can revoke any refresh token.",
        breaks=("rfc7009-2.1-foreign-refresh-token-survives",),
        edits=(replace("revocation", "check_token_client", check_kind("access_token")),),
    ),
    Defect(
        name="revocation-by-any-public-client",
        says="A public client can revoke other clients' tokens.",
        breaks=("rfc7009-5-token-must-belong-to-client",),
        edits=(replace("revocation", "check_token_client", check_unless_public),),
    ),
    Defect(
        name="revocation-of-foreign-token-not-reported",
        says="A request to revoke another client's token is answered as success, though nothing is revoked.",
        breaks=("rfc7009-2.1-foreign-token-reported",),
        edits=(replace("revocation", "check_token_client", ignore_foreign_token),),
    ),
    Defect(
        name="revocation-of-foreign-token-answered-by-blank-page",
        says="A request to revoke another client's token is answered with 200 and an empty body that is called HTML.",
        breaks=("rfc7009-2.1-foreign-token-reported",),
        edits=(before("revocation", "check_token_client", answer_foreign_token_by_blank_page),),
    ),
    Defect(
        name="revocation-of-foreign-token-not-reported-to-public-client",
        says="A public client is told that another client's token was revoked, though it wasn't.",
        breaks=("rfc7009-2.1-foreign-token-reported",),
        edits=(before("revocation", "check_token_client", unless_authenticated),),
    ),
)
