"""Breaches of RFC 6749 sections 3.1.2.3 and 4.1.3: redirect URIs that are compared as patterns, or with forgiveness."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from ..defect import Defect
from ..pipeline import Call, Edit, named, replace
from ..steps.grant_authorization_code import invalid_grant
from .redirection import matching

Match = Callable[[str, str], bool]
AS_STRING = "rfc6749-3.1.2.3-full-uri-compared-as-string"
AT_EXCHANGE = "rfc6749-4.1.3-redirect-uri-identical"


def as_regular_expression(sent: str, registered: str) -> bool:
    """Whether a URI fits a registered one that is read as a regular expression."""
    return sent == registered or re.fullmatch(registered, sent) is not None


def as_database_pattern(sent: str, registered: str) -> bool:
    """Whether a URI is LIKE a registered one: an underscore is any character, a percent sign any text."""
    pattern = re.escape(registered).replace("_", ".").replace("%", ".*")
    return re.fullmatch(pattern, sent) is not None


def but_for_a_misprint(part: str = "") -> Match:
    """Whether a URI differs from a registered one in one character, of one part or anywhere."""

    def is_close(sent: str, registered: str) -> bool:
        """Forgives a misprint."""
        one, other = urlsplit(sent), urlsplit(registered)
        same_elsewhere = not part or one._replace(**{part: ""}) == other._replace(**{part: ""})
        misprints = sum(a != b for a, b in zip(sent, registered, strict=False))
        return len(sent) == len(registered) and same_elsewhere and misprints <= 1

    return is_close


def exchanging(matches: Match) -> Edit:
    """Another way to compare the URI of a code exchange with that of its authorization request."""

    def check_redirect_uri_otherwise(call: Call) -> None:
        """Not identical, and near enough."""
        sent, expected = call.parameters.get("redirect_uri"), call.code.redirect_uri
        if sent is not None and expected is not None and not matches(sent, expected):
            raise invalid_grant("The redirect_uri parameter differs from the authorization request.")

    edited = named("check_redirect_uri", check_redirect_uri_otherwise)
    return replace("grant.authorization_code", "check_redirect_uri", edited)


DEFECTS = (
    Defect(
        name="redirect-uri-is-a-regular-expression",
        says="A registered redirect URI is taken for a regular expression: its dots stand for any character.",
        breaks=(AS_STRING,),
        edits=(matching("match_redirect_uri", as_regular_expression),),
    ),
    Defect(
        name="redirect-uri-is-a-database-pattern",
        says="A registered redirect URI is looked for by LIKE: its underscores and percent signs stand for others.",
        breaks=(AS_STRING,),
        edits=(matching("match_redirect_uri", as_database_pattern),),
    ),
    *(
        Defect(
            name=f"redirect-uri-misprint-in-{name}",
            says=f"A redirect URI may differ from a registered one in one character of its {name}.",
            breaks=(AS_STRING,),
            edits=(matching("match_redirect_uri", but_for_a_misprint(part)),),
        )
        for name, part in (("scheme", "scheme"), ("host", "netloc"), ("path", "path"), ("query", "query"))
    ),
    Defect(
        name="exchanged-redirect-uri-is-a-regular-expression",
        says="The redirect URI of a code exchange is held against that of the request as a regular expression.",
        breaks=(AT_EXCHANGE,),
        edits=(exchanging(as_regular_expression),),
    ),
    Defect(
        name="exchanged-redirect-uri-with-a-misprint",
        says="The redirect URI of a code exchange may differ from that of the request in one character.",
        breaks=(AT_EXCHANGE,),
        edits=(exchanging(but_for_a_misprint()),),
    ),
)
