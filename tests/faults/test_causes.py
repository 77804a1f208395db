"""Each systemic cause is shown by a defect as one fault, and swallows no second one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from conformance.tally.faults.causes import CAUSES
from tests.faults.running import defect_named, results_of

# A defect that shows each cause, and another one that has nothing to do with it, at the same place where there is one.
SHOWN: Mapping[str, tuple[str, str]] = {
    "errors-with-status-of-success": ("errors-with-status-200", "code-works-twice"),
    "redirects-with-another-status": ("error-redirects-with-status-200", "unknown-response-type-means-code"),
    "plain-http-is-served": ("token-endpoint-over-plain-http", "error-twice"),
    "breaks-down": ("password-grant-breaks-beyond-ascii", "missing-grant-type-in-plain-words"),
    "errors-kept-from-the-client": ("errors-kept-from-client", "code-response-without-state"),
    "errors-in-plain-words": ("client-credentials-failure-in-plain-words", "other-clients-code-is-invalid-client"),
    "error-is-no-code": ("scope-echoed-in-error", "other-clients-code-is-invalid-client"),
    "basic-alone-refused": ("basic-only-with-client-id-in-body", "body-password-cut"),
    "basic-not-form-decoded": ("basic-credentials-not-decoded", "basic-password-cut"),
    "replay-revokes-nothing": ("tokens-outlive-code-replay", "access-tokens-survive-revocation"),
    "revocation-ends-nothing": ("revocation-does-nothing", "introspection-ignores-expiry"),
    "unregistered-redirect-uri-taken": ("redirect-uri-compared-by-beginning", "code-response-without-state"),
    "another-redirect-uri": ("first-redirect-uri-always", "code-response-without-state"),
    "errors-to-unregistered-uri": ("bad-redirect-uri-told-there", "code-error-without-state"),
    "repeated-parameters-taken": ("token-endpoint-takes-equal-parameters", "code-works-twice"),
    "credentials-of-other-clients-taken": ("code-good-for-any-confidential-client", "code-works-twice"),
    "expired-credentials-taken": ("codes-never-expire", "code-works-twice"),
    "used-credentials-taken": ("code-works-twice", "codes-never-expire"),
}


def named(content: Mapping[str, Any], cause: str) -> set[str]:
    """The requirements of the faults that a cause is behind."""
    return {each["id"] for fault in content["faults"] if fault["cause"] == cause for each in fault["requirements"]}


def broken(content: Mapping[str, Any]) -> set[str]:
    return {entry["id"] for entry in content["requirements"] if entry["verdict"] in ("failed", "warned")}


@pytest.mark.parametrize("cause", [cause.name for cause in CAUSES])
def test_a_defect_shows_the_cause_as_one_fault(cause: str) -> None:
    defect = defect_named(SHOWN[cause][0])
    content = results_of([defect], defect.breaks)
    faults = [fault for fault in content["faults"] if fault["cause"] == cause]
    assert len(faults) == 1
    assert len(faults[0]["requirements"]) > max(1, len(broken(content)) // 2), content["faults"]
    assert faults[0]["title"] == next(each.title for each in CAUSES if each.name == cause)


@pytest.mark.parametrize("cause", [cause.name for cause in CAUSES])
def test_a_second_fault_is_not_swallowed(cause: str) -> None:
    defect, other = map(defect_named, SHOWN[cause])
    content = results_of([defect, other], {*defect.breaks, *other.breaks})
    second = broken(content) & set(other.breaks) - set(defect.breaks)
    assert second, "the second defect isn't found beside the first"
    assert second & named(content, cause) == set()
    told = {each["id"] for fault in content["faults"] for each in fault["requirements"]}
    assert told == broken(content)
