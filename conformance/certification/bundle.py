"""The bundle: one zip file in one form, whose contents a manifest lists and a key signs.

Contents are compressed; manifest, signature and key are stored as they are. The form leaves no room for anything else
(`archive`), and SHA-256 and size in the manifest hold each content: how it was compressed doesn't matter. The signature
is over `manifest.json` as it stands; openssl checks it as well: `openssl pkeyutl -verify -pubin -inkey public-key.pem
-rawin -in manifest.json -sigfile manifest.sig`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from conformance.certification.archive import ArchiveFault, Member, members_of, zip_archive

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FORMAT = "oauth2-conformance bundle 1"
MANIFEST = "manifest.json"
SIGNATURE = "manifest.sig"
PUBLIC_KEY = "public-key.pem"
STATEMENT = "statement.html"
RESULTS = "results.json"
REPORT = "report.html"
EVIDENCE = "evidence.har"
ANSWERS = "answers.toml"
MATRIX = "matrix.json"
CONTENTS = (STATEMENT, RESULTS, REPORT, EVIDENCE, ANSWERS, MATRIX)
UNSIGNED = (MANIFEST, *CONTENTS)
SIGNED = (MANIFEST, SIGNATURE, PUBLIC_KEY, *CONTENTS)


class BundleFault(Exception):
    """A file is no bundle, or was changed after it was made: the message says what shows it."""


def manifest_of(contents: Mapping[str, bytes], claim: Mapping[str, Any]) -> bytes:
    """The manifest: what is claimed, and SHA-256 and size of every file."""
    files = {
        name: {"sha256": hashlib.sha256(contents[name]).hexdigest(), "size": len(contents[name])}
        for name in (PUBLIC_KEY, *CONTENTS)
        if name in contents
    }
    document = {"format": FORMAT, "claim": claim, "files": files}
    return (json.dumps(document, indent=1) + "\n").encode("ascii")


def packed(contents: Mapping[str, bytes], claim: Mapping[str, Any], key: Ed25519PrivateKey | None) -> bytes:
    """The bundle of contents by name, signed when there is a key."""
    if key is None:
        return zipped({MANIFEST: manifest_of(contents, claim), **contents})
    from conformance.certification.keys import public_pem

    named = {PUBLIC_KEY: public_pem(key.public_key()), **contents}
    manifest = manifest_of(named, claim)
    return zipped({MANIFEST: manifest, SIGNATURE: key.sign(manifest), **named})


def zipped(members: Mapping[str, bytes]) -> bytes:
    """The zip file of a bundle's members."""
    return zip_archive(
        Member.compressed(name, content) if name in CONTENTS else Member.stored(name, content)
        for name, content in members.items()
    )


def unpacked(bundle: bytes) -> dict[str, bytes]:
    """The members of a bundle. Raises BundleFault unless these are all that the file holds."""
    try:
        members = members_of(bundle)
        names = tuple(member.name for member in members)
        if names not in (SIGNED, UNSIGNED):
            raise BundleFault(f"holds {', '.join(names)}, must hold {', '.join(UNSIGNED)}, in this order")
        return {member.name: member.content() for member in members}
    except ArchiveFault as error:
        raise BundleFault(str(error)) from error


def signer_of(members: Mapping[str, bytes], expected: Ed25519PublicKey | None) -> Ed25519PublicKey | None:
    """The key that signed a bundle, None for an unsigned one. Raises BundleFault for a wrong or missing signature."""
    from conformance.certification.keys import KeyFault, fingerprint, has_signed, parsed_public_key, public_pem

    if SIGNATURE not in members:
        if expected is not None:
            raise BundleFault("is not signed")
        return None
    try:
        key = parsed_public_key(members[PUBLIC_KEY])
    except KeyFault as error:
        raise BundleFault(f"{PUBLIC_KEY} {error}") from error
    if not has_signed(key, members[SIGNATURE], members[MANIFEST]):
        raise BundleFault(f"{SIGNATURE} is no signature of {PUBLIC_KEY} over {MANIFEST}")
    if expected is not None and public_pem(expected) != public_pem(key):
        raise BundleFault(f"is signed by another key ({fingerprint(key)}) than the one that you gave")
    return key
