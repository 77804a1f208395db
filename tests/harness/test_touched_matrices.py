"""What a change touches of the matrices: never less than it can turn, and everything where nobody knows."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from reference_server.defects import DEFECTS
from reference_server.variants import VARIANTS
from tests.matrix.changes import touched_since
from tests.matrix.conftest import is_left_out
from tests.matrix.reconciling import files_of
from tests.matrix.touched import ROOT, Touched, requirements_by_module, touched_by

REUSED = "rfc6749-4.1.2-reused-code-denied"


def as_it_is(path: str) -> str | None:
    """A file before a change that left it as it is."""
    return (ROOT / path).read_text(encoding="utf-8") if (ROOT / path).exists() else None


def defects_of(module: str) -> frozenset[str]:
    listed = __import__(f"reference_server.defects.{module}", fromlist=["DEFECTS"]).DEFECTS
    return frozenset(defect.name for defect in listed)


@pytest.mark.parametrize(
    "path",
    [
        "conformance/harness/given.py",
        "conformance/browser/words.toml",
        "conformance/plugin/collection.py",
        "conformance/documents/rfc9999/requirements.toml",
        "reference_server/steps/token.py",
        "reference_server/pages/sign_in.html",
        "reference_server/certificates.py",
        "schemas/token_response.schema.json",
        "tests/matrix/engine.py",
        "tests/requirements.txt",
        "pyproject.toml",
    ],
)
def test_what_every_test_stands_on_touches_everything(path: str) -> None:
    found = touched_by([path], as_it_is)
    assert found.everything
    assert path in "\n".join(found.in_words())


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/index.md",
        "tests/cli/test_runs.py",
        "conformance/reporting/html.py",
        "conformance/documents/rfc6749/topics.toml",
        "conformance/commands/compare.py",
        "schemas/results.schema.json",
    ],
)
def test_what_only_tells_of_verdicts_touches_none_and_says_so(path: str) -> None:
    found = touched_by([path], as_it_is)
    assert (found.everything, found.requirements, found.defects, found.variants) == (False, set(), set(), set())
    assert found.in_words() == ["matrix: the clean server", "  1 of them turn no verdict"]


@pytest.mark.parametrize("path", ["conformance/fuzz/test_any_answer.py", "tests/fuzz/running.py"])
def test_what_fuzzes_touches_all_that_fuzzing_finds_and_nothing_else(path: str) -> None:
    found = touched_by([path], as_it_is)
    fuzzed = [defect for defect in DEFECTS if defect.fuzz]
    assert (found.everything, found.requirements, found.defects) == (False, set(), set())
    assert {found.fuzzes(server) for server in (*fuzzed, None, "no-implicit")} == {True}


def test_a_procedure_that_fuzz_tests_import_touches_them_too() -> None:
    assert touched_by(["conformance/procedures/token_requests.py"], as_it_is).fuzzing
    assert not touched_by(["conformance/procedures/federation.py"], as_it_is).fuzzing


def test_a_fuzz_only_defect_touches_itself() -> None:
    found = touched_by(["reference_server/defects/fuzz_lifecycle.py"], as_it_is)
    own, others = (
        [each for each in DEFECTS if each.fuzz and (each.name in found.defects) is own] for own in (True, False)
    )
    assert own
    assert others
    assert {found.fuzzes(each) for each in own} == {True}
    assert {found.fuzzes(each) for each in (*others, None)} == {False}


def test_a_module_of_tests_touches_their_requirements() -> None:
    path = "conformance/documents/rfc6749/test_s04_1_2_authorization_response.py"
    found = touched_by([path], as_it_is)
    assert found.requirements == requirements_by_module()[path.removesuffix(".py").replace("/", ".")]
    assert REUSED in found.requirements
    assert not found.everything


def test_a_test_that_went_out_touches_its_requirement() -> None:
    path = "conformance/documents/rfc7009/test_s02_token_revocation.py"
    found = touched_by([path], lambda path: f'@requirement("{REUSED}")\ndef test_gone(): ...\n')
    assert REUSED in found.requirements


def test_a_procedure_touches_the_requirements_of_every_test_that_stands_on_it() -> None:
    path = "conformance/documents/documented/federation.py"
    users = [
        name
        for name in requirements_by_module()
        if "documented.federation" in (ROOT / f"{name.replace('.', '/')}.py").read_text(encoding="utf-8")
    ]
    assert users
    wanted = set().union(*(requirements_by_module()[name] for name in users))
    assert wanted <= touched_by([path], as_it_is).requirements


def test_an_entry_of_the_catalogue_touches_itself() -> None:
    path = "conformance/documents/rfc7009/requirements.toml"
    found = touched_by([path], lambda path: (as_it_is(path) or "").replace('level      = "MUST"', 'level = "MAY"', 1))
    assert len(found.requirements) == 1
    assert touched_by([path], as_it_is).requirements == set()


def test_a_module_of_defects_touches_those_that_it_lists_or_makes() -> None:
    assert touched_by(["reference_server/defects/scope.py"], as_it_is).defects == defects_of("scope")
    made = touched_by(["reference_server/defects/grant_mistakes.py"], as_it_is).defects
    assert defects_of("password") <= made
    assert made < {defect.name for defect in DEFECTS}


def test_a_variant_touches_itself_and_what_stands_on_it() -> None:
    found = touched_by(["reference_server/variants/revocation.py"], as_it_is)
    own = next(variant for variant in VARIANTS if variant.name in found.variants)
    others = next(variant for variant in VARIANTS if variant.name not in found.variants)
    assert found.scope(own) is None
    assert found.scope(others) == frozenset()
    standing = [defect for defect in DEFECTS if defect.on in found.variants]
    assert standing
    assert {found.scope(defect) for defect in standing} == {None}


def test_a_consequence_touches_whose_it_is() -> None:
    file = files_of("reference_server")["defect"]["code-works-twice"].with_suffix(".toml")
    path = str(file.relative_to(ROOT))
    found = touched_by([path], lambda path: '[code-works-twice]\nbreaks = ["x"]\n')
    assert "code-works-twice" in found.defects


class Collected:
    """Receives the tests of the matrices."""

    def __init__(self) -> None:
        self.items: list[pytest.Item] = []

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        self.items = list(session.items)


def test_what_meets_nothing_that_changed_is_left_out_and_nothing_else() -> None:
    collected = Collected()
    words = ["-c", str(ROOT / "tests" / "pytest.ini"), str(ROOT / "tests" / "matrix"), "--collect-only", "-qq"]
    assert pytest.main(words, [collected]) == pytest.ExitCode.OK
    left_out = {item.name for item in collected.items if is_left_out(item, Touched())}
    fuzzing = {item.name for item in collected.items if "touched_by_fuzzing" in getattr(item, "fixturenames", ())}
    directed = {item.name for item in collected.items if "touched" in getattr(item, "fixturenames", ())}
    assert fuzzing
    assert left_out == directed | fuzzing
    assert len({item.name for item in collected.items} - left_out) > len(requirements_by_module())
    one = Touched(defects=frozenset({"code-works-twice"}))
    assert {item.name for item in collected.items if is_left_out(item, one)} == {
        name for name in left_out if "[code-works-twice]" not in name
    }
    several = Touched(requirements=frozenset({REUSED}))
    assert {item.name for item in collected.items if is_left_out(item, several)} == fuzzing


# A repository


def git(folder: Path, *words: str) -> None:
    settings = ["-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *settings, *words], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit on main, and a branch that changes nothing yet."""
    git(tmp_path, "init")
    (tmp_path / "README.md").write_text("one\n")
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-m", "one")
    git(tmp_path, "switch", "-c", "branch")
    return tmp_path


def reason(found: Touched) -> str:
    assert found.everything
    return found.in_words()[1]


def test_an_unknown_base_runs_everything(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    assert "git knows no no-such-branch" in reason(touched_since("no-such-branch", {}, repository))
    git(repository, "branch", "-m", "main", "trunk")
    assert "git knows no origin/HEAD, origin/main, main" in reason(touched_since("", {}, repository))
    assert "git knows no" in reason(touched_since("", {}, tmp_path_factory.mktemp("no repository")))


def test_a_base_without_a_common_ancestor_runs_everything(repository: Path) -> None:
    git(repository, "switch", "--orphan", "other")
    git(repository, "commit", "--allow-empty", "-m", "other")
    assert "no common ancestor with main" in reason(touched_since("main", {}, repository))


def test_continuous_integration_runs_everything(repository: Path) -> None:
    assert "continuous integration" in reason(touched_since("main", {"CI": "true"}, repository))


def test_no_change_runs_everything(repository: Path) -> None:
    assert "nothing changed since" in reason(touched_since("", {}, repository))


@pytest.mark.parametrize("how", ["committed", "uncommitted", "new"])
def test_changes_are_seen_wherever_they_are(repository: Path, how: str) -> None:
    name = "conformance/harness/given.py" if how == "new" else "README.md"
    (repository / name).parent.mkdir(parents=True, exist_ok=True)
    (repository / name).write_text("two\n")
    if how == "committed":
        git(repository, "commit", "-am", "two")
    found = touched_since("main", {}, repository)
    assert found.everything == (how == "new")
    assert found.idle == (how != "new")
