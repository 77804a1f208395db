"""RFC 8414 section 3, and sections 4 to 6: how a client asks for metadata, and which ones it uses."""

import pytest

from conformance.clients.expect import Expect
from conformance.clients.rules import kept_apart
from conformance.clients.serve import Serve
from conformance.documents.rfc8414.clients.metadata_use import (
    appended_first,
    asks_otherwise,
    is_marked,
    keeps_slash,
    login_by_metadata,
    meant_for_second,
    uses_metadata,
    uses_none,
)

requirement = pytest.mark.requirement
OTHER_ISSUERS = ("of-another", "missing", "with-slash", "in-capitals", "shorter", "without-path")
NEARLY = ("with-slash", "in-capitals", "shorter")
CERTIFICATES = ("expired", "other-host", "unknown-authority")


@requirement("rfc8414-3.1-client-uses-get")
def test_metadata_are_asked_for_by_get(serve: Serve, expect: Expect) -> None:
    login = serve.attempt()

    expect(login).every("metadata", "a GET request", asks_otherwise)


@requirement("rfc8414-3.1-client-removes-last-slash")
def test_the_last_slash_of_the_issuer_is_left_out(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("issuer-with-slash")

    expect(login).every("metadata", "a path without a slash at its end", keeps_slash)


@requirement("rfc8414-5-client-asks-inserted-path-first")
def test_the_inserted_path_is_asked_first(serve: Serve, expect: Expect) -> None:
    login = serve.informed()

    asked = login.all("metadata")
    expect.sample(asked, "the well-known path in front of the issuer's", lambda _: appended_first(login))


@requirement("rfc8414-3.3-client-uses-no-other")
@pytest.mark.parametrize("issuer", OTHER_ISSUERS)
def test_metadata_of_another_issuer_are_not_used(serve: Serve, expect: Expect, issuer: str) -> None:
    login = login_by_metadata(serve, f"metadata-issuer-{issuer}")

    expect(login).avoids("no use of metadata with another issuer", uses_metadata)


@requirement("rfc8414-3.3-client-uses-no-other")
def test_metadata_with_the_issuer_of_a_known_server_are_not_used(serve: Serve, expect: Expect) -> None:
    login_by_metadata(serve, "metadata-issuer-of-another")
    login = serve.login_at_second("metadata-issuer-of-other-server", until="metadata")

    expect(login).avoids("no use of metadata with another issuer", uses_metadata)


@requirement("rfc8414-3.3-client-uses-no-other")
def test_metadata_of_one_server_are_not_used_for_another(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.honest("second_issuer")

    expect(login).every("start", "requests to the server that the metadata speak of", meant_for_second(login))


@requirement("rfc8414-6.2-client-compares-issuer")
def test_the_issuer_is_compared(serve: Serve, expect: Expect) -> None:
    login = login_by_metadata(serve, "metadata-issuer-of-another")

    expect(login).avoids("no use of metadata with another issuer", uses_metadata)


@requirement("rfc8414-4-consumer-compares")
@pytest.mark.parametrize("issuer", NEARLY)
def test_issuers_are_compared_code_point_by_code_point(serve: Serve, expect: Expect, issuer: str) -> None:
    login = login_by_metadata(serve, f"metadata-issuer-{issuer}")

    expect(login).avoids("no use of metadata whose issuer is nearly the same", uses_metadata)


@requirement("rfc8414-4-consumer-compares")
def test_escapes_are_removed_before_issuers_are_compared(serve: Serve, expect: Expect) -> None:
    login = login_by_metadata(serve, "metadata-issuer-escaped")

    expect(login).bears_it()
    expect.sample(login.sent, "use of metadata whose issuer is the same but for escapes", lambda _: uses_none(login))


@requirement("rfc8414-4-consumer-compares")
def test_an_issuer_with_a_slash_is_compared_with_it(serve: Serve, expect: Expect) -> None:
    serve.informed()
    login = serve.login("issuer-with-slash")

    expect(login).bears_it()


@requirement("rfc8414-4-consumer-never-normalizes")
def test_issuers_are_not_normalized(serve: Serve, expect: Expect) -> None:
    login = login_by_metadata(serve, "metadata-issuer-in-other-letters")

    expect(login).avoids("no use of metadata whose issuer is only equivalent", uses_metadata)


@requirement("rfc8414-2.1-consumer-may-ignore")
def test_what_signed_metadata_do(serve: Serve) -> None:
    login = login_by_metadata(serve, "metadata-signed")

    passes_over = any(map(is_marked, login.sent))
    serve.note("it passes over signed metadata" if passes_over else "it makes no use of what it can't verify")


@requirement("rfc8414-6.1-client-checks-certificate")
@pytest.mark.parametrize("certificate", CERTIFICATES)
def test_metadata_come_by_a_verified_connection(serve: Serve, expect: Expect, certificate: str) -> None:
    serve.informed()
    login = serve.login(f"metadata-at-{certificate}")

    expect(login).refuses("metadata")


@requirement("rfc8414-6.4-implementers-know-resources")
def test_tokens_go_to_resources_of_their_own_server(serve: Serve, expect: Expect) -> None:
    login = serve.two_servers()

    fault = kept_apart(login, "access_token", "a token of the other server")
    expect(login).nothing("tokens at the resources of their own server", fault)
