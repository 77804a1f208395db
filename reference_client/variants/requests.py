"""Conformant clients that put their requests together in another way."""

import secrets
from urllib.parse import quote

from ..pipeline import Draft, Edit, Login, Refused, after, before, named, remove, replace, setting
from ..steps.client_authentication import put_basic
from ..steps.metadata import choose_authentication
from ..steps.sending import send
from ..steps.token import put_refresh_token
from ..variant import Variant

REQUEST, AUTHENTICATION = "authorization.request", "client_authentication"
UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"


def drawn(length: int) -> Edit:
    """Verifiers of some length out of all characters that they may have."""

    def draw_verifier(login: Login) -> None:
        login.verifier = "".join(secrets.choice(UNRESERVED) for _ in range(length))

    return replace(REQUEST, "make_verifier", named("make_verifier", draw_verifier))


def make_verifier_twice(login: Login) -> None:
    """Longer, and as hard to guess as its first half, which is enough."""
    login.verifier = secrets.token_urlsafe(32) * 2


def state_of(octets: int) -> Edit:
    """States of another length."""

    def make_state_of_other_length(login: Login) -> None:
        login.state = secrets.token_urlsafe(octets)

    return replace(REQUEST, "make_state", named("make_state", make_state_of_other_length))


def prefer_body(login: Login) -> None:
    """RFC 6749 section 2.3.1: a client whose library knows nothing else."""
    choose_authentication(login)
    if login.authentication == "client_secret_basic":
        login.authentication = "client_secret_post"


def name_client_beside_basic(login: Login) -> None:
    """RFC 6749 section 3.2.1: a client may always name itself."""
    if login.authentication == "client_secret_basic":
        login.draft.form.append(("client_id", login.context.client_id))


def authenticate_with_percents(login: Login) -> None:
    """Every character but letters and digits as a percent triplet."""
    if login.authentication == "client_secret_basic":
        pair = (login.context.client_id, login.context.client_secret or "")
        put_basic(login, ":".join("".join(f"%{octet:02X}" for octet in text.encode()) for text in pair))


def turn_query_around(login: Login) -> None:
    """The order of parameters says nothing."""
    login.draft.query.reverse()


def turn_form_around(login: Login) -> None:
    """Nor here."""
    login.draft.form.reverse()


def browse_with_percents(login: Login) -> None:
    """A space as %20, which decodes to the same."""
    pairs = "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in login.draft.query)
    separator = "&" if "?" in login.draft.url else "?"
    login.answer_url = login.context.browse(f"{login.draft.url}{separator}{pairs}")


def put_granted_scope(login: Login) -> None:
    """RFC 6749 section 6: a refresh request may name what was granted."""
    put_refresh_token(login)
    if login.tokens.scope:
        login.draft.form.append(("scope", login.tokens.scope))


def put_token_with_small_scheme(login: Login) -> None:
    """RFC 9110 section 11.1: schemes are compared without regard to letter case."""
    login.draft.headers.append(("Authorization", f"bearer {login.tokens.access_token}"))


def send_with_extension(login: Login) -> None:
    """RFC 6749 section 8.2: parameters of extensions are ignored by those who don't know them."""
    login.draft.form.append(("resource_hint", "https://resource.example/"))
    send(login)


def ask_without_token_first(login: Login) -> None:
    """RFC 6750 section 3: a resource says by its challenge that it wants a token."""
    if login.tokens.access_token not in login.client.memory:
        login.client.memory[login.tokens.access_token] = "shown"
        login.wire.send(Draft("GET", login.draft.url))
    send(login)


def name_by_basic(login: Login) -> None:
    """RFC 6749 section 2.3.1: an empty secret is one that may be left out, or sent."""
    if login.authentication == "none":
        put_basic(login, f"{quote(login.context.client_id, safe='')}:")


def check_endpoints(login: Login) -> None:
    """What a client is configured with can be looked at before anything is sent."""
    context = login.context
    urls = (context.authorization_endpoint, context.token_endpoint, context.revocation_endpoint, context.resource)
    if any(url and not url.startswith("https:") for url in urls):
        raise Refused("an endpoint is no https URL")


VARIANTS = (
    Variant(
        name="public-client",
        says="The client has no secret.",
        edits=(),
        profile={"registration": {"public": True}},
    ),
    Variant(
        name="body-authentication",
        says="The secret is sent in the body.",
        edits=(replace("metadata", "choose_authentication", prefer_body),),
    ),
    Variant(
        name="client-id-beside-basic",
        says="Token requests name the client in the body beside Basic.",
        edits=(after(AUTHENTICATION, "name_public_client", name_client_beside_basic),),
    ),
    Variant(
        name="basic-all-escaped",
        says="Every character of identifier and secret is a percent triplet.",
        edits=(replace(AUTHENTICATION, "authenticate_by_basic", authenticate_with_percents),),
    ),
    Variant(
        name="parameters-turned-around",
        says="Parameters come in the opposite order.",
        edits=(
            before("authorization.visit", "browse", turn_query_around),
            before("token.send", "send", turn_form_around),
        ),
    ),
    Variant(
        name="spaces-as-percents",
        says="Spaces in the authorization request are percent triplets.",
        edits=(replace("authorization.visit", "browse", browse_with_percents),),
    ),
    Variant(
        name="verifier-of-all-characters",
        says="Verifiers have all the characters that they may have.",
        edits=(drawn(64),),
    ),
    Variant(
        name="verifier-of-full-length",
        says="Verifiers are as long as they may be.",
        edits=(drawn(128),),
    ),
    Variant(
        name="verifier-twice",
        says="A verifier is 256 bits, and the same again.",
        edits=(replace(REQUEST, "make_verifier", make_verifier_twice),),
    ),
    Variant(
        name="state-of-16-octets",
        says="A state has 128 bits.",
        edits=(state_of(16),),
    ),
    Variant(
        name="state-very-long",
        says="A state has some 700 characters.",
        edits=(state_of(512),),
    ),
    Variant(
        name="scope-not-named",
        says="The client names no scope.",
        edits=(setting(scope=""),),
    ),
    Variant(
        name="scope-smaller",
        says="The client asks for less than it may.",
        edits=(setting(scope="me"),),
    ),
    Variant(
        name="scope-named-at-refresh",
        says="Refresh requests name the scope that was granted.",
        edits=(replace("refresh.request", "put_refresh_token", put_granted_scope),),
    ),
    Variant(
        name="scheme-in-small-letters",
        says="The scheme of the Authorization header is written in small letters.",
        edits=(replace("resource.request", "put_token_in_header", put_token_with_small_scheme),),
    ),
    Variant(
        name="parameter-of-extension",
        says="Token requests have a parameter of an extension.",
        edits=(replace("token.send", "send", send_with_extension),),
    ),
    Variant(
        name="no-hint-at-revocation",
        says="Revocation requests don't say of which kind the token is.",
        edits=(remove("revocation.request", "put_token_type_hint"),),
    ),
    Variant(
        name="fixed-port",
        says="The redirection URI has a port of its own.",
        edits=(),
        profile={"registration": {"redirect_uri": "http://127.0.0.1:8913/callback"}},
    ),
    Variant(
        name="redirect-uri-with-query",
        says="The redirection URI has a query.",
        edits=(),
        profile={"registration": {"redirect_uri": "http://127.0.0.1:8914/cb?tenant=1&name=a%20b"}},
    ),
    Variant(
        name="resource-asked-without-token-first",
        says="The client shows its token once the resource has asked for one.",
        edits=(replace("resource.send", "send", ask_without_token_first),),
    ),
    Variant(
        name="client-credentials-alone",
        says="The client is a service that speaks for itself, without a browser.",
        edits=(),
        profile={"features": {"grants": ["client_credentials"], "revocation": False}},
    ),
    Variant(
        name="public-client-by-basic",
        says="The client has no secret, and names itself by HTTP Basic with an empty password.",
        edits=(replace(AUTHENTICATION, "name_public_client", name_by_basic),),
        profile={"registration": {"public": True}},
    ),
    Variant(
        name="endpoints-checked-at-once",
        says="The client sends nothing at all where one of its endpoints is no https URL.",
        edits=(before("login", "learn_server", check_endpoints),),
    ),
)
