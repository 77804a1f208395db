"""Breaches of RFC 9700 sections 4.2, 4.4, 4.13 and 4.16: pages, what their headers say, and names of the server."""

from collections.abc import Callable

from ..pipeline import Call, Edit, Step, before, named, remove, replace
from ..rendering import content_security_policy
from ..steps.metadata import put_endpoints
from ..steps.transport import hide_referrer, restrict_content
from ..variants.security import allow_styles_only
from .bcp import bcp
from .conditions import Condition, only

PREVENTED, POLICY = "4.16-clickjacking-prevented", "4.16-policy-restricts-framing"
EVERYWHERE, COMBINED = "4.16-policy-on-every-page", "4.16-combined-with-header"
FOREIGN, REFERRER = "4.2.4-pages-load-nothing-foreign", "4.2.4-referrer-suppressed"
ISSUER, PROXY = "4.4.2.1-issuer-in-response", "4.13-proxy-sanitizes-headers"
PAGES = ("authorization", "sign_in")
STRANGER = "https://static.other.example"


def everywhere(make: Callable[[str], Edit]) -> tuple[Edit, ...]:
    """An edit of each list of page headers."""
    return tuple(make(f"{name}.finish") for name in PAGES)


def is_error(call: Call) -> bool:
    """The page tells of an error."""
    return call.response.status >= 400


def is_no_error(call: Call) -> bool:
    """The page asks something."""
    return not is_error(call)


def allow_frames_of_anybody(call: Call) -> None:
    """Names who may frame the page: everybody."""
    policy = content_security_policy().replace("frame-ancestors 'none'", "frame-ancestors *")
    call.response.put("Content-Security-Policy", policy)


def report_framing_alone(call: Call) -> None:
    """Watches, and forbids nothing."""
    call.response.put("Content-Security-Policy-Report-Only", content_security_policy())


def allow_framing_from(call: Call) -> None:
    """Uses a value that browsers have given up."""
    call.response.put("X-Frame-Options", "ALLOW-FROM https://client.example")


def add(markup: str) -> Step:
    """A piece of a site's general template."""

    def add_markup(call: Call) -> None:
        if b"<main" in call.response.body:
            call.response.body = call.response.body.replace(b"</main>", f"{markup}</main>".encode())

    return add_markup


def with_markup(markup: str, on_errors: bool | None = None) -> tuple[Edit, ...]:
    """Pages with something more in them."""
    step = add(markup)
    conditions: dict[bool | None, Condition] = {None: lambda call: True, True: is_error, False: is_no_error}
    return everywhere(lambda name: before(name, "forbid_caching", only(conditions[on_errors], step)))


def tell_url(call: Call) -> None:
    """Lets other sites know where people come from."""
    call.response.put("Referrer-Policy", "unsafe-url")


def put_other_issuer(call: Call) -> None:
    """Calls itself by another name than the metadata does."""
    call.answer["iss"] = call.server.settings.issuer + "/oauth"


def put_forwarded_endpoints(name: bytes) -> Step:
    """Builds URLs from the host that a header names."""

    def put_endpoints_of_host(call: Call) -> None:
        put_endpoints(call)
        host = (call.header(name) or "").rpartition("host=")[2].partition(";")[0].strip("/")
        if host:
            call.answer["token_endpoint"] = f"https://{host}/oauth/token"

    return named("put_endpoints", put_endpoints_of_host)


def put_forwarded_prefix(call: Call) -> None:
    """Believes which path stands in front of its own."""
    put_endpoints(call)
    prefix = call.header(b"x-forwarded-prefix")
    if prefix:
        call.answer["token_endpoint"] = f"{call.server.settings.issuer}{prefix}/oauth/token"


def name_forwarded(name: str) -> Step:
    """Names the page's own place, as somebody says that it is."""

    def name_place(call: Call) -> None:
        told = call.header(name.lower().encode())
        if told:
            host = told.rpartition("host=")[2].partition(";")[0].strip("/")
            call.response.put("Link", f'<https://{host}/oauth/authorize>; rel="canonical"')

    return name_place


RESPONSES = ("authorization.code_response", "authorization.redirect_error")
BY_HEADER = ("X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host", "X-Host", "Forwarded")

DEFECTS = (
    bcp(
        "frames-allowed",
        "Nothing keeps pages out of frames.",
        (PREVENTED, POLICY, EVERYWHERE, COMBINED),
        *everywhere(lambda name: remove(name, "forbid_framing")),
        *everywhere(lambda name: replace(name, "restrict_content", named("restrict_content", allow_styles_only))),
    ),
    bcp(
        "frames-allowed-to-anybody",
        "The policy allows everybody to frame pages, and no header stands beside.",
        (PREVENTED, POLICY, EVERYWHERE, COMBINED),
        *everywhere(lambda name: remove(name, "forbid_framing")),
        *everywhere(lambda name: replace(name, "restrict_content", named("restrict_content", allow_frames_of_anybody))),
    ),
    bcp(
        "frames-forbidden-by-header-alone",
        "The policy says nothing of frames.",
        (POLICY, EVERYWHERE),
        *everywhere(lambda name: replace(name, "restrict_content", named("restrict_content", allow_styles_only))),
    ),
    bcp(
        "policy-reports-alone",
        "The policy about frames is one that only reports.",
        (POLICY, EVERYWHERE),
        *everywhere(lambda name: replace(name, "restrict_content", named("restrict_content", report_framing_alone))),
    ),
    bcp(
        "frames-forbidden-by-policy-alone",
        "Pages have no X-Frame-Options.",
        (COMBINED,),
        *everywhere(lambda name: remove(name, "forbid_framing")),
    ),
    bcp(
        "frame-header-given-up",
        "X-Frame-Options has a value that browsers have given up.",
        (COMBINED,),
        *everywhere(lambda name: replace(name, "forbid_framing", named("forbid_framing", allow_framing_from))),
    ),
    bcp(
        "error-pages-framed",
        "Error pages have no policy.",
        (EVERYWHERE,),
        *everywhere(lambda name: replace(name, "restrict_content", only(is_no_error, restrict_content))),
    ),
    bcp(
        "pages-with-analytics",
        "Pages run a script of another host.",
        (FOREIGN,),
        *with_markup(f'<img src="{STRANGER}/pixel.gif" alt="">'),
    ),
    bcp(
        "pages-with-links",
        "Pages that ask link to another site.",
        (FOREIGN,),
        *with_markup(f'<a href="{STRANGER}/help">Help</a>', False),
    ),
    bcp(
        "error-pages-with-fonts",
        "Error pages load fonts from another host.",
        (FOREIGN,),
        *with_markup(f'<link rel="stylesheet" href="{STRANGER}/fonts.css">', True),
    ),
    bcp(
        "error-pages-with-imported-styles",
        "The style sheet in error pages imports one of another host.",
        (FOREIGN,),
        *with_markup(f"<style>@import url({STRANGER}/fonts.css);</style>", True),
    ),
    bcp(
        "referrer-untouched",
        "Pages say nothing of the Referer header.",
        (REFERRER,),
        *everywhere(lambda name: remove(name, "hide_referrer")),
    ),
    bcp(
        "referrer-told",
        "Pages have their whole URL told to other sites.",
        (REFERRER,),
        *everywhere(lambda name: replace(name, "hide_referrer", named("hide_referrer", tell_url))),
    ),
    bcp(
        "referrer-of-error-pages",
        "Error pages say nothing of the Referer header.",
        (REFERRER,),
        *everywhere(lambda name: replace(name, "hide_referrer", only(is_no_error, hide_referrer))),
    ),
    bcp(
        "referrer-of-asking-pages",
        "Pages that ask say nothing of the Referer header.",
        (REFERRER,),
        *everywhere(lambda name: replace(name, "hide_referrer", only(is_error, hide_referrer))),
    ),
    bcp(
        "issuer-missing",
        "Responses with a code don't name the issuer.",
        (ISSUER,),
        remove("authorization.code_response", "put_issuer"),
    ),
    bcp(
        "issuer-missing-in-errors",
        "Error responses don't name the issuer.",
        (ISSUER,),
        remove("authorization.redirect_error", "put_issuer"),
    ),
    bcp(
        "issuer-missing-beside-tokens",
        "Implicit responses don't name the issuer.",
        (ISSUER,),
        remove("authorization.implicit_response", "put_issuer"),
        on="bcp-implicit-served",
    ),
    bcp(
        "issuer-of-another-name",
        "Responses name another issuer than the metadata.",
        (ISSUER,),
        *(replace(name, "put_issuer", named("put_issuer", put_other_issuer)) for name in RESPONSES),
    ),
    *(
        bcp(
            f"{name.lower()}-believed",
            f"The metadata names the host that {name} says.",
            (PROXY,),
            replace("metadata", "put_endpoints", put_forwarded_endpoints(name.lower().encode())),
        )
        for name in BY_HEADER
    ),
    bcp(
        "x-forwarded-prefix-believed",
        "The metadata names the path that X-Forwarded-Prefix says.",
        (PROXY,),
        replace("metadata", "put_endpoints", named("put_endpoints", put_forwarded_prefix)),
    ),
    *(
        bcp(
            f"page-names-{name.lower()}",
            f"A page says that it stands where {name} says.",
            (PROXY,),
            before("authorization.finish", "forbid_caching", name_forwarded(name)),
        )
        for name in (*BY_HEADER, "X-Forwarded-Prefix")
    ),
)
