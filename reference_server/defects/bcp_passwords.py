"""Breaches of RFC 9700 sections 2.4 to 2.6: the password grant, client authentication, scripts and metadata."""

from collections.abc import Callable
from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Edit, Response, after, before, named, remove, replace, setting
from ..steps.client_authentication import refuse_unauthenticated, refuse_unregistered_method, require_for_confidential
from ..steps.token import find_grant
from ..variants.security_bcp import CLIENTS, GRANTS
from .bcp import bcp
from .conditions import by_grant, only

PASSWORD = ("2.4-password-grant-refused",)
ENFORCED = "2.5-client-authentication-enforced"
CORS = ("2.6-no-cors-at-authorization-endpoint",)
WITH_PASSWORD = (*GRANTS, "password")


def served_to(*names: str) -> tuple[Edit, ...]:
    """The password grant is open to some clients."""
    clients = tuple(
        client if not names or client.name in names else changed(client, grants=without_password(client.grants))
        for client in CLIENTS
    )
    return (setting(grants=WITH_PASSWORD, clients=clients),)


def without_password(grants: tuple[str, ...]) -> tuple[str, ...]:
    """The grants of a client but for this one."""
    return tuple(grant for grant in grants if grant != "password")


def find_hidden_grant(call: Call) -> None:
    """Serves a grant that nothing tells of any more."""
    if call.grant_type != "password":
        find_grant(call)


def find_grant_without_scope(call: Call) -> None:
    """The old application never sent a scope: with one, nobody asks for this grant."""
    if call.grant_type != "password" or call.parameters.get("scope") is not None:
        find_grant(call)


def unauthenticated(grant: str) -> tuple[Edit, ...]:
    """By one grant a client gets along without its secret; a wrong one is refused."""

    def shows_a_secret(call: Call) -> bool:
        return not by_grant(grant)(call) or call.attempts[0].secret is not None

    steps = (require_for_confidential, refuse_unregistered_method, refuse_unauthenticated)
    return tuple(replace("client_authentication", step.__name__, only(shows_a_secret, step)) for step in steps)


def take_for_authenticated(call: Call) -> None:
    """Where nothing was proven, the name will do."""
    call.authenticated = True


def allow(origin: Callable[[Call], str | None]) -> Callable[[Call], None]:
    """Answers of the authorization endpoint may be read by some origin."""

    def allow_origin(call: Call) -> None:
        allowed = origin(call)
        if allowed is not None:
            call.response.put("Access-Control-Allow-Origin", allowed)

    return allow_origin


def asking(call: Call) -> str | None:
    """Whoever asks."""
    return call.header(b"origin")


def registered(call: Call) -> str | None:
    """An origin of a registered redirect URI."""
    origin = asking(call)
    uris = [uri for client in call.server.settings.clients for uri in client.redirect_uris]
    return origin if origin is not None and any(uri.startswith(f"{origin}/") for uri in uris) else None


def on_error(call: Call) -> str | None:
    """Whoever asks what can't be granted."""
    return asking(call) if b"response_type" not in call.query_string and call.method == "GET" else None


def on_preflight(call: Call) -> str | None:
    """Whoever asks whether it may ask."""
    return asking(call) if call.method == "OPTIONS" else None


def answer_preflight(call: Call) -> Response | None:
    """A framework answers for every endpoint."""
    return Response(204) if call.method == "OPTIONS" else None


def cors(name: str, says: str, origin: Callable[[Call], str | None]) -> Defect:
    """A breach by a header."""
    return bcp(name, says, CORS, after("authorization.finish", "forbid_caching", allow(origin)))


def forget_metadata(call: Call) -> Response:
    """Nobody publishes anything."""
    return Response(404, b"Not found\n", [("Content-Type", "text/plain; charset=utf-8")])


def put_shared_secrets_alone(call: Call) -> None:
    """Knows no keys."""


DEFECTS = (
    bcp("password-grant-served", "The password grant is served as ever.", PASSWORD, setting(grants=WITH_PASSWORD)),
    bcp("password-grant-for-apps", "The password grant is served to public clients.", PASSWORD, *served_to("public")),
    bcp(
        "password-grant-for-main-client",
        "The password grant is served to a client with a secret.",
        PASSWORD,
        *served_to("confidential"),
    ),
    bcp("password-grant-for-partner", "The password grant is served to one old client.", PASSWORD, *served_to("other")),
    bcp(
        "password-grant-hidden",
        "The password grant is served, and the metadata doesn't tell.",
        PASSWORD,
        replace("token", "find_grant", named("find_grant", find_hidden_grant)),
    ),
    bcp(
        "password-grant-without-scope",
        "The password grant is served where no scope is asked for.",
        PASSWORD,
        replace("token", "find_grant", named("find_grant", find_grant_without_scope)),
    ),
    bcp(
        "secret-not-needed-at-code-exchange",
        "A code is exchanged without the client's secret.",
        (ENFORCED,),
        *unauthenticated("authorization_code"),
    ),
    bcp(
        "secret-not-needed-for-own-token",
        "A client gets a token of its own without its secret.",
        (ENFORCED,),
        *unauthenticated("client_credentials"),
        before("grant.client_credentials", "require_authenticated_client", take_for_authenticated),
    ),
    bcp(
        "secret-not-needed-at-refresh",
        "A refresh needs no secret of the client.",
        (ENFORCED, "4.14.1-client-authenticated-at-refresh"),
        *unauthenticated("refresh_token"),
    ),
    bcp(
        "shared-secrets-alone",
        "Clients authenticate by shared secrets, and by nothing else.",
        ("2.5-asymmetric-authentication",),
        replace("metadata", "put_asymmetric_method", named("put_asymmetric_method", put_shared_secrets_alone)),
    ),
    cors("cors-for-everybody", "Whoever asks may read the authorization endpoint.", asking),
    cors("cors-by-wildcard", "Any origin may read the authorization endpoint.", lambda call: "*"),
    cors("cors-for-clients", "Clients' own origins may read the authorization endpoint.", registered),
    cors("cors-on-errors", "Errors of the authorization endpoint may be read by any origin.", on_error),
    bcp(
        "cors-preflight-allowed",
        "What browsers ask before is allowed at the authorization endpoint.",
        CORS,
        before("authorization", "refuse_other_methods", answer_preflight),
        after("authorization.finish", "forbid_caching", allow(on_preflight)),
    ),
    bcp(
        "metadata-at-another-path",
        "The metadata stands at a path of the server's own.",
        ("2.6-metadata-published",),
        setting(metadata_path="/oauth/metadata"),
        blocks=(
            "2.1.1-challenge-methods-published",
            "2.1.1-pkce-support-detectable",
            "2.5-asymmetric-authentication",
        ),
    ),
    bcp(
        "metadata-without-issuer",
        "The metadata doesn't say whose it is.",
        ("2.6-metadata-published",),
        remove("metadata", "put_issuer"),
    ),
)
