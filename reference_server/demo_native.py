"""The built-in native apps (RFC 8252), which one variant of the server serves. Their identifiers are public."""

from .accounts import Client

GRANTS = ("authorization_code", "refresh_token")
SCOPES = ("me", "profile", "email")

NATIVE = Client(
    name="native",
    client_id="client-native",
    title="Demo native application",
    redirect_uris=(
        "com.example.native:/oauth2redirect/example-provider",
        "http://127.0.0.1/oauth2redirect/example-provider",
        "http://[::1]/oauth2redirect/example-provider",
        "https://native.example/oauth2redirect/example-provider",
        "http://localhost:8400/oauth2redirect/example-provider",
    ),
    grants=GRANTS,
    scopes=SCOPES,
    authentication=("none",),
    type="native",
    rejected_redirect_uris=("exampleapp:/oauth2redirect/example-provider",),
)
# Every copy of this application holds the same secret, which it may send and need not.
NATIVE_SECRET = Client(
    name="native_secret",
    client_id="client-native-secret",
    secret="native-demo-secret-in-every-copy-V4mz",
    title="Demo native application with a shared secret",
    redirect_uris=(
        "com.example.shared:/oauth2redirect/example-provider",
        "http://127.0.0.1:8401/oauth2redirect/example-provider",
        "http://[::1]:8401/oauth2redirect/other-provider",
    ),
    grants=(*GRANTS, "client_credentials"),
    scopes=(*SCOPES, "app"),
    authentication=("client_secret_post", "client_secret_basic", "none"),
    type="native",
)
NATIVE_CLIENTS = (NATIVE, NATIVE_SECRET)
