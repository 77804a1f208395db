"""The built-in clients and users. Their credentials are public; nobody should put them to other use."""

from __future__ import annotations

from .accounts import USER_GRANTS, Client, ExternalProvider, User
from .provider.registry import Account

# High enough that the scattered wrong secrets of a test run never lock an ordinary account.
HARDLY_EVER = 10_000

CONFIDENTIAL = Client(
    name="confidential",
    client_id="client-a",
    secret="client-a-demo-secret-8c1fQ2Zt",
    title="Demo application A",
    redirect_uris=("https://client.example/cb", "https://client.example/cb?tenant=1"),
    failed_authentications=HARDLY_EVER,
)
OTHER = Client(
    name="other",
    client_id="client-b",
    secret="client-b-demo-secret-Yk3vT90s",
    title="Demo application B",
    redirect_uris=("https://other.example/cb", "https://other.example/cb?tenant=2"),
    failed_authentications=HARDLY_EVER,
)
PUBLIC = Client(
    name="public",
    client_id="client-public",
    title="Demo mobile application",
    redirect_uris=("https://public.example/cb", "com.example.app:/cb"),
    grants=USER_GRANTS,
    scopes=("me", "profile", "email"),
    authentication=("none",),
)
SPECIAL = Client(
    name="special",
    client_id="special:client %+&",
    secret="special:secret %+& 20%25",
    title="Demo application with <special> characters & more",
    redirect_uris=(
        "https://special.example/cb",
        "https://special.example/cb?q=a%20b%26c%2B&r=%C3%A9",
        "https://special.example/v1.0/call_back-1",
    ),
    failed_authentications=HARDLY_EVER,
)
SINGLE_REDIRECT = Client(
    name="single_redirect",
    client_id="client-single-redirect",
    secret="single-redirect-demo-secret-p0Jw",
    title="Demo application with one redirect URI",
    redirect_uris=("https://single.example/cb",),
    failed_authentications=HARDLY_EVER,
)
RESTRICTED = Client(
    name="restricted",
    client_id="client-restricted",
    secret="restricted-demo-secret-5uXr",
    title="Demo application with few rights",
    redirect_uris=("https://restricted.example/cb", "https://restricted.example/cb?tenant=3"),
    grants=("authorization_code", "refresh_token"),
    scopes=("me", "profile"),
    failed_authentications=HARDLY_EVER,
)
GUESSING = Client(
    name="guessing",
    client_id="client-guessing",
    secret="guessing-demo-secret-Wc71",
    title="Demo application that may be locked",
    redirect_uris=("https://guessing.example/cb",),
)
GUESSING_REVOCATION = Client(
    name="guessing_revocation",
    client_id="client-guessing-revocation",
    secret="guessing-demo-secret-q8Vd",
    title="Demo application that may be locked at the revocation endpoint",
    redirect_uris=("https://guessing.example/cb",),
)
GUESSING_INTROSPECTION = Client(
    name="guessing_introspection",
    client_id="client-guessing-introspection",
    secret="guessing-demo-secret-Z2ts",
    title="Demo application that may be locked at the introspection endpoint",
    redirect_uris=("https://guessing.example/cb",),
)
EXTERNAL = Client(
    name="external",
    client_id="client-external",
    title="Demo application with external authentication tokens",
    redirect_uris=("https://external.example/cb",),
    grants=("password", "refresh_token"),
    scopes=("me", "profile", "email"),
    authentication=("none",),
    takes_external_tokens=True,
)
INSECURE = Client(
    name="insecure",
    client_id="client-insecure",
    secret="insecure-demo-secret-R4yq",
    title="Demo application without encryption",
    redirect_uris=("https://insecure.example/cb", "http://insecure.example/cb"),
    grants=("authorization_code", "implicit"),
    scopes=("me", "profile", "email"),
    failed_authentications=HARDLY_EVER,
)
CLIENTS = (
    CONFIDENTIAL,
    OTHER,
    PUBLIC,
    SPECIAL,
    SINGLE_REDIRECT,
    RESTRICTED,
    GUESSING,
    GUESSING_REVOCATION,
    GUESSING_INTROSPECTION,
    EXTERNAL,
    INSECURE,
)

ALICE = User(
    name="resource_owner",
    username="alice",
    password="alice-demo-password",
    external_authentication_token="external-alice-1w7Rk0yXc3Vq9sZb",
    external_subject="7f3e0a52-alice",
    failed_authentications=HARDLY_EVER,
)
BOB = User(
    name="resource_owner_other",
    username="bob",
    password="bob-demo-password",
    external_authentication_token="external-bob-Tt5hN2mPq8uLd4Ga",
    external_subject="91cc64d8-bob",
    failed_authentications=HARDLY_EVER,
)
UNICODE = User(name="resource_owner_unicode", username="zoë.łukasz", password="pässwörd-✓-demo")
GUESS = User(name="resource_owner_guessing", username="guess", password="guess-demo-password")
GUESS_SIGN_IN = User(
    name="resource_owner_guessing_sign_in", username="guess-sign-in", password="guess-sign-in-demo-password"
)
USERS = (ALICE, BOB, UNICODE, GUESS, GUESS_SIGN_IN)

ALICE_AT_PROVIDER = Account("alice@example-id", "alice-example-id-password", "7f3e0a52-alice")
BOB_AT_PROVIDER = Account("bob@example-id", "bob-example-id-password", "91cc64d8-bob")
STRANGER_AT_PROVIDER = Account("stranger@example-id", "stranger-example-id-password", "d20b7715-stranger")
REFUSED_AT_PROVIDER = Account("refused@example-id", "refused-example-id-password", "c4418e90-refused", refused=True)
PROVIDER_ACCOUNTS = (ALICE_AT_PROVIDER, BOB_AT_PROVIDER, STRANGER_AT_PROVIDER, REFUSED_AT_PROVIDER)


def external_provider(issuer: str) -> ExternalProvider:
    """The bundled provider, as the server knows it."""
    return ExternalProvider(issuer, "Example ID", "reference-server", "reference-server-demo-secret-Vn6d")
