"""Breaches of RFC 6749 section 10.14: input that is put into pages, headers and URIs as it came."""

from ..defect import Defect
from ..pipeline import Call, Response, Step, before, named, replace
from ..steps.authorization_response import show_error_page
from ..steps.consent import show_consent
from ..steps.sign_in import show_sign_in, show_sign_in_again

END = b"</main>"


def with_text(response: Response | None, text: str) -> Response | None:
    """Puts text into a page as it is."""
    if response is not None:
        response.body = response.body.replace(END, f"<p>{text}</p>".encode() + END)
    return response


def echoing(step: Step, parameter: str) -> Step:
    """A page that shows a parameter of the request, unescaped."""

    def echo(call: Call) -> Response | None:
        response = step(call)
        assert response is None or isinstance(response, Response)
        return with_text(response, call.parameters.get(parameter) or "")

    return named(step.__name__, echo)


def write_header(response: Response, name: str, text: str) -> None:
    """What a header comes to that is written as it is: after a line break, another one begins."""
    first, *others = text.encode().decode("latin-1").split("\r\n")
    response.headers.append((name, first))
    for line in others[: others.index("")] if "" in others else others:
        key, colon, value = line.partition(":")
        if colon:
            response.headers.append((key.strip(), value.strip()))


def redirect_with_raw_state(call: Call) -> Response:
    """Adds what is to be added as text."""
    uri = call.redirect_uri or ""
    text = "&".join(f"{name}={value}" for name, value in call.answer.items())
    response = Response(call.server.settings.redirect_status)
    write_header(response, "Location", f"{uri}{'&' if '?' in uri else '?'}{text}")
    return response


def echo_state(call: Call) -> None:
    """Helps developers to follow a request through the logs."""
    if call.state is not None:
        write_header(call.response, "X-Request-State", call.state)


def link_back(call: Call) -> Response | None:
    """Offers the way back, wherever it leads."""
    uri = (call.parameters.get("redirect_uri") or "").replace('"', "&quot;").replace("<", "&lt;")
    return with_text(show_error_page(call), f'<a href="{uri}">Back</a>')


def note_grant_type(call: Call) -> None:
    """Helps to find out who uses what."""
    write_header(call.response, "X-Grant-Type", call.grant_type)


DEFECTS = (
    Defect(
        name="state-on-consent-page-unescaped",
        says="The consent page shows `state` as it came.",
        breaks=("rfc6749-10.14-hostile-state-harmless",),
        edits=(replace("consent", "show_consent", echoing(show_consent, "state")),),
    ),
    Defect(
        name="state-unencoded-in-redirect",
        says="`state` goes into the redirect's URI as it came.",
        breaks=("rfc6749-10.14-hostile-state-harmless",),
        edits=(replace("authorization.code_response", "redirect_with_query", redirect_with_raw_state),),
    ),
    Defect(
        name="state-in-header",
        says="`state` is repeated in a header, line breaks and all.",
        breaks=("rfc6749-10.14-hostile-state-harmless",),
        edits=(before("authorization.finish", "forbid_caching", echo_state),),
    ),
    Defect(
        name="redirect-uri-on-error-page-unescaped",
        says="The page about a bad redirection URI shows it as it came.",
        breaks=("rfc6749-10.14-hostile-redirect-uri-harmless",),
        edits=(replace("authorization.page_error", "show_error_page", echoing(show_error_page, "redirect_uri")),),
    ),
    Defect(
        name="redirect-uri-on-error-page-linked",
        says="The page about a bad redirection URI has a link there, be it a script.",
        breaks=("rfc6749-10.14-hostile-redirect-uri-harmless",),
        edits=(replace("authorization.page_error", "show_error_page", named("show_error_page", link_back)),),
    ),
    Defect(
        name="client-id-on-error-page-unescaped",
        says="The page about an unknown client shows its identifier as it came.",
        breaks=("rfc6749-10.14-hostile-page-input-harmless",),
        edits=(replace("authorization.page_error", "show_error_page", echoing(show_error_page, "client_id")),),
    ),
    Defect(
        name="login-hint-on-sign-in-page-unescaped",
        says="The sign-in page shows who is expected as it was told.",
        breaks=("rfc6749-10.14-hostile-page-input-harmless",),
        edits=(replace("authorization.sign_in", "show_sign_in", echoing(show_sign_in, "login_hint")),),
    ),
    Defect(
        name="user-name-on-sign-in-page-unescaped",
        says="The page after a failed sign-in shows the user name as it was typed.",
        breaks=("rfc6749-10.14-hostile-page-input-harmless",),
        edits=(replace("sign_in.error", "show_sign_in_again", echoing(show_sign_in_again, "username")),),
    ),
    Defect(
        name="grant-type-in-header",
        says="The token endpoint repeats the grant type in a header, line breaks and all.",
        breaks=("rfc6749-10.14-hostile-token-request-harmless",),
        edits=(before("token.finish", "forbid_caching", note_grant_type),),
    ),
)
