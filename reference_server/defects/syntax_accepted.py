"""Breaches of RFC 6749 Appendix A in what the server takes: values that only resemble the right ones, and right ones
that it can't read."""

import html
from collections.abc import Callable
from dataclasses import replace as changed
from urllib.parse import unquote_plus

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Step, after, before, named, replace
from ..steps import scope
from ..steps.grant_extension import check_assertion
from ..steps.token_response import put_scope
from .conditions import only

Reading = Callable[[str], str]


def ascii_alone(text: str) -> str:
    """What is left of a text that is kept as ASCII."""
    return text.encode("ascii", "ignore").decode("ascii")


def ascii_or_question_mark(text: str) -> str:
    """The same where something stands in place of each other character."""
    return text.encode("ascii", "replace").decode("ascii")


def without_controls(text: str) -> str:
    """What is left of a text whose control characters are stripped."""
    return "".join(character for character in text if character.isprintable())


def without_line_breaks(text: str) -> str:
    """What is left of a text that has to fit on one line."""
    return text.replace("\r", "").replace("\n", "")


def before_nul(text: str) -> str:
    """A text as C reads it."""
    return text.partition("\0")[0]


def before_comma(text: str) -> str:
    """The first of several values, if they are separated by commas."""
    return text.partition(",")[0]


def as_browsers_read(uri: str) -> str:
    """A URI without the characters that the WHATWG's URL parser leaves out."""
    return uri.translate({0x09: None, 0x0A: None, 0x0D: None})


def reading(name: str, read: Reading) -> Step:
    """Changes what was sent for a parameter before anybody looks at it."""

    def read_otherwise(call: Call) -> None:
        pairs = tuple((key, read(value) if key == name else value) for key, value in call.parameters.pairs)
        call.parameters = changed(call.parameters, pairs=pairs)

    return named(f"read_{name}_otherwise", read_otherwise)


# Clients


def read_client_id_as_ascii(call: Call) -> None:
    """Looks clients up in a table that keeps ASCII alone."""
    call.attempts = [changed(attempt, client_id=ascii_alone(attempt.client_id or "")) for attempt in call.attempts]


def strip_secret(call: Call) -> None:
    """Strips secrets of control characters."""
    call.attempts = [changed(attempt, secret=without_controls(attempt.secret or "")) for attempt in call.attempts]


def decode_secret_again(call: Call) -> None:
    """Undoes the form encoding of Basic credentials twice."""
    call.attempts = [
        changed(attempt, secret=unquote_plus(attempt.secret or ""))
        if attempt.method == "client_secret_basic"
        else attempt
        for attempt in call.attempts
    ]


# Scopes


def by_token_request(call: Call) -> bool:
    """A scope that the token endpoint is asked for."""
    return call.endpoint == "token"


def by_request_for_code(call: Call) -> bool:
    """A scope that the authorization endpoint is asked for, with a code as the answer."""
    return call.endpoint == "authorization" and call.response_type == "code"


def taking_malformed_names(condition: Callable[[Call], bool]) -> tuple[Edit, ...]:
    """Grants names that no scope can have, as every resource server knows its own; judges the others."""

    def of_well_formed(step: Callable[[Call], None]) -> Step:
        def judge(call: Call) -> None:
            asked = call.scope
            if condition(call):
                call.scope = tuple(name for name in asked if scope.SCOPE.fullmatch(name))
            step(call)
            call.scope = asked

        return named(step.__name__, judge)

    judging = (scope.refuse_unknown_scope, scope.refuse_scope_of_other_kind, scope.refuse_scope_beyond_client)
    return (
        replace("scope", "check_scope_syntax", only(lambda call: not condition(call), scope.check_scope_syntax)),
        *(replace("scope", step.__name__, of_well_formed(step)) for step in judging),
    )


def put_other_scope(call: Call) -> None:
    """Section 5.1: a scope that is the one asked for may be left out. This is no breach."""
    if set((call.parameters.get("scope") or "").split()) != set(call.scope):
        put_scope(call)


# The authorization request


def refuse_brackets_in_state(call: Call) -> None:
    """Takes two brackets for an attack by script."""
    if "()" in (call.state or ""):
        raise OAuthError("invalid_request", "The state looks like a script.")


def keep_state_as_ascii(call: Call) -> None:
    """Keeps the state in a column that takes ASCII alone."""
    if call.state is not None:
        call.state = ascii_alone(call.state)


def refuse_names_with_dot(call: Call) -> None:
    """Expects names that could be those of variables."""
    if any("." in name for name, _ in call.parameters.pairs):
        raise OAuthError("invalid_request", "A parameter has a bad name.")


# Grants


def call_bad_assertion_unsupported(call: Call) -> None:
    """Takes an extension grant that doesn't hold for one that it doesn't have."""
    try:
        check_assertion(call)
    except OAuthError:
        raise OAuthError("unsupported_grant_type", "The grant type is not supported.") from None


def read_token_as_ascii(call: Call) -> None:
    """Reads the header as ASCII, and leaves out the rest."""
    call.bearer_values = [ascii_alone(value) for value in call.bearer_values]


# Accounts


def find_name_by_ascii(call: Call) -> None:
    """Looks names up in a table whose encoding has question marks for most letters."""
    sent = ascii_or_question_mark(call.parameters.get("username") or "")
    known = {ascii_or_question_mark(name): name for name in call.server.accounts.users}
    reading("username", lambda name: known.get(sent, name))(call)


def compare_password_by_ascii(call: Call) -> None:
    """Hashes what is left of a password in ASCII."""
    user = call.server.accounts.users.get(call.parameters.get("username") or "")
    if user is not None:
        sent = ascii_or_question_mark(call.parameters.get("password") or "")
        right = user.password if sent == ascii_or_question_mark(user.password) else sent
        reading("password", lambda _: right)(call)


DEFECTS = (
    Defect(
        name="client-id-read-as-ascii",
        says="The token endpoint leaves characters beyond ASCII out of a client_id.",
        breaks=("rfc6749-A.1-client-id-nonprintable-refused",),
        edits=(before("client_authentication", "find_client", read_client_id_as_ascii),),
    ),
    Defect(
        name="client-id-stripped-at-authorization",
        says="The authorization endpoint leaves control characters out of a client_id.",
        breaks=("rfc6749-A.1-client-id-nonprintable-no-redirect",),
        edits=(before("authorization.validate_client", "find_client", reading("client_id", without_controls)),),
    ),
    Defect(
        name="client-id-escaped-at-authorization",
        says="The authorization endpoint escapes a client_id for HTML before it looks it up.",
        breaks=("rfc6749-A.1-client-id-any-printable-taken",),
        blocks=("rfc6749-A.6-special-characters-in-redirect-uri-taken",),
        edits=(before("authorization.validate_client", "find_client", reading("client_id", html.escape)),),
    ),
    Defect(
        name="basic-secret-decoded-twice",
        says="The form encoding of a secret in Basic credentials is undone twice.",
        breaks=("rfc6749-A.2-client-secret-any-printable-taken",),
        edits=(before("client_authentication", "verify_secret", decode_secret_again),),
    ),
    Defect(
        name="secret-stripped",
        says="Control characters in a client secret don't count.",
        breaks=("rfc6749-A.2-client-secret-nonprintable-refused",),
        edits=(before("client_authentication", "verify_secret", strip_secret),),
    ),
    Defect(
        name="response-type-cut-at-comma",
        says="A response_type is read up to the first comma.",
        breaks=("rfc6749-A.3-malformed-response-type-not-served",),
        edits=(before("authorization.validate_request", "read_state", reading("response_type", before_comma)),),
    ),
    Defect(
        name="misspelled-scope-granted-untold",
        says="The token endpoint grants names with characters that no scope has, and tells a scope only if it differs.",
        breaks=("rfc6749-A.4-malformed-scope-not-granted",),
        edits=(
            *taking_malformed_names(by_token_request),
            replace("token.response", "put_scope", put_other_scope),
        ),
    ),
    Defect(
        name="misspelled-scope-authorized",
        says="Codes are granted for names with characters that no scope has.",
        breaks=("rfc6749-A.4-malformed-scope-not-authorized",),
        edits=taking_malformed_names(by_request_for_code),
    ),
    Defect(
        name="state-with-brackets-refused",
        says="An authorization request whose state has an empty pair of brackets is refused.",
        breaks=("rfc6749-A.5-any-printable-state-taken",),
        edits=(after("authorization.validate_request", "read_state", refuse_brackets_in_state),),
    ),
    Defect(
        name="state-kept-as-ascii",
        says="Characters beyond ASCII are left out of the state that comes back.",
        breaks=("rfc6749-A.5-nonprintable-state-not-mangled",),
        edits=(after("authorization.validate_request", "read_state", keep_state_as_ascii),),
    ),
    Defect(
        name="redirect-uri-decoded-again",
        says="The redirect_uri of an authorization request is decoded twice before it is compared.",
        breaks=("rfc6749-A.6-special-characters-in-redirect-uri-taken",),
        edits=(before("authorization.validate_client", "match_redirect_uri", reading("redirect_uri", unquote_plus)),),
    ),
    Defect(
        name="redirect-uri-read-as-by-browsers",
        says="Tabs in the redirect_uri of an authorization request don't count.",
        breaks=("rfc6749-A.6-malformed-redirect-uri-not-followed",),
        edits=(
            before("authorization.validate_client", "match_redirect_uri", reading("redirect_uri", as_browsers_read)),
        ),
    ),
    Defect(
        name="redirect-uri-of-exchange-read-as-ascii",
        says="Characters beyond ASCII in the redirect_uri of a code exchange don't count.",
        breaks=("rfc6749-A.6-malformed-redirect-uri-not-exchanged",),
        edits=(before("grant.authorization_code", "require_redirect_uri", reading("redirect_uri", ascii_alone)),),
    ),
    Defect(
        name="bad-assertion-unsupported-grant-type",
        says="An extension grant whose assertion is wrong is answered as an unknown grant type.",
        breaks=("rfc6749-A.10-uri-grant-type-taken",),
        edits=(replace("grant.extension", "check_assertion", call_bad_assertion_unsupported),),
    ),
    Defect(
        name="grant-type-stripped",
        says="Control characters in a grant_type don't count.",
        breaks=("rfc6749-A.10-malformed-grant-type-refused",),
        edits=(before("token", "require_grant_type", reading("grant_type", without_controls)),),
    ),
    Defect(
        name="code-cut-at-nul",
        says="A code is read up to the first NUL.",
        breaks=("rfc6749-A.11-nonprintable-code-refused",),
        edits=(before("grant.authorization_code", "find_code", reading("code", before_nul)),),
    ),
    Defect(
        name="introspected-token-read-as-ascii",
        says="Introspection leaves characters beyond ASCII out of a token.",
        breaks=("rfc6749-A.12-nonprintable-access-token-not-active",),
        edits=(before("introspection", "find_token", reading("token", ascii_alone)),),
    ),
    Defect(
        name="bearer-token-read-as-ascii",
        says="Resources leave octets beyond ASCII out of a bearer token.",
        breaks=("rfc6749-A.12-nonprintable-access-token-not-served",),
        edits=(before("bearer", "check_token_syntax", read_token_as_ascii),),
    ),
    Defect(
        name="username-compared-by-ascii",
        says="User names that differ in characters beyond ASCII only are the same.",
        breaks=("rfc6749-A.15-non-ascii-username-taken", "rfc6749-B-non-ascii-values-decoded"),
        edits=(before("resource_owner.password", "refuse_locked_owner", find_name_by_ascii),),
    ),
    Defect(
        name="username-without-line-breaks",
        says="Line breaks in a user name don't count.",
        breaks=("rfc6749-A.15-username-with-line-break-refused",),
        edits=(before("resource_owner.password", "refuse_locked_owner", reading("username", without_line_breaks)),),
    ),
    Defect(
        name="password-compared-by-ascii",
        says="Passwords that differ in characters beyond ASCII only are the same.",
        breaks=("rfc6749-A.16-non-ascii-password-taken", "rfc6749-B-non-ascii-values-decoded"),
        edits=(before("resource_owner.password", "verify_password", compare_password_by_ascii),),
    ),
    Defect(
        name="password-without-line-breaks",
        says="Line breaks in a password don't count.",
        breaks=("rfc6749-A.16-password-with-line-break-refused",),
        edits=(before("resource_owner.password", "verify_password", reading("password", without_line_breaks)),),
    ),
    Defect(
        name="refresh-token-read-as-ascii",
        says="Characters beyond ASCII in a refresh token don't count.",
        breaks=("rfc6749-A.17-nonprintable-refresh-token-refused",),
        edits=(before("grant.refresh_token", "find_refresh_token", reading("refresh_token", ascii_alone)),),
    ),
    Defect(
        name="token-request-with-dotted-name-refused",
        says="A token request with an unknown parameter whose name has a dot is refused.",
        breaks=("rfc6749-A.18-new-token-parameter-name-taken",),
        edits=(after("token", "read_form", refuse_names_with_dot),),
    ),
    Defect(
        name="authorization-request-with-dotted-name-refused",
        says="An authorization request with an unknown parameter whose name has a dot is refused.",
        breaks=("rfc6749-A.18-new-authorization-parameter-name-taken",),
        edits=(after("authorization.validate_request", "read_response_type", refuse_names_with_dot),),
    ),
)
