"""Mistakes with the issuer of an authorization response (RFC 9207) and with several servers."""

from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from ..defect import Defect
from ..pipeline import Edit, Login, Refused, after, remove, replace
from ..steps.authorization_answer import check_issuer, check_place
from .conditions import at_other_server, unless

ANSWER = "authorization.answer"
REJECTS = ("rfc9207-2.4-client-rejects-other-issuer", "rfc9207-4-client-validates")
COMPARES = ("rfc9207-2.4-client-decodes-and-compares", "rfc9207-4-client-validates")


def accepted(fits: Callable[[str, str], bool]) -> Edit:
    """Issuers are compared in another way: what came, what is expected."""

    def check_otherwise(login: Login) -> None:
        issuer = login.parameter("iss")
        if issuer is None or not login.names_issuer or not fits(issuer, login.context.issuer):
            check_issuer(login)

    return replace(ANSWER, "check_issuer", check_otherwise)


def keep_one(position: int) -> Edit:
    """Of several issuers one is looked at."""

    def drop_other_issuers(login: Login) -> None:
        issuers = [pair for pair in login.answer if pair[0] == "iss"]
        others = [pair for pair in login.answer if pair[0] != "iss"]
        login.answer = [*others, issuers[position]] if issuers else others

    return after(ANSWER, "read_answer", drop_other_issuers)


def bare(issuer: str) -> str:
    """As URL libraries write it: lower-case host, no last slash."""
    parts = urlsplit(issuer)
    return f"{parts.scheme.lower()}://{parts.netloc.lower()}{parts.path.rstrip('/')}"


def as_object(issuer: str) -> tuple[str, str, str]:
    """As objects for URLs hold it: scheme and host in small letters, the path as it is."""
    parts = urlsplit(issuer)
    return parts.scheme.lower(), parts.netloc.lower(), parts.path


def unannounced(login: Login) -> bool:
    """The server didn't say that it names its issuer."""
    return not login.names_issuer


def unnamed(login: Login) -> bool:
    """No issuer came."""
    return login.parameter("iss") is None


def is_success(login: Login) -> bool:
    """The answer brings a code."""
    return login.parameter("error") is None


def came_back_never(login: Login) -> bool:
    """No user agent took part."""
    return not login.answer


def decoded_twice(came: str, expected: str) -> bool:
    """Decodes what was decoded already."""
    return unquote(came) == expected


def take_known_issuer(login: Login) -> None:
    """Any server will do at which the client has begun a login."""
    known = login.client.memory.setdefault("issuers", "").split()
    login.client.memory["issuers"] = " ".join([*known, login.context.issuer])
    if login.parameter("iss") not in known:
        check_issuer(login)


def keep_token_endpoint(login: Login) -> None:
    """One place in memory for whichever server it was."""
    login.token_endpoint = login.client.memory.setdefault("token endpoint", login.token_endpoint)


def unannounced_at_other_server(login: Login) -> bool:
    """The server is a second one, and didn't say that it names its issuer."""
    return at_other_server(login) and unannounced(login)


def refuse_issuer(login: Login) -> None:
    """What isn't known is dangerous."""
    if login.parameter("iss") is not None:
        raise Refused("the answer has a parameter iss")


DEFECTS = (
    Defect(
        name="mix-up-not-defended",
        says="Neither the issuer of an answer nor where it came is looked at.",
        breaks=("rfc9700-2.1-client-defends-against-mix-up", "rfc9700-4.4.2-client-stores-issuer"),
        edits=(remove(ANSWER, "check_issuer"), remove(ANSWER, "check_place")),
    ),
    Defect(
        name="answer-taken-anywhere",
        says="An answer is taken at any redirection URI.",
        breaks=("rfc8252-8.10-client-rejects-other-uri", "rfc8252-8.10-client-stores-redirect-uri"),
        edits=(remove(ANSWER, "check_place"),),
    ),
    Defect(
        name="issuer-ignored",
        says="Who answered is not looked at.",
        breaks=(*REJECTS, "rfc9207-2.4-client-knows-who-sends-iss", "rfc9207-2.4-client-discards-unannounced"),
        edits=(remove(ANSWER, "check_issuer"),),
    ),
    Defect(
        name="issuer-missing-accepted",
        says="An answer without issuer is accepted from a server that announced one.",
        breaks=("rfc9207-2.4-client-knows-who-sends-iss",),
        edits=(replace(ANSWER, "check_issuer", unless(unnamed, check_issuer)),),
    ),
    Defect(
        name="issuer-unannounced-accepted",
        says="An issuer that the server didn't announce is not looked at.",
        breaks=("rfc9207-2.4-client-discards-unannounced",),
        edits=(replace(ANSWER, "check_issuer", unless(unannounced, check_issuer)),),
    ),
    Defect(
        name="issuer-checked-in-errors-alone",
        says="The issuer of an answer with a code is not looked at.",
        breaks=REJECTS,
        edits=(replace(ANSWER, "check_issuer", unless(is_success, check_issuer)),),
    ),
    Defect(
        name="issuer-compared-as-beginning",
        says="An issuer that begins as the right one does is accepted.",
        breaks=COMPARES[:1],
        edits=(accepted(lambda came, expected: came.startswith(expected)),),
    ),
    Defect(
        name="issuer-compared-in-any-case",
        says="Issuers are compared without regard to letter case.",
        breaks=COMPARES,
        edits=(accepted(lambda came, expected: came.lower() == expected.lower()),),
    ),
    Defect(
        name="issuer-compared-as-url",
        says="Issuers are normalized before they are compared.",
        breaks=COMPARES[:1],
        edits=(accepted(lambda came, expected: bare(came) == bare(expected)),),
    ),
    Defect(
        name="issuer-compared-as-object",
        says="Issuers are read as URLs, whose scheme and host know no letter case, before they are compared.",
        breaks=COMPARES,
        edits=(accepted(lambda came, expected: as_object(came) == as_object(expected)),),
    ),
    Defect(
        name="issuer-compared-by-path",
        says="Of an issuer the path is compared, which names the tenant.",
        breaks=("rfc9207-2.4-client-extracts-iss", *REJECTS),
        edits=(accepted(lambda came, expected: urlsplit(came).path == urlsplit(expected).path),),
    ),
    Defect(
        name="issuer-compared-by-host",
        says="Of an issuer the host is compared.",
        breaks=COMPARES,
        edits=(accepted(lambda came, expected: urlsplit(came).netloc == urlsplit(expected).netloc),),
    ),
    Defect(
        name="issuer-decoded-twice",
        says="The issuer is decoded once more than it was encoded.",
        breaks=("rfc9207-2.4-client-decodes-and-compares",),
        edits=(accepted(decoded_twice),),
    ),
    Defect(
        name="issuer-first-of-several",
        says="Of several issuers in an answer the first one counts.",
        breaks=("rfc9207-4-client-rejects-several-issuers",),
        edits=(keep_one(0),),
    ),
    Defect(
        name="issuer-last-of-several",
        says="Of several issuers in an answer the last one counts.",
        breaks=("rfc9207-4-client-rejects-several-issuers",),
        edits=(keep_one(-1),),
    ),
    Defect(
        name="issuer-checked-too-late",
        says="The issuer is checked after the code was exchanged.",
        breaks=REJECTS,
        edits=(remove(ANSWER, "check_issuer"), after("login", "exchange_code", unless(came_back_never, check_issuer))),
    ),
    Defect(
        name="issuer-refused",
        says="An answer with an issuer is refused, whoever it is.",
        breaks=("rfc9207-2.4-client-ignores-unknown-iss",),
        edits=(replace(ANSWER, "check_issuer", refuse_issuer),),
    ),
    Defect(
        name="mix-up-not-defended-where-unannounced",
        says="Neither issuer nor place of an answer is looked at where the server announces no `iss`.",
        breaks=(
            "rfc9207-2.4-client-discards-unannounced",
            "rfc9207-2.4-client-rejects-other-issuer",
            "rfc9700-2.1-client-defends-against-mix-up",
        ),
        edits=(
            replace(ANSWER, "check_issuer", unless(unannounced, check_issuer)),
            replace(ANSWER, "check_place", unless(unannounced, check_place)),
        ),
    ),
    Defect(
        name="issuer-checked-at-first-server-alone",
        says="The issuer of an answer is looked at in logins at the first server, and in no other's.",
        breaks=("rfc9207-2.4-client-rejects-other-issuer",),
        edits=(replace(ANSWER, "check_issuer", unless(at_other_server, check_issuer)),),
    ),
    Defect(
        name="issuer-of-any-known-server",
        says="An issuer is good where it is that of any server at which the client has logged in before.",
        breaks=("rfc9207-2.4-client-rejects-other-issuer",),
        edits=(replace(ANSWER, "check_issuer", take_known_issuer),),
    ),
    Defect(
        name="mix-up-not-defended-at-second-server",
        says="Neither the issuer of an answer nor where it came is looked at in logins at a second server.",
        breaks=("rfc9700-2.1-client-defends-against-mix-up",),
        edits=(
            replace(ANSWER, "check_issuer", unless(at_other_server, check_issuer)),
            replace(ANSWER, "check_place", unless(at_other_server, check_place)),
        ),
    ),
    Defect(
        name="mix-up-not-defended-at-second-server-where-unannounced",
        says="Neither issuer nor place of an answer is looked at where a second server announces no `iss`.",
        breaks=("rfc9700-2.1-client-defends-against-mix-up",),
        edits=(
            replace(ANSWER, "check_issuer", unless(unannounced_at_other_server, check_issuer)),
            replace(ANSWER, "check_place", unless(unannounced_at_other_server, check_place)),
        ),
    ),
    Defect(
        name="codes-sent-to-first-server",
        says="The token endpoint of the first server is asked, whoever issued the code.",
        breaks=("rfc9700-2.1-client-defends-against-mix-up",),
        edits=(after("metadata", "take_endpoints", keep_token_endpoint),),
    ),
)
