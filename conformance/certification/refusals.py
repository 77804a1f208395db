"""Why something can't be certified: a pure function of results and answers, so that a bundle can be checked again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.base import exit_codes
from conformance.certification.answers import Answers
from conformance.certification.scope import Entry, covered_entries, to_attest
from conformance.tally.claims import Claim
from conformance.tally.verdicts import BINDING

Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One reason, in words; a breach is one that more probing or more answers would not take away."""

    reason: str
    is_breach: bool = False


def exit_code_of(refusals: Iterable[Refusal]) -> int:
    """What the reasons say to a pipeline."""
    kinds = {refusal.is_breach for refusal in refusals}
    if True in kinds:
        return exit_codes.FINDINGS
    return exit_codes.INCOMPLETE if kinds else exit_codes.OK


def refusals(content: Content, answers: Answers, chosen: Sequence[Claim]) -> list[Refusal]:
    """Every reason not to certify the target of a run."""
    return [*of_profile(content, chosen), *_of_run(content), *_of_requirements(content, answers, chosen)]


def of_profile(content: Content, chosen: Sequence[Claim]) -> list[Refusal]:
    """What the profile alone rules out: features that are not claimed, requirements that are declined."""
    found = [
        Refusal(f"{each.name}: the profile doesn't claim {', '.join(missing)}")
        for each in chosen
        if (
            missing := [
                name for name in (*each.demands, *each.certified_with) if name not in content["target"]["features"]
            ]
        )
    ]
    made = {claim["name"] for claim in content.get("claims", ())}
    found += [
        Refusal(f"{each.name}: the profile doesn't claim it: name it in `claims`")
        for each in chosen
        if "claims" in content and not each.certified_only and each.name not in made
    ]
    found += [
        Refusal(f"{each.name}: not claimed, and so not judged: {names}")
        for each in chosen
        if (names := _left_out(content, each))
    ]
    declined = content["target"]["profile"].get("declined", {})
    return found + [Refusal(f"declined by the profile: {name} ({reason})") for name, reason in declined.items()]


def _left_out(content: Content, chosen: Claim) -> str:
    """The claims that a profile leaves out, of what a certification takes and the profile has the features for."""
    features = set(content["target"]["features"])
    entries = [entry for entry in covered_entries(content["requirements"], [chosen]) if not entry.get("claimed", True)]
    return ", ".join(
        dict.fromkeys(name for entry in entries if features.issuperset(entry["needs"]) for name in entry["claims"])
    )


def of_answers(content: Content, answers: Answers, chosen: Sequence[Claim]) -> list[Refusal]:
    """Questions without an answer, and binding requirements that the vendor says are not kept."""
    found = []
    for entry in to_attest(content["requirements"], content["target"]["features"], chosen):
        answer = answers.by_requirement.get(entry["id"])
        if answer is None:
            found.append(Refusal(f"not attested: {entry['id']} ({entry['level']}): {entry['attest']}"))
        elif not answer.kept and entry["level"] in BINDING:
            found.append(Refusal(f"attested as not kept: {entry['id']} ({entry['level']}): {answer.text}", True))
    return found


def _of_run(content: Content) -> list[Refusal]:
    """What makes a run less than strict."""
    target = content["target"]["profile"]["target"]
    faults = [entry["id"] for entry in content["requirements"] if entry["verdict"] == "error"]
    reasons = {
        "the run was interrupted": content["interrupted"],
        f"something was left out of the run: only {', '.join(content['selection'])}": content["selection"],
        "the run was measured against a baseline": "baseline" in content,
        "opt-in probes were off": not (target.get("intrusive") and target.get("wait")),
        f"the suite itself failed at {', '.join(faults)}": faults,
    }
    return [Refusal(reason) for reason, holds in reasons.items() if holds]


def _of_requirements(content: Content, answers: Answers, chosen: Sequence[Claim]) -> list[Refusal]:
    entries = covered_entries(content["requirements"], chosen)
    return [*_of_verdicts(entries), *of_answers(content, answers, chosen)]


def _of_verdicts(entries: Iterable[Entry]) -> list[Refusal]:
    """What was broken or stayed open. A broken SHOULD is no obstacle: the statement shows it."""
    return [
        Refusal(
            f"{entry['verdict']}: {entry['id']} ({entry['level']}): {entry['reason']}", entry["verdict"] == "failed"
        )
        for entry in entries
        if entry["verdict"] in ("failed", "inconclusive", "untested") and not entry["declined"]
    ]
