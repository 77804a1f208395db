"""Breaches of RFC 6749 sections 1.7 and 3.1.2: which redirect URIs are taken, and how the user agent gets there."""

from collections.abc import Callable
from urllib.parse import unquote, urlencode, urljoin, urlsplit

from ..defect import Defect
from ..errors import OAuthError
from ..pipeline import Call, Edit, Response, before, named, remove, replace
from ..rendering import message
from ..steps.authorization_request import choose_redirect_uri, match_redirect_uri
from ..steps.authorization_response import redirect, redirect_error, redirect_with_query

STATE_WIDTH = 80
VALIDATE = "authorization.validate_client"
CODE = "authorization.code_response"


def matching(name: str, matches: Callable[[str, str], bool]) -> Edit:
    """Another way to compare the URI that came (first) with a registered one (second)."""

    def match_redirect_uri_otherwise(call: Call) -> None:
        """Not the simple string comparison of section 3.1.2.3."""
        sent = call.parameters.get("redirect_uri")
        if sent is not None and not any(matches(sent, uri) for uri in call.client.redirect_uris):
            raise OAuthError("invalid_request", "The redirect_uri parameter is not one of the client's.")

    return replace(VALIDATE, "match_redirect_uri", named(name, match_redirect_uri_otherwise))


def free_for(applies: Callable[[Call], bool]) -> Edit:
    """Some requests may name any redirect URI."""

    def match_redirect_uri_of_others(call: Call) -> None:
        """These requests aren't held against the registration."""
        if not applies(call):
            match_redirect_uri(call)

    return replace(VALIDATE, "match_redirect_uri", match_redirect_uri_of_others)


def for_code(call: Call) -> bool:
    """A confidential client's request for a code."""
    return call.client.confidential and call.parameters.get("response_type") == "code"


def redirect_to_web_only(call: Call) -> Response:
    """Builds web addresses, and leaves others as they are."""
    uri = call.redirect_uri or ""
    return redirect_with_query(call) if uri.startswith("http") else redirect(call, uri)


def end_on_page(call: Call) -> Response:
    """The owner said no, so nothing is left to do."""
    return message(200, "Nothing was allowed", "You can close this page.")


def choose_first_redirect_uri(call: Call) -> None:
    """The first one in the list is the client's redirect URI."""
    call.redirect_uri = call.client.redirect_uris[0]


def choose_front_page(call: Call) -> None:
    """Without a redirect URI in the request the client's front page has to do."""
    choose_redirect_uri(call)
    if call.parameters.get("redirect_uri") is None:
        call.redirect_uri = urljoin(call.redirect_uri or "", "/")


def resolve_redirect_uri(call: Call) -> None:
    """A relative URI is relative to the registered one, as in a page."""
    call.redirect_uri = urljoin(call.client.redirect_uris[0], call.parameters.get("redirect_uri") or "")


def choose_without_fragment(call: Call) -> None:
    """A fragment is for browsers."""
    choose_redirect_uri(call)
    call.redirect_uri = (call.redirect_uri or "").partition("#")[0]


def choose_registered_equivalent(call: Call) -> None:
    """Of two ways to write a URI the registered one is used."""
    sent = call.parameters.get("redirect_uri")
    same = (uri for uri in call.client.redirect_uris if sent is not None and normalized(sent) == normalized(uri))
    call.redirect_uri = next(same, None) or call.client.redirect_uris[0]


def normalized(uri: str) -> str:
    """RFC 3986 section 6.2.2 and 6.2.3: letter case, escapes, dot segments, default port."""
    parts = urlsplit(uri)
    path = urlsplit(urljoin("http://x/", unquote(parts.path))).path
    return parts._replace(netloc=parts.netloc.lower().removesuffix(":443"), path=path).geturl()


def within_host(sent: str, registered: str) -> bool:
    """Whether a URI differs from a registered one by a subdomain at most."""
    one, other = urlsplit(sent), urlsplit(registered)
    rest = sent.replace(one.netloc, other.netloc, 1)
    return rest == registered and (one.netloc == other.netloc or one.netloc.endswith(f".{other.netloc}"))


def resolves_to(sent: str, registered: str) -> bool:
    """Whether a URI is the registered one, or a relative one that leads there."""
    return sent == registered or (":" not in sent and urljoin(registered, sent) == registered)


def refuse_escapes(call: Call) -> None:
    """Takes the percent sign for an attempt at something."""
    if "%" in (call.parameters.get("redirect_uri") or ""):
        raise OAuthError("invalid_request", "The redirect_uri parameter is malformed.")


def refuse_other_schemes(call: Call) -> None:
    """Redirect URIs are web addresses."""
    if not (call.parameters.get("redirect_uri") or "http").startswith("http"):
        raise OAuthError("invalid_request", "The redirect_uri parameter is malformed.")


def replacing_query(call: Call) -> Response:
    """Builds the query anew."""
    uri = (call.redirect_uri or "").partition("?")[0]
    return redirect(call, f"{uri}?{urlencode(call.answer)}")


def replacing_query_of_errors(call: Call) -> Response:
    """Builds the query anew where an error goes into it."""
    return redirect_error(call) if call.response_type == "token" else replacing_query(call)


def behind_a_second_question_mark(call: Call) -> Response:
    """Puts errors together as text, for redirect URIs without a query."""
    if call.response_type == "token":
        return redirect_error(call)
    return redirect(call, f"{call.redirect_uri}?{urlencode(call.answer)}")


def decoding_query(call: Call) -> Response:
    """Decodes the query and puts it back as text."""
    path, _, query = (call.redirect_uri or "").partition("?")
    return redirect(call, f"{path}?{unquote(query)}{'&' if query else ''}{urlencode(call.answer)}")


def cut_state(call: Call) -> None:
    """Keeps the state in a column that is too narrow for some."""
    call.state = call.state and call.state[:STATE_WIDTH]


def blank_page(call: Call) -> Response:
    """The status says it all."""
    return Response(call.error.status, headers=list(call.error.headers))


DEFECTS = (
    Defect(
        name="application-gets-no-parameters",
        says="To redirect URIs with a scheme of their own no parameters are added.",
        breaks=("rfc6749-1.7-user-agent-arrives",),
        edits=(replace(CODE, "redirect_with_query", redirect_to_web_only),),
    ),
    Defect(
        name="denial-ends-here",
        says="Who declines stays on a page of the server.",
        breaks=("rfc6749-3.1.2-user-agent-returns-to-client",),
        edits=(replace("decline", "deny", end_on_page),),
    ),
    Defect(
        name="first-redirect-uri-always",
        says="Responses go to the redirect URI that was registered first, whichever the request named.",
        breaks=(
            "rfc6749-3.1.2-query-retained-on-error",
            "rfc6749-3.1.2-query-retained-on-success",
            "rfc6749-3.1.2-uri-of-the-request-used",
        ),
        edits=(replace(VALIDATE, "choose_redirect_uri", choose_first_redirect_uri),),
    ),
    Defect(
        name="front-page-by-default",
        says="A request without redirect_uri is answered at the front page of the client's site.",
        breaks=("rfc6749-3.1.2-registered-uri-used",),
        edits=(replace(VALIDATE, "choose_redirect_uri", choose_front_page),),
    ),
    Defect(
        name="relative-redirect-uri-resolved",
        says="A relative redirect URI is resolved against the registered one.",
        breaks=("rfc6749-3.1.2-relative-uri-refused",),
        edits=(
            matching("match_resolved_uri", resolves_to),
            replace(VALIDATE, "choose_redirect_uri", resolve_redirect_uri),
        ),
    ),
    Defect(
        name="redirect-uri-with-escapes-refused",
        says="A redirect URI with percent-encoded characters is refused, though it is registered.",
        breaks=("rfc6749-3.1.2-uri-with-query-served",),
        blocks=("rfc6749-3.1.2-query-retained-on-success",),
        edits=(before(VALIDATE, "match_redirect_uri", refuse_escapes),),
    ),
    Defect(
        name="query-of-redirect-uri-dropped",
        says="A code response drops the query of the redirect URI.",
        breaks=("rfc6749-3.1.2-query-retained-on-success", "rfc6749-3.1.2-uri-of-the-request-used"),
        edits=(replace(CODE, "redirect_with_query", replacing_query),),
    ),
    Defect(
        name="query-of-redirect-uri-decoded",
        says="A code response decodes the query of the redirect URI, so that values with special characters break.",
        breaks=("rfc6749-3.1.2-query-retained-on-success",),
        edits=(replace(CODE, "redirect_with_query", decoding_query),),
    ),
    Defect(
        name="query-of-redirect-uri-dropped-by-errors",
        says="An error response drops the query of the redirect URI.",
        breaks=("rfc6749-3.1.2-query-retained-on-error",),
        edits=(replace("authorization.redirect_error", "redirect_error", replacing_query_of_errors),),
    ),
    Defect(
        name="errors-behind-a-second-question-mark",
        says="An error is appended with a question mark, also where the redirect URI has a query already.",
        breaks=("rfc6749-3.1.2-query-retained-on-error",),
        edits=(replace("authorization.redirect_error", "redirect_error", behind_a_second_question_mark),),
    ),
    Defect(
        name="fragment-of-redirect-uri-ignored",
        says="A fragment in the redirect URI doesn't count in the comparison.",
        breaks=("rfc6749-3.1.2-uri-with-fragment-refused",),
        edits=(
            matching("match_without_fragment", lambda sent, uri: sent.partition("#")[0] == uri),
            replace(VALIDATE, "choose_redirect_uri", choose_without_fragment),
        ),
    ),
    Defect(
        name="insecure-endpoint-not-warned-of",
        says="The owner isn't told that a redirect URI has no TLS.",
        breaks=("rfc6749-3.1.2.1-insecure-endpoint-warned-of",),
        edits=(remove("consent", "warn_of_insecure_endpoint"),),
    ),
    Defect(
        name="public-client-needs-no-registered-uri",
        says="Public clients may name any redirect URI.",
        breaks=("rfc6749-3.1.2.2-public-client-registers-uri",),
        edits=(free_for(lambda call: not call.client.confidential),),
    ),
    Defect(
        name="request-by-post-needs-no-registered-uri",
        says="A request by POST may name any redirect URI; a decision may not.",
        breaks=("rfc6749-3.1.2.4-no-redirect-to-invalid-uri",),
        edits=(free_for(lambda call: call.method == "POST" and call.decision.get("decision") is None),),
    ),
    Defect(
        name="implicit-client-needs-no-registered-uri",
        says="For an implicit grant confidential clients may name any redirect URI.",
        breaks=("rfc6749-3.1.2.2-implicit-client-registers-uri",),
        edits=(free_for(lambda call: call.client.confidential and not for_code(call)),),
    ),
    Defect(
        name="code-client-needs-no-registered-uri",
        says="For a code confidential clients may name any redirect URI.",
        breaks=(
            "rfc6749-2.2-identifier-stands-for-its-registration",
            "rfc6749-3.1.2-relative-uri-refused",
            "rfc6749-3.1.2-uri-with-fragment-refused",
            "rfc6749-3.1.2.2-complete-uri-registered",
            "rfc6749-3.1.2.2-every-client-registers-uri",
            "rfc6749-3.1.2.2-scheme-authority-path-fixed",
            "rfc6749-3.1.2.3-full-uri-compared-as-string",
            "rfc6749-3.1.2.3-unmatched-uri-refused",
            "rfc6749-3.1.2.4-no-redirect-to-invalid-uri",
        ),
        edits=(free_for(for_code),),
    ),
    Defect(
        name="query-of-redirect-uri-not-compared",
        says="The query of the redirect URI doesn't count in the comparison.",
        breaks=("rfc6749-3.1.2.2-complete-uri-registered", "rfc6749-3.1.2.4-no-redirect-to-invalid-uri"),
        edits=(matching("match_without_query", lambda sent, uri: sent.partition("?")[0] == uri.partition("?")[0]),),
    ),
    Defect(
        name="state-cut",
        says="Of a state only the first 80 characters come back.",
        breaks=("rfc6749-3.1.2.2-state-carries-customization",),
        edits=(before("authorization.validate_request", "read_response_type", cut_state),),
    ),
    Defect(
        name="subdomain-of-redirect-uri-accepted",
        says="Any subdomain of the registered host is as good as the host.",
        breaks=("rfc6749-3.1.2.2-scheme-authority-path-fixed", "rfc6749-3.1.2.4-no-redirect-to-invalid-uri"),
        edits=(matching("match_subdomain", within_host),),
    ),
    Defect(
        name="redirect-uri-compared-by-beginning",
        says="A redirect URI is accepted if it begins with a registered one.",
        breaks=(
            "rfc6749-3.1.2-uri-with-fragment-refused",
            "rfc6749-3.1.2.2-complete-uri-registered",
            "rfc6749-3.1.2.2-scheme-authority-path-fixed",
            "rfc6749-3.1.2.4-no-redirect-to-invalid-uri",
        ),
        edits=(matching("match_beginning", str.startswith),),
    ),
    Defect(
        name="application-redirect-uri-refused",
        says="A redirect URI with a scheme of its own is refused, though it is registered.",
        breaks=("rfc6749-3.1.2.2-each-registered-uri-served",),
        blocks=("rfc6749-1.7-user-agent-arrives",),
        edits=(before(VALIDATE, "match_redirect_uri", refuse_other_schemes),),
    ),
    Defect(
        name="redirect-uri-compared-after-normalization",
        says="Redirect URIs are normalized before they are compared.",
        breaks=("rfc6749-3.1.2.3-full-uri-compared-as-string",),
        edits=(
            matching("match_normalized", lambda sent, uri: normalized(sent) == normalized(uri)),
            replace(VALIDATE, "choose_redirect_uri", choose_registered_equivalent),
        ),
    ),
    Defect(
        name="bad-redirect-uri-told-there",
        says="That a redirect URI is not registered is told to that very URI.",
        breaks=("rfc6749-3.1.2.4-no-redirect-to-invalid-uri", "rfc6749-3.1.2.4-resource-owner-informed"),
        edits=(before(VALIDATE, "match_redirect_uri", choose_redirect_uri),),
    ),
    Defect(
        name="blank-error-page",
        says="What is wrong with a client or redirect URI is told by the status alone.",
        breaks=("rfc6749-3.1.2.4-resource-owner-informed",),
        edits=(replace("authorization.page_error", "show_error_page", blank_page),),
    ),
)
