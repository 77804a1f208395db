"""Breaches of RFC 8414 sections 2.1 to 3.3: where the metadata is, how it is answered, and how it is signed."""

import json
from collections.abc import Callable
from typing import Any

from ..defect import Defect
from ..pipeline import Call, Edit, Response, named, replace, setting
from ..settings import METADATA_PATH
from ..steps.metadata import KEYS, render_metadata
from ..steps.transport import allow_methods, answer_not_found
from ..variants.metadata import encoded, put_signed_metadata


def rendered(change: Callable[[Response], None]) -> Edit:
    """The response with something changed about it."""

    def render_otherwise(call: Call) -> Response:
        response = render_metadata(call)
        change(response)
        return response

    return replace("metadata", "render_metadata", named("render_metadata", render_otherwise))


def second_as_text(call: Call) -> Response:
    """Serves a file for each issuer, and knows the type of one."""
    response = render_metadata(call)
    if call.server.settings.issuers[call.path] != call.server.settings.identifier:
        response.put("Content-Type", "text/plain")
    return response


def to_status_203(response: Response) -> None:
    """As a proxy that changed something says."""
    response.status = 203


def to_text(response: Response) -> None:
    """A file without an extension."""
    response.put("Content-Type", "text/plain; charset=utf-8")


def into_list(response: Response) -> None:
    """A list of one document."""
    response.body = b"[" + response.body + b"]"


def behind_mark(response: Response) -> None:
    """An editor saved it with a byte order mark."""
    response.body = b"\xef\xbb\xbf" + response.body


def answer_unknown_issuer(call: Call) -> Response:
    """Every answer has the status of success."""
    if not call.path.startswith(METADATA_PATH):
        return answer_not_found(call)
    body = json.dumps({"error": "unknown_issuer"}).encode()
    return Response(200, body, [("Content-Type", "application/json")])


def put_first_issuer(call: Call) -> None:
    """Knows one issuer."""
    call.answer["issuer"] = call.server.settings.identifier


def signed_as(change: Callable[[dict[str, Any], dict[str, Any]], Any]) -> Edit:
    """Signed metadata made of other header and claims; what the function returns, unless it is nothing."""

    def put_other_signed_metadata(call: Call) -> None:
        put_signed_metadata(call)
        header, claims = {"alg": "HS256"}, {**call.answer, "iss": call.answer["issuer"]}
        del claims["signed_metadata"]
        made = change(header, claims)
        signature = call.answer["signed_metadata"].rpartition(".")[2]
        call.answer["signed_metadata"] = f"{encoded(header)}.{encoded(claims)}.{signature}" if made is None else made

    return replace("metadata", "put_signed_metadata", named("put_signed_metadata", put_other_signed_metadata))


def without_iss(header: dict[str, Any], claims: dict[str, Any]) -> None:
    """Nobody vouches."""
    del claims["iss"]


def nested(header: dict[str, Any], claims: dict[str, Any]) -> None:
    """The copy holds a copy."""
    claims["signed_metadata"] = "e30.e30."


def unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """Signing was left for later."""
    return f"{encoded({'alg': 'none'})}.{encoded(claims)}."


def as_json(header: dict[str, Any], claims: dict[str, Any]) -> dict[str, str]:
    """The JSON serialization."""
    return {"protected": encoded(header), "payload": encoded(claims), "signature": "AAAA"}


def as_text_of_json(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The JSON serialization in a text."""
    return json.dumps(as_json(header, claims))


def of_text(header: dict[str, Any], claims: dict[str, Any]) -> str:
    """The payload is no object."""
    return f"{encoded(header)}.{encoded('metadata')}.AAAA"


def put_keys_without_use(call: Call) -> None:
    """The key for encryption alone tells its use."""
    call.answer["keys"] = [
        {name: value for name, value in key.items() if name != "use" or value == "enc"} for key in KEYS
    ]


SIGNED = "metadata-signed"

DEFECTS = (
    Defect(
        name="metadata-appended-to-issuer",
        says="The metadata is behind the issuer's path, as OpenID Connect Discovery has it.",
        breaks=("rfc8414-3-document-at-inserted-path",),
        edits=(setting(metadata_path=f"/tenants/one{METADATA_PATH}"),),
        on="issuer-with-path",
    ),
    Defect(
        name="metadata-keeps-last-slash",
        says="The last slash of the issuer stands in the path of its metadata.",
        breaks=("rfc8414-3.1-last-slash-removed", "rfc8414-3-document-at-inserted-path"),
        edits=(setting(metadata_path=f"{METADATA_PATH}/"),),
        on="issuer-with-slash",
    ),
    Defect(
        name="metadata-of-first-issuer-everywhere",
        says="All issuers of a host are given the document of the first.",
        breaks=("rfc8414-3.3-issuer-identical",),
        edits=(replace("metadata", "put_issuer", put_first_issuer),),
        on="several-issuers",
    ),
    Defect(
        name="metadata-of-second-issuer-as-text",
        says="The metadata of a second issuer is served as text/plain.",
        breaks=("rfc8414-3.2-json-media-type",),
        edits=(replace("metadata", "render_metadata", second_as_text),),
        on="several-issuers",
    ),
    Defect(
        name="metadata-by-post-only",
        says="The metadata is answered by POST only.",
        breaks=("rfc8414-3.1-get-served", "rfc8414-3-document-at-inserted-path"),
        edits=(replace("metadata", "refuse_other_methods", allow_methods("POST")),),
    ),
    Defect(
        name="metadata-status-203",
        says="The metadata comes with the status 203.",
        breaks=("rfc8414-3.2-status-200",),
        edits=(rendered(to_status_203),),
    ),
    Defect(
        name="metadata-as-text",
        says="The metadata has the media type of a text.",
        breaks=("rfc8414-3.2-json-media-type",),
        edits=(rendered(to_text),),
    ),
    Defect(
        name="metadata-in-list",
        says="The metadata is a list of one document.",
        breaks=("rfc8414-3.2-json-object", "rfc8414-3-document-at-inserted-path"),
        edits=(rendered(into_list),),
    ),
    Defect(
        name="metadata-with-byte-order-mark",
        says="A byte order mark stands before the metadata.",
        breaks=("rfc8414-3.2-json-object",),
        edits=(rendered(behind_mark),),
    ),
    Defect(
        name="metadata-error-with-status-200",
        says="The metadata of an issuer that isn't there is an error with the status 200.",
        breaks=("rfc8414-3.2-error-status",),
        edits=(replace("not_found", "answer_not_found", answer_unknown_issuer),),
    ),
    Defect(
        name="metadata-keys-without-use",
        says="Beside a key for encryption, the key for signatures doesn't tell its use.",
        breaks=("rfc8414-2-use-of-keys-told",),
        edits=(replace("jwks", "put_keys", put_keys_without_use),),
        on="openid-provider-metadata",
    ),
    *(
        Defect(name=name, says=says, breaks=(f"rfc8414-{broken}",), edits=(signed_as(change),), on=SIGNED)
        for name, says, broken, change in (
            (
                "signed-metadata-without-iss",
                "Signed metadata doesn't say who vouches for it.",
                "2.1-signed-metadata-has-iss",
                without_iss,
            ),
            (
                "signed-metadata-nested",
                "Signed metadata holds signed metadata.",
                "2.1-signed-metadata-not-nested",
                nested,
            ),
            (
                "signed-metadata-unsigned",
                "Signed metadata has the algorithm none.",
                "2.1-signed-metadata-is-signed",
                unsigned,
            ),
            (
                "signed-metadata-is-object",
                "Signed metadata is a JSON object.",
                "2.1-signed-metadata-is-jwt",
                as_json,
            ),
            (
                "signed-metadata-in-json-serialization",
                "Signed metadata is a text in the JSON serialization.",
                "1.1-signed-metadata-compact",
                as_text_of_json,
            ),
            (
                "signed-metadata-of-text",
                "What signed metadata holds is no JSON object.",
                "2.1-signed-metadata-is-jwt",
                of_text,
            ),
        )
    ),
)
