"""Fuzz-only defects of rules that fail where two ordinary conditions meet: each alone is met by directed tests."""

from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Response, before, named, replace
from ..steps.grant_authorization_code import consume_code
from ..steps.grant_password import verify_password
from ..steps.introspection import answer_inactive, authenticate_caller
from ..steps.revocation import check_token_client
from ..steps.token import RECOGNIZED as AT_TOKEN
from ..steps.token import authenticate_client
from .conditions import Condition, only, when
from .credentials_of_nobody import believe_at_introspection, is_empty
from .revocation_clients import find_owner

HINTS = ("access_token", "refresh_token")


def brings_unknown(*known: str) -> Condition:
    """A request with a parameter that the endpoint doesn't know."""
    return lambda call: any(name not in known for name, _ in call.parameters.pairs)


def hinted_oddly(call: Call) -> bool:
    """A hint that nobody defined."""
    return call.parameters.get("token_type_hint") not in (None, *HINTS)


def names_refresh_token_oddly(call: Call) -> bool:
    """A refresh token with such a hint."""
    return hinted_oddly(call) and call.token is not None and call.token.kind == "refresh_token"


def is_expired(call: Call) -> bool:
    """A token whose lifetime is over and that nobody revoked, with a hint that nobody defined."""
    token = call.token
    return hinted_oddly(call) and token is not None and token.revoked_at is None and token.grant.revoked_at is None


def by_name_alone(call: Call) -> bool:
    """A request that names its client and authenticates nobody."""
    says_more = call.header(b"authorization") is not None or call.parameters.get("client_secret") is not None
    return call.parameters.get("client_id") in call.server.accounts.clients and not says_more


def believe_name(call: Call) -> None:
    """Takes the request for one of its own making, that has been authenticated elsewhere."""
    client = call.server.accounts.clients[call.parameters.get("client_id") or ""]
    call.client, call.authenticated = client, True


def forget_use(call: Call) -> None:
    """Takes the request for a refresh, and looks whether that token is unused."""
    call.code = changed(call.code, used_at=None)


def asks_for_one_scope_as_nobody(call: Call) -> bool:
    """A password request by an unknown user, for a scope of one name."""
    known = call.parameters.get("username") in call.server.accounts.users
    return not known and len((call.parameters.get("scope") or "").split()) == 1


def take_first_user(call: Call) -> None:
    """Looks for the user with the scope, and takes what comes first."""
    call.user = next(iter(call.server.accounts.users.values()))


def let_through(call: Call) -> None:
    """Leaves the check to the branch for this hint, which doesn't exist."""


async def believe_owner(call: Call) -> Response | None:
    """Hands a request with a scope to other code, which looks the token's client up."""
    if call.parameters.get("scope") is not None and find_owner(call):
        return None
    return await authenticate_client(call)


def empty_beside_wrong_hint(call: Call) -> bool:
    """Empty Basic credentials, and the hint that this is a refresh token."""
    return is_empty(call) and call.parameters.get("token_type_hint") == "refresh_token"


DEFECTS = (
    Defect(
        name="unknown-parameter-makes-up-for-secret",
        says="A token request that names its client needs no secret if it has a parameter that nobody knows.",
        breaks=("rfc6749-3.2.1-unauthenticated-client-refused",),
        edits=(
            replace(
                "token",
                "authenticate_client",
                when(
                    lambda call: by_name_alone(call) and brings_unknown(*AT_TOKEN)(call),
                    believe_name,
                    authenticate_client,
                ),
            ),
        ),
    ),
    Defect(
        name="used-code-good-beside-refresh-token",
        says="A used code is exchanged once more if a refresh token stands beside it.",
        breaks=("rfc6749-4.1.2-reused-code-denied",),
        edits=(
            before(
                "grant.authorization_code",
                "revoke_tokens_of_replayed_code",
                only(lambda call: call.parameters.get("refresh_token") is not None, forget_use),
            ),
            replace(
                "grant.authorization_code",
                "consume_code",
                when(lambda call: call.parameters.get("refresh_token") is not None, let_through, consume_code),
            ),
        ),
        fuzz=True,
    ),
    Defect(
        name="foreign-refresh-token-revoked-with-odd-hint",
        says="Any client can revoke any refresh token with a hint that nobody defined.",
        breaks=(
            "rfc7009-2.1-foreign-refresh-token-survives",
            "rfc7009-2.1-foreign-token-reported",
        ),
        edits=(
            replace(
                "revocation", "check_token_client", when(names_refresh_token_oddly, let_through, check_token_client)
            ),
        ),
        fuzz=True,
    ),
    Defect(
        name="scope-makes-up-for-secret-at-revocation",
        says="A revocation request with a scope in it needs no authentication.",
        breaks=("rfc7009-2.1-failed-authentication-reported",),
        edits=(replace("revocation", "authenticate_client", named("authenticate_client", believe_owner)),),
        fuzz=True,
    ),
    Defect(
        name="empty-credentials-introspect-with-wrong-hint",
        says="HTTP Basic with an empty name is let in at introspection if the hint says that it is a refresh token.",
        breaks=("rfc7662-4-caller-must-authenticate",),
        edits=(
            replace(
                "introspection.client",
                "authenticate_caller",
                when(empty_beside_wrong_hint, believe_at_introspection, authenticate_caller),
            ),
        ),
        fuzz=True,
    ),
    Defect(
        name="expired-token-active-with-odd-hint",
        says="An expired token is told as active if the hint is one that nobody defined.",
        breaks=("rfc7662-2.2-expired-token-inactive",),
        edits=(replace("introspection", "answer_inactive", when(is_expired, let_through, answer_inactive)),),
        fuzz=True,
    ),
    Defect(
        name="unknown-user-with-one-scope-is-somebody",
        says="A password request for one scope, by an unknown user, is served for the first user of the table.",
        breaks=("rfc6749-4.3.2-unknown-username-refused",),
        edits=(
            replace(
                "resource_owner.password",
                "verify_password",
                when(asks_for_one_scope_as_nobody, take_first_user, verify_password),
            ),
        ),
        fuzz=True,
    ),
)
