"""Breaches of RFC 6749 Appendix A in what the server issues: values whose syntax isn't that of their element."""

import re
from urllib.parse import urlencode

from ..defect import Defect
from ..pipeline import Call, Edit, Response, Step, after, before, named, replace
from ..secrets import random_value
from ..steps import token_response
from ..steps.authorization_response import redirect
from ..steps.bearer import TOKEN
from ..steps.token_response import access_token_lifetime
from .conditions import by_grant, only, when


def by_extension_grant(call: Call) -> bool:
    """A token request by the extension grant."""
    return call.grant_type == "extension"


def name_client_in_quotes(call: Call) -> None:
    """Shows the client as its pages do."""
    call.answer["client_id"] = f"\u00bb{call.answer['client_id']}\u00ab"


def publish_response_type_with_hyphen(call: Call) -> None:
    """Announces what it calls the code with PKCE."""
    call.answer["response_types_supported"].append("code-pkce")


def publish_grant_type_with_space(call: Call) -> None:
    """Announces the name that its documentation has."""
    call.answer["grant_types_supported"].append("demo assertion")


def end_scope_with_space(call: Call) -> None:
    """Ends each name with a space."""
    call.answer["scope"] = "".join(f"{name} " for name in call.scope)


def put_empty_state(call: Call) -> None:
    """Has an empty text where there is none."""
    call.answer["state"] = call.state or ""


def put_code_with_ellipsis(call: Call) -> None:
    """Makes codes of all characters that it can write."""
    value = f"{call.answer['code']}\u2026"
    challenge = call.parameters.get("code_challenge")
    call.server.store.add_code(
        value,
        call.grant,
        call.parameters.get("redirect_uri"),
        challenge,
        None if challenge is None else call.parameters.get("code_challenge_method") or "plain",
        call.server.settings.code_lifetime,
    )
    call.answer["code"] = value


def make_token_of_two_lines(call: Call) -> None:
    """Encodes random octets with a base64 that breaks lines."""
    call.access_token = f"{random_value()}\n{random_value()}"
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def make_token_with_accent(call: Call) -> None:
    """Makes tokens of all letters of Latin-1."""
    call.access_token = f"{random_value()}\u00e9{random_value()}"
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def make_refresh_token_of_two_lines(call: Call) -> None:
    """The same as for access tokens."""
    token_response.make_refresh_token(call)
    if call.refresh_token is not None:
        call.refresh_token = f"{random_value()}\n{random_value()}"
        lifetime = call.server.settings.refresh_token_lifetime
        call.server.store.add_token(call.refresh_token, "refresh_token", call.grant, call.grant.scope, lifetime)


def put_type_of_two_words(call: Call) -> None:
    """Describes the type for people."""
    call.answer["token_type"] = "bearer token"


def put_lifetime_with_fraction(call: Call) -> None:
    """Keeps times as numbers with a fraction."""
    call.answer["expires_in"] = float(access_token_lifetime(call))


def put_lifetime_with_unit(call: Call) -> None:
    """Says what it counts."""
    call.answer["expires_in"] = f"{access_token_lifetime(call)}s"


def name_member_with_space(call: Call) -> None:
    """Adds a member that is named as on its pages."""
    call.answer["issued by"] = call.server.settings.realm


def name_parameter_with_colon(call: Call) -> None:
    """Adds a parameter with the prefix of its vendor."""
    call.answer["demo:node"] = "eu-1"


# Errors, where a request has characters that the answer must not repeat


def by_unwritable_client(call: Call) -> bool:
    """Refused for a client that doesn't exist, named in letters that no client_id has."""
    return call.error.error == "invalid_client" and not (call.parameters.get("client_id") or "").isascii()


def by_unwritable_response_type(call: Call) -> bool:
    """A response type in letters that none has."""
    return not (call.response_type or "").isascii()


def by_unwritable_scope(call: Call) -> bool:
    """A scope in letters that none has."""
    return call.error.error == "invalid_scope" and not (call.parameters.get("scope") or "").isascii()


def by_unwritable_user(call: Call) -> bool:
    """A wrong user name in letters that are not ASCII."""
    return call.error.error == "invalid_grant" and not (call.parameters.get("username") or "").isascii()


def tell_client_in_code(call: Call) -> None:
    """Tells within the code which client is unknown."""
    call.answer["error"] = f"invalid_client: {call.parameters.get('client_id')}"


def tell_response_type_in_code(call: Call) -> None:
    """The same for response types."""
    call.answer["error"] = f"unsupported_response_type: {call.response_type}"


def tell_user_in_description(call: Call) -> None:
    """Repeats the user name."""
    call.answer["error_description"] = f"There is no user {call.parameters.get('username')}."


def tell_scope_in_description(call: Call) -> None:
    """Repeats the scope."""
    call.answer["error_description"] = f"There is no scope {call.parameters.get('scope')}."


def tell_scope_in_uri(call: Call) -> None:
    """Puts the scope into the address of its page as it is."""
    call.answer["error_uri"] = f"https://docs.example/errors?scope={call.parameters.get('scope')}"


def tell_description_in_uri(call: Call) -> None:
    """Puts the description into the address of its page as it is."""
    call.answer["error_uri"] = f"https://docs.example/errors?about={call.error.description}"


def redirect_with_plain_description(call: Call) -> Response:
    """Escapes what came from outside, and leaves its own text alone."""
    description = call.answer.pop("error_description", "")
    rest = urlencode(call.answer)
    joint = "#" if call.response_type == "token" else "&" if "?" in (call.redirect_uri or "") else "?"
    return redirect(call, f"{call.redirect_uri}{joint}error_description={description}&{rest}")


def tell_token_in(parameter: str) -> Step:
    """A challenge that repeats a token in one of its parameters if the token can't be one."""

    def tell_token(call: Call) -> None:
        token = "".join(call.bearer_values)
        if TOKEN.fullmatch(token):
            return
        # What HTTP doesn't let a header have would end in no answer at all.
        writable = "".join(character for character in token if character.isprintable())
        text = f"bad_token:{writable}".encode("latin-1", "replace").decode("latin-1")
        call.error.headers = tuple(
            (name, re.sub(f'{parameter}="[^"]*"', lambda _: f'{parameter}="{text}"', value))
            for name, value in call.error.headers
        )

    return named(f"tell_token_in_{parameter}", tell_token)


def in_redirect(change: Step) -> tuple[Edit, ...]:
    """A change of an error's parameters before the user agent is redirected."""
    return (before("authorization.redirect_error", "redirect_error", change),)


DEFECTS = (
    Defect(
        name="client-named-in-quotes",
        says="Introspection names the client between quotation marks that are not ASCII.",
        breaks=("rfc6749-A.1-client-id-issued-printable",),
        edits=(after("introspection.response", "put_client_id", name_client_in_quotes),),
    ),
    Defect(
        name="response-type-published-with-hyphen",
        says="The metadata lists a response type with a hyphen.",
        breaks=("rfc6749-A.3-response-types-published-well-formed",),
        edits=(after("metadata", "put_response_types", publish_response_type_with_hyphen),),
    ),
    Defect(
        name="scope-ends-with-space",
        says="The scope of a token response ends with a space.",
        breaks=("rfc6749-A.4-token-response-scope-well-formed",),
        edits=(replace("token.response", "put_scope", end_scope_with_space),),
    ),
    Defect(
        name="implicit-scope-ends-with-space",
        says="The scope of an implicit answer ends with a space.",
        breaks=("rfc6749-A.4-fragment-scope-well-formed",),
        edits=(replace("authorization.implicit_response", "put_scope", end_scope_with_space),),
    ),
    Defect(
        name="empty-state-for-none",
        says="A request without state is answered with an empty one.",
        breaks=("rfc6749-A.5-returned-state-never-empty",),
        edits=tuple(
            replace(name, "put_state", put_empty_state)
            for name in ("authorization.code_response", "authorization.implicit_response")
        ),
    ),
    Defect(
        name="error-redirect-with-spaces",
        says="The spaces of an error's description stand unescaped in the redirect to the client.",
        breaks=("rfc6749-A.6-redirect-back-is-uri",),
        edits=(replace("authorization.redirect_error", "redirect_error", redirect_with_plain_description),),
    ),
    Defect(
        name="client-told-in-token-error-code",
        says="The error code for an unknown client repeats its name, whatever characters that has.",
        breaks=("rfc6749-A.7-token-error-code-characters",),
        edits=(before("token.error", "render_json_error", only(by_unwritable_client, tell_client_in_code)),),
    ),
    Defect(
        name="response-type-told-in-error-code",
        says="The error code for an unsupported response type repeats it, whatever characters that has.",
        breaks=("rfc6749-A.7-authorization-error-code-characters",),
        edits=in_redirect(only(by_unwritable_response_type, tell_response_type_in_code)),
    ),
    Defect(
        name="token-told-in-challenge-code",
        says="The error code in a resource's challenge repeats a malformed token.",
        breaks=("rfc6749-A.7-resource-error-code-characters",),
        edits=(after("bearer.error", "challenge_bearer", tell_token_in("error")),),
    ),
    Defect(
        name="user-told-in-description",
        says="The description of a failed password grant repeats the user name, whatever characters that has.",
        breaks=("rfc6749-A.8-token-error-description-characters",),
        edits=(before("token.error", "render_json_error", only(by_unwritable_user, tell_user_in_description)),),
    ),
    Defect(
        name="scope-told-in-description",
        says="The description of an unknown scope repeats it to the client, whatever characters that has.",
        breaks=("rfc6749-A.8-authorization-error-description-characters",),
        edits=in_redirect(only(by_unwritable_scope, tell_scope_in_description)),
    ),
    Defect(
        name="token-told-in-challenge-description",
        says="The description in a resource's challenge repeats a malformed token.",
        breaks=("rfc6749-A.8-resource-error-description-characters",),
        edits=(after("bearer.error", "challenge_bearer", tell_token_in("error_description")),),
    ),
    Defect(
        name="scope-told-in-error-uri",
        says="The error_uri for an unknown scope holds it unescaped.",
        breaks=("rfc6749-A.9-token-error-uri-well-formed",),
        edits=(after("token.error", "put_error_uri", only(by_unwritable_scope, tell_scope_in_uri)),),
        on="detailed-errors",
    ),
    Defect(
        name="redirect-error-uri-with-spaces",
        says="The error_uri in a redirect to the client holds spaces.",
        breaks=("rfc6749-A.9-authorization-error-uri-well-formed",),
        edits=(replace("authorization.redirect_error", "put_error_uri", tell_description_in_uri),),
        on="error-uris",
    ),
    Defect(
        name="token-told-in-challenge-uri",
        says="The error_uri in a resource's challenge repeats a malformed token.",
        breaks=("rfc6749-A.9-resource-error-uri-well-formed",),
        edits=(after("bearer.error", "put_error_uri_in_challenge", tell_token_in("error_uri")),),
        on="error-uris",
    ),
    Defect(
        name="grant-type-published-with-space",
        says="The metadata lists a grant type with a space.",
        breaks=("rfc6749-A.10-grant-types-published-well-formed",),
        edits=(after("metadata", "put_grant_types", publish_grant_type_with_space),),
    ),
    Defect(
        name="code-with-ellipsis",
        says="Codes end with a character that is not ASCII.",
        breaks=("rfc6749-A.11-issued-code-printable",),
        edits=(after("authorization.code_response", "make_code", put_code_with_ellipsis),),
    ),
    Defect(
        name="access-token-of-two-lines",
        says="Access tokens of the extension grant have a line break inside.",
        breaks=("rfc6749-A.12-issued-access-token-printable",),
        edits=(
            replace(
                "issue",
                "make_access_token",
                when(by_extension_grant, make_token_of_two_lines, token_response.make_access_token),
            ),
        ),
    ),
    Defect(
        name="implicit-access-token-with-accent",
        says="Access tokens of the implicit grant have a letter that is not ASCII.",
        breaks=("rfc6749-A.12-implicit-access-token-printable",),
        edits=(replace("authorization.implicit_response", "make_access_token", make_token_with_accent),),
    ),
    Defect(
        name="token-type-of-two-words",
        says="The token type after a refresh is `bearer token`.",
        breaks=("rfc6749-A.13-token-type-well-formed",),
        edits=(after("token.response", "put_token_type", only(by_grant("refresh_token"), put_type_of_two_words)),),
    ),
    Defect(
        name="implicit-token-type-of-two-words",
        says="The token type of an implicit answer is `bearer token`.",
        breaks=("rfc6749-A.13-implicit-token-type-well-formed",),
        edits=(replace("authorization.implicit_response", "put_token_type", put_type_of_two_words),),
    ),
    Defect(
        name="lifetime-with-fraction",
        says="The `expires_in` of a refreshed token has a decimal point.",
        breaks=("rfc6749-A.14-expires-in-digits",),
        edits=(after("token.response", "put_expires_in", only(by_grant("refresh_token"), put_lifetime_with_fraction)),),
    ),
    Defect(
        name="implicit-lifetime-with-unit",
        says="The expires_in of an implicit answer ends with the letter s.",
        breaks=("rfc6749-A.14-implicit-expires-in-digits",),
        edits=(replace("authorization.implicit_response", "put_expires_in", put_lifetime_with_unit),),
    ),
    Defect(
        name="refresh-token-of-two-lines",
        says="Refresh tokens have a line break inside.",
        breaks=("rfc6749-A.17-issued-refresh-token-printable",),
        edits=(replace("issue", "make_refresh_token", make_refresh_token_of_two_lines),),
    ),
    Defect(
        name="member-name-with-space",
        says="The answer to a refresh has a member with a space in its name.",
        breaks=("rfc6749-A.18-token-response-parameter-names",),
        edits=(before("token.response", "render_json", only(by_grant("refresh_token"), name_member_with_space)),),
    ),
    Defect(
        name="parameter-name-with-colon",
        says="A code comes with a parameter that has a colon in its name.",
        breaks=("rfc6749-A.18-authorization-response-parameter-names",),
        edits=(before("authorization.code_response", "redirect_with_query", name_parameter_with_colon),),
    ),
)
