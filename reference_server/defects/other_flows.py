"""Breaches of one flow, one kind of client or one way to authenticate, where the usual one is in order."""

import re
from dataclasses import replace as changed

from ..defect import Defect
from ..pipeline import Call, Edit, Step, before, named, replace
from ..secrets import random_value
from ..steps.authorization_request import check_code_challenge_method, require_code_challenge
from ..steps.authorization_response import keep_code, make_code
from ..steps.grant_authorization_code import check_redirect_uri, consume_code
from ..steps.token_response import access_token_lifetime, make_access_token, make_refresh_token
from .code_exchange import use_code_later
from .conditions import Condition, by_grant, only, when
from .some_clients import has_secret

CODE, REQUEST = "grant.authorization_code", "authorization.validate_request"
ACCESS_BITS, REFRESH_BITS = "rfc6749-10.10-access-token-128-bits", "rfc6749-10.10-refresh-token-128-bits"
CODE_BITS = "rfc6749-10.10-code-128-bits"
IDENTICAL, RACE = "rfc6749-4.1.3-redirect-uri-identical", "rfc6749-4.1.2-parallel-code-exchanges-one-succeeds"
NO_CHALLENGE = "rfc7636-4.4.1-missing-challenge-invalid-request"


def is_public(call: Call) -> bool:
    """RFC 6749 section 2.1: without a secret."""
    return not has_secret(call)


def secret_in_body(call: Call) -> bool:
    """RFC 6749 section 2.3.1: the other way to send it."""
    return call.parameters.get("client_secret") is not None


# Values


def short() -> str:
    """As long as a voucher that somebody types."""
    return random_value()[:12]


def make_short_access_token(call: Call) -> None:
    """An access token for this flow alone, from another hand."""
    call.access_token = short()
    lifetime = access_token_lifetime(call)
    call.server.store.add_token(call.access_token, "access_token", call.grant, call.scope, lifetime)


def refresh_token_made_by(make: Step) -> Step:
    """A refresh token that is made in another way, where one is issued at all."""

    def make_other_refresh_token(call: Call) -> None:
        """Replaces the value that was made."""
        make_refresh_token(call)
        if call.refresh_token is not None:
            call.refresh_token = None
            make(call)
            lifetime = call.server.settings.refresh_token_lifetime
            call.server.store.add_token(
                call.refresh_token or "", "refresh_token", call.grant, call.grant.scope, lifetime
            )

    return named("make_refresh_token", make_other_refresh_token)


def short_refresh_token(call: Call) -> None:
    """Random, and not enough of it."""
    call.refresh_token = short()


def access_token_with_letter(call: Call) -> None:
    """Whoever has the one has the other."""
    call.refresh_token = f"r-{call.access_token}"


def make_short_code(call: Call) -> None:
    """A code that fits a small screen."""
    keep_code(call, short())


def access_tokens_of(grant_type: str) -> Edit:
    """Short access tokens of one grant."""
    return replace(
        "issue",
        "make_access_token",
        named("make_access_token", when(by_grant(grant_type), make_short_access_token, make_access_token)),
    )


# Code exchanges


def later(condition: Condition) -> Edit:
    """Codes are marked as used too late, for some."""
    return replace(CODE, "consume_code", named("consume_code", when(condition, use_code_later, consume_code)))


def compare_without(part: str) -> Step:
    """Compares the redirect URI of an exchange but for one part."""

    def check_redirect_uri_in_part(call: Call) -> None:
        """The part is a matter of the browser."""
        if re.sub(part, "", call.parameters.get("redirect_uri") or "", count=1) != call.code.redirect_uri:
            check_redirect_uri(call)

    return named("check_redirect_uri", check_redirect_uri_in_part)


def asked_for_first_uri(call: Call) -> bool:
    """The code went where most codes of the client go."""
    return call.code.redirect_uri in (None, call.client.redirect_uris[0])


def take_challenge_of_exchange(call: Call) -> None:
    """A later challenge replaces an earlier one."""
    challenge, method = call.parameters.get("code_challenge"), call.parameters.get("code_challenge_method")
    if challenge is not None:
        call.code = changed(call.code, challenge=challenge, challenge_method=method or "plain")


# PKCE


def names_no_method(call: Call) -> bool:
    """A request that speaks of PKCE has it."""
    return call.parameters.get("code_challenge_method") is None


def has_challenge(call: Call) -> bool:
    """Otherwise there is nothing to transform."""
    return call.parameters.get("code_challenge") is not None


def comes_over_web(call: Call) -> bool:
    """The redirect URI is an https one."""
    return (call.redirect_uri or "").startswith("https:")


def comes_by_get(call: Call) -> bool:
    """The request stands in the URI. What a decision carries was looked at before."""
    return call.method == "GET"


DEFECTS = (
    *(
        Defect(
            name=f"short-access-tokens-by-{name}",
            says=f"Access tokens of the {name.replace('-', ' ')} grant have 72 bits.",
            breaks=(ACCESS_BITS,),
            edits=(access_tokens_of(name.replace("-", "_")),),
        )
        for name in ("refresh-token", "password", "authorization-code")
    ),
    Defect(
        name="short-access-tokens-by-implicit",
        says="Access tokens of the implicit grant have 72 bits.",
        breaks=(ACCESS_BITS,),
        edits=(
            replace(
                "authorization.implicit_response",
                "make_access_token",
                named("make_access_token", make_short_access_token),
            ),
        ),
    ),
    Defect(
        name="short-refresh-tokens-by-password",
        says="Refresh tokens of the password grant have 72 bits.",
        breaks=(REFRESH_BITS,),
        edits=(
            replace(
                "issue",
                "make_refresh_token",
                when(by_grant("password"), refresh_token_made_by(short_refresh_token), make_refresh_token),
            ),
        ),
    ),
    Defect(
        name="short-codes-of-public-clients",
        says="Codes of public clients have 72 bits.",
        breaks=(CODE_BITS,),
        edits=(
            replace(
                "authorization.code_response",
                "make_code",
                named("make_code", when(is_public, make_short_code, make_code)),
            ),
        ),
    ),
    Defect(
        name="refresh-token-made-from-access-token",
        says="A refresh token is the access token with a letter before it.",
        breaks=("rfc6749-10.4-refresh-tokens-unguessable",),
        edits=(replace("issue", "make_refresh_token", refresh_token_made_by(access_token_with_letter)),),
    ),
    Defect(
        name="codes-of-public-clients-marked-too-late",
        says="Of several simultaneous exchanges of a public client's code, each gets tokens.",
        breaks=(RACE,),
        edits=(later(is_public),),
    ),
    Defect(
        name="codes-marked-too-late-by-secret-in-body",
        says="Of several simultaneous exchanges with the secret in the body, each gets tokens.",
        breaks=(RACE,),
        edits=(later(secret_in_body),),
    ),
    Defect(
        name="exchanged-redirect-uri-without-fragment",
        says="The redirect URI of an exchange may have a fragment.",
        breaks=(IDENTICAL,),
        edits=(replace(CODE, "check_redirect_uri", compare_without("#.*")),),
    ),
    Defect(
        name="exchanged-redirect-uri-at-any-port",
        says="The redirect URI of an exchange may name another port.",
        breaks=(IDENTICAL,),
        edits=(replace(CODE, "check_redirect_uri", compare_without(r"(?<=[^/:]):\d+(?=/)")),),
    ),
    Defect(
        name="exchanged-redirect-uri-of-second-free",
        says="The exchange of a code that went to another redirect URI than the first is good with any.",
        breaks=(IDENTICAL,),
        edits=(replace(CODE, "check_redirect_uri", only(asked_for_first_uri, check_redirect_uri)),),
    ),
    Defect(
        name="challenge-of-exchange-taken",
        says="A code challenge in the token request replaces the one of the authorization request.",
        breaks=("rfc7636-4.6-verifier-verified",),
        edits=(before(CODE, "refuse_unexpected_verifier", take_challenge_of_exchange),),
    ),
    Defect(
        name="challenge-not-required-beside-method",
        says="A public client that names a challenge method needs no challenge.",
        breaks=(NO_CHALLENGE,),
        edits=(
            replace(REQUEST, "require_code_challenge", only(names_no_method, require_code_challenge)),
            replace(REQUEST, "check_code_challenge_method", only(has_challenge, check_code_challenge_method)),
        ),
    ),
    Defect(
        name="challenge-not-required-by-post",
        says="A public client needs no challenge in a request by POST.",
        breaks=(NO_CHALLENGE,),
        edits=(replace(REQUEST, "require_code_challenge", only(comes_by_get, require_code_challenge)),),
    ),
    Defect(
        name="challenge-not-required-of-private-schemes",
        says="A public client needs no challenge where its redirect URI has a private scheme.",
        breaks=(NO_CHALLENGE,),
        edits=(replace(REQUEST, "require_code_challenge", only(comes_over_web, require_code_challenge)),),
    ),
)
