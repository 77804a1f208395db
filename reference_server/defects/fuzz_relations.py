"""Breaches that show when the same thing is said in another way: what should make no difference does."""

import re

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, after, before, named, replace
from ..steps.client_authentication import collect_basic, failed
from ..steps.forms import read_form
from ..steps.revocation import find_token
from ..steps.scope import invalid_scope, read_scope

LONGEST_KEPT = 450


def read_number(call: Call) -> None:
    """Takes a `state` of digits for a number."""
    if call.state is not None:
        call.answer["state"] = str(int(call.state)) if call.state.isascii() and call.state.isdigit() else call.state


def trim_state(call: Call) -> None:
    """Trims `state` as it trims everything else."""
    if call.state is not None:
        call.answer["state"] = call.state.strip()


def cut_state(call: Call) -> None:
    """Keeps as much of `state` as its column holds."""
    if call.state is not None:
        call.answer["state"] = call.state[:LONGEST_KEPT]


def refuse_template(call: Call) -> None:
    """Takes a `state` that begins like a list, an object or a text of a program for one."""
    if (call.state or "").startswith(("{", "[", "(", "<", '"', "'", "`")):
        raise OAuthError("invalid_request", "The state is malformed.")


def require_grant_type_first(call: Call) -> None:
    """Reads the grant type from where clients of its own put it."""
    if call.parameters.pairs and call.parameters.get("grant_type") and call.parameters.pairs[0][0] != "grant_type":
        raise OAuthError("invalid_request", "The grant_type parameter is missing.")


def refuse_prefixes(call: Call) -> None:
    """Takes a name that ends with a dot, hyphen or underscore for the beginning of a path, which goes on nowhere."""
    if any(name.endswith((".", "-", "_")) for name, _ in call.parameters.pairs):
        raise OAuthError("invalid_request", "A parameter is not supported.")


def collect_upper_case_escapes(call: Call) -> None:
    """Undoes escapes in capitals alone."""
    collect_basic(call)
    for at, attempt in enumerate(call.attempts):
        if re.search("%[0-9A-Fa-f]?[a-f]", f"{attempt.client_id}:{attempt.secret}"):
            call.attempts[at] = type(attempt)(attempt.method, attempt.client_id, None)
            raise failed()


def read_scope_in_pairs(call: Call) -> None:
    """Merges scopes pair by pair; an odd one out is kept only where it follows the others in order."""
    read_scope(call)
    if len(call.scope) > 2 and list(call.scope) == sorted(call.scope, reverse=True):
        call.scope = call.scope[:-1]


def refuse_profile_and_email(call: Call) -> None:
    """Has a rule for `email` with `profile`, which forgets `me`."""
    if set(call.scope) == {"profile", "email"}:
        raise invalid_scope("The scope is not available.")


def find_by_decoded_hint(call: Call) -> None:
    """Decodes the hint once more, and gives up where that fails."""
    if re.search("%(?![0-9A-Fa-f]{2})", call.parameters.get("token_type_hint") or ""):
        call.token = None
    else:
        find_token(call)


def find_by_known_hint(call: Call) -> None:
    """Takes a hint with `refresh` in it for the one that it knows, and searches there alone."""
    find_token(call)
    hint = call.parameters.get("token_type_hint") or ""
    if not hint.isascii():
        call.token = None


def read_escapes_in_capitals(call: Call) -> None:
    """Undoes escapes in capitals alone; a token with others is none that it knows."""
    read_form(call)
    if re.search(rb"%[0-9a-f]?[a-f]", call.body):
        pairs = ((name, f"{value}%" if name == "token" else value) for name, value in call.parameters.pairs)
        call.parameters = type(call.parameters)(tuple(pairs))


def join_scope_and_client(call: Call) -> None:
    """Reads a `scope` and the `client_id` right behind it as one."""
    if call.method == "GET" and re.search(rb"scope=[^&]*&client_id=", call.query_string):
        raise OAuthError("invalid_request", "The client is unknown.")


DEFECTS = (
    Defect(
        name="state-of-digits-read-as-number",
        says="A `state` of digits alone loses its leading zeros.",
        breaks=("rfc6749-4.1.2-state-unchanged",),
        edits=(replace("authorization.code_response", "put_state", named("put_state", read_number)),),
        fuzz=True,
    ),
    Defect(
        name="state-trimmed-in-errors",
        says="In errors blanks at the ends of `state` are lost.",
        breaks=("rfc6749-4.1.2.1-error-state-unchanged", "rfc6749-4.2.2.1-state-exact"),
        edits=(replace("authorization.redirect_error", "put_state", named("put_state", trim_state)),),
        fuzz=True,
    ),
    Defect(
        name="long-state-cut-in-fragment",
        says="A `state` of more than 450 characters comes back cut beside an implicit token.",
        breaks=("rfc6749-4.2.2-state-exact",),
        edits=(replace("authorization.implicit_response", "put_state", named("put_state", cut_state)),),
    ),
    Defect(
        name="state-like-a-program-refused",
        says="A `state` that begins with a bracket or a quote is refused.",
        breaks=("rfc6749-A.5-any-printable-state-taken",),
        edits=(after("authorization.validate_request", "read_response_type", refuse_template),),
        fuzz=True,
    ),
    Defect(
        name="grant-type-read-in-first-place",
        says="The grant type of a token request is found in the first place only.",
        breaks=("rfc6749-5-valid-request-gets-token",),
        edits=(after("token", "refuse_repeated_parameters", require_grant_type_first),),
        fuzz=True,
    ),
    Defect(
        name="parameter-with-open-end-refused",
        says="A token request with an unknown parameter whose name ends with punctuation is refused.",
        breaks=("rfc6749-3.2-unrecognized-parameter-ignored",),
        edits=(after("token", "refuse_repeated_parameters", refuse_prefixes),),
        fuzz=True,
    ),
    Defect(
        name="basic-escapes-in-capitals-only",
        says="In Basic credentials escapes are undone only if their letters are capitals.",
        breaks=("rfc6749-2.3.1-basic-credentials-form-decoded",),
        edits=(replace("client_authentication", "collect_basic", named("collect_basic", collect_upper_case_escapes)),),
        fuzz=True,
    ),
    Defect(
        name="last-of-three-scopes-lost",
        says="Of three scopes from Z to A the last one is lost.",
        breaks=("rfc6749-3.3-order-of-scopes-irrelevant",),
        edits=(replace("scope", "read_scope", named("read_scope", read_scope_in_pairs)),),
        fuzz=True,
    ),
    Defect(
        name="two-scopes-without-the-third-refused",
        says="The scopes `profile` and `email` are refused together, unless `me` is asked for as well.",
        breaks=("rfc6749-3.3-scope-at-token-endpoint",),
        edits=(after("scope", "read_scope", refuse_profile_and_email),),
        fuzz=True,
    ),
    Defect(
        name="percent-sign-in-hint-makes-token-inactive",
        says="With a percent sign in the hint introspection finds no token.",
        breaks=("rfc7662-2.1-unknown-hint-token-found",),
        edits=(replace("introspection", "find_token", named("find_token", find_by_decoded_hint)),),
        fuzz=True,
    ),
    Defect(
        name="hint-beyond-ascii-revokes-nothing",
        says="With a hint that has a character beyond ASCII nothing is revoked.",
        breaks=("rfc7009-2.2-invalid-hint-ignored",),
        edits=(replace("revocation", "find_token", named("find_token", find_by_known_hint)),),
        fuzz=True,
    ),
    Defect(
        name="token-escapes-in-capitals-only",
        says="Revocation undoes escapes in the token only if their letters are capitals.",
        breaks=("rfc7009-2.1-percent-encoded-token-decoded",),
        edits=(replace("revocation", "read_form", named("read_form", read_escapes_in_capitals)),),
        fuzz=True,
    ),
    Defect(
        name="client-id-behind-scope-not-told-apart",
        says="An authorization request in which `client_id` follows `scope` is refused.",
        breaks=("rfc6749-3.1-get-supported",),
        edits=(before("authorization", "read_request", join_scope_and_client),),
        fuzz=True,
    ),
)
