"""Conformant servers that offer sign-in at an external provider in another way, or not at all."""

import re
from html import escape, unescape
from urllib.parse import urlencode

from ..pipeline import Call, after, remove, replace, setting
from ..steps import federation, transport
from ..variant import Variant

FORM = re.compile(
    r'<form method="post" action="/sign_in/external">.*?name="authorization_request" value="([^"]*)">\s*'
    r'<button type="submit">([^<]*)</button>\s*</form>',
    re.S,
)


def put_link_for_button(call: Call) -> None:
    """A link to the provider, as many sign-in pages have it."""

    def link(form: re.Match[str]) -> str:
        query = urlencode({"authorization_request": unescape(form.group(1))})
        return f'<p><a href="/sign_in/external?{escape(query)}">{form.group(2)}</a></p>'

    call.response.body = FORM.sub(link, call.response.body.decode()).encode()


VARIANTS = (
    Variant(
        name="no-external-provider",
        says="Users sign in here only.",
        edits=(setting(external_provider=None),),
    ),
    Variant(
        name="external-provider-by-link",
        says="A link leads to the external provider.",
        edits=(
            after("authorization.finish", "restrict_content", put_link_for_button),
            replace("federation", "refuse_other_methods", transport.allow_methods("GET", "HEAD")),
            replace("federation", "read_form", federation.read_callback),
            remove("federation", "require_csrf_token"),
        ),
    ),
    Variant(
        name="external-refusal-on-page",
        says="A refused sign-in at the external provider ends on a page; the client hears nothing of it.",
        edits=(remove("federation.callback.error", "tell_client"),),
    ),
    Variant(
        name="external-provider-without-issuer",
        says="The external provider doesn't name itself in its answers, as RFC 9207 lets it.",
        edits=(setting(external_provider_names_itself=False),),
        changes={"documented-flow-5-other-issuer-no-code": "vacuous"},
    ),
)
