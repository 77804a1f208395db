"""Breaches of RFC 6749 section 8: names of token types, parameters, grants, response types and error codes."""

import re

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Step, after, before, replace
from ..steps.authorization_request import check_response_type
from ..steps.grant_extension import check_assertion


def token_type(name: str) -> tuple[Edit, ...]:
    """Another token type in every answer that has one."""

    def put_other_token_type(call: Call) -> None:
        """Calls bearer tokens something else."""
        call.answer["token_type"] = name

    return tuple(
        replace(list_name, "put_token_type", put_other_token_type)
        for list_name in ("token.response", "authorization.implicit_response")
    )


def in_token_response(change: Step) -> tuple[Edit, ...]:
    """A change of the token response's members."""
    return (before("token.response", "render_json", change),)


def put_spaced_member(call: Call) -> None:
    """Names a member as a person would."""
    call.answer["issued at"] = call.answer["created_at"]


def lengthen_grant_type(call: Call) -> None:
    """Lets clients leave out what is the same in all names."""
    name = call.server.settings.extension_grant_type
    if name is not None and call.grant_type == name.rpartition("/")[2]:
        call.grant_type = name


def read_first_word(call: Call) -> None:
    """Takes the first value of a response type for all of it."""
    call.response_type = (call.response_type or "").partition(" ")[0]
    check_response_type(call)


def read_word_characters(call: Call) -> None:
    """Cleans a response type before comparing it."""
    call.response_type = re.sub(r"[^A-Za-z0-9_ ]", "", call.response_type or "")
    check_response_type(call)


def publish_joined_response_type(call: Call) -> None:
    """Writes a combination as a URL's query would."""
    call.answer["response_types_supported"].append("code+token")


def publish_short_grant_type(call: Call) -> None:
    """Publishes the extension grant under its last name."""
    call.answer["grant_types_supported"] = [name.rpartition("/")[2] for name in call.answer["grant_types_supported"]]


def name_bad_assertion(call: Call) -> None:
    """Has an error code of its own for its own grant type."""
    try:
        check_assertion(call)
    except OAuthError as error:
        raise OAuthError("bad_assertion", error.description) from None


DEFECTS = (
    Defect(
        name="token-type-unregistered",
        says="Tokens are of the type `JWT`, which isn't registered.",
        breaks=("rfc6749-8.1-issued-type-registered",),
        edits=token_type("JWT"),
    ),
    Defect(
        name="token-type-with-space",
        says="Tokens are of the type `bearer token`.",
        breaks=(
            "rfc6749-8.1-issued-type-name-or-uri",
            "rfc6749-8.1-issued-type-registered",
            "rfc6749-8.1-type-name-characters",
        ),
        edits=token_type("bearer token"),
    ),
    Defect(
        name="token-type-example",
        says="Tokens are of the type `example`.",
        breaks=("rfc6749-8.1-issued-type-registered", "rfc6749-8.1-type-example-reserved"),
        edits=token_type("example"),
    ),
    Defect(
        name="parameter-name-with-space",
        says="Token responses have a member with a space in its name.",
        breaks=("rfc6749-8.2-parameter-name-characters",),
        edits=in_token_response(put_spaced_member),
    ),
    Defect(
        name="extension-grant-by-short-name",
        says="The extension grant is also redeemed under the last part of its URI.",
        breaks=("rfc6749-8.3-extension-grant-named-by-uri",),
        edits=(before("token", "find_grant", lengthen_grant_type),),
    ),
    Defect(
        name="extension-grant-published-by-short-name",
        says="The metadata names the extension grant by the last part of its URI.",
        breaks=("rfc6749-8.3-extension-grant-named-by-uri",),
        edits=(after("metadata", "put_grant_types", publish_short_grant_type),),
    ),
    Defect(
        name="response-type-cleaned",
        says="A response type with characters that it can't have is taken for one without them.",
        breaks=("rfc6749-8.4-response-type-malformed-refused",),
        edits=(replace("authorization.validate_request", "check_response_type", read_word_characters),),
    ),
    Defect(
        name="response-type-published-with-plus",
        says="The metadata names a response type with a plus sign in it.",
        breaks=("rfc6749-8.4-response-type-names-published",),
        edits=(after("metadata", "put_response_types", publish_joined_response_type),),
    ),
    Defect(
        name="first-response-type-decides",
        says="Of several values in `response_type` the first one decides.",
        breaks=("rfc6749-8.4-response-type-order-irrelevant",),
        edits=(replace("authorization.validate_request", "check_response_type", read_first_word),),
    ),
    Defect(
        name="extension-grant-error-unregistered",
        says="A failed extension grant is answered `bad_assertion`.",
        breaks=("rfc6749-8.5-extension-grant-error-registered",),
        edits=(replace("grant.extension", "check_assertion", name_bad_assertion),),
    ),
)
