"""Breaches of RFC 8414 section 2: what the members of the metadata are."""

from ..defect import Defect
from ..pipeline import Call, Edit, replace
from .published import placed, published


def issuer_as(change: str, to: str) -> Edit:
    """The issuer in the document, with a part of it changed or something behind it."""

    def put_other_issuer(call: Call) -> None:
        identifier = call.server.settings.identifier
        call.answer["issuer"] = identifier.replace(change, to) if change else identifier + to

    return replace("metadata", "put_issuer", put_other_issuer)


def put_issuer_in_list(call: Call) -> None:
    """The product knows several."""
    call.answer["issuer"] = [call.server.settings.identifier]


ENDPOINTS = ("authorization", "token", "revocation", "introspection")
# Members that are URLs, by what their requirements are called.
OPTIONAL_URLS = {
    "jwks_uri": "jwks-uri-is-url",
    "registration_endpoint": "registration-endpoint-is-url",
    "service_documentation": "service-documentation-is-url",
    "op_policy_uri": "op-policy-uri-is-url",
    "op_tos_uri": "op-tos-uri-is-url",
}
# Members that are lists, by what their requirements are called.
LISTS = {
    "scopes_supported": "scopes-supported-is-list",
    "response_types_supported": "response-types-supported-required",
    "response_modes_supported": "response-modes-supported-is-list",
    "grant_types_supported": "grant-types-supported-is-list",
    "token_endpoint_auth_methods_supported": "token-auth-methods-is-list",
    "token_endpoint_auth_signing_alg_values_supported": "token-signing-algorithms-is-list",
    "ui_locales_supported": "ui-locales-is-list",
    "revocation_endpoint_auth_methods_supported": "revocation-auth-methods-is-list",
    "revocation_endpoint_auth_signing_alg_values_supported": "revocation-signing-algorithms-is-list",
    "introspection_endpoint_auth_methods_supported": "introspection-auth-methods-is-list",
    "introspection_endpoint_auth_signing_alg_values_supported": "introspection-signing-algorithms-is-list",
    "code_challenge_methods_supported": "challenge-methods-is-list",
}
REQUIRED = {
    "authorization_endpoint": "authorization-endpoint-required",
    "token_endpoint": "token-endpoint-required",
    "response_types_supported": "response-types-supported-required",
    "scopes_supported": "scopes-supported-recommended",
    "code_challenge_methods_supported": "challenge-methods-present",
}


def in_name(member: str) -> str:
    """A member as a part of a defect's name."""
    return member.replace("_", "-")


DEFECTS = (
    *(
        Defect(
            name=f"metadata-without-{in_name(member)}",
            says=f"The metadata has no {member}.",
            breaks=(f"rfc8414-2-{requirement}",),
            edits=(published(**{member: None}),),
        )
        for member, requirement in REQUIRED.items()
    ),
    *(
        Defect(
            name=f"metadata-{in_name(member)}-is-no-url",
            says=f"In the metadata, {member} is a path.",
            breaks=(f"rfc8414-2-{requirement}",),
            edits=(published(**{member: f"/{member}"}),),
        )
        for member, requirement in {
            **{f"{each}_endpoint": f"{each}-endpoint-is-url" for each in ENDPOINTS},
            **OPTIONAL_URLS,
        }.items()
    ),
    *(
        Defect(
            name=f"metadata-{endpoint}-endpoint-elsewhere",
            says=f"The metadata names an {endpoint} endpoint that isn't there.",
            breaks=(f"rfc8414-2-{endpoint}-endpoint-is-url",),
            edits=(placed(**{f"{endpoint}_endpoint": f"/oauth/v1/{endpoint}"}),),
        )
        for endpoint in ENDPOINTS
    ),
    *(
        Defect(
            name=f"metadata-{in_name(member)}-is-text",
            says=f"In the metadata, {member} is a text.",
            breaks=(f"rfc8414-2-{requirement}",),
            edits=(published(**{member: "RS256 private"}),),
        )
        for member, requirement in LISTS.items()
    ),
    Defect(
        name="metadata-issuer-in-list",
        says="The issuer stands in a list.",
        breaks=("rfc8414-2-issuer-required",),
        edits=(replace("metadata", "put_issuer", put_issuer_in_list),),
    ),
    Defect(
        name="metadata-issuer-over-plain-http",
        says="The issuer has the scheme http.",
        breaks=("rfc8414-2-issuer-https",),
        edits=(issuer_as("https:", "http:"),),
    ),
    Defect(
        name="metadata-issuer-with-query",
        says="The issuer has a query.",
        breaks=("rfc8414-2-issuer-without-query-and-fragment",),
        edits=(issuer_as("", "?tenant=a"),),
    ),
    Defect(
        name="metadata-issuer-with-fragment",
        says="The issuer has a fragment.",
        breaks=("rfc8414-2-issuer-without-query-and-fragment",),
        edits=(issuer_as("", "#a"),),
    ),
    Defect(
        name="metadata-issuer-with-slash",
        says="The issuer has a slash more than it was asked for.",
        breaks=("rfc8414-3.3-issuer-identical",),
        edits=(issuer_as("", "/"),),
    ),
    Defect(
        name="metadata-issuer-in-capitals",
        says="The scheme of the issuer is written in capitals.",
        breaks=("rfc8414-3.3-issuer-identical",),
        edits=(issuer_as("https", "HTTPS"),),
    ),
    Defect(
        name="metadata-keys-over-plain-http",
        says="The JWK Set is at a URL with the scheme http.",
        breaks=("rfc8414-2-jwks-uri-https",),
        edits=(published(jwks_uri="http://server.example/jwks"),),
    ),
    Defect(
        name="metadata-keys-lead-elsewhere",
        says="What jwks_uri leads to is no JWK Set.",
        breaks=("rfc8414-2-jwks-uri-is-key-set",),
        edits=(placed(jwks_uri="/oauth/keys"),),
    ),
    Defect(
        name="metadata-scopes-joined",
        says="All scopes stand in one element, with spaces between them.",
        breaks=("rfc8414-2-scopes-supported-is-list",),
        edits=(published(scopes_supported=["me profile email"]),),
    ),
    Defect(
        name="metadata-list-with-null",
        says="A list holds an element that is no text.",
        breaks=("rfc8414-2-ui-locales-is-list",),
        edits=(published(ui_locales_supported=[None]),),
    ),
    Defect(
        name="metadata-list-empty",
        says="What the server doesn't have is an empty list.",
        breaks=("rfc8414-3.2-empty-lists-omitted",),
        edits=(published(ui_locales_supported=[]),),
    ),
    Defect(
        name="metadata-list-of-other-document-is-text",
        says="A list that another specification defines is a text, since it has one value.",
        breaks=("rfc8414-3.2-several-values-in-arrays",),
        edits=(published(subject_types_supported="public"),),
    ),
)
