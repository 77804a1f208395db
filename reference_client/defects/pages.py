"""Mistakes at the client's own redirection endpoint (RFC 6749 sections 3.1.2.5, 10.14 and 10.15)."""

from ..defect import Defect
from ..pipeline import Login, after, remove, replace, setting
from ..steps.pages import escape_message
from .conditions import unless

SCRIPT = '<script src="https://analytics.example/counter.js"></script></html>'


def add_script(login: Login) -> None:
    """Counts visitors."""
    login.page = login.page.replace("</html>", SCRIPT)


def quote_state(login: Login) -> None:
    """So that whoever knows what a state is can compare."""
    escape_message(login)
    login.message += f" (state: {login.parameter('state')})"


def has_sent(login: Login) -> bool:
    """The login came to its code exchange."""
    return login.parameter("code") is not None


DEFECTS = (
    Defect(
        name="page-unescaped",
        says="The text of an error is put into the page as it came.",
        breaks=("rfc6749-10.14-client-sanitizes-input",),
        edits=(remove("refused", "escape_message"),),
        command=True,
    ),
    Defect(
        name="page-at-redirect-uri",
        says="The page is shown where the URI still holds the code.",
        breaks=("rfc6749-3.1.2.5-credentials-moved-out-of-uri",),
        edits=(setting(page_at_once=True),),
        command=True,
    ),
    Defect(
        name="third-party-script-at-redirect-uri",
        says="The page, shown where the URI still holds the code, runs a third party's script.",
        breaks=(
            "rfc6749-3.1.2.5-no-third-party-scripts",
            "rfc6749-3.1.2.5-credentials-moved-out-of-uri",
        ),
        edits=(
            setting(page_at_once=True),
            after("refused", "render_page", add_script),
            after("succeeded", "render_page", add_script),
        ),
        command=True,
    ),
    Defect(
        name="open-redirector",
        says="The redirection endpoint sends the user agent to wherever a parameter says.",
        breaks=("rfc6749-10.15-client-no-open-redirector",),
        edits=(setting(forwards_by="next"),),
        command=True,
    ),
    Defect(
        name="state-quoted-in-page",
        says="The page quotes the state that didn't fit, as it came.",
        breaks=("rfc6749-10.14-client-sanitizes-input",),
        edits=(replace("refused", "escape_message", quote_state),),
        command=True,
    ),
    Defect(
        name="token-error-unescaped",
        says="The text of the token endpoint's error is put into the page as it came.",
        breaks=("rfc6749-10.14-client-sanitizes-input",),
        edits=(replace("refused", "escape_message", unless(has_sent, escape_message)),),
        command=True,
    ),
)
