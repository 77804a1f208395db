"""What can be wrong with the page that a client's own listener answers with; each returns what was seen, or nothing."""

from __future__ import annotations

from urllib.parse import parse_qsl

from lxml import html

from conformance.base.uris import origin_of, urlsplit
from conformance.clients.login_browser import Page

CREDENTIALS = ("code", "access_token", "id_token")


def scripts_of_others(page: Page) -> str:
    """RFC 6749 section 3.1.2.5: scripts that come from another place than the client's."""
    sources = [source for source in _sources(page.text) if "//" in source.partition("?")[0]]
    foreign = [source for source in sources if origin_of(source) != origin_of(page.url)]
    return f"a script from {foreign[0]}" if foreign else ""


def foreign_content(page: Page) -> str:
    """RFC 9700 section 4.2.4: what is loaded from another host, or links to one."""
    if not page.text.strip():
        return ""
    places = [str(place) for _, _, place, _ in html.fromstring(page.text).iterlinks()]
    foreign = [place for place in places if "//" in place.partition("?")[0] and origin_of(place) != origin_of(page.url)]
    return f"a reference to {foreign[0]}" if foreign else ""


def credentials_in_page(page: Page) -> str:
    """RFC 6749 section 3.1.2.5: what came in the URI, still in it when the page is shown."""
    parts = urlsplit(page.leads_to or page.url)
    held = [name for name, _ in parse_qsl(parts.query) + parse_qsl(parts.fragment) if name in CREDENTIALS]
    return f"{held[0]} in the address of the page" if held else ""


def leads_elsewhere(page: Page) -> str:
    """RFC 6749 section 10.15: a redirect to a place that somebody else has chosen."""
    return f"a redirect to {page.leads_to}" if urlsplit(page.leads_to).hostname == "elsewhere.example" else ""


def holds_markup(page: Page) -> str:
    """RFC 6749 section 10.14: text of the server that became elements of the page."""
    if not page.text.strip():
        return ""
    tree = html.fromstring(page.text)
    scripts = [each for each in tree.iter("script") if "from the server" in (each.text or "")]
    images = [each for each in tree.iter("img") if each.get("onerror")]
    return "a script that came as the text of an error" if scripts or images else ""


def _sources(text: str) -> list[str]:
    return (
        [str(each.get("src")) for each in html.fromstring(text).iter("script") if each.get("src")]
        if text.strip()
        else []
    )
