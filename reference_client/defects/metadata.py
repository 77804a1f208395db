"""Mistakes with a server's metadata (RFC 8414)."""

import unicodedata
from collections.abc import Callable

from ..defect import Defect
from ..pipeline import Draft, Edit, Login, Refused, named, remove, replace
from ..steps.metadata import INSERTED, OPENID, compare_issuer, inserted
from ..steps.metadata import ask as ask_rightly
from .conditions import at_other_server, carelessly, unless
from .issuer import as_object
from .requests import browse_with_second_question_mark

COMPARES = ("rfc8414-3.3-client-uses-no-other",)


def accepted(fits: Callable[[str, str], bool]) -> Edit:
    """Issuers are compared in another way: what the document says, what was asked for."""

    def compare_otherwise(login: Login) -> None:
        found = (login.metadata or {}).get("issuer")
        if login.metadata is not None and not (isinstance(found, str) and fits(found, login.context.issuer)):
            raise Refused("the metadata is another issuer's")

    return replace("metadata", "compare_issuer", compare_otherwise)


def compare_if_present(login: Login) -> None:
    """Compares what there is."""
    if "issuer" in (login.metadata or {}):
        compare_issuer(login)


def take_known_issuer(login: Login) -> None:
    """Any server will do that the client has asked before."""
    known = login.client.memory.setdefault("issuers", "").split()
    login.client.memory["issuers"] = " ".join([*known, login.context.issuer])
    if (login.metadata or {}).get("issuer") not in known:
        compare_issuer(login)


def asked_at(locate: Callable[[str], str]) -> Edit:
    """Asked first at another place."""

    def ask_elsewhere(login: Login) -> None:
        ask_rightly(login, locate(login.context.issuer))

    return replace("metadata", "ask_at_inserted_path", named("ask_at_inserted_path", ask_elsewhere))


def ask_by_post(login: Login) -> None:
    """Asks as for everything else."""
    login.reply = login.wire.send(Draft("POST", inserted(login.context.issuer)))


def ask_without_care(login: Login) -> None:
    """A public document needs no protection, or so it seems."""
    login.reply = carelessly(login, Draft("GET", inserted(login.context.issuer)), verify_tls=False)


def ask_openid_first(login: Login) -> None:
    """Where all the other servers have it."""
    ask_rightly(login, login.context.issuer.removesuffix("/") + OPENID)


def ask_inserted_then(login: Login) -> None:
    """Here only then."""
    if login.reply.status != 200:
        ask_rightly(login, inserted(login.context.issuer))


def with_slash(issuer: str) -> str:
    """The path as it is, with its last slash."""
    host = "/".join(issuer.split("/")[:3])
    return host + INSERTED + issuer[len(host) :]


def normalized(text: str) -> str:
    """Unicode's composed form."""
    return unicodedata.normalize("NFKC", text)


def compare_without_slash(login: Login) -> None:
    """With what the URL of the metadata was made from."""
    if login.metadata is not None and login.metadata.get("issuer") != login.context.issuer.removesuffix("/"):
        raise Refused("the metadata are another issuer's")


DEFECTS = (
    Defect(
        name="metadata-issuer-not-compared",
        says="Whose metadata it is doesn't matter.",
        breaks=("rfc8414-6.2-client-compares-issuer", *COMPARES),
        edits=(remove("metadata", "compare_issuer"),),
    ),
    Defect(
        name="metadata-issuer-missing-accepted",
        says="Metadata without an issuer are accepted.",
        breaks=COMPARES,
        edits=(replace("metadata", "compare_issuer", compare_if_present),),
    ),
    Defect(
        name="metadata-issuer-in-any-case",
        says="The issuer of metadata is compared without regard to letter case.",
        breaks=("rfc8414-4-consumer-compares", *COMPARES),
        edits=(accepted(lambda found, asked: found.lower() == asked.lower()),),
    ),
    Defect(
        name="metadata-issuer-compared-as-object",
        says="Issuers are read as URLs, whose scheme and host know no letter case, before they are compared.",
        breaks=("rfc8414-4-consumer-compares", *COMPARES),
        edits=(accepted(lambda found, asked: as_object(found) == as_object(asked)),),
    ),
    Defect(
        name="metadata-issuer-not-compared-and-query-begun-twice",
        says="Whose metadata it is doesn't matter, and the parameters begin a second query where there is one.",
        breaks=("rfc8414-4-consumer-compares", *COMPARES, "rfc6749-3.1-client-keeps-endpoint-query"),
        edits=(
            remove("metadata", "compare_issuer"),
            replace("authorization.visit", "browse", browse_with_second_question_mark),
        ),
    ),
    Defect(
        name="metadata-issuer-compared-by-path",
        says="Of the issuer of metadata the path is compared, which names the tenant.",
        breaks=("rfc8414-6.2-client-compares-issuer", *COMPARES),
        edits=(accepted(lambda found, asked: as_object(found)[2] == as_object(asked)[2]),),
    ),
    Defect(
        name="metadata-issuer-without-slash",
        says="A slash at the end of an issuer doesn't count.",
        breaks=("rfc8414-4-consumer-compares", *COMPARES),
        edits=(accepted(lambda found, asked: found.rstrip("/") == asked.rstrip("/")),),
    ),
    Defect(
        name="metadata-issuer-as-beginning",
        says="An issuer that begins as the right one does is accepted.",
        breaks=("rfc8414-4-consumer-compares", *COMPARES),
        edits=(accepted(lambda found, asked: found.startswith(asked)),),
    ),
    Defect(
        name="metadata-issuer-normalized",
        says="The issuer of metadata is brought to a normal form of Unicode.",
        breaks=("rfc8414-4-consumer-never-normalizes",),
        edits=(accepted(lambda found, asked: normalized(found) == normalized(asked)),),
    ),
    Defect(
        name="metadata-asked-by-post",
        says="Metadata are asked for by POST.",
        breaks=("rfc8414-3.1-client-uses-get",),
        edits=(replace("metadata", "ask_at_inserted_path", ask_by_post),),
    ),
    Defect(
        name="metadata-asked-behind-path",
        says="The well-known path is put behind the issuer's.",
        breaks=("rfc8414-5-client-asks-inserted-path-first",),
        edits=(asked_at(lambda issuer: issuer.removesuffix("/") + INSERTED),),
    ),
    Defect(
        name="metadata-asked-with-slash",
        says="The last slash of the issuer's path is kept where metadata are asked for.",
        breaks=("rfc8414-3.1-client-removes-last-slash",),
        edits=(asked_at(with_slash),),
    ),
    Defect(
        name="metadata-asked-at-openid-first",
        says="OpenID Connect's place is tried first.",
        breaks=("rfc8414-5-client-asks-inserted-path-first",),
        edits=(
            replace("metadata", "ask_at_inserted_path", ask_openid_first),
            replace("metadata", "ask_at_openid_path", ask_inserted_then),
        ),
    ),
    Defect(
        name="metadata-without-certificate-check",
        says="Metadata are read from whoever answers.",
        breaks=("rfc8414-6.1-client-checks-certificate",),
        edits=(replace("metadata", "ask_at_inserted_path", ask_without_care),),
    ),
    Defect(
        name="issuer-known-without-slash",
        says="The client leaves the last slash out of the issuer that it expects.",
        breaks=("rfc8414-4-consumer-compares",),
        edits=(replace("metadata", "compare_issuer", compare_without_slash),),
    ),
    Defect(
        name="metadata-issuer-compared-at-first-server-alone",
        says="The issuer in metadata is compared for the first server, and for no other.",
        breaks=COMPARES,
        edits=(replace("metadata", "compare_issuer", unless(at_other_server, compare_issuer)),),
    ),
    Defect(
        name="metadata-of-any-known-issuer",
        says="Metadata are used that speak of any server that the client knows.",
        breaks=COMPARES,
        edits=(replace("metadata", "compare_issuer", take_known_issuer),),
    ),
)
