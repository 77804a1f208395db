"""Bundles: what they claim follows from their files, and no byte of them can be changed without being noticed."""

from __future__ import annotations

import io
import json
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from conformance.certification import bundle, keys, matrix
from conformance.certification.archive import Member, members_of, zip_archive
from conformance.certification.bundle import BundleFault
from conformance.certification.bundle_reading import in_words, verified_bundle
from conformance.certification.statement import claim_of, statement_as_html
from conformance.reporting import rendered
from tests.certification import certifiable
from tests.certification.certifiable import FULL

KEY = Ed25519PrivateKey.from_private_bytes(b"\x07" * 32)
OTHER = Ed25519PrivateKey.from_private_bytes(b"\x08" * 32)
RECORD = matrix.read_record(Path("missing"))
SMALL = {name: f"content of {name}".encode() for name in bundle.CONTENTS}


@pytest.fixture(scope="module")
def content() -> dict[str, Any]:
    return certifiable.run()


@pytest.fixture(scope="module")
def contents(content: dict[str, Any]) -> dict[str, bytes]:
    """The files of a bundle."""
    answers = certifiable.answers(content)
    return {
        bundle.STATEMENT: statement_as_html(content, answers, RECORD, FULL).encode(),
        bundle.RESULTS: json.dumps(content).encode(),
        bundle.REPORT: b"the report",
        bundle.EVIDENCE: rendered(content, "har"),
        bundle.ANSWERS: certifiable.answers_text(answers).encode(),
        bundle.MATRIX: json.dumps(RECORD).encode(),
    }


@pytest.fixture(scope="module")
def claim(content: dict[str, Any]) -> dict[str, Any]:
    return claim_of(content, certifiable.answers(content), RECORD, FULL)


@pytest.fixture(scope="module")
def signed(contents: dict[str, bytes], claim: dict[str, Any]) -> bytes:
    return bundle.packed(contents, claim, KEY)


def test_a_bundle_says_what_it_claims_and_who_signed_it(signed: bytes, claim: dict[str, Any]) -> None:
    found = verified_bundle(signed, KEY.public_key())
    assert found.claim == claim
    assert found.key is not None
    assert keys.public_pem(found.key) == keys.public_pem(KEY.public_key())
    told = "\n".join(in_words(found.claim))
    assert "Gatehouse 4.2" in told
    assert "full: The authorization server keeps RFC 6749" in told
    assert "this build of the suite ships no result" in told.lower()


def test_the_same_contents_give_the_same_bytes(
    contents: dict[str, bytes], claim: dict[str, Any], signed: bytes
) -> None:
    assert bundle.packed(contents, claim, KEY) == signed


def test_an_unsigned_bundle_is_told_apart(contents: dict[str, bytes], claim: dict[str, Any]) -> None:
    unsigned = bundle.packed(contents, claim, None)
    assert verified_bundle(unsigned).key is None
    with pytest.raises(BundleFault, match="is not signed"):
        verified_bundle(unsigned, KEY.public_key())


def test_another_key_is_noticed(signed: bytes) -> None:
    with pytest.raises(BundleFault, match="is signed by another key"):
        verified_bundle(signed, OTHER.public_key())


def test_results_that_do_not_carry_the_claim_are_noticed(contents: dict[str, bytes], claim: dict[str, Any]) -> None:
    broken = certifiable.run({"rfc6749-4.1.2-reused-code-denied": "broken"})
    forged = bundle.packed({**contents, bundle.RESULTS: json.dumps(broken).encode()}, claim, KEY)
    with pytest.raises(BundleFault, match="its results don't carry what it claims: failed"):
        verified_bundle(forged)


def test_a_claim_that_is_not_that_of_the_files_is_noticed(contents: dict[str, bytes], claim: dict[str, Any]) -> None:
    forged = bundle.packed(contents, {**claim, "implementation": {"name": "Other"}}, KEY)
    with pytest.raises(BundleFault, match="the manifest claims something else"):
        verified_bundle(forged)


def test_a_changed_file_is_named(signed: bytes) -> None:
    members = bundle.unpacked(signed)
    changed = bundle.zipped({**members, bundle.STATEMENT: members[bundle.STATEMENT] + b" "})
    with pytest.raises(BundleFault, match=r"statement\.html: is not the file that the manifest lists"):
        verified_bundle(changed)


# Every byte


def taken(content: bytes) -> dict[str, bytes] | None:
    """The members of a bundle for which all checks hold that don't read what the files say."""
    try:
        members = bundle.unpacked(content)
        bundle.signer_of(members, None)
    except BundleFault:
        return None
    return members if members[bundle.MANIFEST] == bundle.manifest_of(members, {}) else None


@pytest.mark.parametrize("key", [KEY, None], ids=["signed", "unsigned"])
def test_every_changed_byte_is_noticed_or_changes_no_content(key: Ed25519PrivateKey | None) -> None:
    whole = bundle.packed(SMALL, {}, key)
    members, same = taken(whole), []
    assert members
    dice = random.Random(1)
    for place, byte in enumerate(whole):
        changed = whole[:place] + bytes([byte ^ 1 << dice.randrange(8)]) + whole[place + 1 :]
        found = taken(changed)
        assert found in (None, members), place
        same += [place] if found else []
    # The last byte of compressed data may have bits that mean nothing.
    assert len(same) <= len(SMALL)
    for length in range(0, len(whole), 7):
        assert not taken(whole[:length])


def test_changed_bytes_of_a_real_bundle_are_noticed(signed: bytes) -> None:
    dice = random.Random(2)
    ends = [*range(0, 90, 30), *range(len(signed) - 700, len(signed), 70)]
    for place in [*ends, *(dice.randrange(len(signed)) for _ in range(20))]:
        changed = bytearray(signed)
        changed[place] ^= 1 << dice.randrange(8)
        with pytest.raises(BundleFault):
            verified_bundle(bytes(changed))


def test_a_bundle_is_compressed(contents: dict[str, bytes], signed: bytes) -> None:
    assert len(signed) < sum(map(len, contents.values())) / 3


@pytest.mark.parametrize("level", [0, 1, 6])
def test_how_it_was_compressed_does_not_matter(level: int, signed: bytes) -> None:
    members = bundle.unpacked(signed).items()
    packed = [
        Member.compressed(*each, level) if each[0] in bundle.CONTENTS else Member.stored(*each) for each in members
    ]
    other = zip_archive(packed)
    assert other != signed
    assert verified_bundle(other, KEY.public_key()).claim == verified_bundle(signed).claim


def test_a_bundle_that_is_not_compressed_is_taken_as_well(signed: bytes, claim: dict[str, Any]) -> None:
    members = bundle.unpacked(signed)
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, content)
    assert verified_bundle(stored.getvalue(), KEY.public_key()).claim == claim


def test_any_program_unpacks_it(signed: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(signed)) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == bundle.unpacked(signed)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda member: replace(member, size=member.size - 1), "is not what was packed"),
        (lambda member: replace(member, size=member.size + 1), "is not what was packed"),
        (lambda member: replace(member, crc=member.crc ^ 1), "is not what was packed"),
        (lambda member: replace(member, data=member.data + b"more"), "doesn't end where its content does"),
        (lambda member: replace(member, data=member.data[:-1]), "doesn't end where its content does"),
        (lambda member: replace(member, data=b"\xff" + member.data), "results.json: Error"),
        (lambda member: replace(member, size=2**32 - 1), "holds more than 1,000,000,000 bytes"),
    ],
    ids=["smaller", "larger", "sum", "more", "less", "other", "bomb"],
)
def test_a_member_that_is_not_what_it_says_is_named(change: Callable[[Member], Member], told: str) -> None:
    whole = members_of(bundle.packed({**SMALL, bundle.RESULTS: b"a" * 5000}, {}, KEY))
    with pytest.raises(BundleFault, match=told):
        bundle.unpacked(zip_archive(change(each) if each.name == bundle.RESULTS else each for each in whole))


def appended(name: str, content: bytes) -> Callable[[bytes], bytes]:
    """A change that adds a member, as any zip tool does."""

    def change(whole: bytes) -> bytes:
        buffer = io.BytesIO(whole)
        with zipfile.ZipFile(buffer, "a") as archive:
            archive.writestr(name, content)
        return buffer.getvalue()

    return change


def commented(whole: bytes) -> bytes:
    buffer = io.BytesIO(whole)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.comment = b"approved"
    return buffer.getvalue()


def compressed(whole: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in bundle.unpacked(whole).items():
            archive.writestr(name, content)
    return buffer.getvalue()


def reordered(whole: bytes) -> bytes:
    members = bundle.unpacked(whole)
    return bundle.zipped({bundle.MATRIX: members[bundle.MATRIX], **members})


def without(name: str) -> Callable[[bytes], bytes]:
    """A change that takes a member out."""
    return lambda whole: bundle.zipped({k: v for k, v in bundle.unpacked(whole).items() if k != name})


def signed_by_another(whole: bytes) -> bytes:
    members = bundle.unpacked(whole)
    return bundle.zipped({**members, bundle.SIGNATURE: OTHER.sign(members[bundle.MANIFEST])})


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize(
    "change",
    [
        appended("extra.txt", b"x"),
        appended(bundle.RESULTS, b"{}"),
        appended("../../evil", b"x"),
        commented,
        compressed,
        reordered,
        without(bundle.SIGNATURE),
        without(bundle.MATRIX),
        without(bundle.MANIFEST),
        signed_by_another,
        lambda whole: whole + b"\0",
        lambda whole: b"#!/bin/sh\n" + whole,
        lambda whole: whole + whole,
        lambda _: b"",
        lambda _: b"PK\x05\x06" + bytes(18),
        lambda _: b"no zip file at all" * 100,
    ],
)
def test_changes_of_the_zip_file_are_noticed(change: Callable[[bytes], bytes]) -> None:
    whole = bundle.packed(SMALL, {}, KEY)
    assert not taken(change(whole))


# The statement


def test_whatever_a_vendor_writes_is_text(content: dict[str, Any]) -> None:
    answers = certifiable.answers(content)
    attack = "<script>document.title='owned'</script>"
    hostile = type(answers)({**answers.implementation, "name": attack}, answers.by_requirement)
    page = statement_as_html(content, hostile, RECORD, FULL)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "@page" in page
    assert not [scheme for scheme in ('src="http', 'href="http://', "url(") if scheme in page]


# Keys


def test_a_new_key_is_its_owners_alone_and_never_overwritten(tmp_path: Path) -> None:
    public = keys.new_key(tmp_path / "vendor.pem")
    assert (tmp_path / "vendor.pem").stat().st_mode & 0o777 == 0o600
    private = keys.read_private_key(tmp_path / "vendor.pem")
    assert keys.public_pem(private.public_key()) == public.read_bytes()
    with pytest.raises(keys.KeyFault, match="is there already"):
        keys.new_key(tmp_path / "vendor.pem")


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_keys_of_openssl_sign_and_openssl_checks_signatures(tmp_path: Path) -> None:
    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=tmp_path, check=True, capture_output=True, timeout=300)

    openssl("genpkey", "-algorithm", "ed25519", "-out", "vendor.pem")
    openssl("pkey", "-in", "vendor.pem", "-pubout", "-out", "vendor.pub.pem")
    key = keys.read_private_key(tmp_path / "vendor.pem")
    members = bundle.unpacked(bundle.packed(SMALL, {}, key))
    for name in (bundle.MANIFEST, bundle.SIGNATURE, bundle.PUBLIC_KEY):
        (tmp_path / name).write_bytes(members[name])
    assert members[bundle.PUBLIC_KEY] == (tmp_path / "vendor.pub.pem").read_bytes()
    checking = ["pkeyutl", "-verify", "-pubin", "-inkey", "public-key.pem", "-rawin"]
    openssl(*checking, "-in", "manifest.json", "-sigfile", "manifest.sig")
    openssl("genpkey", "-algorithm", "rsa", "-out", "rsa.pem")
    with pytest.raises(keys.KeyFault, match="is not an Ed25519 key"):
        keys.read_private_key(tmp_path / "rsa.pem")
    openssl("pkey", "-in", "vendor.pem", "-aes256", "-passout", "pass:word", "-out", "locked.pem")
    with pytest.raises(keys.KeyFault, match=keys.PASSPHRASE_VARIABLE):
        keys.read_private_key(tmp_path / "locked.pem")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv(keys.PASSPHRASE_VARIABLE, "word")
        assert keys.read_private_key(tmp_path / "locked.pem").private_bytes_raw() == key.private_bytes_raw()
