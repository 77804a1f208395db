"""Conformant servers that name themselves in another way, or not at all (RFC 8414 and RFC 9207)."""

from ..pipeline import remove, setting
from ..variant import Variant

RESPONSES = ("authorization.code_response", "authorization.implicit_response", "authorization.redirect_error")

VARIANTS = (
    Variant(
        name="no-iss",
        says="Authorization responses don't name their issuer, and nothing says that they do.",
        edits=(*(remove(each, "put_issuer") for each in RESPONSES), remove("metadata", "put_issuer_parameter")),
        profile={"features": {"issuer_parameter": False}},
    ),
    Variant(
        name="iss-without-announcement-and-claim",
        says="Authorization responses name their issuer, which neither metadata nor profile says.",
        edits=(remove("metadata", "put_issuer_parameter"),),
        profile={"features": {"issuer_parameter": False}},
    ),
    Variant(
        name="issuer-with-path",
        says="The issuer has a path, in front of which its metadata is found.",
        edits=(setting(issuer_path="/tenants/one"),),
    ),
    Variant(
        name="issuer-with-slash",
        says="The issuer ends in a slash, in metadata and responses alike.",
        edits=(setting(issuer_path="/"),),
    ),
)
