"""A release freezes its catalogue, and what a run says of it follows from the digest."""

from __future__ import annotations

import datetime
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from conformance.certification import matrix
from conformance.certification.matrix import CLIENT, EXACT
from conformance.reporting import rendered
from conformance.reporting.provenance import release_in_words as in_words
from conformance.tally import releases, results
from conformance.tally.releases import Release, load_releases, release_of
from tests.distribution import release
from tests.reporting import synthetic

DAY = datetime.date(2026, 12, 1)
CATALOGUE, OTHER = "a" * 64, "b" * 64
PROOF = {"catalogue": CATALOGUE, "defects": [{"result": EXACT}], "variants": [{"result": EXACT}]}
RELEASED = release.State(
    version="1.2.0",
    changelog="# Changelog\n\n## 1.2.0 (2026-12-01)\n\n- New.\n\n## 1.1.0 (2026-11-01)\n",
    releases=(Release("1.1.0", datetime.date(2026, 11, 1), OTHER), Release("1.2.0", DAY, CATALOGUE)),
    catalogue=CATALOGUE,
    record=PROOF,
    record_of_clients={**PROOF, "role": CLIENT},
)
IN_THE_WORKS = replace(
    RELEASED,
    version="1.3.0",
    changelog=RELEASED.changelog.replace("# Changelog\n", "# Changelog\n\n## 1.3.0 (unreleased)\n"),
)


def test_this_checkout_contradicts_no_release() -> None:
    assert list(release.contradictions(release.current())) == []


def test_a_version_that_fits_its_changelog_its_digest_its_proof_and_its_tag_can_be_released() -> None:
    assert list(release.obstacles(RELEASED, "v1.2.0")) == []
    assert list(release.contradictions(IN_THE_WORKS)) == []


@pytest.mark.parametrize(
    ("state", "tag", "why"),
    [
        (replace(RELEASED, catalogue=OTHER, record={**PROOF, "catalogue": OTHER}), "", "froze another catalogue"),
        (IN_THE_WORKS, "", "the catalogue of version 1.3.0 isn't frozen"),
        (replace(RELEASED, version="1.2.1"), "", "first section isn't that of version 1.2.1"),
        (replace(RELEASED, changelog=RELEASED.changelog.replace("12-01", "12-02")), "", "doesn't say so"),
        (replace(RELEASED, releases=RELEASED.releases[1:]), "", "dates version 1.1.0, whose catalogue isn't frozen"),
        (replace(RELEASED, record={**PROOF, "catalogue": OTHER}), "", "no proof"),
        (replace(RELEASED, record_of_clients=matrix.read_record(Path("missing"))), "", "no proof: This build"),
        (RELEASED, "v1.1.0", "the tag v1.1.0 isn't v1.2.0"),
    ],
    ids=[
        "changed catalogue",
        "not frozen",
        "no section",
        "another day",
        "dated, not frozen",
        "no proof",
        "no proof of clients",
        "another tag",
    ],
)
def test_a_version_that_does_not_fit_is_not_released(state: release.State, tag: str, why: str) -> None:
    assert why in "\n".join(release.obstacles(state, tag))


def test_freezing_writes_the_digest_with_the_day_of_the_changelog(tmp_path: Path) -> None:
    state = replace(RELEASED, releases=RELEASED.releases[:1])
    path = tmp_path / "releases.toml"
    path.write_text("# Releases\n" + release.as_toml(state.releases[0]) + release.as_toml(release.frozen(state)))
    assert load_releases(path) == RELEASED.releases


@pytest.mark.parametrize(
    ("state", "why"), [(RELEASED, "is frozen already"), (IN_THE_WORKS, "gives no day")], ids=["twice", "no day"]
)
def test_nothing_is_frozen_twice_or_without_a_day(state: release.State, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        release.frozen(state)


def test_an_entry_that_lacks_a_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "releases.toml").write_text('[[release]]\nversion = "1.0.0"\n')
    with pytest.raises(ValueError, match="release 1: lacks 'date'"):
        load_releases(tmp_path / "releases.toml")


def test_a_catalogue_keeps_the_day_of_the_release_that_froze_it_first() -> None:
    later = Release("1.2.1", datetime.date(2026, 12, 24), CATALOGUE)
    assert release_of(CATALOGUE, (*RELEASED.releases, later)) == RELEASED.releases[1]
    assert release_of("c" * 64, RELEASED.releases) is None


def test_results_and_reports_say_which_release_froze_the_catalogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    digest = synthetic.catalogue().digest
    path = tmp_path / "releases.toml"
    path.write_text(release.as_toml(Release("9.9.0", DAY, digest)))
    monkeypatch.setattr(results, "load_releases", lambda: load_releases(path))

    content = synthetic.small_run()

    assert content["suite"]["release"] == {"version": "9.9.0", "date": "2026-12-01"}
    for kind in ("html", "junit"):
        assert "frozen by release 9.9.0 on 2026-12-01" in rendered(content, kind).decode()
    assert in_words({"catalogue": digest}) == "between releases"


def test_the_shipped_file_is_read_from_the_package() -> None:
    assert releases.FILE.parent.name == "tally"
    assert [entry["version"] for entry in tomllib.loads(releases.FILE.read_text()).get("release", [])] == [
        each.version for each in load_releases()
    ]
