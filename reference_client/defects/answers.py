"""Mistakes in reading authorization and token responses (RFC 6749 sections 4.1.2, 4.1.4, 5 and 7.1)."""

from urllib.parse import parse_qsl, urlsplit

from ..defect import Defect
from ..pipeline import Login, Refused, after, before, remove, replace
from ..steps.authorization_answer import KNOWN
from ..steps.token_answer import check_token_type, take_access_token, take_refresh_token
from .conditions import unless

ANSWER, TOKENS = "authorization.answer", "token.answer"
MEMBERS = {"access_token", "token_type", "expires_in", "refresh_token", "scope", "created_at", "id_token"}
NO_SIZES = ("rfc6749-5.1-no-size-assumptions",)
CUT_AT = 255


def refuse_unknown_parameters(login: Login) -> None:
    """What isn't in the list is an attack."""
    if any(name not in KNOWN for name, _ in login.answer):
        raise Refused("the answer has an unknown parameter")


def refuse_unknown_members(login: Login) -> None:
    """What isn't in the class is an error."""
    if login.reply.status == 200 and set(login.received) - MEMBERS:
        raise Refused("the token response has an unknown member")


def require_token_first(login: Login) -> None:
    """The access token is expected at the beginning."""
    if login.reply.status == 200 and next(iter(login.received), "") != "access_token":
        raise Refused("the token response doesn't begin with a token")


def require_exact_type(login: Login) -> None:
    """Compares letter by letter."""
    if login.received["token_type"] not in ("Bearer", "bearer"):
        raise Refused("the token is of a type that the client doesn't know")


def require_beginning(login: Login) -> None:
    """As it often begins."""
    if not login.received["token_type"].lower().startswith("bearer"):
        raise Refused("the token is of a type that the client doesn't know")


def require_capital_type(login: Login) -> None:
    """Compares with the one example of the RFC."""
    if login.received["token_type"] != "Bearer":
        raise Refused("the token is of a type that the client doesn't know")


def refreshed(login: Login) -> bool:
    """The answer is one to a refresh request."""
    return login.refreshes > 0


def require_scope(login: Login) -> None:
    """All or nothing."""
    granted = login.received.get("scope")
    if isinstance(granted, str) and not set((login.context.scope or "").split()) <= set(granted.split()):
        raise Refused("less was granted than asked for")


def cut_access_token(login: Login) -> None:
    """The token stands in a short column."""
    take_access_token(login)
    login.tokens.access_token = login.tokens.access_token[:CUT_AT]


def cut_refresh_token(login: Login) -> None:
    """So does this one."""
    take_refresh_token(login)
    login.tokens.refresh_token = login.tokens.refresh_token[:CUT_AT]


def take_token_from_uri(login: Login) -> None:
    """A token in the URI is as good as a code, or so it seems."""
    parts = urlsplit(login.answer_url)
    found = dict(parse_qsl(parts.query) + parse_qsl(parts.fragment))
    if "access_token" in found:
        login.tokens.access_token = found["access_token"]


def keep_first_parameters(login: Login) -> None:
    """Of several parameters the first one counts."""
    login.answer = list(dict(reversed(login.answer)).items())


DEFECTS = (
    Defect(
        name="unknown-parameters-fatal",
        says="An answer with a parameter that the client doesn't know is refused.",
        breaks=("rfc6749-4.1.2-client-ignores-unknown-parameters",),
        edits=(after(ANSWER, "read_answer", refuse_unknown_parameters),),
    ),
    Defect(
        name="unknown-members-fatal",
        says="A token response with a member that the client doesn't know is refused.",
        breaks=("rfc6749-5.1-unknown-members-ignored",),
        edits=(after(TOKENS, "read_object", refuse_unknown_members),),
    ),
    Defect(
        name="token-expected-first",
        says="A token response has to begin with the access token.",
        breaks=("rfc6749-5.1-success-order-irrelevant",),
        edits=(after(TOKENS, "read_object", require_token_first),),
    ),
    Defect(
        name="token-type-in-two-spellings",
        says="`Bearer` and `bearer` are known, other spellings are not.",
        breaks=("rfc6749-5.1-token-type-ignores-case",),
        edits=(replace(TOKENS, "check_token_type", require_exact_type),),
    ),
    Defect(
        name="token-type-in-one-spelling",
        says="`Bearer` is known, other spellings are not.",
        breaks=("rfc6749-5.1-token-type-ignores-case",),
        edits=(replace(TOKENS, "check_token_type", require_capital_type),),
    ),
    Defect(
        name="token-type-by-its-beginning",
        says="A token whose type begins with bearer is used as a bearer token.",
        breaks=("rfc6749-7.1-unknown-type-not-used",),
        edits=(replace(TOKENS, "check_token_type", require_beginning),),
    ),
    Defect(
        name="token-type-not-looked-at",
        says="A token of any type is used as a bearer token.",
        breaks=("rfc6749-7.1-unknown-type-not-used",),
        edits=(remove(TOKENS, "check_token_type"),),
    ),
    Defect(
        name="token-type-not-looked-at-after-refresh",
        says="A refreshed token of any type is used as a bearer token.",
        breaks=("rfc6749-7.1-unknown-type-not-used",),
        edits=(replace(TOKENS, "check_token_type", unless(refreshed, check_token_type)),),
    ),
    Defect(
        name="whole-scope-required",
        says="A token with less scope than was asked for is refused.",
        breaks=(),
        edits=(before(TOKENS, "take_scope", require_scope),),
    ),
    Defect(
        name="access-token-cut",
        says="Of an access token the first 255 characters are kept.",
        breaks=NO_SIZES,
        edits=(replace(TOKENS, "take_access_token", cut_access_token),),
    ),
    Defect(
        name="refresh-token-cut",
        says="Of a refresh token the first 255 characters are kept.",
        breaks=NO_SIZES,
        edits=(replace(TOKENS, "take_refresh_token", cut_refresh_token),),
    ),
    Defect(
        name="token-taken-from-uri",
        says="An access token that comes with the user agent is used.",
        breaks=("rfc6749-10.12-client-csrf-protection",),
        edits=(before("login", "check_answer", take_token_from_uri),),
    ),
    Defect(
        name="repeated-parameters-accepted",
        says="Of parameters that come several times the first one counts.",
        breaks=("rfc9207-4-client-rejects-several-issuers",),
        edits=(after(ANSWER, "read_answer", keep_first_parameters),),
    ),
)
