"""Conformant servers that define, grant and tell scopes in another way (RFC 6749 section 3.3, RFC 7662 section 2.2)."""

from dataclasses import replace as changed

from .. import demo
from ..pipeline import Call, before, remove, replace, setting
from ..steps.scope import invalid_scope
from ..steps.token_response import put_scope
from ..variant import Variant

OFFLINE = "offline_access"


def show_first_name_only(call: Call) -> None:
    """RFC 7662 section 2.2: the caller may be told a part of the scope."""
    assert call.token is not None
    call.answer["scope"] = " ".join(call.token.scope[:1])


def refuse_known_scope_of_others(call: Call) -> None:
    """RFC 6749 section 3.3: the server defines its scopes, here by whatever name a client asks for."""
    settings = call.server.settings
    known = {*settings.user_scopes, *settings.app_scopes}
    own = set(settings.user_scopes if call.kind == "user" else settings.app_scopes) & set(call.client.scopes)
    if (set(call.scope) & known) - own:
        raise invalid_scope("The scope is not available to this client in this flow.")


def tell_scope_that_differs(call: Call) -> None:
    """RFC 6749 section 5.1: identical to what was requested, it may be left out."""
    asked = set((call.parameters.get("scope") or "").split())
    if asked != set(call.scope):
        put_scope(call)


def keep_refresh_token_for_offline_access(call: Call) -> None:
    """OpenID Connect Core section 11: a refresh token comes where offline access was granted."""
    if call.grant_type in ("password", "authorization_code") and OFFLINE not in call.scope:
        call.with_refresh_token = False


USER_SCOPES = ("me", "profile", "email", OFFLINE)
OFFLINE_CLIENTS = tuple(
    changed(client, scopes=(*client.scopes, OFFLINE)) if "me" in client.scopes else client for client in demo.CLIENTS
)

VARIANTS = (
    Variant(
        name="introspection-tells-part-of-scope",
        says="Introspection tells the first name of a scope, whoever asks.",
        edits=(replace("introspection.response", "put_scope", show_first_name_only),),
        profile={"target": {"introspection_scope": None}},
    ),
    Variant(
        name="scope-at-refresh-ignored",
        says="A refresh brings the whole scope of its grant, whatever less it asks for; the answer tells so.",
        edits=(remove("grant.refresh_token", "narrow_scope"),),
    ),
    Variant(
        name="scopes-of-any-name",
        says="Every name that a client asks for is a scope, unless it is known to be another's.",
        edits=(
            remove("scope", "refuse_unknown_scope"),
            replace("scope", "refuse_scope_of_other_kind", refuse_known_scope_of_others),
            remove("scope", "refuse_scope_beyond_client"),
        ),
        changes={"rfc6749-5.2-unknown-scope-invalid-scope": "vacuous"},
    ),
    Variant(
        name="token-scope-told-when-it-differs",
        says="A token response has a scope where that isn't the one that the token request asked for.",
        edits=(replace("token.response", "put_scope", tell_scope_that_differs),),
        profile={"documented": {"m2m": False, "scopes": False}},
    ),
    Variant(
        name="refresh-token-needs-offline-access",
        says="A refresh token comes with a grant only where the scope offline_access was asked for.",
        edits=(
            setting(user_scopes=USER_SCOPES, clients=OFFLINE_CLIENTS),
            before("issue", "make_refresh_token", keep_refresh_token_for_offline_access),
        ),
    ),
)
