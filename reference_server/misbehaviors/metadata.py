"""Metadata that a client must not use, and some that it has to (RFC 8414). What is used shows by a mark in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from urllib.parse import urlsplit

from ..misbehavior import SMALL, Misbehavior
from ..pipeline import Call, Edit, Response, Step, after, before, named, setting
from ..stage_listeners import BAD_CERTIFICATES, SAME_AUTHORITY
from .issuers import at_another_host, in_capitals

ELSEWHERE = "https://elsewhere.example"
MARK = "from=metadata"
# A letter that Unicode's compatibility forms turn into an ordinary one.
FULL_WIDTH_S = "\uff53"
AT_GOOD_LISTENER = dict.fromkeys(("authorization", "token", "revocation", "resource"), "https")


def mark_endpoints(call: Call) -> None:
    """The endpoints of the metadata have a query, of which a client's configuration knows nothing."""
    for name in ("authorization_endpoint", "token_endpoint"):
        call.answer[name] += f"?{MARK}"


def issuer_as(change: Callable[[str], str]) -> Step:
    """A step that names another issuer, made from the right one."""

    def put_other_issuer(call: Call) -> None:
        """Section 3.3: it has to be the one that the document's URL was made from."""
        call.answer["issuer"] = change(call.answer["issuer"])

    return put_other_issuer


def drop_issuer(call: Call) -> None:
    """Section 2: `issuer` is required."""
    del call.answer["issuer"]


def with_path(change: Callable[[str], str]) -> Callable[[str], str]:
    """Another path of the same origin."""

    def changed(issuer: str) -> str:
        path = urlsplit(issuer).path
        return issuer.removesuffix(path) + change(path)

    return changed


def escape_issuer(call: Call) -> Response:
    """Section 4: escapes of JSON are removed before strings are compared."""
    issuer = call.answer.pop("issuer")
    escaped = "".join(f"\\u{ord(character):04x}" for character in issuer)
    rest = json.dumps(call.answer)[1:]
    return Response(200, f'{{"issuer": "{escaped}", {rest}'.encode(), [("Content-Type", "application/json")])


def put_signed_metadata(call: Call) -> None:
    """Section 2.1: a JWT, whose key nobody can know."""
    call.answer["signed_metadata"] = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2Vsc2V3aGVyZS5leGFtcGxlIn0.c2lnbmF0dXJl"


def put_unknown_members(call: Call) -> None:
    """Section 2: further members may be there."""
    call.answer.update({"x_unknown": {"nested": [1, None]}, "service_documentation": f"{ELSEWHERE}/documentation"})


MARKED = after("metadata", "put_endpoints", named("mark", mark_endpoints))


def put_other_server(call: Call) -> None:
    """RFC 8414 section 3.3: an issuer that the client knows, and didn't ask."""
    call.answer["issuer"] = call.server.settings.second_issuer


def marked(name: str, says: str, *edits: Edit) -> Misbehavior:
    """Metadata that show whether they are used, compared with right ones that show it too."""
    return Misbehavior(name, says, (MARKED, *edits), twin="metadata-marked")


def of_issuer(name: str, says: str, step: Step) -> Misbehavior:
    """Metadata with another issuer."""
    return marked(
        f"metadata-issuer-{name}", f"the issuer in the metadata {says}", after("metadata", "put_issuer", step)
    )


MISBEHAVIORS = (
    Misbehavior("metadata-marked", "the metadata name endpoints that nothing else names", (MARKED,)),
    of_issuer("of-another", "is another server's", issuer_as(at_another_host)),
    of_issuer("of-other-server", "is that of the other server, which the client knows as well", put_other_server),
    of_issuer("missing", "is left out", drop_issuer),
    of_issuer("with-slash", "has a slash at its end", issuer_as(lambda issuer: f"{issuer}/")),
    of_issuer("in-capitals", "has a scheme in capitals", issuer_as(in_capitals)),
    of_issuer("longer", "has a character more", issuer_as(lambda issuer: f"{issuer}x")),
    of_issuer("shorter", "has a character less", issuer_as(lambda issuer: issuer[:-1])),
    of_issuer("without-path", "has no path", issuer_as(with_path(lambda path: ""))),
    of_issuer(
        "in-other-letters",
        "has a letter that only Unicode normalization makes the right one",
        issuer_as(with_path(lambda path: path.replace("s", FULL_WIDTH_S, 1))),
    ),
    marked(
        "metadata-issuer-escaped",
        "every character of the issuer in the metadata is an escape of JSON",
        before("metadata", "render_metadata", escape_issuer),
    ),
    marked(
        "metadata-signed",
        "the metadata hold signed metadata, whose key is nowhere to be had",
        before("metadata", "render_metadata", put_signed_metadata),
    ),
    marked(
        "metadata-with-unknown-members",
        "the metadata have members that no document defines",
        before("metadata", "render_metadata", put_unknown_members),
    ),
    Misbehavior(
        name="issuer-with-slash",
        says="the issuer ends with a slash",
        edits=(setting(issuer_path="/"),),
        company=SMALL,
    ),
    *(
        Misbehavior(
            name=f"metadata-at-{listener}",
            says=f"the metadata are where the certificate is not to be trusted: {listener}",
            listeners={"issuer": listener, **AT_GOOD_LISTENER},
        )
        for listener in BAD_CERTIFICATES
    ),
    Misbehavior(
        name=f"metadata-at-{SAME_AUTHORITY}",
        says="the metadata are where the certificate is good, and of the authority that bad ones are of",
        listeners={"issuer": SAME_AUTHORITY, **AT_GOOD_LISTENER},
    ),
)
