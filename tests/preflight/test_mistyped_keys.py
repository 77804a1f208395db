"""Each key that a run relies on, mistyped in turn: `doctor` names it, whatever else stands in the profile."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

import pytest

from conformance.base.schemas import schema as profile_schema
from conformance.preflight.controls import Control
from reference_server import demo
from reference_server.errors import OAuthError
from reference_server.pipeline import Call, Edit, Response, before, replace, setting
from reference_server.steps.native_apps import match_native_redirect_uri
from reference_server.steps.sign_in import read_session, show_sign_in
from reference_server.variants import VARIANTS
from tests.matrix.engine import CONTROL
from tests.preflight.worlds import App, document, examined, profile_of

Path = tuple[str, ...]
LEAVE_OUT = object()
FORGETS_NOTHING = f'"{sys.executable}" -c pass'
A, B, PUBLIC, RESTRICTED = (("clients", name) for name in ("confidential", "other", "public", "restricted"))
EXTERNAL = ("documented", "external_authentication_token")
PROVIDER = ("documented", "federation")
# What a profile doesn't have to be as large as the bundled server's for.
SPARED = ("special", "single_redirect", "guessing", "guessing_revocation", "guessing_introspection", "insecure")


def variant(name: str) -> tuple[Edit, ...]:
    """The edits of a variant of the reference server."""
    return next(each for each in VARIANTS if each.name == name).edits


def behind_gateway(app: App) -> App:
    """The server behind a gateway that wants a key."""

    async def gateway(scope: Any, receive: Any, send: Any) -> None:
        if (b"x-key", b"right") in scope["headers"]:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 403, "headers": []})
        await send({"type": "http.response.body", "body": b"Forbidden"})

    return gateway


def demanding(endpoint: str) -> tuple[Edit, ...]:
    """A server that demands an audience beside the RFC."""

    def require_audience(call: Call) -> None:
        """The deployment's own rule."""
        if call.parameters.get("audience") != "api":
            raise OAuthError("invalid_request", "The audience parameter is missing or wrong.")

    lists = {
        "authorization": ("authorization.validate_request", "require_response_type"),
        "token": ("token", "find_grant"),
    }
    return (before(*lists[endpoint], require_audience),)


def ask_who_is_there(call: Call) -> Response | None:
    """RFC 6749 section 3.1: the server verifies who the resource owner is, before it looks at the request."""
    read_session(call)
    return show_sign_in(call)


SIGN_IN_FIRST = (before("authorization", "validate_client", ask_who_is_there),)


def take_any_scheme(call: Call) -> None:
    """Registration lets any private-use scheme pass, those without a period as well."""
    if not (call.parameters.get("redirect_uri") or "").startswith("myapp:"):
        match_native_redirect_uri(call)


TAKING_ALL = (
    *variant("native-apps"),
    replace("authorization.validate_client", "match_native_redirect_uri", take_any_scheme),
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A key with what stands there by mistake, and the server that it is a mistake about."""

    path: Path
    wrong: Any
    edits: Sequence[Edit] = ()
    around: Callable[[App], App] = lambda app: app
    more: Mapping[Path, Any] = field(default_factory=dict)


def endpoints() -> Iterator[Mistake]:
    """Every endpoint, one letter short, and the issuer, one too long."""
    yield Mistake(("target", "issuer"), f"{document()['target']['issuer']}/")
    for name, place in document()["endpoints"].items():
        yield Mistake(("endpoints", name), place[:-1])


def clients() -> Iterator[Mistake]:
    """Every key of a client."""
    for path, uris in (
        (A, demo.CONFIDENTIAL.redirect_uris),
        (B, demo.OTHER.redirect_uris),
        (PUBLIC, demo.PUBLIC.redirect_uris),
    ):
        yield Mistake((*path, "redirect_uris"), [f"{uris[0]}x", uris[1]])
        yield Mistake((*path, "redirect_uris"), [uris[0], f"{uris[1]}x"])
        yield Mistake((*path, "redirect_uris"), [uris[0], f"{uris[1]}x"], edits=SIGN_IN_FIRST)
        yield Mistake((*path, "client_id"), "client-x")
    yield Mistake((*RESTRICTED, "client_id"), "client-x")
    for path in (A, B, RESTRICTED):
        yield Mistake((*path, "client_secret"), "mistyped")
    yield Mistake((*A, "authentication"), "client_secret_post", edits=variant("basic-authentication-only"))
    yield Mistake((*B, "authentication"), "none")
    yield Mistake((*A, "scopes"), ["me", "profil"], more={(*A, "grant_scopes"): LEAVE_OUT})
    for grant in ("authorization_code", "implicit", "password", "client_credentials"):
        scopes = ["app", "basik"] if grant == "client_credentials" else ["me", "profil"]
        yield Mistake((*A, "grant_scopes", grant), scopes)
    yield Mistake((*A, "grant_scopes", "password"), ["me", "profil"], edits=variant("scope-reduced"))
    yield Mistake((*RESTRICTED, "grants"), ["authorization_code", "password"], more={(*RESTRICTED, "barred"): []})
    yield Mistake((*RESTRICTED, "barred"), ["authorization_code"], more={(*RESTRICTED, "grants"): LEAVE_OUT})
    yield Mistake((*A, "barred"), ["client_credentials"])
    yield Mistake((*A, "pkce"), "off", edits=variant("pkce-demanded"))
    yield Mistake((*A, "pkce"), "plain", edits=(setting(pkce_methods=("S256",)),))
    yield Mistake((*A, "authorization_parameters"), {"audience": "apo"}, edits=demanding("authorization"))
    yield Mistake((*A, "token_parameters"), {"audience": "apo"}, edits=demanding("token"))


def native_apps() -> Iterator[Mistake]:
    """What is said of native apps, and a claim without any."""
    edits, native = variant("native-apps"), ("clients", "native")
    table = {"client_id": "client-native", "authentication": "none", "scopes": ["me"], "grants": ["authorization_code"]}
    uri = "http://127.0.0.1/oauth2redirect/example-provider"
    claim = {("features", "native_apps"): True}
    app = {native: {**table, "type": "native", "redirect_uris": [uri]}}
    yield Mistake(("features", "native_apps"), True)
    yield Mistake(("features", "native_apps"), True, more={native: {**table, "redirect_uris": [uri]}}, edits=edits)
    yield Mistake(("features", "native_apps"), True, more=app, edits=edits[:1])
    yield Mistake((*native, "redirect_uris"), [], more={**claim, **app}, edits=edits)
    yield Mistake((*native, "rejected_redirect_uris"), ["com.example.app:/cb"], more={**claim, **app}, edits=edits)
    yield Mistake((*native, "rejected_redirect_uris"), ["myapp:/cb"], more={**claim, **app}, edits=TAKING_ALL)


def owners() -> Iterator[Mistake]:
    """Names and passwords of accounts."""
    for name in ("resource_owner", "resource_owner_other", "resource_owner_unicode"):
        yield Mistake((name, "username"), "somebody")
        yield Mistake((name, "password"), "mistyped")


def claims() -> Iterator[Mistake]:
    """Features that a server hasn't, and what is said of them."""
    yield Mistake(("features", "grants"), ["authorization_code", "implicit"], edits=variant("no-implicit"))
    for name in (
        "bearer_query",
        "introspection_restricted",
        "revocation_cors",
        "revocation_cors_authorization",
        "revocation_jsonp",
    ):
        yield Mistake(("features", name), True)
    yield Mistake(("features", "bearer_form_body"), True, edits=variant("no-bearer-form-body"))
    yield Mistake(("features", "introspection_bearer"), True, edits=variant("introspection-by-clients-only"))
    yield Mistake(("features", "full_redirect_uris"), False)
    yield Mistake(("features", "full_redirect_uris"), True, edits=variant("redirect-uris-registered-in-part"))
    yield Mistake(("target", "insufficient_scope"), "profil")
    yield Mistake(("target", "insufficient_scope"), "me")
    yield Mistake(("target", "resource_checks_tokens"), True, edits=variant("self-contained-access-tokens"))
    yield Mistake(("target", "headers"), {"X-Key": "wrong"}, around=behind_gateway)
    yield Mistake(("control", "url"), f"{document()['target']['plain_http']}")
    yield Mistake(("extension_grant", "grant_type"), "https://reference.example/grant-type/other")
    yield Mistake(("extension_grant", "parameters"), {"assertion": "mistyped"})
    yield Mistake(("limits", "access_token_lifetime"), 60)
    yield Mistake(("declined", "rfc6749-4.1.2-reused-code-denid"), "it is known")


def driving() -> Iterator[Mistake]:
    """How pages are driven."""
    yield Mistake(("sign_in", "approve"), "No such button")
    yield Mistake(("sign_in", "decline"), "No such button")
    yield Mistake(("sign_in", "forget"), f"{CONTROL}/forgets-nothing")
    yield Mistake(("sign_in", "forget"), FORGETS_NOTHING, edits=variant("consent-remembered-by-account-and-client"))
    yield Mistake(("sign_in", "steps"), [{"page": "/oauth/authorize", "press": "No such button"}])


def documented() -> Iterator[Mistake]:
    """The documented API's own parts."""
    yield Mistake((*EXTERNAL, "client"), "public")
    yield Mistake((*EXTERNAL, "value"), "mistyped")
    yield Mistake((*EXTERNAL, "other_value"), "mistyped")
    yield Mistake((*PROVIDER, "link"), "No such link")
    yield Mistake((*PROVIDER, "provider"), "https://127.0.0.1:8445")
    yield Mistake((*PROVIDER, "username"), "somebody")
    yield Mistake((*PROVIDER, "password"), "mistyped")
    yield Mistake((*PROVIDER, "refused_username"), demo.ALICE_AT_PROVIDER.username)
    yield Mistake((*PROVIDER, "refused_password"), "mistyped")


MISTAKES = [
    mistake for part in (endpoints, clients, native_apps, owners, claims, driving, documented) for mistake in part()
]
# Keys that no control can prove, and why.
EXEMPT: Mapping[str, str] = {
    "claims": "read before any control",
    "target.role": "read before any control",
    "target.own_hosts": "a run judges what pages lead to",
    "target.pkce_told": "nothing on the wire proves it",
    "driver": "of a client: tried by one login of each kind",
    "registration": "of a client: tried by one login of each kind",
    "stage": "of a client: tried by one login of each kind",
    "clients.*.pkce_required": "a run judges it",
    "clients.*.untrusted": "a run judges what follows from it",
    "features.security_bcp": "a run judges it",
    "features.dpop": "a run judges it",
    "features.web_message": "a run judges it",
    "features.reverse_proxy": "nothing on the wire proves it",
    "limits.refresh_leeway": "shows by waiting only",
    "limits.refresh_idle_time": "shows by waiting only",
    "target.name": "a label",
    "target.base_url": "nothing answers: told before any control",
    "target.plain_http": "a port at which nobody listens may be meant so: the control says what it saw",
    "target.ca_file": "nothing answers: told before any control",
    "target.client_certificate": "read before any control",
    "target.client_key": "read before any control",
    "target.client_key_password": "read before any control",
    "target.timeout": "nothing answers in time: told before any control",
    "target.connect_timeout": "nothing answers in time: told before any control",
    "target.read_timeout": "nothing answers in time: told before any control",
    "target.intrusive": "a permission",
    "target.introspection_scope": "how introspection is read, not what it answers",
    "target.wait": "a permission",
    "limits.code_lifetime": "shows by waiting only",
    "limits.failed_authentications": "shows by guessing only",
    "limits.requests_per_second": "the suite's own pace",
    "limits.revocation_delay": "a limit of patience",
    "features.scopes": "a run judges it",
    "features.extension_grant": "its table is tried",
    "features.revocation": "its endpoint is tried",
    "features.introspection": "its endpoint is tried",
    "features.token_info": "its endpoint is tried",
    "features.protected_resource": "its endpoint is tried",
    "features.metadata": "its endpoint is tried",
    "features.pkce": "a run judges it",
    "features.pkce_plain": "a run judges it",
    "features.no_pkce": "a run judges it",
    "clients.*.type": "a run judges what follows from it",
    "clients.*.identity_proof": "nothing on the wire proves it",
    "features.issuer_metadata": "the issuer is tried",
    "features.issuer_parameter": "the issuer is tried",
    "target.other_issuers": "a run judges it",
    "sign_in.driver": "read before any control",
    "sign_in.browser": "read before any control",
    "sign_in.hosts": "tried in tests/harness/drivers",
    "sign_in.patience": "a limit of patience",
    "sign_in.most_approvals": "a limit of patience",
    "documented.layout": "a run judges it",
    "documented.graphql": "its endpoint is tried",
    "documented.m2m": "a run judges it",
    "documented.scopes": "its resources are tried",
    "documented.federation.resource_owner": "would take an approval of its own",
    "resource_owner_guessing": "may be locked by the run before",
    "resource_owner_guessing_sign_in": "may be locked by the run before",
}


def written(mistake: Mistake) -> dict[str, Any]:
    """The right profile with the mistake."""
    content = document()
    for name in SPARED:
        del content["clients"][name]
    del content["resource_owner_guessing"], content["resource_owner_guessing_sign_in"]
    for path, value in {**mistake.more, mistake.path: mistake.wrong}.items():
        put(content, path, value)
    return content


def put(content: dict[str, Any], path: Path, value: Any) -> None:
    """Set a key, or leave it out."""
    table = content
    for name in path[:-1]:
        table = table.setdefault(name, {})
    if value is LEAVE_OUT:
        table.pop(path[-1], None)
    else:
        table[path[-1]] = value


def names(control: Control, path: Path) -> bool:
    """Whether a control that fails tells of a key: by its place, or in words with its table."""
    if control.state != "fails":
        return False
    return control.place == path or (control.place[: len(path) - 1] == path[:-1] and path[-1] in control.diagnosis())


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda each: f"{'.'.join(each.path)}={each.wrong}"[:70])
def test_the_key_is_named(mistake: Mistake) -> None:
    profile = profile_of(deepcopy(written(mistake)))
    found = examined(profile, mistake.edits, mistake.around)
    told = [control.diagnosis() for control in found.controls if control.state == "fails"]
    assert any(names(control, mistake.path) for control in found.controls), told


def test_a_claim_of_native_apps_without_any_is_told_at_its_line() -> None:
    content = {
        "claims": ["core", "native-apps"],
        **{name: table for name, table in document().items() if name != "claims"},
    }
    found = examined(profile_of(content))
    told = [control.diagnosis() for control in found.controls if control.place == ("claims",)]
    assert [text.partition("; ")[0] for text in told] == [
        'p.toml, line 1: claims: no client of the profile is a native app: say `type = "native"` in the table of one, '
        "such as [clients.native]"
    ]


def leaves(schema: Mapping[str, Any], path: Path = ()) -> Iterator[Path]:
    """The keys of a profile, those of any client under the name of one."""
    for name, inner in schema.get("properties", {}).items():
        below = [*leaves(inner, (*path, name))]
        yield from below or [(*path, name)]
    anything = schema.get("additionalProperties")
    if isinstance(anything, Mapping) and "properties" in anything:
        yield from leaves(anything, (*path, "*"))


def test_every_key_of_the_profile_is_mistyped_here_or_says_why_not() -> None:
    schema = profile_schema("target")
    tried = {(path[0], "*", *path[2:]) if path[0] == "clients" else path for path in (each.path for each in MISTAKES)}
    missing = [
        ".".join(path)
        for path in leaves(schema)
        if not any(path == known[: len(path)] for known in tried)
        and ".".join(path) not in EXEMPT
        and path[0] not in EXEMPT
        and path[-1] != "external_authentication_token"
    ]
    assert missing == []
