"""Values and places that a client takes for granted, since its first server was like that."""

from urllib.parse import urlsplit

from ..defect import Defect
from ..pipeline import Login, Refused, after, before, replace
from ..steps.authorization_answer import check_issuer
from ..steps.metadata import compare_issuer
from ..wire import with_query

FEW = 4
ANSWER = "authorization.answer"
WITHOUT_USER = ("client_credentials", "password")


def refuse_short_identifier(login: Login) -> None:
    """An identifier of so few characters must be a mistake."""
    if len(login.context.client_id) < FEW:
        raise ValueError("the client identifier is too short")


def refuse_short_code(login: Login) -> None:
    """So must a code."""
    if len(login.code) < FEW:
        raise Refused("the code is too short")


def browse_with_fragment(login: Login) -> None:
    """What is behind the hash sign stays in the browser."""
    url = with_query(login.draft.url, login.draft.query).replace("?", "#", 1)
    login.answer_url = login.context.browse(url)


def check_type_letter_by_letter(login: Login) -> None:
    """As RFC 6750 doesn't spell it."""
    if login.received["token_type"] != "bearer":
        raise Refused("the token is of a type that the client doesn't know")


def compare_as_it_stands(login: Login) -> None:
    """The document is searched for the issuer."""
    compare_issuer(login)
    if login.metadata is not None and f'"{login.context.issuer}"'.encode() not in login.reply.body:
        raise Refused("the metadata is another issuer's")


def decode_in_part(login: Login) -> None:
    """Two characters of an issuer are escaped, by the servers that are known."""
    check_issuer(login)
    pairs = (pair.partition("=") for pair in urlsplit(login.answer_url).query.split("&"))
    for name, _, value in pairs:
        if name == "iss" and value.replace("%3A", ":").replace("%2F", "/") != login.context.issuer:
            raise Refused("the answer is another issuer's")


def tell_secret_at(grant: str) -> Defect:
    """Beside a token that stands for the client itself, or for its owner, the secret tells who it is."""

    def put_secret_beside(login: Login) -> None:
        if grant in login.context.asked and login.context.client_secret:
            login.draft.headers.append(("X-Client-Secret", login.context.client_secret))

    return Defect(
        name=f"secret-told-to-resource-at-{grant.replace('_', '-')}",
        says=f"The resource is told the client's secret beside a token by the grant {grant}.",
        breaks=("rfc6749-10.1-web-client-keeps-credentials",),
        edits=(after("resource.request", "put_token_in_header", put_secret_beside),),
    )


DEFECTS = (
    Defect(
        name="short-identifier-refused",
        says="A client identifier of a few characters is taken for a mistake.",
        breaks=("rfc6749-2.2-identifier-size-not-assumed",),
        edits=(before("login", "learn_server", refuse_short_identifier),),
    ),
    Defect(
        name="short-code-refused",
        says="A code of a few characters is taken for a mistake.",
        breaks=("rfc6749-4.1.2-client-assumes-no-code-size",),
        edits=(after(ANSWER, "take_code", refuse_short_code),),
    ),
    Defect(
        name="parameters-in-fragment",
        says="The parameters of the authorization request stand behind a hash sign.",
        breaks=("rfc6749-4.1.1-client-builds-query",),
        edits=(replace("authorization.visit", "browse", browse_with_fragment),),
    ),
    Defect(
        name="token-type-in-small-letters-alone",
        says="A token type counts in small letters alone.",
        breaks=("rfc6749-5.1-token-type-ignores-case",),
        edits=(replace("token.answer", "check_token_type", check_type_letter_by_letter),),
    ),
    Defect(
        name="metadata-escapes-kept",
        says="The issuer is looked for in the metadata as they stand, escapes and all.",
        breaks=("rfc8414-4-consumer-compares",),
        edits=(replace("metadata", "compare_issuer", compare_as_it_stands),),
    ),
    Defect(
        name="iss-decoded-in-part",
        says="Of `iss` two escapes are decoded and all others kept.",
        breaks=("rfc9207-2.4-client-decodes-and-compares",),
        edits=(replace(ANSWER, "check_issuer", decode_in_part),),
    ),
    *map(tell_secret_at, WITHOUT_USER),
)
