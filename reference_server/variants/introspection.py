"""Conformant servers that introspect in another way (RFC 7662), or not at all."""

from dataclasses import replace as changed

from .. import demo
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, remove, replace, setting
from ..settings import ALL_ENDPOINTS
from ..steps.forms import parse, read_form
from ..steps.token_response import json_response
from ..steps.transport import allow_methods
from ..variant import Variant

# Every requirement that the default server is tested for and that needs introspection.
REQUIREMENTS = (
    "rfc7662-1.1-parameter-names-case-sensitive",
    "rfc7662-1.1-token-values-case-sensitive",
    "rfc7662-2-endpoint-served-over-tls",
    "rfc7662-2-plain-http-reveals-nothing",
    "rfc7662-2.1-post-form-accepted",
    "rfc7662-2.1-percent-encoded-token-decoded",
    "rfc7662-2.1-token-required",
    "rfc7662-2.1-access-token-value-recognized",
    "rfc7662-2.1-refresh-token-value-accepted",
    "rfc7662-2.1-hint-not-needed",
    "rfc7662-2.1-matching-hint-accepted",
    "rfc7662-2.1-wrong-hint-access-token-found",
    "rfc7662-2.1-wrong-hint-refresh-token-found",
    "rfc7662-2.1-unknown-hint-token-found",
    "rfc7662-2.1-hint-may-be-ignored",
    "rfc7662-2.1-registered-hints-understood",
    "rfc7662-2.1-other-parameters-may-be-taken",
    "rfc7662-2.1-other-parameters-not-demanded",
    "rfc7662-2.1-undeterminable-token-inactive",
    "rfc7662-2.1-authorization-required",
    "rfc7662-2.1-public-client-id-no-authorization",
    "rfc7662-2.2-answer-is-json-object",
    "rfc7662-2.2-answer-media-type",
    "rfc7662-2.2-active-is-boolean",
    "rfc7662-2.2-live-token-active",
    "rfc7662-2.2-active-token-within-time-window",
    "rfc7662-2.2-scope-may-be-named",
    "rfc7662-2.2-scope-format",
    "rfc7662-2.2-scope-within-token",
    "rfc7662-2.2-client-id-may-be-named",
    "rfc7662-2.2-client-id-true",
    "rfc7662-2.2-username-may-be-named",
    "rfc7662-2.2-username-is-string",
    "rfc7662-2.2-token-type-may-be-named",
    "rfc7662-2.2-token-type-true",
    "rfc7662-2.2-exp-may-be-named",
    "rfc7662-2.2-exp-is-integer",
    "rfc7662-2.2-exp-agrees-with-lifetime",
    "rfc7662-2.2-iat-may-be-named",
    "rfc7662-2.2-iat-is-integer",
    "rfc7662-2.2-iat-agrees-with-issuance",
    "rfc7662-2.2-nbf-may-be-named",
    "rfc7662-2.2-nbf-is-integer",
    "rfc7662-2.2-sub-may-be-named",
    "rfc7662-2.2-sub-is-string",
    "rfc7662-2.2-aud-may-be-named",
    "rfc7662-2.2-aud-is-string-or-list",
    "rfc7662-2.2-iss-may-be-named",
    "rfc7662-2.2-iss-is-string",
    "rfc7662-2.2-jti-may-be-named",
    "rfc7662-2.2-jti-is-string",
    "rfc7662-2.2-jti-unique",
    "rfc7662-2.2-own-members-may-be-added",
    "rfc7662-2.2-callers-may-be-answered-differently",
    "rfc7662-2.2-scopes-may-be-limited",
    "rfc7662-2.2-limited-scopes-stay-within-token",
    "rfc7662-2.2-unknown-token-inactive",
    "rfc7662-2.2-revoked-token-inactive",
    "rfc7662-2.2-expired-token-inactive",
    "rfc7662-2.2-inactive-reason-not-told",
    "rfc7662-2.3-bad-client-credentials-401",
    "rfc7662-2.3-bad-client-credentials-challenged",
    "rfc7662-2.3-bad-client-credentials-error-body",
    "rfc7662-2.3-invalid-bearer-401",
    "rfc7662-2.3-insufficient-bearer-401",
    "rfc7662-2.3-bad-bearer-challenged",
    "rfc7662-2.3-inactive-token-no-error",
    "rfc7662-4-all-applicable-checks-made",
    "rfc7662-4-expiry-checked",
    "rfc7662-4-start-of-validity-checked",
    "rfc7662-4-access-token-revocation-checked",
    "rfc7662-4-refresh-token-revocation-checked",
    "rfc7662-4-signature-validated",
    "rfc7662-4-caller-must-authenticate",
    "rfc7662-4-client-id-alone-refused",
    "rfc7662-4-wrong-secret-refused",
    "rfc7662-4-separate-credentials-may-be-demanded",
    "rfc7662-4-tls-1-2-supported",
    "rfc7662-4-other-transport-security",
    "rfc7662-4-certificate-can-be-checked",
    "rfc7662-4-get-may-be-refused",
    "rfc7662-4-inactive-answer-holds-active-alone",
    "rfc7662-4-resource-caches-not-beyond-exp",
    "rfc7662-4-answer-not-fresh-beyond-exp",
    "rfc7662-4-issued-tokens-understood",
    "rfc7662-5-identifiers-kept-from-unintended-parties",
)
BEARER_REQUIREMENTS = (
    "rfc7662-2.3-invalid-bearer-401",
    "rfc7662-2.3-insufficient-bearer-401",
    "rfc7662-2.3-bad-bearer-challenged",
)
INTROSPECTING = changed(
    demo.CONFIDENTIAL,
    name="introspecting",
    client_id="resource-server",
    secret="resource-server-demo-secret-Qe41",
    title="Demo resource server",
    redirect_uris=(),
    grants=(),
)


def hide_token_from_barred_caller(call: Call) -> None:
    """Section 2.2: to a caller that may not know about it, a token is inactive."""
    client = getattr(call, "client", None)
    asking = client.client_id if client is not None else call.bearer.grant.client_id
    if asking == demo.OTHER.client_id:
        call.token = None


def hide_tokens_of_others(call: Call) -> None:
    """Section 2.2: a caller may know about its own tokens."""
    client = getattr(call, "client", None)
    asking = client.client_id if client is not None else call.bearer.grant.client_id
    if call.token is not None and call.token.grant.client_id != asking:
        call.token = None


def admit_resource_servers_only(call: Call) -> None:
    """Section 4: callers are authorized one by one, with credentials of their own."""
    if call.client.client_id != INTROSPECTING.client_id:
        raise OAuthError("access_denied", "The client may not introspect tokens.", 403)


def tell_active_alone(call: Call) -> None:
    """Section 2.2: everything beside `active` is optional."""
    call.answer = {"active": True}


def put_own_members(call: Call) -> None:
    """Section 2.2: members of its own."""
    call.answer |= {"tenant": "demo", "https://reference.example/claims": {"level": 2, "groups": ["staff", None]}}


def put_aud_as_list(call: Call) -> None:
    """Section 2.2: several audiences, or one in a list."""
    call.answer["aud"] = [call.answer["aud"], f"{call.server.settings.issuer}/userinfo"]


def read_query_or_form(call: Call) -> None:
    """Section 4: a server may refuse GET; this one doesn't."""
    if call.method == "GET":
        call.parameters = parse(call.query_string)
    else:
        read_form(call)


def answer_with_charset(call: Call) -> None:
    """RFC 9110 section 8.3: parameters of the media type change nothing here."""
    if ("Content-Type", "application/json") in call.response.headers:
        call.response.put("Content-Type", "application/json; charset=utf-8")


def hide_refresh_tokens(call: Call) -> None:
    """Section 2.2: resource servers have no business with refresh tokens."""
    if call.token is not None and call.token.kind == "refresh_token":
        call.token = None


def answer_unauthorized_inactive(call: Call) -> Response | None:
    """Section 2.1: whoever shows no authorization learns of no token; section 2.3 speaks of wrong credentials."""
    if call.parameters.get("client_secret") is None and call.header(b"authorization") is None:
        call.answer = {"active": False}
        return json_response(call)
    return None


VARIANTS = (
    Variant(
        name="introspection-restricted",
        says="Introspection is limited to some callers: to others every token is inactive.",
        edits=(after("introspection", "find_token", hide_token_from_barred_caller),),
        profile={"features": {"introspection_restricted": True}},
        changes={
            "rfc7662-2.2-forbidden-token-inactive": "passed",
            "rfc7662-2.3-forbidden-token-no-error": "passed",
            "rfc7662-4-audience-checked": "passed",
            "rfc7662-4-caller-must-be-authorized": "passed",
        },
    ),
    Variant(
        name="introspection-of-own-tokens-only",
        says="Every client may introspect its own tokens; those of others are inactive.",
        edits=(after("introspection", "find_token", hide_tokens_of_others),),
    ),
    Variant(
        name="introspection-by-resource-servers",
        says="Introspection takes the credentials of resource servers only, and refuses every other client with 403.",
        edits=(
            setting(clients=(*demo.CLIENTS, INTROSPECTING), introspection_bearer=False),
            after("introspection.client", "refuse_public_caller", admit_resource_servers_only),
        ),
        profile={"features": {"introspection_restricted": True}},
        changes={
            "rfc7662-4-audience-checked": "passed",
            "rfc7662-4-caller-must-be-authorized": "passed",
            "rfc7662-2.3-forbidden-token-no-error": "vacuous",
            **dict.fromkeys(BEARER_REQUIREMENTS, "not applicable"),
        },
    ),
    Variant(
        name="introspection-inactive-for-the-unauthorized",
        says="Callers without credentials are told that every token is inactive, instead of being refused.",
        edits=(before("introspection", "authorize_caller", answer_unauthorized_inactive),),
    ),
    Variant(
        name="introspection-inactive-without-token",
        says="An introspection request without a token is told that it is inactive.",
        edits=(remove("introspection", "require_token"),),
    ),
    Variant(
        name="introspection-minimal",
        says="The answer for an active token says no more than that.",
        edits=(before("introspection.response", "render_description", tell_active_alone),),
        changes={"rfc7662-4-resource-caches-not-beyond-exp": "vacuous"},
    ),
    Variant(
        name="introspection-own-members",
        says="Introspection answers hold members of the server's own.",
        edits=(before("introspection.response", "render_description", put_own_members),),
    ),
    Variant(
        name="introspection-aud-as-list",
        says="Introspection names several audiences.",
        edits=(after("introspection.response", "put_aud", put_aud_as_list),),
    ),
    Variant(
        name="introspection-by-clients-only",
        says="Introspection takes client credentials, and no bearer token.",
        edits=(setting(introspection_bearer=False),),
        changes=dict.fromkeys(BEARER_REQUIREMENTS, "not applicable"),
    ),
    Variant(
        name="introspection-by-get",
        says="Introspection answers GET as well.",
        edits=(
            replace("introspection", "refuse_other_methods", allow_methods("GET", "HEAD", "POST")),
            replace("introspection", "read_form", read_query_or_form),
        ),
    ),
    Variant(
        name="introspection-json-with-charset",
        says="Introspection names a charset beside the media type.",
        edits=(after("introspection.finish", "forbid_sniffing", answer_with_charset),),
    ),
    Variant(
        name="introspection-of-access-tokens-only",
        says="Introspection calls every refresh token inactive.",
        edits=(after("introspection", "find_token", hide_refresh_tokens),),
    ),
    Variant(
        name="introspection-without-no-store",
        says="Introspection says nothing about caching.",
        edits=(remove("introspection.finish", "forbid_caching"), remove("introspection.finish", "forbid_old_caching")),
    ),
    Variant(
        name="no-introspection",
        says="There is no introspection endpoint.",
        edits=(setting(endpoints=tuple(name for name in ALL_ENDPOINTS if name != "introspection")),),
        changes=dict.fromkeys(REQUIREMENTS, "not applicable"),
    ),
)
