"""Breaches of RFC 6749 section 4.3: the resource owner password credentials grant."""

from dataclasses import replace as changed

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Response, after, before, replace
from ..secrets import random_value
from ..steps import client_authentication, grant_password
from .conditions import by_grant, nothing, only, when
from .grant_mistakes import (
    believe_secret,
    dead_refresh_token,
    demand_scope,
    demand_whole_scope,
    read_grant_type_undecoded,
    refused_in_plain_words,
    served_by_name_alone,
)

by_password = by_grant("password")
# As many characters as the oldest of password hashes looks at.
HASHED_CHARACTERS = 8


def is_public(call: Call) -> bool:
    """A client without a secret."""
    return not call.client.confidential


def stumble_beyond_ascii(call: Call) -> Response | None:
    """Hands the name to something that knows ASCII only, outside of what catches exceptions."""
    if (call.parameters.get("username") or "").isascii():
        return None
    return Response(500, b"Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])


def read_as_latin_1(call: Call) -> None:
    """Decodes what was escaped by the wrong character encoding."""
    pairs = tuple((name, value.encode().decode("latin-1")) for name, value in call.parameters.pairs)
    call.parameters = changed(call.parameters, pairs=pairs)


def suppose_password_grant(call: Call) -> None:
    """Knows the grant by its parameters."""
    if call.parameters.get("grant_type") is None and call.parameters.get("username") is not None:
        call.parameters = changed(call.parameters, pairs=(*call.parameters.pairs, ("grant_type", "password")))


def refuse_public_client(call: Call) -> None:
    """Has forgotten that this client was registered for the grant."""
    if is_public(call) and not call.client.takes_external_tokens:
        raise OAuthError("unauthorized_client", "The client may not use this grant type.")


def lower_grant_type(call: Call) -> None:
    """Compares without case."""
    call.grant_type = call.grant_type.lower()


def guess_username(call: Call) -> None:
    """Finds the account by its password when it isn't named."""
    accounts, password = call.server.accounts, call.parameters.get("password")
    if call.parameters.get("username") is None and password is not None:
        names = [name for name in accounts.users if accounts.user_with_password(name, password)]
        pairs = (*call.parameters.pairs, *(("username", name) for name in names[:1]))
        call.parameters = changed(call.parameters, pairs=pairs)


async def bind_without_password(call: Call) -> None:
    """Asks a directory, which takes a missing password for a wish to stay anonymous."""
    await grant_password.verify_password(call)
    if call.parameters.get("password") is None:
        call.user = call.server.accounts.users.get(call.parameters.get("username") or "")


def compare_without_case(call: Call) -> None:
    """Compares as names are compared."""
    user = call.server.accounts.users.get(call.parameters.get("username") or "")
    same = user is not None and user.password.lower() == (call.parameters.get("password") or "").lower()
    call.user = user if same else None


def compare_beginning(call: Call) -> None:
    """Hashes no more than a few characters."""
    user = call.server.accounts.users.get(call.parameters.get("username") or "")
    password = (call.parameters.get("password") or "")[:HASHED_CHARACTERS]
    call.user = user if user is not None and user.password[:HASHED_CHARACTERS] == password else None


def find_owner_of_password(call: Call) -> None:
    """Looks the password up, and never the name."""
    accounts, password = call.server.accounts, call.parameters.get("password") or ""
    call.user = next(
        (user for name, user in accounts.users.items() if accounts.user_with_password(name, password)), None
    )


DEFECTS = (
    Defect(
        name="password-grant-type-undecoded",
        says="The grant type password is looked for in the body before that is decoded.",
        breaks=("rfc6749-4.3.2-body-form-encoded",),
        edits=(before("token", "require_grant_type", read_grant_type_undecoded("password")),),
    ),
    Defect(
        name="password-grant-breaks-beyond-ascii",
        says="A password grant request for a user name beyond ASCII makes the server fail.",
        breaks=("rfc6749-4.3.2-body-in-utf8",),
        edits=(before("resource_owner.password", "verify_password", only(by_password, stumble_beyond_ascii)),),
    ),
    Defect(
        name="password-grant-in-latin-1",
        says="User names and passwords of the password grant are decoded as Latin-1.",
        breaks=("rfc6749-4.3.2-body-in-utf8",),
        edits=(before("resource_owner.password", "require_username", only(by_password, read_as_latin_1)),),
    ),
    Defect(
        name="password-grant-supposed",
        says="A token request without grant_type but with a user name is taken for a password grant request.",
        breaks=("rfc6749-4.3.2-grant-type-required",),
        edits=(before("token", "require_grant_type", suppose_password_grant),),
    ),
    Defect(
        name="password-grant-refused-to-public-clients",
        says="Public clients are refused the password grant for which they are registered.",
        breaks=("rfc6749-4.3.2-grant-type-password", "rfc6749-4.3.3-access-token-issued"),
        edits=(before("grant.password", "refuse_both_credentials", refuse_public_client),),
        blocks=("rfc6749-4.3.3-refresh-token-usable",),
    ),
    Defect(
        name="grant-type-in-any-case",
        says="The grant_type is compared without regard to case.",
        breaks=("rfc6749-4.3.2-grant-type-exact", "rfc6749-4.4.2-grant-type-exact"),
        edits=(after("token", "require_grant_type", lower_grant_type),),
    ),
    Defect(
        name="password-grant-without-username",
        says="A password grant request without user name is served for the account that has the password.",
        breaks=("rfc6749-4.3.2-username-required",),
        edits=(before("resource_owner.password", "require_username", only(by_password, guess_username)),),
    ),
    Defect(
        name="password-grant-without-password",
        says="A password grant request without password, or with an empty one, is served.",
        breaks=("rfc6749-4.3.2-password-required", "rfc6749-4.3.3-invalid-request-error"),
        edits=(
            replace(
                "resource_owner.password",
                "require_password",
                when(by_password, nothing, grant_password.require_password),
            ),
            replace(
                "resource_owner.password",
                "verify_password",
                when(by_password, bind_without_password, grant_password.verify_password),
            ),
        ),
    ),
    Defect(
        name="password-grant-scope-mandatory",
        says="A password grant request without scope is an invalid request.",
        breaks=("rfc6749-4.3.2-scope-omitted",),
        edits=(before("scope", "check_scope_syntax", demand_scope("password")),),
    ),
    Defect(
        name="password-grant-whole-scope-only",
        says="A password grant request for less than the client's whole scope is refused.",
        breaks=("rfc6749-4.3.2-scope-accepted",),
        edits=(before("scope", "check_scope_syntax", demand_whole_scope("password")),),
    ),
    Defect(
        name="password-grant-without-client-authentication",
        says="In the password grant a client that has a secret needn't show it.",
        breaks=("rfc6749-4.3.2-client-authentication-required",),
        edits=(served_by_name_alone(by_password),),
    ),
    Defect(
        name="password-grant-secret-never-compared",
        says="In the password grant any secret will do for any client.",
        breaks=("rfc6749-4.3.2-client-authenticated", "rfc6749-4.3.3-failed-authentication-error"),
        edits=(
            replace(
                "client_authentication",
                "verify_secret",
                when(by_password, believe_secret, client_authentication.verify_secret),
            ),
        ),
    ),
    Defect(
        name="password-in-any-case",
        says="The passwords of the password grant are compared without regard to case.",
        breaks=("rfc6749-4.3.2-wrong-password-refused",),
        edits=(
            replace(
                "resource_owner.password",
                "verify_password",
                when(by_password, compare_without_case, grant_password.verify_password),
            ),
        ),
    ),
    Defect(
        name="password-by-its-beginning",
        says="Of the passwords of the password grant only the first eight characters are compared.",
        breaks=("rfc6749-4.3.2-wrong-password-refused",),
        edits=(
            replace(
                "resource_owner.password",
                "verify_password",
                when(by_password, compare_beginning, grant_password.verify_password),
            ),
        ),
    ),
    Defect(
        name="password-of-anybody",
        says="In the password grant a password opens the account to which it belongs, whatever the user name says.",
        breaks=("rfc6749-4.3.2-unknown-username-refused",),
        edits=(
            replace(
                "resource_owner.password",
                "verify_password",
                when(by_password, find_owner_of_password, grant_password.verify_password),
            ),
        ),
    ),
    Defect(
        name="password-grant-without-lock",
        says="Too many wrong passwords lock the sign-in page, but not the password grant.",
        breaks=("rfc6749-4.3.2-brute-force-protection",),
        edits=(
            replace(
                "resource_owner.password",
                "refuse_locked_owner",
                when(by_password, nothing, grant_password.refuse_locked_owner),
            ),
        ),
    ),
    Defect(
        name="password-grant-dead-refresh-token",
        says="Public clients get refresh tokens by the password grant that were never stored.",
        breaks=("rfc6749-4.3.3-refresh-token-usable",),
        edits=(after("grant.password", "offer_refresh_token", only(is_public, dead_refresh_token(random_value()))),),
    ),
    Defect(
        name="password-grant-client-failure-in-plain-words",
        says="A password grant request with wrong client authentication is answered by a text.",
        breaks=("rfc6749-4.3.3-failed-authentication-error",),
        edits=(refused_in_plain_words(by_password, "invalid_client"),),
    ),
    Defect(
        name="password-grant-invalid-request-in-plain-words",
        says="An invalid password grant request is answered by a text, not by an error response.",
        breaks=("rfc6749-4.3.3-invalid-request-error",),
        edits=(refused_in_plain_words(by_password, "invalid_request"),),
    ),
)
