"""What can be set about one server. Everything here is read-only once a server is built."""

from dataclasses import dataclass
from typing import Literal

from . import demo
from .accounts import ALL_GRANTS, Client, ExternalProvider, User

METADATA_PATH = "/.well-known/oauth-authorization-server"
ALL_ENDPOINTS = (
    "authorization",
    "sign_in",
    "federation",
    "federation.callback",
    "token",
    "revocation",
    "introspection",
    "token_info",
    "resource.me",
    "resource.app",
    "resource.basic",
    "resource.graphql",
    "metadata",
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One server's configuration; the defaults are the strictly conformant reference."""

    # Where it is, and what it knows
    issuer: str = "https://server.example"  # without a path, which comes next
    issuer_path: str = ""
    other_issuer_paths: tuple[str, ...] = ()  # further issuers of the host, served alike
    second_issuer: str | None = None  # of a stage: where the client is registered as well
    metadata_path: str | None = None  # None: where RFC 8414 has it
    database: str = ":memory:"
    secret_key: bytes | None = None  # None: a random one, which is right as long as the database dies with the server
    clients: tuple[Client, ...] = demo.CLIENTS
    users: tuple[User, ...] = demo.USERS
    password_cost: int = 2**13
    external_provider: ExternalProvider | None = None  # None: users sign in here only

    # What it serves
    endpoints: tuple[str, ...] = ALL_ENDPOINTS
    grants: tuple[str, ...] = ALL_GRANTS
    extension_grant_type: str | None = "https://reference.example/grant-type/demo-assertion"
    extension_assertion: str = "demo-assertion-Hx2c9Lr5"
    user_scopes: tuple[str, ...] = ("me", "profile", "email")
    app_scopes: tuple[str, ...] = ("app", "basic")
    default_user_scope: str = "me"
    default_app_scope: str = "app"

    # Lifetimes, in seconds
    code_lifetime: int = 60
    access_token_lifetime: int = 1_209_600
    implicit_token_lifetime: int = 3_600  # no longer than the other ones
    refresh_token_lifetime: int = 2_592_000
    session_lifetime: int = 3_600
    external_sign_in_lifetime: int = 600

    # Policies
    rotate_refresh_tokens: bool = True
    external_provider_names_itself: bool = True  # RFC 9207
    require_pkce: bool = False  # of confidential clients too; public ones always need it
    pkce_methods: tuple[str, ...] = ("S256", "plain")
    remember_consent: bool = False
    introspection_bearer: bool = True
    bearer_form_body: bool = True
    bearer_query: bool = False
    failed_authentications: int = 10
    lock_seconds: int = 60
    redirect_status: int = 302
    realm: str = "reference server"
    body_limit: int = 64 * 1024

    # Transport
    require_tls: bool = True
    revocation_over_http: bool = True
    tls_minimum: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1.2"
    tls_maximum: Literal["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] = "TLSv1.3"
    tls_ciphers: str | None = None
    certificate_names: tuple[str, ...] | None = None  # None: the names that the server listens on
    certificate_days: int = 30  # negative: expired

    @property
    def scopes(self) -> dict[str, tuple[str, ...]]:
        """What can be granted in flows with a user, and to apps."""
        return {"user": self.user_scopes, "app": self.app_scopes}

    @property
    def default_scopes(self) -> dict[str, str]:
        """What is granted where nothing is asked for, in flows with a user, and to apps."""
        return {"user": self.default_user_scope, "app": self.default_app_scope}

    @property
    def identifier(self) -> str:
        """RFC 8414 section 2: the issuer identifier, as clients know the server."""
        return self.issuer + self.issuer_path

    @property
    def well_known_path(self) -> str:
        """Where the metadata of the issuer is."""
        return self.metadata_path or well_known(self.issuer_path)

    @property
    def issuers(self) -> dict[str, str]:
        """The issuers of the host, by the paths of their metadata."""
        others = {well_known(path): self.issuer + path for path in self.other_issuer_paths}
        return {self.well_known_path: self.identifier, **others}


def well_known(issuer_path: str) -> str:
    """RFC 8414 section 3.1: the well-known path stands in front of the issuer's path, without its last slash."""
    return METADATA_PATH + issuer_path.removesuffix("/")
