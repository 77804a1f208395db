"""Breaches of RFC 6749 section 5.2 in the refusals of one cause: most servers write each refusal in a place of its own.

For each cause and each fault there is one defect.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..defect import Defect
from ..pipeline import Call, Edit, Response, before, named, replace
from ..steps.token_response import (
    answer_failed_authentication_with_401,
    challenge_basic,
    put_error_description,
)
from .conditions import Condition, nothing, when

MEMBERS = ("error", "error_description")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a refusal: in words, in data, and what that breaks."""

    says: str
    write: Callable[[Call], None]
    breaks: tuple[str, ...]


def refuses(error: str, grant_type: str | None = None) -> Condition:
    """A refusal with an error code, of requests by a grant where one is named."""
    return lambda call: call.error.error == error and grant_type in (None, call.grant_type)


def has_no_grant_type(call: Call) -> bool:
    """A refusal of a request that doesn't say what it is."""
    return call.error.error == "invalid_request" and call.parameters.get("grant_type") is None


def knows_no_client(call: Call) -> bool:
    """A refusal of a client that the server hasn't heard of."""
    return call.error.error == "invalid_client" and not hasattr(call, "client")


def doubts_client(call: Call) -> bool:
    """A refusal of a client that the server knows, and that hasn't proved who it is."""
    return call.error.error == "invalid_client" and hasattr(call, "client")


# The names of the kinds that the suite asks for, in `procedures/token_refusals.py`.
CAUSES: Mapping[str, Condition] = {
    "no-grant-type": has_no_grant_type,
    "unknown-grant-type": refuses("unsupported_grant_type"),
    "unknown-client": knows_no_client,
    "wrong-secret": doubts_client,
    "bad-code": refuses("invalid_grant", "authorization_code"),
    "wrong-password": refuses("invalid_grant", "password"),
    "unknown-scope": refuses("invalid_scope"),
}


def put_in_quotes(call: Call) -> None:
    """Writes code and description as its log does."""
    for name in MEMBERS:
        if name in call.answer:
            call.answer[name] = f'\u201e{call.answer[name]}"'


def put_in_envelope(call: Call) -> None:
    """Has the envelope of the company's other interfaces."""
    call.answer = {"status": "error", "details": call.answer}


def put_in_list(call: Call) -> None:
    """Has room for several errors."""
    call.answer["error"] = [call.answer["error"]]


FAULTS: Mapping[str, Fault] = {
    "in-quotes": Fault(
        "has its code and its description in quotes, and one of them is beyond ASCII",
        put_in_quotes,
        (
            "rfc6749-5.2-error-code-defined",
            "rfc6749-5.2-error-characters",
            "rfc6749-5.2-error-description-is-text",
            "rfc6749-5.2-error-description-characters",
        ),
    ),
    "in-envelope": Fault(
        "has its members below the top level", put_in_envelope, ("rfc6749-5.2-error-top-level-members",)
    ),
    "in-list": Fault("has its code in a list", put_in_list, ("rfc6749-5.2-error-strings-as-strings",)),
}


def written(fault: Fault, cause: Condition) -> Edit:
    """The refusals of a cause with a fault."""

    def put_faulty_description(call: Call) -> None:
        put_error_description(call)
        if cause(call):
            fault.write(call)

    return replace("token.error", "put_error_description", put_faulty_description)


# What is repeated from requests that no answer can hold


def repeats(member: str, parameter: str) -> Edit:
    """Refusals that say which value of a parameter was wrong, where it has a character that no refusal may have."""

    def put_what_was_sent(call: Call) -> None:
        put_error_description(call)
        value = call.parameters.get(parameter) or ""
        if '"' in value:
            call.answer[member] = f"{call.answer[member]}: {value}"

    return replace("token.error", "put_error_description", put_what_was_sent)


# Refusals of other kinds


def point_to_pages(call: Call) -> None:
    """Has a page for developers, and one for users."""
    put_error_description(call)
    call.answer["error_uri"] = [f"https://reference.example/errors/{page}" for page in ("developers", "users")]


def answer_403(call: Call) -> None:
    """Takes a scope that is not to be had for something forbidden."""
    answer_failed_authentication_with_401(call)
    if call.error.error == "invalid_scope":
        call.error.status = 403


def name_member_with_space(call: Call) -> None:
    """Adds a member that is named as on its pages."""
    call.answer["reported by"] = call.server.settings.realm


def find_json(call: Call) -> Response | None:
    """Knows JSON by its first character, whatever it is called."""
    return Response(415) if call.body.startswith(b"{") else None


DEFECTS = (
    *(
        Defect(
            name=f"refusal-of-{name}-{how}",
            says=f"The refusal of a token request with {name.replace('-', ' ')} {fault.says}.",
            breaks=fault.breaks,
            edits=(written(fault, cause),),
        )
        for name, cause in CAUSES.items()
        for how, fault in FAULTS.items()
    ),
    *(
        Defect(
            name=f"{parameter.replace('_', '-')}-repeated-in-{member.replace('_', '-')}",
            says=f"The {member} of a refusal repeats {parameter}, whatever stands there.",
            breaks=(breaks,),
            edits=(repeats(member, parameter),),
        )
        for member, breaks in (
            ("error", "rfc6749-5.2-error-characters"),
            ("error_description", "rfc6749-5.2-error-description-characters"),
        )
        for parameter in ("grant_type", "scope", "client_id", "username")
    ),
    *(
        Defect(
            name=f"no-challenge-for-{name}",
            says=f"The 401 for {name.replace('-', ' ')} names no scheme.",
            breaks=("http-15.5.2-challenge-in-401", "rfc6749-5.2-header-authentication-failed-challenge"),
            edits=(replace("token.error", "challenge_basic", when(CAUSES[name], nothing, challenge_basic)),),
        )
        for name in ("unknown-client", "wrong-secret")
    ),
    Defect(
        name="error-uris-in-list",
        says="Errors of the token endpoint have two addresses in error_uri, as a list.",
        breaks=("rfc6749-5.2-error-strings-as-strings",),
        edits=(replace("token.error", "put_error_description", named("put_error_description", point_to_pages)),),
    ),
    Defect(
        name="invalid-scope-forbidden",
        says="A scope that is not to be had is answered with status 403.",
        breaks=("rfc6749-5.2-error-status-400",),
        edits=(replace("token.error", "answer_failed_authentication_with_401", answer_403),),
    ),
    Defect(
        name="error-member-with-space",
        says="Errors of the token endpoint have a member whose name holds a space.",
        breaks=("rfc6749-8.2-parameter-name-characters",),
        edits=(before("token.error", "render_json_error", name_member_with_space),),
    ),
    Defect(
        name="body-that-looks-like-json-unsupported",
        says="A body that begins as JSON is answered with 415, whatever it is called.",
        breaks=("rfc6749-5.2-malformed-body-invalid-request",),
        edits=(before("token", "read_form", find_json),),
    ),
)
