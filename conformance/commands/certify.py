"""`certify`: a strict run, the vendor's answers, and one bundle that anyone can check by `verify`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from conformance.base import exit_codes
from conformance.base.commanded import Commanded, Output
from conformance.base.suggesting import did_you_mean
from conformance.commands import UsageFault, run
from conformance.commands.results_file import read_results
from conformance.options import PROCESSES, REPORTS, completed_options

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from conformance.certification.answers import Answers
    from conformance.certification.refusals import Refusal
    from conformance.commands import Commands
    from conformance.tally.claims import Claim

DESCRIPTION = """Runs the whole suite with every opt-in probe on, guessing and waiting included, and refuses, with all
reasons, when anything is broken, left open, declined or not attested."""
EPILOG = """first:  oauth2-conformance certify staging.toml --template answers.toml   # then fill it in
        oauth2-conformance certify --new-key vendor.pem
then:   oauth2-conformance certify staging.toml --statement answers.toml --key vendor.pem -o bundle.zip

exit codes: 0 certified, 1 something is broken, 6 something is undecided or not attested; 2, 3 and 4 as of run"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    certify = commands.add_parser(
        "certify",
        help="make a conformance statement: results, evidence, answers, signed",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    run.add_profile(certify)
    certify.add_argument("--statement", type=Path, metavar="FILE", help="the vendor's answers (TOML)")
    certify.add_argument("--template", type=Path, metavar="FILE", help="write a statement to fill in, and stop")
    certify.add_argument(
        "--certification",
        action="append",
        default=[],
        metavar="NAME",
        help="core, revocation, introspection, documented-api, ... or full, the default; of a client client, "
        "client-pkce, ..., by default all that its profile claims; several may be named",
    )
    certify.add_argument("--key", type=Path, metavar="FILE", help="the Ed25519 key that signs (PEM); without: unsigned")
    certify.add_argument("--new-key", type=Path, metavar="FILE", help="make such a key, and stop")
    certify.add_argument("-o", dest="output", type=Path, default=Path("bundle.zip"), metavar="FILE", help="the bundle")
    for option in (REPORTS, PROCESSES):
        certify.add_argument(*option.flags, **option.keywords())
    certify.set_defaults(command=carry_out)


def carry_out(options: argparse.Namespace) -> int:
    """Carry out what was asked for. Raises UsageFault."""
    from conformance.base.toml_files import FileFault
    from conformance.certification.keys import KeyFault

    try:
        if options.new_key:
            return _make_key(options.new_key)
        chosen = completed_options(vars(options), run.settings_here().values)
        options.profile, options.reports, options.processes = (
            chosen[key] for key in ("profile", "reports", "processes")
        )
        if options.profile is None:
            raise UsageFault("name the profile of what is to be certified: oauth2-conformance certify PROFILE.toml ...")
        if options.template:
            return _write_template(options)
        if options.statement is None:
            raise UsageFault("name the vendor's answers by --statement FILE; --template FILE writes one to fill in")
        return _certify(options)
    except (FileFault, KeyFault) as error:
        raise UsageFault(str(error)) from error


def _make_key(path: Path) -> int:
    from conformance.certification.keys import fingerprint, new_key, read_public_key

    public = new_key(path)
    print(f"{path}: the private key: keep it secret\n{public}: the public key: give it to whoever checks your bundles")
    print(fingerprint(read_public_key(public)))
    return exit_codes.OK


def _write_template(options: argparse.Namespace) -> int:
    from conformance.certification.answers import template
    from conformance.certification.scope import to_attest
    from conformance.reporting.summary import counted

    content = _before_the_run(options.profile)
    chosen = _chosen(options.certification, content)
    questions = to_attest(content["requirements"], content["target"]["features"], chosen)
    try:
        with options.template.open("x", encoding="utf-8") as file:
            file.write(template(questions))
    except FileExistsError as error:
        raise UsageFault(f"{options.template}: is there already: name another file, or remove it yourself") from error
    except OSError as error:
        raise UsageFault(f"{options.template}: can't be written: {error.strerror}") from error
    print(f"{options.template}: {counted(len(questions), 'question')} to answer")
    return exit_codes.OK


def _certify(options: argparse.Namespace) -> int:
    from conformance.certification.answers import read_answers
    from conformance.certification.keys import read_private_key
    from conformance.certification.refusals import of_answers, of_profile, refusals

    before = _before_the_run(options.profile)
    chosen = _chosen(options.certification, before)
    answers, text = read_answers(options.statement, {entry["id"] for entry in before["requirements"]})
    key = read_private_key(options.key) if options.key else None
    reasons = [*of_profile(before, chosen), *of_answers(before, answers, chosen)]
    if reasons:
        return _refuse(reasons, "before anything was sent")
    commanded = Commanded(Output())
    strict = {
        "profile": options.profile,
        "reports": options.reports,
        "processes": options.processes,
        "all_probes": True,
    }
    code = run.execute(argparse.Namespace(**completed_options(strict, {})), [], commanded)
    if commanded.folder is None or code in (exit_codes.INTERRUPTED, exit_codes.FAULT, exit_codes.USAGE):
        print("Not certified: the run did not come to its end.")
        return code
    content = read_results(commanded.folder)
    reasons = refusals(content, answers, chosen)
    if reasons:
        return _refuse(reasons, "after the run")
    _write_bundle(options.output, content, answers, text, chosen, key)
    return exit_codes.OK


def _chosen(names: Sequence[str], content: Mapping[str, Any]) -> tuple[Claim, ...]:
    """The certifications that were named, or those of the target's role. Raises UsageFault for an unknown one."""
    from conformance.reporting.summary import SERVER, role_of
    from conformance.tally.claims import certifications

    known = certifications()
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UsageFault(
            f"no certification {', '.join(unknown)}: there are {', '.join(known)}{did_you_mean(unknown[0], known)}"
        )
    by_default = ["full"] if role_of(content) == SERVER else [claim["name"] for claim in content["claims"]]
    return tuple(known[name] for name in dict.fromkeys(names or by_default))


def _before_the_run(path: Path) -> dict[str, Any]:
    """What `results.json` would say before the first test. Raises FileFault, and UsageFault for a profile that forbids
    what a certification needs."""
    from conformance.profile.loading import read_profile
    from conformance.running.whole_run import header_of
    from conformance.tally import results
    from conformance.tally.catalogue import load_catalogue
    from conformance.tally.gathered import Run

    profile = read_profile(path)
    for probes in ("intrusive", "wait"):
        if profile.shown["target"].get(probes) is False:
            raise UsageFault(f"{path}: `{probes} = false` forbids probes that a certification needs: take it out")
    catalogue = load_catalogue()
    header = header_of(
        profile.target,
        started="",
        profile=profile.shown,
        fail_on="must",
        selection=(),
        catalogue_digest=catalogue.digest,
    )
    return results.build(Run(header), catalogue)


def _refuse(reasons: Iterable[Refusal], when: str) -> int:
    from conformance.certification.refusals import exit_code_of
    from conformance.reporting.summary import counted
    from conformance.reporting.text import visible

    found = list(reasons)
    print(f"\nNot certified ({when}), for {counted(len(found), 'reason')}:")
    for refusal in found:
        print(f"  {visible(refusal.reason)}")
    return exit_code_of(found)


def _write_bundle(
    output: Path,
    content: Mapping[str, Any],
    answers: Answers,
    text: str,
    chosen: Sequence[Claim],
    key: Ed25519PrivateKey | None,
) -> None:
    from conformance.certification import bundle, matrix, statement
    from conformance.certification.bundle_reading import in_words
    from conformance.reporting import rendered, summary

    record = matrix.record_for(summary.role_of(content))
    claim = statement.claim_of(content, answers, record, chosen)
    contents = {
        bundle.STATEMENT: statement.statement_as_html(content, answers, record, chosen).encode("utf-8"),
        bundle.RESULTS: json.dumps(content).encode("ascii"),
        bundle.REPORT: rendered(content, "html"),
        bundle.EVIDENCE: rendered(content, "har"),
        bundle.ANSWERS: text.encode("utf-8"),
        bundle.MATRIX: json.dumps(record).encode("ascii"),
    }
    try:
        output.write_bytes(bundle.packed(contents, claim, key))
    except OSError as error:
        raise UsageFault(f"{output}: can't be written: {error.strerror}") from error
    print("\nCertified:" if key else "\nCertified, unsigned: anyone could have made this bundle. --key FILE signs it.")
    print("\n".join(in_words(claim)))
    print(f"  {output}")
