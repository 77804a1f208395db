"""Mistakes that RFC 8252 and RFC 9700 speak of: implicit requests, redirection URIs, nothing that binds an answer."""

from ..defect import Defect
from ..pipeline import Draft, Edit, Login, after, remove
from ..wire import with_query
from .state import made

REQUEST, ANSWER = "authorization.request", "authorization.answer"
WITHOUT_PKCE: tuple[Edit, ...] = (
    remove(REQUEST, "make_verifier"),
    remove(REQUEST, "put_code_challenge"),
    remove(REQUEST, "put_code_challenge_method"),
    remove("code.request", "put_code_verifier"),
)


def ask_for_token_too(login: Login) -> None:
    """A token for the page comes by a request of its own."""
    query = [("response_type", "token"), ("client_id", login.context.client_id)]
    query += [("redirect_uri", login.context.redirect_uri), ("state", "page")]
    if login.answer:
        login.draft = Draft("GET", login.authorization_endpoint, query=query)
        login.context.browse(with_query(login.draft.url, login.draft.query))


DEFECTS = (
    Defect(
        name="implicit-beside-code",
        says="After the login the client asks for another token by the implicit grant.",
        breaks=("rfc9700-2.1.2-client-avoids-implicit", "rfc8252-8.2-client-avoids-implicit"),
        edits=(after("login", "exchange_code", ask_for_token_too),),
    ),
    Defect(
        name="redirect-uri-at-localhost",
        says="The redirection URI is at localhost, not at the loopback address.",
        breaks=("rfc8252-8.3-client-avoids-localhost",),
        edits=(),
        profile={"registration": {"redirect_uri": "http://localhost:8915/cb"}},
    ),
    Defect(
        name="redirect-uri-scheme-of-one-word",
        says="The scheme of the redirection URI is a word that any app might take.",
        breaks=("rfc8252-7.1-client-scheme-from-domain",),
        edits=(),
        profile={"registration": {"redirect_uri": "myapp:/cb"}},
    ),
    Defect(
        name="neither-state-nor-challenge",
        says="Nothing binds an answer to its login.",
        breaks=("rfc9700-2.1-client-prevents-csrf",),
        edits=(*WITHOUT_PKCE, remove(ANSWER, "check_state")),
    ),
    Defect(
        name="constant-state-without-challenge",
        says="The state is a word in the source, and there is no challenge beside it.",
        breaks=("rfc9700-2.1-client-state-otherwise",),
        edits=(*WITHOUT_PKCE, made(lambda login: "login-with-oauth-provider")),
    ),
    Defect(
        name="metadata-never-asked",
        says="The client asks for no metadata, and takes any issuer.",
        breaks=("rfc9700-2.6-client-configured-by-metadata",),
        edits=(
            *(
                remove("metadata", name)
                for name in ("ask_at_inserted_path", "ask_at_openid_path", "read_metadata", "compare_issuer")
            ),
            remove(ANSWER, "check_issuer"),
        ),
    ),
)
