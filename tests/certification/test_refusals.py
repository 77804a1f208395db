"""What can be certified and what can't: every reason is given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.base.toml_files import FileFault
from conformance.certification.answers import Answer, read_answers, template
from conformance.certification.refusals import exit_code_of, refusals
from conformance.certification.scope import covered_entries, to_attest
from conformance.tally.baseline import Baseline
from conformance.tally.claims import certifications
from tests.certification import certifiable
from tests.certification.certifiable import CORE, FULL
from tests.reporting import synthetic

MUST = "rfc6749-4.1.2-reused-code-denied"
SHOULD = next(
    r.id for r in synthetic.catalogue().requirements if r.level == "SHOULD" and r.is_tested and r.document == "rfc6749"
)
REVOCATION = "rfc7009-2.1-token-required"
ATTESTED = "rfc6749-10.10-client-secret-128-bits"


def reasons(content: dict[str, Any], **more: Any) -> list[str]:
    """Why a full certification of a run is refused."""
    return [refusal.reason for refusal in refusals(content, certifiable.answers(content), more.get("chosen", FULL))]


def test_a_strict_run_in_which_all_was_kept_is_certified() -> None:
    assert reasons(certifiable.run()) == []


def test_a_broken_recommendation_is_no_obstacle() -> None:
    assert reasons(certifiable.run({SHOULD: "broken"})) == []


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (certifiable.run({MUST: "broken"}), f"failed: {MUST} (MUST): expected "),
        (certifiable.run({MUST: "inconclusive"}), f"inconclusive: {MUST} (MUST): "),
        (certifiable.run({SHOULD: "inconclusive"}), f"inconclusive: {SHOULD} (SHOULD): "),
        (certifiable.run({MUST: "untested"}), f"untested: {MUST} (MUST): "),
        (certifiable.run({MUST: "not run"}), f"untested: {MUST} (MUST): deselected in this run"),
        (certifiable.run({MUST: "error"}), f"the suite itself failed at {MUST}"),
        (certifiable.run(baseline=Baseline("known.toml", ())), "the run was measured against a baseline"),
        (certifiable.run(profile=synthetic.PROFILE), "opt-in probes were off"),
        (certifiable.run(selection=("rfc6749",)), "something was left out of the run: only rfc6749"),
        ({**certifiable.run(), "interrupted": True}, "the run was interrupted"),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_what_is_refused(content: dict[str, Any], start: str) -> None:
    assert [reason for reason in reasons(content) if reason.startswith(start)]


def test_what_is_declined_is_refused() -> None:
    profile = {**certifiable.PROFILE, "declined": {"implicit": "not offered"}}
    assert "declined by the profile: implicit (not offered)" in reasons(certifiable.run(profile=profile))


def test_a_feature_that_a_certification_demands_has_to_be_claimed() -> None:
    content = certifiable.run(features=("token_endpoint",))
    assert reasons(content, chosen=CORE) == []
    assert reasons(content)[0].startswith("full: the profile doesn't claim revocation, introspection")


def test_only_what_a_certification_takes_is_judged() -> None:
    content = certifiable.run({REVOCATION: "broken"})
    assert reasons(content, chosen=CORE) == []
    assert reasons(content, chosen=(certifications()["revocation"],))


def test_every_question_needs_an_answer_and_a_binding_one_has_to_be_yes() -> None:
    content = certifiable.run()
    answers = certifiable.answers(content)
    without = {name: answer for name, answer in answers.by_requirement.items() if name != ATTESTED}
    missing = refusals(content, replace(answers, by_requirement=without), FULL)
    assert [refusal.reason.partition(":")[0] for refusal in missing] == ["not attested"]
    assert exit_code_of(missing) == 6
    denied = {**answers.by_requirement, ATTESTED: Answer(False, "64 bits")}
    found = refusals(content, replace(answers, by_requirement=denied), FULL)
    assert [refusal.reason for refusal in found] == [f"attested as not kept: {ATTESTED} (MUST): 64 bits"]
    assert exit_code_of(found) == 1


def test_what_is_not_claimed_is_not_asked_about() -> None:
    content = certifiable.run(features=("token_endpoint", "authorization_code"))
    asked = to_attest(content["requirements"], content["target"]["features"], FULL)
    assert asked
    assert not [entry["id"] for entry in asked if "password" in entry["needs"]]


def test_everything_is_not_certified_where_claims_leave_something_out() -> None:
    content = certifiable.run()
    left_out = [{**each, "claimed": each["document"] != "rfc7009"} for each in content["requirements"]]
    found = reasons({**content, "requirements": left_out}, chosen=FULL)
    assert any("not claimed, and so not judged: revocation" in reason for reason in found)


def test_certifications_take_what_they_say() -> None:
    entries = certifiable.run()["requirements"]
    taken = {
        name: {entry["document"] for entry in covered_entries(entries, [each])}
        for name, each in certifications().items()
    }
    assert taken["core"] == {"rfc6749"}
    assert taken["revocation"] == {"rfc7009"}
    assert taken["introspection"] == {"rfc7662"}
    assert taken["documented-api"] == {"documented"}
    assert taken["full"] >= {"rfc6749", "rfc7009", "rfc7662", "rfc6750", "documented"}
    assert {entry["role"] for entry in covered_entries(entries, FULL)} == {"authorization-server"}
    features = {name for entry in entries for name in entry["needs"]}
    assert {name for each in certifications().values() for name in each.demands} <= features | {
        "client",
        "documented_api",
    }


# Answers


def test_a_template_is_filled_in_and_read(tmp_path: Path) -> None:
    content = certifiable.run()
    questions = to_attest(content["requirements"], content["target"]["features"], FULL)
    text = template(questions)
    for key in ("name", "version", "contact", "text"):
        text = text.replace(f'\n{key} = ""', f'\n{key} = "x"')
    (tmp_path / "a.toml").write_text(text.replace('kept = ""', 'kept = "yes"'), encoding="utf-8")
    read, _ = read_answers(tmp_path / "a.toml", {entry["id"] for entry in questions})
    assert read.by_requirement == {entry["id"]: Answer(True, "x") for entry in questions}
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert read_answers(tmp_path / "a.toml", {entry["id"] for entry in questions})[0].by_requirement == {}


GOOD = certifiable.answers_text(certifiable.answers(certifiable.run()))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[implementation", "is not TOML"),
        ("", "line 1: the document: lacks implementation"),
        (GOOD.replace('version = "4.2"', ""), "line 1: implementation: lacks version"),
        (GOOD.replace('"4.2"', '""'), "line 3: implementation.version: is empty: fill it in"),
        (GOOD.replace('kept = "yes"', "kept = true", 1), "line 8: answer.0.kept: is"),
        (GOOD.replace('kept = "yes"', 'kept = "maybe"', 1), "line 8: answer.0.kept: is 'maybe', must be one of"),
        (GOOD + '[[answer]]\nid = "rfc1-1-x"\nkept = "yes"\ntext = "x"\n', "there is no requirement rfc1-1-x"),
        (GOOD + GOOD.partition("\n\n")[2], "stands twice"),
    ],
    ids=["broken", "empty", "lacks", "gap", "boolean", "maybe", "unknown", "twice"],
)
def test_what_is_wrong_is_named_with_line_and_key(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text(text, encoding="utf-8")
    with pytest.raises(FileFault) as caught:
        read_answers(tmp_path / "answers.toml", set(synthetic.catalogue().by_id))
    assert message in str(caught.value)


def test_every_gap_is_told_at_once(tmp_path: Path) -> None:
    more = '[[answer]]\nid = "rfc1-1-x"\nkept = "maybe"\ntxt = "x"\n'
    (tmp_path / "answers.toml").write_text(GOOD.replace('"4.2"', '""') + more, encoding="utf-8")
    with pytest.raises(FileFault) as caught:
        read_answers(tmp_path / "answers.toml", set(synthetic.catalogue().by_id))
    told = str(caught.value)
    gaps = (
        "version: is empty",
        "no requirement rfc1-1-x",
        "kept: is 'maybe'",
        "'txt'; did you mean text?",
        "lacks text",
    )
    assert [gap for gap in gaps if gap not in told] == []
    assert len(told.splitlines()) == len(gaps)


def test_an_editors_mark_at_the_beginning_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert read_answers(tmp_path / "answers.toml", set(synthetic.catalogue().by_id))[0].by_requirement
