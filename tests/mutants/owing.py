"""What no sentence of the catalogue speaks of: a change of it is no breach, whatever becomes of it.

These rules say it by kind. What lives for a reason of its own is explained by line in `explained.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.mutants.mutating import Mutant

# By file, or file and function, why the suite has no opinion.
NOT_OWED: Mapping[str, str] = {
    "control.py": "The control port is the tests' own: no RFC and no documented API has it.",
    "graphql_resource.py": (
        "Who may ask is decided in bearer.py and resources.py. How an operation is written and what the schema holds "
        "is GraphQL's, whose specification is none of the catalogue's documents."
    ),
    "resources.py:answer_owner": "What a protected resource holds is its own affair; who gets it is decided before.",
    "resources.py:answer_app": "As for answer_owner.",
    "resources.py:answer_basic": "As for answer_owner.",
    **dict.fromkeys(
        (
            "dpop.py:key_of_proof",
            "dpop.py:key_at_resource",
            "dpop.py:_verified",
            "dpop.py:refuse_used_proof",
            "dpop.py:invalid_proof",
            "dpop.py:put_confirmation",
            "dpop.py:put_dpop_algorithms",
            "dpop.py:put_dpop_type",
        ),
        "What a proof holds and how it is told of is RFC 9449's, which is none of the catalogue's documents. RFC 9700 "
        "asks that a bound token is worth nothing without its key, which the other functions see to.",
    ),
    **dict.fromkeys(
        (
            "authorization_request.py:without_form_fields",
            "sign_in.py:_put_cookie",
            "sign_in.py:continue_request",
            "sign_in.py:continue_with",
            "sign_in.py:cookie",
            "sign_in.py:provider_title",
            "sign_in.py:show_sign_in_again",
            "sign_in.py:show_sign_in_page",
            "sign_in.py:sign_in_page",
            "sign_in.py:start_session",
        ),
        "How a server leads its own browser from page to page, and by what it knows it again, is its own affair: who "
        "signs in is checked in grant_password.py, and whose form it is in require_csrf_token.",
    ),
    "transport.py:answer_not_found": "Where no endpoint is, no sentence says what is answered.",
    "transport.py:refuse_oversized": "How much of a body a server is ready to read is left to it.",
    "transport.py:forbid_sniffing": "No document of the catalogue speaks of how browsers guess media types.",
}
# Checks that another one makes up for, and which: without their refusal no answer changes that a sentence speaks of.
# Everything else about them is tried like any change.
MADE_UP_FOR: Mapping[str, str] = {
    "authorization_request.py:require_client_id": "find_client finds nobody without a name, and the same page comes.",
    "authorization_request.py:refuse_repeated_client_id": "refuse_repeated_parameters refuses it at the redirect URI.",
    "authorization_request.py:refuse_repeated_redirect_uri": "refuse_repeated_parameters refuses it at the first one.",
    "bearer.py:check_token_syntax": "find_access_token finds no token of another shape.",
    "client_authentication.py:require_client_id": "find_client finds nobody without a name.",
    "client_authentication.py:require_for_confidential": "refuse_unauthenticated refuses who has shown no secret.",
    "federation.py:refuse_refused_sign_in": "redeem_code gets nothing for no code.",
    "grant_authorization_code.py:check_code_unused": "consume_code refuses a used code.",
    "grant_authorization_code.py:require_code_verifier": "check_code_verifier finds that it is wrong.",
    "grant_extension.py:require_assertion": "check_assertion finds that it is wrong.",
    "scope.py:check_scope_syntax": "refuse_unknown_scope knows no malformed name.",
    "scope.py:refuse_unknown_scope": "refuse_scope_of_other_kind refuses what is in no list.",
}
# Functions whose errors end on a page, in words: the code is for the server's own use, and the status is any of a page.
TOLD_ON_A_PAGE: Mapping[str, Sequence[str]] = {
    "authorization_request.py": (
        "require_client_id",
        "refuse_repeated_client_id",
        "find_client",
        "refuse_repeated_redirect_uri",
        "require_redirect_uri",
        "match_redirect_uri",
    ),
    "native_apps.py": ("match_native_redirect_uri",),
    "federation.py": ("require_provider", "find_sign_in", "check_browser", "end_sign_in", "denied"),
    "sign_in.py": ("require_csrf_token",),
}
PAGE_STATUSES = ("200", "403", "404")
# Members that a sentence makes optional, by the files that put them: renamed they are left out, beside an unknown one.
OPTIONAL_MEMBERS: Mapping[str, Sequence[str]] = {
    # RFC 7662 section 2.2: all but `active`.
    "introspection.py": (
        "scope", "client_id", "username", "token_type", "exp", "iat", "nbf", "sub", "aud", "iss", "jti",
    ),
    # RFC 8414 section 2.
    "metadata.py": ("response_modes_supported",),
    # RFC 6749 section 5.2, RFC 6750 section 3.
    "token_response.py": ("error_description",),
    "bearer.py": ("error_description", "realm", "scope"),
}  # fmt: skip


def is_owed(mutant: Mutant) -> bool:
    """Whether a sentence of the catalogue may speak of what a mutant changes."""
    place = f"{mutant.path.name}:{mutant.function}"
    return not (
        mutant.path.name in NOT_OWED
        or place in NOT_OWED
        or (place in MADE_UP_FOR and mutant.change == "left out")
        or _is_of_a_page(mutant)
        or _renames_an_optional_member(mutant)
        or _is_for_the_type_checker(mutant)
    )


def _is_of_a_page(mutant: Mutant) -> bool:
    """The code or status of an error that is told on a page."""
    if mutant.function not in TOLD_ON_A_PAGE.get(mutant.path.name, ()):
        return False
    is_code = mutant.change == "text changed" and mutant.text == '"invalid_request"'
    return is_code or (mutant.change == "constant plus one" and mutant.text in PAGE_STATUSES)


def _renames_an_optional_member(mutant: Mutant) -> bool:
    return mutant.change == "text changed" and mutant.text.strip('"') in OPTIONAL_MEMBERS.get(mutant.path.name, ())


def _is_for_the_type_checker(mutant: Mutant) -> bool:
    """The empty text that stands for a missing parameter where a step before has refused the request, or where nothing
    is found for either. A missing header is usual, and what is done to the text itself fails without one: they count.
    """
    line = mutant.path.read_text(encoding="utf-8").splitlines()[mutant.line - 1]
    is_needed = "call.header(" in line or '"").' in line
    return mutant.change == "operand left out" and mutant.text == '""' and not is_needed
