"""RFC 8414 sections 1.1, 2 and 2.1: the JWK Set behind `jwks_uri`, and signed metadata."""

from __future__ import annotations

from conformance.base.outcomes import Vacuous
from conformance.harness import Expect, Given, Send, requirement
from conformance.procedures.metadata import Jwt, document, key_set, keys, member, signed_metadata
from conformance.profile.target import Target


def claims_of(jwt: Jwt) -> dict[str, object]:
    """The claims of a JWT. Vacuous where they can't be read."""
    if jwt.claims is None:
        raise Vacuous("signed_metadata can't be read: what a JWT is made of is another matter")
    return jwt.claims


@requirement("rfc8414-2-jwks-uri-is-key-set")
def test_jwks_uri_leads_to_keys(given: Given, send: Send, expect: Expect, target: Target) -> None:
    reply = key_set(given, send, target)

    good = [key for key in keys(given, send, target) if isinstance(key.get("kty"), str)]
    expect.that(bool(good), "a JWK Set with a key", reply)


@requirement("rfc8414-2-encryption-keys")
def test_there_may_be_encryption_keys(given: Given, send: Send, target: Target) -> None:
    uses = [str(key.get("use", "not said")) for key in keys(given, send, target)]

    given.note(f"uses of the keys: {', '.join(uses)}")


@requirement("rfc8414-2-use-of-keys-told")
def test_beside_encryption_keys_each_tells_its_use(given: Given, send: Send, expect: Expect, target: Target) -> None:
    found = keys(given, send, target)
    given.present([key for key in found if key.get("use") == "enc"], "key for encryption")

    silent = [key for key in found if "use" not in key]
    expect.that(not silent, "use in each key", f"{len(silent)} of {len(found)} keys without", breach="act")


@requirement("rfc8414-2.1-signed-metadata-offered")
def test_the_metadata_may_be_signed(given: Given, send: Send, target: Target) -> None:
    members = document(given, send, target).members

    given.note(f"signed_metadata: {'there' if 'signed_metadata' in members else 'not there'}")


@requirement("rfc8414-2.1-signed-metadata-is-jwt")
def test_signed_metadata_is_a_text(given: Given, send: Send, expect: Expect, target: Target) -> None:
    member(given, send, target, "signed_metadata")

    expect(document(given, send, target).reply).has_member("signed_metadata", str)


@requirement("rfc8414-2.1-signed-metadata-is-jwt")
def test_signed_metadata_holds_claims(given: Given, send: Send, expect: Expect, target: Target) -> None:
    jwt = signed_metadata(given, send, target)

    expect.that(jwt.claims is not None, "claims that are a JSON object", "what can't be read", breach="act")


@requirement("rfc8414-1.1-signed-metadata-compact")
def test_signed_metadata_is_compact(given: Given, send: Send, expect: Expect, target: Target) -> None:
    jwt = signed_metadata(given, send, target)

    expect.that(jwt.is_compact, "three parts in base64url", "another serialization", breach="act")


@requirement("rfc8414-2.1-signed-metadata-is-signed")
def test_signed_metadata_is_signed(given: Given, send: Send, expect: Expect, target: Target) -> None:
    jwt = signed_metadata(given, send, target)

    algorithm = (jwt.header or {}).get("alg")
    signed = isinstance(algorithm, str) and algorithm.lower() != "none" and jwt.signature != ""
    expect.that(signed, "a signature", f"alg {algorithm!r}, {len(jwt.signature)} characters", breach="act")


@requirement("rfc8414-2.1-signed-metadata-has-iss")
def test_signed_metadata_names_who_vouches(given: Given, send: Send, expect: Expect, target: Target) -> None:
    claims = claims_of(signed_metadata(given, send, target))

    expect.that(isinstance(claims.get("iss"), str), "the claim iss", ", ".join(claims))


@requirement("rfc8414-2.1-signed-metadata-not-nested")
def test_signed_metadata_holds_no_other(given: Given, send: Send, expect: Expect, target: Target) -> None:
    claims = claims_of(signed_metadata(given, send, target))

    expect.that("signed_metadata" not in claims, "no signed_metadata in it", ", ".join(claims), breach="act")
