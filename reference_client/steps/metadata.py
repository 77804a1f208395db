"""RFC 8414: what the server says about itself, and what of it the client believes."""

from urllib.parse import urlsplit, urlunsplit

from ..pipeline import Draft, Login, Refused

INSERTED = "/.well-known/oauth-authorization-server"
OPENID = "/.well-known/openid-configuration"


def take_configuration(login: Login) -> None:
    """RFC 8414 section 1: a server may have no metadata; then the client's configuration says where it is."""
    context = login.context
    login.authorization_endpoint = context.authorization_endpoint or ""
    login.token_endpoint = context.token_endpoint or ""
    login.revocation_endpoint = context.revocation_endpoint or ""


def ask_at_inserted_path(login: Login) -> None:
    """Section 3.1: the well-known path stands between host and path of the issuer, without its last slash."""
    ask(login, inserted(login.context.issuer))


def ask_at_openid_path(login: Login) -> None:
    """Section 5: only then where OpenID Connect Discovery has it, behind the issuer's path."""
    if login.reply.status != 200:
        ask(login, login.context.issuer.removesuffix("/") + OPENID)


def read_metadata(login: Login) -> None:
    """Section 3.2: 200 and a JSON object. An error of the client is no metadata; anything else can't be trusted."""
    if 400 <= login.reply.status < 500:
        return
    login.metadata = login.reply.json_object() if login.reply.status == 200 else None
    if login.metadata is None:
        raise Refused("the server's metadata can't be read")


def compare_issuer(login: Login) -> None:
    """Sections 3.3, 4 and 6.2: equal code point by code point, without any normalization."""
    if login.metadata is not None and login.metadata.get("issuer") != login.context.issuer:
        raise Refused("the metadata is another issuer's")


def take_endpoints(login: Login) -> None:
    """Section 2: the server itself knows best where it is."""
    login.authorization_endpoint = found(login, "authorization_endpoint") or login.authorization_endpoint
    login.token_endpoint = found(login, "token_endpoint") or login.token_endpoint
    login.revocation_endpoint = found(login, "revocation_endpoint") or login.revocation_endpoint


def take_issuer_parameter(login: Login) -> None:
    """RFC 9207 section 3: whether authorization responses name the issuer; left out means no."""
    login.names_issuer = (login.metadata or {}).get("authorization_response_iss_parameter_supported") is True


def choose_authentication(login: Login) -> None:
    """RFC 6749 section 2.3.1: Basic, unless the server takes secrets in the body alone; a public client has none."""
    if not login.context.client_secret:
        login.authentication = "none"
        return
    methods = (login.metadata or {}).get("token_endpoint_auth_methods_supported")
    in_body = isinstance(methods, list) and "client_secret_basic" not in methods and "client_secret_post" in methods
    login.authentication = "client_secret_post" if in_body else "client_secret_basic"


def require_https(login: Login) -> None:
    """RFC 6749 sections 3.1 and 3.2, RFC 7009 section 2: endpoints are https URLs. Only revocation is optional."""
    if not is_https(login.authorization_endpoint) or not is_https(login.token_endpoint):
        raise Refused("an endpoint of the server is no https URL")
    if login.revocation_endpoint and not is_https(login.revocation_endpoint):
        raise Refused("the revocation endpoint is no https URL")


def ask(login: Login, url: str) -> None:
    """Section 3.1: by GET, over TLS."""
    if not is_https(url):
        raise Refused("the issuer is no https URL")
    login.reply = login.wire.send(Draft("GET", url, headers=[("Accept", "application/json")]))


def inserted(issuer: str) -> str:
    """Section 3.1."""
    parts = urlsplit(issuer)
    return urlunsplit((parts.scheme, parts.netloc, INSERTED + parts.path.removesuffix("/"), "", ""))


def found(login: Login, name: str) -> str:
    """A member that is a text."""
    value = (login.metadata or {}).get(name)
    return value if isinstance(value, str) else ""


def is_https(url: str) -> bool:
    """RFC 3986 section 3.1: schemes are compared without regard to letter case."""
    return url[:8].lower() == "https://"
