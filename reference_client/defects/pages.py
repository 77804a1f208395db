"""Mistakes at the client's own redirection endpoint (RFC 6749 sections 3.1.2.5, 10.14 and 10.15)."""

from ..defect import Defect
from ..pipeline import Login, after, remove, setting

SCRIPT = '<script src="https://analytics.example/counter.js"></script></html>'


def add_script(login: Login) -> None:
    """Counts visitors."""
    login.page = login.page.replace("</html>", SCRIPT)


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
)
