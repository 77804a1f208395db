"""Conformant servers that treat scopes, consent and codes in another way (RFC 6749 sections 3.3 and 4.1)."""

from dataclasses import replace as changed

from .. import demo
from ..pipeline import Call, after, before, replace, setting
from ..settings import ALL_ENDPOINTS
from ..steps.grant_authorization_code import check_code_client
from ..steps.scope import invalid_scope
from ..variant import Variant

ONE_OF_EACH_KIND = ("me", "app")


def demand_scope(call: Call) -> None:
    """Section 3.3: a server without a default scope calls a request without scope an invalid scope."""
    if not call.scope:
        raise invalid_scope("A scope has to be asked for.")


def demand_scope_first(call: Call) -> None:
    """Section 5.2 leaves open which of several faults is told: here the missing scope comes first."""
    asks_for_scope = call.grant_type in ("client_credentials", "password")
    if asks_for_scope and call.parameters.get("scope") is None:
        raise invalid_scope("A scope has to be asked for.")


def reduce_scope(call: Call) -> None:
    """Section 3.3: the requested scope may be ignored in part, if the answer tells what is granted."""
    settings = call.server.settings
    kind = settings.user_scopes if call.kind == "user" else settings.app_scopes
    call.scope = tuple(name for name in call.scope if name in kind and name in call.client.scopes)


def use_up_code(call: Call) -> None:
    """Section 10.5: a code that another client tries may be in wrong hands, so nobody gets anything for it."""
    if call.code.grant.client_id != call.client.client_id:
        call.server.store.use_code(call.code)
    check_code_client(call)


def use_up_code_of_failed_try(call: Call) -> None:
    """Section 10.5: whoever has a code and not all that belongs to it may have stolen it."""
    if hasattr(call, "code"):
        call.server.store.use_code(call.code)


def name_charset(call: Call) -> None:
    """RFC 9110 section 8.3: parameters of the media type change nothing here."""
    if call.response.status >= 400 and ("Content-Type", "application/json") in call.response.headers:
        call.response.put("Content-Type", "application/json;charset=UTF-8")


VARIANTS = (
    Variant(
        name="no-default-scope",
        says="A request without scope is refused with invalid_scope.",
        edits=(
            replace("scope", "use_default_scope", demand_scope),
            before("token", "refuse_barred_client", demand_scope_first),
        ),
        profile={"extension_grant": {"parameters": {"scope": "app"}}},
    ),
    Variant(
        name="scope-reduced",
        says="Of the requested scope is granted what the client may have; the answer tells what that is.",
        edits=(before("scope", "use_default_scope", reduce_scope),),
    ),
    Variant(
        name="consent-remembered",
        says="A resource owner who has granted a scope once is not asked for it again.",
        edits=(setting(remember_consent=True),),
    ),
    Variant(
        name="one-scope",
        says="There is one scope for users and one for applications.",
        edits=(
            setting(
                user_scopes=ONE_OF_EACH_KIND[:1],
                app_scopes=ONE_OF_EACH_KIND[1:],
                clients=tuple(
                    changed(client, scopes=tuple(name for name in client.scopes if name in ONE_OF_EACH_KIND))
                    for client in demo.CLIENTS
                ),
                endpoints=tuple(name for name in ALL_ENDPOINTS if name != "resource.basic"),
            ),
        ),
        profile={"target": {"insufficient_scope": None}},
        changes={
            "rfc6749-3.3-space-delimited-list-read": "untested",
            "rfc6749-3.3-order-of-scopes-irrelevant": "untested",
            "rfc6749-3.3-each-scope-counts": "untested",
            "rfc6749-5.2-excessive-scope-invalid-scope": "untested",
            "rfc6749-6-granted-scope-accepted": "untested",
            "rfc6749-6-new-refresh-token-same-scope": "untested",
            "rfc6749-6-omitted-scope-is-full-grant": "untested",
            "rfc6749-6-scope-never-widened": "untested",
            "rfc6749-7-insufficient-scope-refused": "untested",
            "rfc6749-10.2-consent-page-shows-scope": "untested",
            "rfc6749-10.3-scope-depends-on-client": "untested",
        },
    ),
    Variant(
        name="code-used-up-by-anybody",
        says="A code that another client has tried is good for nobody.",
        edits=(replace("grant.authorization_code", "check_code_client", use_up_code),),
    ),
    Variant(
        name="code-used-up-by-failed-try",
        says="A code that was tried in vain, for whatever reason, is good for nobody.",
        edits=(before("token.error", "put_error", use_up_code_of_failed_try),),
    ),
    Variant(
        name="error-json-with-charset",
        says="Error responses name a charset beside the media type.",
        edits=(
            after("token.finish", "forbid_sniffing", name_charset),
            after("revocation.finish", "forbid_sniffing", name_charset),
            after("introspection.finish", "forbid_sniffing", name_charset),
        ),
    ),
)
