"""Breaches of RFC 6749 section 4.5: extension grants."""

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, after, before, replace
from ..secrets import random_value
from ..steps import grant_extension, token_response
from .conditions import nothing, when
from .grant_mistakes import dead_refresh_token, refused_in_plain_words


def by_extension(call: Call) -> bool:
    """A request by the extension grant."""
    return call.parameters.get("grant_type") == call.server.settings.extension_grant_type


def plain_name(call: Call) -> str:
    """The last part of the URI that names the extension grant."""
    return (call.server.settings.extension_grant_type or "").rpartition("/")[2]


def refuse_extension(call: Call) -> None:
    """Knows the names of the RFC, and nothing else."""
    if by_extension(call):
        raise OAuthError("unsupported_grant_type", "The grant type is not supported.")


def take_plain_name(call: Call) -> None:
    """Takes the last part of the URI as well."""
    if call.grant_type == plain_name(call):
        call.grant_type = call.server.settings.extension_grant_type or ""


def put_plain_name(call: Call) -> None:
    """Lists what it calls the grant in its own configuration."""
    call.answer["grant_types_supported"] = [*call.answer["grant_types_supported"], plain_name(call)]


def take_any_uri_for_client_credentials(call: Call) -> None:
    """Leaves extensions to a handler that was never written, and goes on."""
    if ":" in call.grant_type and not by_extension(call):
        call.grant_type = "client_credentials"


def check_assertion_if_there(call: Call) -> None:
    """Finds nothing wrong with an assertion that isn't there."""
    if call.parameters.get("assertion") is not None:
        grant_extension.check_assertion(call)


DEFECTS = (
    Defect(
        name="extension-grant-refused",
        says="The extension grant that the server offers is refused as unsupported.",
        breaks=("rfc6749-4.5-grant-type-uri-accepted",),
        edits=(before("token", "find_grant", refuse_extension),),
        blocks=(
            "rfc6749-4.5-access-token-issued",
            "rfc6749-4.5-grant-type-is-absolute-uri",
            "rfc6749-4.5-additional-parameters-needed",
            "rfc6749-4.5-refresh-token-optional",
            "rfc6749-4.5-refresh-token-usable",
            "rfc6749-4.5-failed-authentication-error",
            "rfc6749-4.5-invalid-request-error",
        ),
    ),
    Defect(
        name="extension-grant-without-token",
        says="A good request by the extension grant succeeds, and brings no access token.",
        breaks=("rfc6749-4.5-access-token-issued",),
        edits=(
            replace("token.response", "put_access_token", when(by_extension, nothing, token_response.put_access_token)),
        ),
        blocks=("rfc6749-4.5-refresh-token-optional", "rfc6749-4.5-refresh-token-usable"),
    ),
    Defect(
        name="extension-grant-by-plain-name",
        says="The extension grant goes by a name that is no URI as well.",
        breaks=("rfc6749-4.5-grant-type-is-absolute-uri",),
        edits=(before("token", "find_grant", take_plain_name),),
    ),
    Defect(
        name="extension-grant-listed-by-plain-name",
        says="The metadata lists an extension grant by a name that is no URI.",
        breaks=("rfc6749-4.5-grant-type-is-absolute-uri",),
        edits=(after("metadata", "put_grant_types", put_plain_name),),
    ),
    Defect(
        name="unknown-uri-is-client-credentials",
        says="A grant_type that is some absolute URI is taken for client_credentials.",
        breaks=("rfc6749-4.5-undefined-grant-type-refused",),
        edits=(before("token", "find_grant", take_any_uri_for_client_credentials),),
    ),
    Defect(
        name="extension-grant-without-assertion",
        says="The extension grant is served without the parameter that it needs.",
        breaks=("rfc6749-4.5-additional-parameters-needed", "rfc6749-4.5-invalid-request-error"),
        edits=(
            replace("grant.extension", "require_assertion", nothing),
            replace("grant.extension", "check_assertion", check_assertion_if_there),
        ),
    ),
    Defect(
        name="extension-grant-dead-refresh-token",
        says="A refresh token comes with the extension grant that was never stored.",
        breaks=("rfc6749-4.5-refresh-token-usable",),
        edits=(after("grant.extension", "open_grant", dead_refresh_token(random_value())),),
    ),
    Defect(
        name="extension-grant-client-failure-in-plain-words",
        says="An extension grant request with wrong client authentication is answered by a text.",
        breaks=("rfc6749-4.5-failed-authentication-error",),
        edits=(refused_in_plain_words(by_extension, "invalid_client"),),
    ),
    Defect(
        name="extension-grant-invalid-request-in-plain-words",
        says="An invalid extension grant request is answered by a text, not by an error response.",
        breaks=("rfc6749-4.5-invalid-request-error",),
        edits=(refused_in_plain_words(by_extension, "invalid_request"),),
    ),
)
