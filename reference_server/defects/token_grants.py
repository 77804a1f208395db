"""Breaches of RFC 6749 sections 5.1 and 3.3 in the answers of some grants only, and in who is served by which."""

from ..defect import Defect
from ..demo import CONFIDENTIAL
from ..pipeline import Attempt, Call, Edit, Step, after, before, named, replace
from ..secrets import random_value
from ..steps.bearer import TOKEN, check_token_syntax, find_access_token
from ..steps.client_authentication import find_client
from ..steps.grant_refresh_token import check_refresh_active, check_refresh_client, detect_reuse, find_refresh_token
from ..steps.revocation import find_token
from ..steps.scope import refuse_unknown_scope
from ..steps.token_response import access_token_lifetime, make_access_token, put_access_token, put_scope
from .conditions import Condition, by_grant, nothing, when
from .remembering import keep, kept

HEAD = 20


def leaves_out_access_token(condition: Condition) -> tuple[Edit, ...]:
    """The answers to some requests have everything but an access token."""
    return (replace("token.response", "put_access_token", when(condition, nothing, put_access_token)),)


def offer_refresh_token_alone(call: Call) -> None:
    """Wants apps to come back for what they came for."""
    if call.grant_type == "client_credentials":
        call.answer.pop("access_token")
        call.answer["refresh_token"] = random_value()


def offer_worthless_refresh_token(call: Call) -> None:
    """Fills in what a client may expect."""
    if call.grant_type == "client_credentials":
        call.answer["refresh_token"] = random_value()


def list_token_type(call: Call) -> None:
    """Names all types that the token has."""
    call.answer["token_type"] = ["bearer"]


def quote_time_of_issue(call: Call) -> None:
    """Writes the time as text for apps."""
    if call.grant_type == "client_credentials":
        call.answer["created_at"] = str(call.answer["created_at"])


def put_lifetime_with_unit(call: Call) -> None:
    """Says what it counts."""
    call.answer["expires_in"] = f"{access_token_lifetime(call)}s"


def nest_type(call: Call) -> None:
    """Describes the token in an object of its own."""
    call.answer["token"] = {name: call.answer.pop(name) for name in ("token_type", "expires_in")}


def make_token_with_accent(call: Call) -> None:
    """Makes tokens of all letters of Latin-1."""
    call.access_token = f"{random_value()}\u00e9"
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, access_token_lifetime(call))


def read_token_as_utf8(call: Call) -> None:
    """Takes what comes in the header for UTF-8."""
    values = [value.encode("latin-1", "ignore") for value in call.bearer_values]
    call.bearer_values = [value.decode("utf-8", "ignore") for value in values]
    if not call.bearer_values[0].endswith("\u00e9") or not TOKEN.fullmatch(call.bearer_values[0][:-1]):
        check_token_syntax(call)


# Scope


def keep_asked_scope(call: Call) -> None:
    """Notes what was asked for, and goes on with what it knows."""
    asked = call.scope
    known = {*call.server.settings.user_scopes, *call.server.settings.app_scopes}
    call.scope = tuple(name for name in asked if name in known)
    if not call.scope:
        call.scope = asked
        refuse_unknown_scope(call)


def keep_scope_of_grant(call: Call) -> None:
    """Puts it beside the grant."""
    keep(call, f"scope of grant {call.grant.id}", call.parameters.get("scope") or "")


def tell_scope_of_apps(call: Call) -> None:
    """Thinks that owners know what they approved."""
    if call.grant.username is None:
        put_scope(call)


def tell_scope_as_asked(call: Call) -> None:
    """Repeats what was asked for when the owner approved."""
    asked = kept(call, f"scope of grant {call.grant.id}") if call.grant_type == "authorization_code" else None
    call.answer["scope"] = asked or " ".join(call.scope)


def approve_first_only(call: Call) -> None:
    """Remembers one scope for each approval."""
    if call.endpoint == "authorization":
        call.scope = call.scope[:1]


def leave_scope_of_browsers_out(call: Call) -> None:
    """Thinks that the client knows what it asked for."""


GRANTED = before("authorization.code_response", "make_code", keep_scope_of_grant)

# Tokens that only resemble others


def note_head(call: Call) -> None:
    """Keeps the beginning of each token as its name."""
    make_access_token(call)
    keep(call, f"head {call.access_token[:HEAD]}", call.access_token)


def find_by_head(call: Call) -> None:
    """Finds a token whose beginning is right."""
    find_token(call)
    value = call.parameters.get("token") or ""
    whole = kept(call, f"head {value[:HEAD]}")
    if call.token is None and whole is not None and len(value) == len(whole):
        call.token = call.server.store.find_token(whole)


def open_by_head(call: Call) -> None:
    """The same at a resource."""
    whole = kept(call, f"head {call.bearer_values[0][:HEAD]}")
    if whole is not None and len(whole) == len(call.bearer_values[0]):
        call.bearer_values[0] = whole
    find_access_token(call)


def make_up_refresh_token(call: Call) -> None:
    """Opens a new grant where it knows of none."""
    value = call.parameters.get("refresh_token") or ""
    if call.server.store.find_token(value) is None:
        grant = call.server.store.open_grant(call.client.client_id, "alice", call.client.scopes)
        call.server.store.add_token(value, "refresh_token", grant, grant.scope, 3600)
    find_refresh_token(call)


def is_used_one_of_another(call: Call) -> bool:
    """A refresh token that was used, and in the hands of another client."""
    token = call.token
    return token is not None and token.rotated_at is not None and call.grant.client_id != call.client.client_id


def check_unless_used(check: Step) -> Edit:
    """Has no more to protect once a token was used."""
    return replace("grant.refresh_token", check.__name__, when(is_used_one_of_another, nothing, check))


def rotate_for_others(call: Call) -> None:
    """Gives a new one to whoever comes."""
    if is_used_one_of_another(call):
        call.token = None


# Clients


def take_nobody_for_first(call: Call) -> None:
    """Has a default for requests that name no client."""
    if call.attempts == [Attempt("none", None)] and call.endpoint == "token":
        call.attempts = [Attempt("client_secret_basic", CONFIDENTIAL.client_id, CONFIDENTIAL.secret)]


def find_client_of_code(call: Call) -> None:
    """Goes by the code where it doesn't know the client."""
    code = call.server.store.find_code(call.parameters.get("code") or "")
    known = call.server.accounts.clients
    if code is not None and call.attempts[0].client_id not in known and not known[code.grant.client_id].confidential:
        call.attempts[0] = Attempt("none", code.grant.client_id)
    find_client(call)


DEFECTS = (
    Defect(
        name="password-brings-no-access-token",
        says="The answer to the password grant has a refresh token, and no access token.",
        breaks=("rfc6749-5.1-access-token-present", "rfc6749-1.5-refresh-token-beside-access-token"),
        edits=leaves_out_access_token(by_grant("password")),
    ),
    Defect(
        name="refresh-brings-no-access-token",
        says="The answer to a refresh has a refresh token, and no access token.",
        breaks=("rfc6749-5.1-access-token-present", "rfc6749-1.5-refresh-token-beside-access-token"),
        edits=leaves_out_access_token(by_grant("refresh_token")),
    ),
    Defect(
        name="machine-gets-refresh-token-alone",
        says="The answer to the client credentials grant has a refresh token, and no access token.",
        breaks=("rfc6749-1.5-refresh-token-beside-access-token",),
        edits=(before("token.response", "render_json", offer_refresh_token_alone),),
    ),
    Defect(
        name="machine-gets-worthless-refresh-token",
        says="The client credentials grant brings a refresh token that nobody knows.",
        breaks=("rfc6749-5.1-refresh-token-redeemable",),
        edits=(before("token.response", "render_json", offer_worthless_refresh_token),),
    ),
    Defect(
        name="token-types-in-list",
        says="Token responses have their token_type in a list.",
        breaks=("rfc6749-5.1-success-strings-as-strings",),
        edits=(replace("token.response", "put_token_type", list_token_type),),
    ),
    Defect(
        name="documented-machine-time-of-issue-as-text",
        says="Tokens of the client credentials grant tell created_at as text.",
        breaks=("documented-flow-1-members",),
        edits=(after("token.response", "put_created_at", quote_time_of_issue),),
    ),
    Defect(
        name="lifetimes-with-unit",
        says="Token responses tell lifetimes with their unit.",
        breaks=("rfc6749-A.14-expires-in-digits",),
        edits=(replace("token.response", "put_expires_in", put_lifetime_with_unit),),
    ),
    Defect(
        name="type-and-lifetime-nested",
        says="Token responses have type and lifetime in an object of their own.",
        breaks=("rfc6749-5.1-success-top-level-members",),
        edits=(before("token.response", "render_json", nest_type),),
    ),
    Defect(
        name="access-tokens-with-accent",
        says="Access tokens end with an accented letter, which no header brings back.",
        breaks=("rfc6749-A.12-issued-access-token-printable",),
        edits=(
            replace("issue", "make_access_token", make_token_with_accent),
            replace("bearer", "check_token_syntax", read_token_as_utf8),
        ),
    ),
    Defect(
        name="unknown-scope-of-owners-dropped-silently",
        says="Unknown scopes are dropped, and where an owner takes part no answer tells so.",
        breaks=("rfc6749-5.1-scope-present-when-different", "rfc6749-3.3-different-scope-reported"),
        edits=(
            replace("scope", "refuse_unknown_scope", keep_asked_scope),
            replace("token.response", "put_scope", tell_scope_of_apps),
        ),
    ),
    Defect(
        name="unknown-scope-told-for-codes",
        says="Unknown scopes are dropped, and the answer to a code tells what was asked for.",
        breaks=("rfc6749-5.1-scope-names-granted-scope", "rfc6749-3.3-invented-scope-not-granted"),
        edits=(
            replace("scope", "refuse_unknown_scope", keep_asked_scope),
            GRANTED,
            replace("token.response", "put_scope", tell_scope_as_asked),
        ),
    ),
    Defect(
        name="first-scope-of-code-granted-all-told",
        says="Of several scopes that an owner approves the first is granted, and the answer to the code tells all.",
        breaks=("rfc6749-3.3-response-scope-is-true",),
        edits=(
            after("scope", "refuse_scope_beyond_client", approve_first_only),
            GRANTED,
            replace("token.response", "put_scope", tell_scope_as_asked),
        ),
    ),
    Defect(
        name="implicit-first-scope-granted-silently",
        says="Of several scopes of an implicit request the first is granted, and the answer doesn't tell so.",
        breaks=("rfc6749-4.2.2-scope-required-when-different",),
        edits=(
            after("scope", "refuse_scope_beyond_client", approve_first_only),
            replace("authorization.implicit_response", "put_scope", leave_scope_of_browsers_out),
        ),
    ),
    Defect(
        name="access-tokens-known-by-their-head",
        says="Of an access token only the first characters and the length count.",
        breaks=("rfc6749-10.3-modified-access-token-not-accepted",),
        edits=(
            replace("issue", "make_access_token", note_head),
            replace("introspection", "find_token", named("find_token", find_by_head)),
            replace("bearer", "find_access_token", open_by_head),
        ),
    ),
    Defect(
        name="unknown-refresh-token-taken-up",
        says="A refresh token that nobody knows opens a grant of its own.",
        breaks=(
            "rfc6749-6-refresh-token-validated",
            "rfc6749-10.14-hostile-token-request-harmless",
        ),
        edits=(replace("grant.refresh_token", "find_refresh_token", make_up_refresh_token),),
    ),
    Defect(
        name="used-refresh-token-for-any-client",
        says="A refresh token that its client has used up is good for other clients.",
        breaks=("rfc6749-10.4-binding-survives-refresh",),
        edits=(
            check_unless_used(check_refresh_client),
            check_unless_used(detect_reuse),
            check_unless_used(check_refresh_active),
            before("grant.refresh_token", "rotate", rotate_for_others),
        ),
    ),
    Defect(
        name="request-of-nobody-is-that-of-first-client",
        says="A token request that names no client is served for the first one.",
        breaks=(
            "rfc6749-3.2.1-unidentified-code-exchange-refused",
            "rfc6749-4.1.3-authentication-required",
            "rfc6749-4.3.2-client-authentication-required",
            "rfc6749-4.4.2-client-authentication-required",
        ),
        edits=(after("client_authentication", "collect_body", take_nobody_for_first),),
    ),
    Defect(
        name="unknown-client-is-that-of-its-code",
        says="A code of a public client is exchanged for a client that nobody knows.",
        breaks=("rfc6749-4.1.3-public-client-id-matches",),
        edits=(replace("client_authentication", "find_client", find_client_of_code),),
    ),
)
