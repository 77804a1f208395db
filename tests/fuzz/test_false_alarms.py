"""What fuzzing once said of real servers that isn't so: where ours does the same, no other sentence is found broken.

Nor is one left open: a server that breaks one sentence gives an answer about the next.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from conformance.fuzz.browsing import OF_ERRORS
from conformance.fuzz.lifecycle_model import JUDGED
from reference_server.defects import DEFECTS, Defect
from reference_server.defects.redirection import matching
from reference_server.pipeline import Call, Edit, Response, after, remove
from tests.fuzz.running import fuzz_cases, fuzzed, in_words

MISSED = ("rfc6749-10.6-redirect-uri-validated", "rfc6749-3.1.2.4-no-redirect-to-invalid-uri")
TOKEN_REQUIRED = ("rfc7009-2.1-token-required", "rfc7662-2.1-token-required")
STATE_WITH_ERROR = "rfc6749-4.1.2.1-error-state-unchanged"
# A defect as a real server has it, and what it doesn't break.
WHOLE = {
    "unknown-response-type-kept-from-client": (STATE_WITH_ERROR,),
    "code-error-without-state": (STATE_WITH_ERROR,),
    "introspection-misled-by-refresh-token-hint": ("rfc7662-2.1-unknown-hint-token-found",),
    "revocation-refresh-token-hint-believed": ("rfc7009-2.2-invalid-hint-ignored",),
    "revocation-of-unknown-token-refused": ("robustness-1-works-afterwards",),
    "revocation-of-refresh-tokens-by-hint-only": ("rfc7009-2.1-revoked-refresh-token-invalid",),
}


def lowered(uri: str) -> str:
    """Scheme and host in one case and without the port that is meant anyway (RFC 3986 sections 6.2.2.1 and 6.2.3)."""
    scheme, between, rest = uri.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme.lower()}{between}{host.lower().removesuffix(':443')}{slash}{path}"


def unseen_without_user(call: Call) -> Response | None:
    """Looks for the name of whoever granted it, and nobody did."""
    return None if call.bearer.grant.username else Response(500)


def revoke_nothing_of_public_clients(call: Call) -> Response | None:
    """Says that it is done to clients without a secret, and does nothing."""
    return None if call.authenticated else Response(200, b"{}", [("Content-Type", "application/json")])


def ways_to_end(edits: Sequence[Edit], requirements: Sequence[str], budget: str = "quick") -> dict[str, str]:
    """How tests of some requirements end that is neither kept nor not applicable."""
    ended = fuzzed([case for case in fuzz_cases() if case.requirement in requirements], budget, edits=edits)
    assert ended
    odd = {name: each for name, each in ended.items() if each.outcome.word not in ("kept", "vacuous", "not applicable")}
    return {name: in_words({name: each}) for name, each in odd.items()}


@pytest.mark.parametrize("defect", [each for each in DEFECTS if each.name in WHOLE], ids=lambda each: each.name)
def test_a_defect_is_held_against_no_other_sentence(defect: Defect) -> None:
    assert ways_to_end(defect.edits, WHOLE[defect.name]) == {}


def test_all_of_these_defects_are_there() -> None:
    assert {defect.name for defect in DEFECTS} >= set(WHOLE)


def test_another_way_to_write_a_registered_uri_leads_nowhere_else() -> None:
    edits = (matching("match_normalized", lambda sent, uri: lowered(sent) == uri),)
    assert ways_to_end(edits, MISSED, "standard") == {}


def test_errors_that_reach_no_client_are_not_taken_for_good_ones() -> None:
    kept = next(defect for defect in DEFECTS if defect.name == "errors-kept-from-client")
    ended = fuzzed([case for case in fuzz_cases() if case.requirement in OF_ERRORS], "quick", edits=kept.edits)
    assert {name: each.outcome.word for name, each in ended.items()} == dict.fromkeys(ended, "vacuous")


def test_what_is_never_revoked_for_a_client_says_nothing_of_hints() -> None:
    edits = (after("revocation", "authenticate_client", revoke_nothing_of_public_clients),)
    assert ways_to_end(edits, JUDGED) == {}


def test_an_empty_token_may_be_an_invalid_one() -> None:
    edits = tuple(remove(name, "drop_empty_parameters") for name in ("revocation", "introspection"))
    assert ways_to_end(edits, TOKEN_REQUIRED) == {}


def test_a_resource_that_breaks_down_over_apps_leaves_their_tokens_to_other_witnesses() -> None:
    edits = (after("resource.me", "require_bearer", unseen_without_user),)
    ended = fuzzed([case for case in fuzz_cases() if case.requirement == JUDGED[0]], "quick", edits=edits)
    assert {each.trial.fuzzed.undecided for each in ended.values() if each.trial.fuzzed} == {0}
