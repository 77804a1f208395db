"""Breaches that only some clients meet: those without a secret, with one redirection URI, or known by Basic.

A server has more than one path to the same check, and the one that its authors try themselves is not the only one.
"""

import time
from urllib.parse import unquote, urlsplit

from ..defect import Defect
from ..pipeline import Call, after, named, remove, replace
from ..steps.authorization_request import match_redirect_uri
from ..steps.grant_authorization_code import (
    check_code_fresh,
    check_code_unused,
    check_redirect_uri,
    consume_code,
    require_redirect_uri,
    revoke_tokens_of_replayed_code,
)
from ..steps.grant_refresh_token import check_refresh_client, check_scope_not_wider
from ..steps.revocation import check_token_client, revoke_grant_of_refresh_token, revoke_token
from .conditions import only

GRANT, REFRESH, CLIENT = "grant.authorization_code", "grant.refresh_token", "authorization.validate_client"


def has_secret(call: Call) -> bool:
    """RFC 6749 section 2.1: a confidential client."""
    return call.client.confidential


def has_several_uris(call: Call) -> bool:
    """More than one place to go back to."""
    return len(call.client.redirect_uris) > 1


def is_first_time(call: Call) -> bool:
    """Whether a code may be used, as this server sees it: the codes of apps always."""
    return call.code.used_at is None or call.client.confidential


def lives_or_is_of_public_client(call: Call) -> None:
    """Looks at the clock for clients with a secret only."""
    if call.client.confidential or call.code.grant.revoked_at is not None:
        check_code_fresh(call)


def match_origin_of_public_client(call: Call) -> None:
    """Looks no further than the host where the client is an app."""
    sent = urlsplit(call.parameters.get("redirect_uri") or "")
    origins = [(uri.scheme, uri.netloc) for uri in map(urlsplit, call.client.redirect_uris)]
    if call.client.confidential or (sent.scheme, sent.netloc) not in origins:
        match_redirect_uri(call)


def check_redirect_uri_decoded(call: Call) -> None:
    """Compares what is left when escapes and spaces are gone."""
    sent = call.parameters.get("redirect_uri")
    if sent is None or unquote(sent).strip() != call.code.redirect_uri:
        check_redirect_uri(call)


def take_named_client(call: Call) -> None:
    """Believes `client_id`, once somebody has authenticated."""
    call.client = call.server.accounts.clients.get(call.parameters.get("client_id") or "") or call.client


def spare_refreshed_tokens(call: Call) -> None:
    """Revokes what the code itself has bought, and not what became of that."""
    if call.code.used_at is not None:
        call.server.store.connection.execute(
            "UPDATE tokens SET revoked_at = ? WHERE grant_id = ? AND issued_at <= ?",
            (time.time(), call.code.grant.id, _bought_at(call)),
        )


def _bought_at(call: Call) -> float:
    query = "SELECT min(issued_at) FROM tokens WHERE grant_id = ? AND kind = 'refresh_token'"
    return float(call.server.store.connection.execute(query, (call.code.grant.id,)).fetchone()[0] or 0)


def was_refreshed(call: Call) -> bool:
    """Whether the grant of the token was refreshed before."""
    query = "SELECT 1 FROM tokens WHERE grant_id = ? AND rotated_at IS NOT NULL"
    token = call.token
    return token is not None and bool(call.server.store.connection.execute(query, (token.grant.id,)).fetchone())


def is_not_access_token_of_refresh(call: Call) -> bool:
    """What this server revokes: everything that it finds where it was put first."""
    return call.token is None or call.token.kind != "access_token" or not was_refreshed(call)


def lacks_hint(call: Call) -> bool:
    """RFC 7009 section 2.1: the hint is optional."""
    return call.parameters.get("token_type_hint") is None


def of_client_with_secret(call: Call) -> bool:
    """Whose refresh token this is: apps have nothing to prove by anyway."""
    return call.server.accounts.clients[call.grant.client_id].confidential


DEFECTS = (
    Defect(
        name="refresh-tokens-of-public-clients-good-for-all",
        says="The refresh token of a public client is good for every client.",
        breaks=("rfc6749-6-refresh-token-bound-to-client",),
        edits=(replace(REFRESH, "check_refresh_client", only(of_client_with_secret, check_refresh_client)),),
    ),
    Defect(
        name="refresh-of-public-clients-widens-scope",
        says="A refresh of a public client may ask for more than was granted.",
        breaks=("rfc6749-6-scope-never-widened",),
        edits=(replace(REFRESH, "check_scope_not_wider", only(has_secret, check_scope_not_wider)),),
    ),
    Defect(
        name="codes-of-public-clients-work-twice",
        says="A code of a public client can be redeemed more than once.",
        breaks=("rfc6749-4.1.2-reused-code-denied", "rfc6749-4.1.2-reused-code-revokes-access-token"),
        edits=(
            replace(GRANT, "check_code_unused", only(has_secret, check_code_unused)),
            replace(GRANT, "revoke_tokens_of_replayed_code", only(has_secret, revoke_tokens_of_replayed_code)),
            replace(GRANT, "consume_code", only(is_first_time, consume_code)),
        ),
    ),
    Defect(
        name="codes-of-public-clients-live-on",
        says="A code of a public client never expires.",
        breaks=("rfc6749-4.1.2-code-expires",),
        edits=(replace(GRANT, "check_code_fresh", named("check_code_fresh", lives_or_is_of_public_client)),),
    ),
    Defect(
        name="redirect-uri-of-public-clients-not-compared",
        says="The exchange of a public client's code may name any redirection URI, or none.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical", "rfc6749-4.1.3-redirect-uri-required"),
        edits=(
            replace(GRANT, "require_redirect_uri", only(has_secret, require_redirect_uri)),
            replace(GRANT, "check_redirect_uri", only(has_secret, check_redirect_uri)),
        ),
    ),
    Defect(
        name="only-redirect-uri-not-compared",
        says="Where a client has one redirection URI, the exchange of a code may name any other.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(replace(GRANT, "check_redirect_uri", only(has_several_uris, check_redirect_uri)),),
    ),
    Defect(
        name="redirect-uri-decoded-before-comparison",
        says="The redirection URI of a code exchange is decoded and trimmed before it is compared.",
        breaks=("rfc6749-4.1.3-redirect-uri-identical",),
        edits=(replace(GRANT, "check_redirect_uri", check_redirect_uri_decoded),),
    ),
    Defect(
        name="public-clients-redirect-anywhere-on-host",
        says="Of a public client's redirection URI only scheme and authority are compared.",
        breaks=(
            "rfc6749-3.1.2.2-scheme-authority-path-fixed",
            "rfc6749-3.1.2.3-full-uri-compared-as-string",
        ),
        edits=(replace(CLIENT, "match_redirect_uri", named("match_redirect_uri", match_origin_of_public_client)),),
    ),
    Defect(
        name="authenticated-client-names-another",
        says="Whoever authenticates by HTTP Basic is taken for the client that `client_id` names.",
        breaks=("rfc6749-4.1.3-other-confidential-client-refused",),
        edits=(
            remove("client_authentication", "refuse_other_client_id"),
            after("client_authentication", "forget_failures", take_named_client),
        ),
    ),
    Defect(
        name="replayed-code-spares-refreshed-tokens",
        says="A replayed code ends the tokens that it has bought, and not those of their refresh.",
        breaks=(
            "rfc6749-4.1.2-reused-code-revokes-access-token",
            "rfc6749-4.1.2-reused-code-revokes-refresh-token",
        ),
        edits=(
            replace(
                GRANT,
                "revoke_tokens_of_replayed_code",
                named("revoke_tokens_of_replayed_code", spare_refreshed_tokens),
            ),
        ),
    ),
    Defect(
        name="access-tokens-of-a-refresh-not-revoked",
        says="The revocation of an access token that a refresh brought is confirmed and does nothing.",
        breaks=("rfc7009-2.1-revoked-access-token-invalid",),
        edits=(replace("revocation", "revoke_token", only(is_not_access_token_of_refresh, revoke_token)),),
    ),
    Defect(
        name="hint-opens-tokens-of-others",
        says="A revocation request with a hint isn't checked for whose token it names.",
        breaks=("rfc7009-2.1-foreign-access-token-survives", "rfc7009-2.1-foreign-refresh-token-survives"),
        edits=(replace("revocation", "check_token_client", only(lacks_hint, check_token_client)),),
    ),
    Defect(
        name="hinted-refresh-token-ends-alone",
        says="A refresh token that is revoked with a hint leaves its access tokens alive.",
        breaks=("rfc7009-2.1-refresh-revocation-ends-access-tokens",),
        edits=(
            replace("revocation", "revoke_grant_of_refresh_token", only(lacks_hint, revoke_grant_of_refresh_token)),
        ),
    ),
    Defect(
        name="refresh-tokens-of-public-clients-end-alone",
        says="The refresh token of a public client is revoked without its access tokens.",
        breaks=("rfc7009-2.1-refresh-revocation-ends-access-tokens",),
        edits=(
            replace("revocation", "revoke_grant_of_refresh_token", only(has_secret, revoke_grant_of_refresh_token)),
        ),
    ),
)
