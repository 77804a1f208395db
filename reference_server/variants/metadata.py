"""Conformant servers with other metadata (RFC 8414)."""

import base64
import hmac
import json

from .. import demo
from ..pipeline import Call, Response, after, named, replace, setting
from ..settings import ALL_ENDPOINTS, METADATA_PATH
from ..steps.token_response import json_response
from ..steps.transport import answer_not_found
from ..variant import Variant

WHERE = ("token", "revocation", "introspection")


def put_openid_members(call: Call) -> None:
    """OpenID Connect Discovery section 3, and every optional member of RFC 8414 section 2."""
    issuer = call.server.settings.issuer
    call.answer |= {
        "jwks_uri": f"{issuer}/jwks",
        "registration_endpoint": f"{issuer}/register",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "service_documentation": "http://server.example/documentation",
        "op_policy_uri": f"{issuer}/policy",
        "op_tos_uri": f"{issuer}/terms",
        "ui_locales_supported": ["en", "fr-CA"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
        "claims_parameter_supported": False,
        "https://server.example/extension": {"any": ["value"]},
    }
    for where in WHERE:
        call.answer[f"{where}_endpoint_auth_methods_supported"].append("private_key_jwt")
        call.answer[f"{where}_endpoint_auth_signing_alg_values_supported"] = ["RS256", "ES256"]


def copy_lists(call: Call) -> None:
    """What follows appends to lists that others have as well."""
    for name, value in call.answer.items():
        call.answer[name] = list(value) if isinstance(value, list) else value


def leave_defaults_out(call: Call) -> None:
    """Section 2: what is left out stands for what is served all the same, or for nothing."""
    for name in ("response_modes_supported", "scopes_supported"):
        del call.answer[name]
    for where in WHERE:
        del call.answer[f"{where}_endpoint_auth_methods_supported"]


def leave_grants_out(call: Call) -> None:
    """Section 2: without a list there are the code and implicit grants."""
    del call.answer["grant_types_supported"]


def encoded(part: object) -> str:
    """A part of a JWT."""
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode("ascii")


def put_signed_metadata(call: Call) -> None:
    """Section 2.1: the values once more, with a MAC."""
    claims = {**call.answer, "iss": call.answer["issuer"]}
    content = f"{encoded({'alg': 'HS256', 'typ': 'JWT'})}.{encoded(claims)}"
    signature = base64.urlsafe_b64encode(hmac.digest(call.server.key, content.encode(), "sha256"))
    call.answer["signed_metadata"] = f"{content}.{signature.rstrip(b'=').decode('ascii')}"


def refuse_unknown_issuer(call: Call) -> Response:
    """Section 3.2: which status fits an issuer that isn't there is left open."""
    if not call.path.startswith(METADATA_PATH):
        return answer_not_found(call)
    call.answer = {"error": "invalid_request"}
    return json_response(call, 400)


def escape_slashes(call: Call) -> Response:
    """RFC 8259 section 7: a slash may be escaped; section 4 here: escapes are removed before anything is compared."""
    response = json_response(call)
    response.body = response.body.replace(b"/", b"\\/")
    return response


VARIANTS = (
    Variant(
        name="openid-provider-metadata",
        says="The metadata is that of an OpenID Provider, with every optional member and extensions.",
        edits=(
            setting(endpoints=(*ALL_ENDPOINTS, "jwks")),
            after("metadata", "put_issuer_parameter", put_openid_members),
            after("metadata", "put_issuer_parameter", copy_lists),
        ),
        changes=dict.fromkeys(
            (
                "rfc8414-2-jwks-uri-is-url",
                "rfc8414-2-jwks-uri-is-key-set",
                "rfc8414-2-jwks-uri-https",
                "rfc8414-2-use-of-keys-told",
                "rfc8414-2-registration-endpoint-is-url",
                "rfc8414-2-service-documentation-is-url",
                "rfc8414-2-op-policy-uri-is-url",
                "rfc8414-2-op-tos-uri-is-url",
                "rfc8414-2-ui-locales-is-list",
                "rfc8414-2-token-signing-rs256",
                *(f"rfc8414-2-{where}-signing-algorithms-is-list" for where in WHERE),
                *(f"rfc8414-2-{where}-signing-algorithms-present" for where in WHERE),
                *(f"rfc8414-2-{where}-signing-not-none" for where in WHERE),
            ),
            "passed",
        )
        | {"rfc8414-2-encryption-keys": "noted"},
    ),
    Variant(
        name="metadata-with-defaults",
        says="The metadata leaves out what has a default, and its scopes.",
        edits=(after("metadata", "put_issuer_parameter", leave_defaults_out),),
    ),
    Variant(
        name="code-and-implicit-alone",
        says="The code and implicit grants are served alone, and the metadata leaves out the list that would say so.",
        edits=(
            setting(grants=("authorization_code", "implicit"), extension_grant_type=None),
            after("metadata", "put_issuer_parameter", leave_grants_out),
        ),
        # The scope that opens introspection is granted to applications alone.
        profile={"features": {"introspection_bearer": False}},
    ),
    Variant(
        name="metadata-signed",
        says="The metadata holds a signed copy of itself.",
        edits=(after("metadata", "put_issuer_parameter", put_signed_metadata),),
        changes=dict.fromkeys(
            (
                "rfc8414-1.1-signed-metadata-compact",
                "rfc8414-2.1-signed-metadata-is-signed",
                "rfc8414-2.1-signed-metadata-has-iss",
                "rfc8414-2.1-signed-metadata-is-jwt",
                "rfc8414-2.1-signed-metadata-not-nested",
            ),
            "passed",
        ),
    ),
    Variant(
        name="metadata-with-escapes",
        says="The slashes in the metadata are escaped.",
        edits=(replace("metadata", "render_metadata", named("render_metadata", escape_slashes)),),
    ),
    Variant(
        name="unknown-issuer-400",
        says="A request for the metadata of an issuer that isn't there is answered with 400.",
        edits=(replace("not_found", "answer_not_found", refuse_unknown_issuer),),
    ),
    Variant(
        name="several-issuers",
        says="The host has two issuers, each with metadata of its own.",
        edits=(setting(issuer_path="/tenants/one", other_issuer_paths=("/tenants/two",)),),
    ),
    Variant(
        name="clients-authenticate-in-body",
        says="Clients authenticate in the body, where HTTP Basic is served as well.",
        edits=(),
        profile={
            "clients": {
                client.name: {"authentication": ["client_secret_post", "client_secret_basic"]}
                for client in demo.CLIENTS
                if client.confidential
            }
        },
    ),
)
