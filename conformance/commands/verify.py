"""`verify`: checks a bundle of `certify` without network, and shows what it claims."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base import exit_codes
from conformance.commands import UsageFault

if TYPE_CHECKING:
    from conformance.commands import Commands

EXIT_CODES = """exit codes of verify:
  0 the bundle is as it was made   1 it isn't, or another key has signed it   4 wrong usage, or a file can't be read"""


def add(commands: Commands) -> None:
    """Add the command's parser."""
    verify = commands.add_parser(
        "verify",
        help="check a conformance statement, and show what it claims",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verify.add_argument("bundle", type=Path, metavar="BUNDLE", help="what `certify` wrote")
    verify.add_argument("--public-key", type=Path, metavar="FILE", help="the vendor's key (PEM): it must have signed")
    verify.set_defaults(command=check)


def check(options: argparse.Namespace) -> int:
    """Check a bundle: 0 when it is as it was made, 1 when it isn't. Raises UsageFault."""
    from conformance.certification.bundle import BundleFault
    from conformance.certification.bundle_reading import in_words, verified_bundle
    from conformance.certification.keys import KeyFault, fingerprint, read_public_key
    from conformance.reporting.text import visible

    try:
        expected = read_public_key(options.public_key) if options.public_key else None
        content = options.bundle.read_bytes()
    except KeyFault as error:
        raise UsageFault(str(error)) from error
    except OSError as error:
        raise UsageFault(f"{options.bundle}: can't be read: {error.strerror}") from error
    try:
        found = verified_bundle(content, expected)
    except BundleFault as error:
        print(f"{options.bundle}: NOT VALID: {visible(str(error))}")
        return exit_codes.FINDINGS
    if found.key is None:
        print(f"{options.bundle}: intact, but not signed: anyone could have made it")
    elif expected is None:
        print(f"{options.bundle}: intact, signed by {fingerprint(found.key)}: compare that with the vendor's own word")
    else:
        print(f"{options.bundle}: intact, signed by the key that you gave ({fingerprint(found.key)})")
    print("It claims:")
    print("\n".join(in_words(found.claim)))
    return exit_codes.OK
