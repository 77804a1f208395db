"""Breaches of RFC 8414 section 2: lists of the metadata that aren't true, or name what isn't registered."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, after, replace, setting
from ..steps.authorization_response import redirect_with_fragment
from .published import placed, published

METHODS = ["client_secret_basic", "client_secret_post", "none"]
WHERE = ("token", "revocation", "introspection")
GRANTS = ["authorization_code", "implicit", "password", "client_credentials", "refresh_token"]


def methods(where: str, *values: str) -> dict[str, list[str]]:
    """Other methods of client authentication for one endpoint."""
    return {f"{where}_endpoint_auth_methods_supported": list(values)}


def algorithms(where: str, *values: str) -> dict[str, list[str]]:
    """Algorithms for one endpoint."""
    return {f"{where}_endpoint_auth_signing_alg_values_supported": list(values)}


def refuse_basic(call: Call) -> None:
    """Basic was turned off."""
    if call.header(b"authorization") is not None:
        raise OAuthError("invalid_client", "Client authentication failed.")


DEFECTS = (
    *(
        Defect(
            name=f"metadata-{where}-methods-in-capitals",
            says=f"The methods of the {where} endpoint are written in another way than they are registered.",
            breaks=(f"rfc8414-2-{where}-auth-method-values",),
            edits=(published(**methods(where, "Client_Secret_Basic", *METHODS)),),
        )
        for where in WHERE
    ),
    *(
        Defect(
            name=f"metadata-{where}-algorithms-missing",
            says=f"JWTs authenticate at the {where} endpoint, and no algorithm is told.",
            breaks=(f"rfc8414-2-{where}-signing-algorithms-present",),
            edits=(published(**methods(where, *METHODS, "private_key_jwt")),),
        )
        for where in WHERE
    ),
    *(
        Defect(
            name=f"metadata-{where}-algorithm-none",
            says=f"Unsigned JWTs are among the algorithms of the {where} endpoint.",
            breaks=(f"rfc8414-2-{where}-signing-not-none",),
            edits=(published(**algorithms(where, "RS256", "none")),),
        )
        for where in WHERE
    ),
    Defect(
        name="metadata-without-rs256",
        says="Of the algorithms for JWTs RS256 is none.",
        breaks=("rfc8414-2-token-signing-rs256",),
        edits=(published(**algorithms("token", "ES256")),),
    ),
    *(
        Defect(
            name=f"metadata-{where}-endpoint-is-another",
            says=f"The metadata names the token endpoint as the {where} endpoint.",
            breaks=(f"rfc8414-2-{where}-endpoint-is-url",),
            edits=(placed(**{f"{where}_endpoint": "/oauth/token"}),),
        )
        for where in WHERE[1:]
    ),
    *(
        Defect(
            name=f"metadata-{where}-endpoint-is-another",
            says=f"The metadata names another endpoint as the {where} endpoint.",
            breaks=(f"rfc8414-2-{where}-endpoint-is-url",),
            edits=(placed(**{f"{where}_endpoint": path}),),
        )
        for where, path in (("token", "/oauth/revoke"), ("authorization", "/sign_in"))
    ),
    Defect(
        name="metadata-introspection-without-authentication",
        says="The metadata says that introspection takes clients without authentication, which it refuses.",
        breaks=("rfc8414-2-introspection-auth-methods-served",),
        edits=(published(**methods("introspection", *METHODS)),),
    ),
    Defect(
        name="metadata-form-post-not-served",
        says="The metadata lists the response mode form_post, and codes come in the query all the same.",
        breaks=("rfc8414-2-response-modes-served",),
        edits=(published(response_modes_supported=["query", "fragment", "form_post"]),),
    ),
    Defect(
        name="metadata-extension-grant-unlisted",
        says="The metadata doesn't list the extension grant, which is served.",
        breaks=("rfc8414-2-grant-types-complete",),
        edits=(published(grant_types_supported=GRANTS),),
    ),
    Defect(
        name="metadata-token-methods-name-token-type",
        says="A type of access token is among the methods of the token endpoint.",
        breaks=("rfc8414-2-token-auth-method-values",),
        edits=(published(**methods("token", *METHODS, "Bearer")),),
    ),
    Defect(
        name="metadata-token-methods-incomplete",
        says="The metadata doesn't say that clients authenticate in the body or not at all.",
        breaks=("rfc8414-2-token-auth-methods-complete",),
        edits=(published(**methods("token", "client_secret_basic")),),
    ),
    Defect(
        name="metadata-basic-listed-and-refused",
        says="The metadata lists HTTP Basic, which the token endpoint refuses.",
        breaks=("rfc8414-2-token-auth-methods-served",),
        edits=(after("token", "refuse_oversized", refuse_basic),),
        on="clients-authenticate-in-body",
    ),
    Defect(
        name="metadata-basic-by-default-and-refused",
        says="The metadata names no method, which stands for HTTP Basic, and the token endpoint refuses it.",
        breaks=("rfc8414-2-token-auth-methods-default",),
        edits=(
            published(token_endpoint_auth_methods_supported=None),
            after("token", "refuse_oversized", refuse_basic),
        ),
        on="clients-authenticate-in-body",
    ),
    Defect(
        name="metadata-basic-by-default-and-refused-at-revocation",
        says="The metadata names no method for revocation, which stands for HTTP Basic, and revocation refuses it.",
        breaks=("rfc8414-2-revocation-auth-methods-default",),
        edits=(
            published(revocation_endpoint_auth_methods_supported=None),
            after("revocation", "refuse_oversized", refuse_basic),
        ),
        on="clients-authenticate-in-body",
    ),
    Defect(
        name="metadata-response-type-unsupported",
        says="The metadata lists a response type that the server calls unsupported.",
        breaks=("rfc8414-2-response-types-served",),
        edits=(published(response_types_supported=["code", "token", "code token"]),),
    ),
    *(
        Defect(
            name=f"metadata-response-type-{name}-unlisted",
            says=f"The metadata doesn't list the response type {name}, which is served.",
            breaks=("rfc8414-2-response-types-complete",),
            edits=(published(response_types_supported=[other]),),
        )
        for name, other in (("code", "token"), ("token", "code"))
    ),
    Defect(
        name="metadata-response-types-are-grants",
        says="The metadata lists grants as response types beside the right ones.",
        breaks=("rfc8414-2-response-type-values",),
        edits=(published(response_types_supported=["code", "token", "authorization_code"]),),
    ),
    Defect(
        name="metadata-code-in-fragment-by-default",
        says="The metadata names no response mode, and codes come in the fragment.",
        breaks=("rfc8414-2-response-modes-default",),
        edits=(
            published(response_modes_supported=None),
            replace("authorization.code_response", "redirect_with_query", redirect_with_fragment),
        ),
    ),
    Defect(
        name="metadata-grant-type-unsupported",
        says="The metadata lists a grant type that the token endpoint calls unsupported.",
        breaks=("rfc8414-2-grant-types-served",),
        edits=(published(grant_types_supported=[*GRANTS, "urn:ietf:params:oauth:grant-type:device_code"]),),
    ),
    Defect(
        name="metadata-grant-types-incomplete",
        says="The metadata doesn't list the password grant, which is served.",
        breaks=("rfc8414-2-grant-types-complete",),
        edits=(published(grant_types_supported=[each for each in GRANTS if each != "password"]),),
    ),
    Defect(
        name="metadata-grant-types-are-response-types",
        says="The metadata lists a response type as a grant type.",
        breaks=("rfc8414-2-grant-type-values",),
        edits=(published(grant_types_supported=[*GRANTS, "token"]),),
    ),
    Defect(
        name="metadata-grant-types-left-out",
        says="The metadata names no grant types, which stands for other ones than are served.",
        breaks=("rfc8414-2-grant-types-default",),
        edits=(published(grant_types_supported=None),),
    ),
    Defect(
        name="metadata-plain-listed-and-refused",
        says="The metadata lists plain, which is refused.",
        breaks=("rfc8414-2-challenge-methods-served",),
        edits=(published(code_challenge_methods_supported=["S256", "plain"]),),
        on="pkce-s256-only",
    ),
    Defect(
        name="metadata-s256-listed-and-refused",
        says="The metadata lists S256, which is refused.",
        breaks=("rfc8414-2-challenge-methods-served",),
        edits=(
            setting(pkce_methods=("plain",)),
            published(code_challenge_methods_supported=["S256", "plain"]),
        ),
        on="clients-use-plain",
    ),
    *(
        Defect(
            name=f"metadata-{name.lower()}-unlisted",
            says=f"The metadata doesn't list the challenge method {name}, which is served.",
            breaks=("rfc8414-2-challenge-methods-complete",),
            edits=(published(code_challenge_methods_supported=[other]),),
        )
        for name, other in (("S256", "plain"), ("plain", "S256"))
    ),
    Defect(
        name="metadata-challenge-methods-in-small-letters",
        says="The challenge methods are written in small letters.",
        breaks=("rfc8414-2-challenge-method-values",),
        edits=(published(code_challenge_methods_supported=["S256", "plain", "s256"]),),
    ),
)
