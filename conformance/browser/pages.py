"""Reads HTML pages as a user agent does: forms, buttons, links, and every mechanism that moves it elsewhere."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError, XPath

from conformance.base.uris import urljoin
from conformance.browser import words
from conformance.browser.forms import SUBMITTING, TYPED, Button, Control, Form, button_of
from conformance.wire.exchange import Reply

SCRIPTED = re.compile(
    r"""location(?:\.href)?\s*=\s*["']([^"']+)["'](\s*\+)?|location\.(?:replace|assign)\(\s*["']([^"']+)["'](\s*\+)?"""
)
TEXT = XPath("//text()[not(parent::script or parent::style or parent::noscript or parent::template)]")
HANDLERS = XPath("//@*[starts-with(name(), 'on')]")
SELF_SUBMITTING = re.compile(r"\.submit\(\s*\)|requestSubmit\(")
# What a browser with scripts can press, and the method of what it then sends: whatever the script likes.
PRESSED = (*SUBMITTING, "button")
BY_SCRIPT = "SCRIPT"
# How a browser driver marks the controls of a page that it has rendered (with their number, and those that nobody
# sees): by names that no page can have thought of.
CONTROL = f"data-control-{secrets.token_hex(8)}"
UNSEEN = f"data-unseen-{secrets.token_hex(8)}"
# How much of a page's text goes into a message.
EXCERPT = 240


@dataclass(frozen=True, slots=True)
class Link:
    """Something to click that isn't a button of a form: absolute URL, text, place among the page's links."""

    url: str
    text: str
    index: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """What a user agent sees of an HTML answer.

    `moves` are the ways in which the page sends the browser on by itself, `anchors` where a person can click.
    `scripts` says whether the page has any still to run, `without_script` what it tells a browser that runs none.
    """

    url: str = ""
    forms: tuple[Form, ...] = ()
    moves: tuple[tuple[str, str], ...] = ()
    text: str = ""
    anchors: tuple[Link, ...] = ()
    markup: str = field(default="", repr=False)
    scripts: bool = False
    without_script: str = ""

    @property
    def links(self) -> tuple[str, ...]:
        """Where the links lead."""
        return tuple(link.url for link in self.anchors)

    def sign_in_form(self) -> Form | None:
        """The form that asks for a password; else one that asks for a name only."""
        with_password = [form for form in self.forms if len(form.passwords) == 1]
        if len(with_password) > 1:
            with_password.sort(key=_is_registration)
        name_only = [form for form in self.forms if not form.passwords and form.username and not _is_aside(form)]
        changing = [form for form in self.forms if len(form.passwords) > 1]
        return next(iter(with_password or changing or name_only), None)


def read_page(reply: Reply) -> Page:
    """Parse the answer's body; a page of text alone when it isn't HTML."""
    url = reply.request.url
    if not reply.body or "json" in reply.media_type:
        moves = tuple(_refreshes(reply.header_values("Refresh"), url))
        return Page(url, text=" ".join(reply.text.split()), moves=moves)
    try:
        document = lxml.html.document_fromstring(reply.body, parser=_parser(reply))
    except (ParserError, XMLSyntaxError, ValueError):
        return Page(url, text=reply.text)
    return read_document(document, reply)


def read_document(document: lxml.html.HtmlElement, reply: Reply) -> Page:
    """What a parsed answer shows."""
    told = next((element.get("href") for element in document.iter("base") if element.get("href")), None)
    base = urljoin(reply.request.url, told) if told else reply.request.url
    forms = tuple(_forms(document, base, reply))
    anchors = tuple(
        Link(urljoin(base, link.get("href")), _text(link), index)
        for index, link in enumerate(document.iter("a"))
        if link.get("href") is not None
    )
    return Page(
        url=reply.request.url,
        forms=forms,
        moves=tuple(_moves(document, base, forms, reply)),
        text=_visible_text(document),
        anchors=anchors,
        markup=reply.text,
        scripts=any(map(_runs, document.iter("script"))) or bool(HANDLERS(document)),
        without_script=" ".join(_text(element) for element in document.iter("noscript")),
    )


def excerpt(text: str) -> str:
    """The beginning of a page's text, for messages."""
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT].rstrip()} ..."


def _parser(reply: Reply) -> lxml.html.HTMLParser:
    """A parser for the encoding in the Content-Type header, which comes before what the page says of itself."""
    named = re.search(r"charset\s*=\s*\"?([\w.:-]+)", reply.header("Content-Type") or "", re.I)
    try:
        return lxml.html.HTMLParser(encoding=named.group(1) if named else _declared_or_utf8(reply.body))
    except LookupError:
        return lxml.html.HTMLParser()


def _declared_or_utf8(body: bytes) -> str | None:
    """UTF-8 for a page that says nothing and is; libxml2 would take it for Latin-1. None leaves it to the parser."""
    if b"charset" in body[:2048].lower():
        return None
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return "utf-8"


def _runs(script: lxml.html.HtmlElement) -> bool:
    """Whether a browser runs what is in a script element: data has a type of its own."""
    kind = (script.get("type") or "module").partition(";")[0].strip().lower()
    return kind == "module" or kind.endswith(("/javascript", "/ecmascript", "/x-javascript"))


def _text(element: lxml.html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _visible_text(document: lxml.html.HtmlElement) -> str:
    """The text between the tags, without scripts and styles, and without what only browsers without scripts show."""
    parts = TEXT(document)
    if next(document.iter("noscript", "template"), None) is not None:
        parts = [part for part in parts if next(part.getparent().iterancestors("noscript", "template"), None) is None]
    return " ".join(" ".join(parts).split())


# Forms and their controls


def _forms(document: lxml.html.HtmlElement, base: str, reply: Reply) -> Iterator[Form]:
    url, elements = reply.request.url, list(document.iter("form"))
    rendered = document.xpath(f"//*[@{CONTROL}]") if CONTROL.encode() in reply.body else []
    if not elements and not rendered:
        return
    labels = _labels(document)
    by_id = {form.get("id"): number for number, form in reversed(list(enumerate(elements))) if form.get("id")}
    places = {form: number for number, form in enumerate(elements)}
    controls: list[list[Control]] = [[] for _ in elements]
    loose: list[Control] = []
    for index, element in enumerate(rendered or document.iter("input", "button", "select", "textarea")):
        place = by_id.get(element.get("form")) if element.get("form") else _enclosing(element, places)
        if _is_disabled(element):
            continue
        control = _control(element, labels, base, int(element.get(CONTROL) or index))
        (loose if place is None else controls[place]).append(control)
    encoding = (document.getroottree().docinfo.encoding or "utf-8").lower()
    for element, own in zip(elements, controls, strict=True):
        yield _form(element, own, base, url, encoding, bool(rendered))
    if rendered and loose:
        buttons = tuple(button_of(control) for control in loose if control.kind in PRESSED)
        yield Form(url, BY_SCRIPT, tuple(control for control in loose if control.kind not in PRESSED), buttons)


def _form(
    form: lxml.html.HtmlElement, controls: Sequence[Control], base: str, url: str, encoding: str, rendered: bool
) -> Form:
    action = (form.get("action") or "").strip()
    place, _, fragment = urljoin(base, action).partition("#")
    pressed = PRESSED if rendered else SUBMITTING
    buttons = tuple(button_of(control) for control in controls if control.kind in pressed)
    method = (form.get("method") or "get").strip().upper()
    accepted = (form.get("accept-charset") or "").split()
    return Form(
        action=place if action else url,
        method=method if method in ("GET", "POST", "DIALOG") else "GET",
        controls=tuple(control for control in controls if control.kind not in pressed),
        buttons=buttons or (Button(None, ""),),
        encoding="utf-8" if (accepted or [encoding])[0].lower().startswith("utf") else (accepted or [encoding])[0],
        fragment=fragment,
        media_type=(form.get("enctype") or "application/x-www-form-urlencoded").strip().lower(),
    )


def _enclosing(element: lxml.html.HtmlElement, places: Mapping[lxml.html.HtmlElement, int]) -> int | None:
    return next((places[above] for above in element.iterancestors("form")), None)


def _is_disabled(element: lxml.html.HtmlElement) -> bool:
    return element.get("disabled") is not None or any(
        above.get("disabled") is not None for above in element.iterancestors("fieldset")
    )


def _labels(document: lxml.html.HtmlElement) -> dict[str, str]:
    """What labels say, by the id of what they label."""
    return {label.get("for"): _text(label) for label in document.iter("label") if label.get("for")}


def _kind(element: lxml.html.HtmlElement) -> str:
    """The kind of a control; what nobody sees of a rendered page is hidden, but for boxes, which a drawing may stand
    for."""
    kind = (element.get("type") or ("submit" if element.tag == "button" else "text")).strip().lower()
    if element.tag in ("select", "textarea"):
        kind = element.tag
    elif element.tag == "button" and kind not in ("button", "reset"):
        kind = "submit"
    elif element.tag == "input":
        kind = kind if kind in KINDS else "text"
    elif element.tag != "button":
        kind = "button"
    if element.get(UNSEEN) is not None and kind not in ("checkbox", "radio"):
        kind = "hidden"
    return kind


def _control(element: lxml.html.HtmlElement, labels: Mapping[str, str], base: str, index: int) -> Control:
    kind = _kind(element)
    action = element.get("formaction")
    method = element.get("formmethod")
    name, autocomplete = element.get("name") or "", (element.get("autocomplete") or "").strip().lower()
    return Control(
        kind=kind,
        name=name,
        value=_value(element, kind),
        words=_words(element, kind, labels),
        marks=" ".join(filter(None, (name, element.get("id"), autocomplete))),
        autocomplete=autocomplete,
        checked=element.get("checked") is not None,
        required=element.get("required") is not None,
        options=tuple((_option_value(option), _text(option)) for option in element.iter("option")),
        action=urljoin(base, action) if action else None,
        method=method.strip().upper() if method else None,
        index=index,
    )


KINDS = frozenset({*TYPED, "password", "checkbox", "radio", "hidden", "submit", "image", "button", "reset", "file"})


def _words(element: lxml.html.HtmlElement, kind: str, labels: Mapping[str, str]) -> str:
    """What a person reads on or beside a control."""
    if kind in ("submit", "image", "button", "reset"):
        own = _text(element) or element.get("value") or element.get("alt") or ""
        if kind in ("submit", "reset") and element.tag == "input" and element.get("value") is None:
            own = kind
        return own or element.get("aria-label") or element.get("title") or ""
    around = next((_text(label) for label in element.iterancestors("label")), "")
    named = labels.get(element.get("id") or "", "")
    if kind in ("checkbox", "radio") and not (named or around):
        named = " ".join((element.tail or "").split())
    spoken = (element.get("aria-label"), element.get("placeholder"), element.get("title"))
    return " ".join(filter(None, (named or around, *spoken)))


def _value(element: lxml.html.HtmlElement, kind: str) -> str:
    if kind == "textarea":
        return element.text or ""
    if kind == "select":
        chosen = element.xpath(".//option[@selected]") or element.xpath(".//option")
        return _option_value(chosen[0]) if chosen else ""
    return element.get("value") or ("on" if kind in ("checkbox", "radio") else "")


def _option_value(option: lxml.html.HtmlElement) -> str:
    value: str | None = option.get("value")
    return _text(option) if value is None else value


def _is_registration(form: Form) -> bool:
    said = " ".join((form.action, *(button.label for button in form.buttons)))
    return form.passwords[0].autocomplete == "new-password" or words.says("aside", said)


def _is_aside(form: Form) -> bool:
    """A search box, a newsletter, a forgotten password: asks for a name or address, but signs nobody in."""
    labels = [button.label for button in form.buttons]
    return all(words.says("aside", label) for label in labels) or words.says("search", form.action)


# Moves


def _moves(
    document: lxml.html.HtmlElement, base: str, forms: tuple[Form, ...], reply: Reply
) -> Iterator[tuple[str, str]]:
    """Where the page sends the browser by itself: (mechanism, URL)."""
    metas = (meta for meta in document.iter("meta") if (meta.get("http-equiv") or "").lower() == "refresh")
    told = [meta.get("content") or "" for meta in metas]
    yield from _refreshes([*reply.header_values("Refresh"), *told], base)
    scripts = " ".join(script.text or "" for script in document.iter("script"))
    scripts += " ".join(element.get("onload") or "" for element in document.iter("body"))
    for assigned, more, called, more_called in SCRIPTED.findall(scripts):
        place = (assigned or called).replace("\\/", "/").replace("\\u0026", "&")
        # Of a URL that the script puts together only the beginning is known: enough to tell where it leads outside.
        if "://" in place or not (more or more_called):
            yield "script", urljoin(base, place)
    if SELF_SUBMITTING.search(scripts):
        for form in forms:
            yield "self-submitting form", form.leads_to


def _refreshes(contents: Sequence[str], base: str) -> Iterator[tuple[str, str]]:
    for content in contents:
        target = re.search(r"url\s*=\s*[\"']?([^\"'\s]+)", content, re.I)
        if target:
            yield "refresh", urljoin(base, target.group(1))
