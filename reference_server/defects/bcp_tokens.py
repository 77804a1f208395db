"""Breaches of RFC 9700 sections 2.2, 2.3, 4.10 and 4.15: what tokens are good for, for whom, and where."""

from ..errors import OAuthError
from ..pipeline import Call, named, remove, replace
from ..steps import dpop
from ..steps.bearer import invalid_token
from ..steps.introspection import put_aud, put_sub
from ..steps.scope import use_default_scope
from .bcp import bcp
from .conditions import by_grant, nothing, only, when

DEMANDED, BOUND, CONSTRAINED = (
    "2.2.1-proof-demanded",
    "4.10.1-token-associated-with-key",
    "2.2.1-access-tokens-sender-constrained",
)
OWNER, APP = "4.15-subject-is-resource-owner", "4.15-subject-is-client"
MINIMAL, AUDIENCE = "2.3-privileges-minimal", "2.3-audience-restricted"


def check_proof_of_those_who_bring_one(call: Call) -> None:
    """Looks at the proof where there is one."""
    if call.with_proof:
        dpop.check_proof(call)


def bind(call: Call) -> None:
    """Binds the token to the key."""
    dpop.bind_access_token(call)


def check_that_there_is_a_proof(call: Call) -> None:
    """Looks whether the proof is a proof, and not whose."""
    bound = call.server.store.key_of(call.bearer.hash)
    if bound is not None and not call.with_proof:
        raise invalid_token()
    if call.with_proof:
        try:
            dpop.key_of_proof(call, call.bearer_values[0])
        except OAuthError as error:
            raise OAuthError(error.error, error.description, 401) from error


def check_proof_without_list(call: Call) -> None:
    """Forgets a proof as soon as it was looked at."""
    dpop.check_proof(call)
    call.server.store.connection.execute("DELETE FROM proofs")


def put_bearer_type(call: Call) -> None:
    """Calls every token a bearer token."""
    call.answer["token_type"] = "bearer"


def put_wrong_key(call: Call) -> None:
    """Names the token in place of the key."""
    dpop.put_confirmation(call)
    if "cnf" in call.answer:
        call.answer["cnf"] = {"jkt": call.answer.get("jti", "")}


def is_of_app(call: Call) -> bool:
    """Nobody granted the token."""
    return call.token is not None and call.token.grant.username is None


def is_of_owner(call: Call) -> bool:
    """A resource owner granted the token."""
    return not is_of_app(call)


def grant_everything_to_apps(call: Call) -> None:
    """An app gets all that it may have."""
    if call.endpoint == "token":
        call.scope = tuple(name for name in call.server.settings.app_scopes if name in call.client.scopes)
    else:
        use_default_scope(call)


def grant_everything_to_owners(call: Call) -> None:
    """Who asks for a little will ask for more."""
    if call.endpoint == "authorization":
        call.scope = tuple(name for name in call.server.settings.user_scopes if name in call.client.scopes)
    else:
        use_default_scope(call)


def put_client_as_subject(call: Call) -> None:
    """Names the client, whoever granted the token."""
    if call.token is not None:
        call.answer["sub"] = call.token.grant.client_id


def put_one_subject(call: Call) -> None:
    """Has one subject for all people."""
    put_sub(call)
    if is_of_owner(call):
        call.answer["sub"] = "resource-owner"


def put_owner_of_app(call: Call) -> None:
    """Takes the account that registered the client for the subject."""
    put_sub(call)
    if is_of_app(call):
        call.answer["sub"] = next(iter(call.server.accounts.users))


DEFECTS = (
    bcp(
        "proofs-ignored",
        "Proofs are ignored, and all tokens are bearer tokens.",
        (BOUND, CONSTRAINED, "2.2.2-public-refresh-token-guarded", "4.14.2-refresh-token-sender-constrained"),
        remove("token", "read_proof"),
        blocks=(DEMANDED, "4.10.1-proof-not-replayed"),
    ),
    bcp(
        "bound-tokens-called-bearer",
        "Bound tokens are called bearer tokens.",
        (BOUND,),
        replace("token.response", "put_dpop_type", named("put_dpop_type", put_bearer_type)),
    ),
    bcp(
        "key-not-told",
        "Introspection doesn't say to which key a token is bound.",
        (BOUND,),
        remove("introspection.response", "put_confirmation"),
    ),
    bcp(
        "wrong-key-told",
        "Introspection names something else than the key.",
        (BOUND,),
        replace("introspection.response", "put_confirmation", named("put_confirmation", put_wrong_key)),
    ),
    bcp(
        "refreshed-token-unbound",
        "The access token of a refresh is bound to no key, whatever the first one was.",
        (BOUND, DEMANDED),
        replace(
            "issue", "bind_access_token", when(by_grant("refresh_token"), nothing, named("bind_access_token", bind))
        ),
    ),
    bcp(
        "bound-token-served-to-bearers",
        "A bound token is served without proof.",
        (DEMANDED,),
        replace("bearer", "check_proof", named("check_proof", check_proof_of_those_who_bring_one)),
    ),
    bcp(
        "bound-token-served-with-any-key",
        "A bound token is served with a proof by any key.",
        (DEMANDED,),
        replace("bearer", "check_proof", named("check_proof", check_that_there_is_a_proof)),
    ),
    bcp(
        "proof-served-again",
        "A proof is served as often as it comes.",
        ("4.10.1-proof-not-replayed",),
        replace("bearer", "check_proof", named("check_proof", check_proof_without_list)),
    ),
    bcp(
        "no-audience",
        "Access tokens are for nobody in particular.",
        (AUDIENCE,),
        remove("introspection.response", "put_aud"),
        blocks=("4.14.2-refresh-token-bound-to-resources",),
    ),
    bcp(
        "no-audience-for-apps",
        "An app's own token is for nobody in particular.",
        (AUDIENCE,),
        replace("introspection.response", "put_aud", only(is_of_owner, put_aud)),
    ),
    bcp(
        "no-audience-for-owners",
        "A token that somebody granted is for nobody in particular.",
        (AUDIENCE,),
        replace("introspection.response", "put_aud", only(is_of_app, put_aud)),
        blocks=("4.14.2-refresh-token-bound-to-resources",),
    ),
    bcp(
        "apps-get-everything",
        "An app's token has all that the app may have, whatever was asked for.",
        (MINIMAL,),
        replace("scope", "use_default_scope", named("use_default_scope", grant_everything_to_apps)),
    ),
    bcp(
        "owners-grant-everything",
        "A code brings all that the client may have, whatever was asked for.",
        (MINIMAL, "2.3-resource-checks-actions"),
        replace("scope", "use_default_scope", named("use_default_scope", grant_everything_to_owners)),
        blocks=("4.14.2-refresh-token-bound-to-scope",),
    ),
    bcp(
        "subject-is-always-client",
        "The subject of every token is the client.",
        (OWNER,),
        replace("introspection.response", "put_sub", named("put_sub", put_client_as_subject)),
    ),
    bcp(
        "subject-is-anybody",
        "All people have one subject.",
        (OWNER,),
        replace("introspection.response", "put_sub", named("put_sub", put_one_subject)),
    ),
    bcp(
        "subject-of-app-is-owner",
        "The subject of an app's token is a resource owner.",
        (APP,),
        replace("introspection.response", "put_sub", named("put_sub", put_owner_of_app)),
    ),
    bcp(
        "other-scopes-open-resources",
        "A resource takes tokens of any scope.",
        ("2.3-resource-checks-actions",),
        remove("resource.me", "require_scope"),
    ),
)
