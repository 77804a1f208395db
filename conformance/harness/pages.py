"""Reads HTML pages as a user agent does: forms, buttons, and every mechanism that moves the browser elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode, urljoin

import lxml.html
from lxml.etree import ParserError, XMLSyntaxError

from conformance.harness.exchange import Reply

APPROVE = re.compile(r"approve|allow|authori[sz]e|accept|grant|agree|consent|confirm|yes\b|continue|submit|^ok$", re.I)
DECLINE = re.compile(r"decline|deny|cancel|reject|refuse|disallow|\bno\b|not now|abort", re.I)
USERNAME = re.compile(r"user|login|email|e-mail|account|name|identifier", re.I)
SCRIPTED = re.compile(
    r"""location(?:\.href)?\s*=\s*["']([^"']+)["']|location\.(?:replace|assign)\(\s*["']([^"']+)["']"""
)
SELF_SUBMITTING = re.compile(r"\.submit\(\s*\)|requestSubmit\(")


@dataclass(frozen=True, slots=True)
class Button:
    """A way to submit a form: the field that the button adds, and what it is called on the page."""

    field: tuple[str, str] | None
    label: str


@dataclass(frozen=True, slots=True)
class Form:
    """A form: absolute action, method, fields with their preset values in order, and its buttons.

    `leads_to` is where a browser that submits it with its preset values goes, fragment included.
    """

    action: str
    method: str
    fields: tuple[tuple[str, str], ...]
    username: str | None
    password: str | None
    checkboxes: tuple[tuple[str, str], ...]
    buttons: tuple[Button, ...]
    leads_to: str


@dataclass(frozen=True, slots=True)
class Page:
    """What a user agent sees of an HTML answer.

    `moves` are the ways in which the page sends the browser on by itself, `links` where a person can click.
    """

    forms: tuple[Form, ...]
    moves: tuple[tuple[str, str], ...]
    text: str
    links: tuple[str, ...] = ()

    def sign_in_form(self) -> Form | None:
        """The form that asks for a password; else one that asks for a name only."""
        with_password = [form for form in self.forms if form.password]
        name_only = [form for form in self.forms if form.username and form.method == "POST"]
        return next(iter(with_password or name_only), None)

    def choices(self, pattern: re.Pattern[str]) -> Iterator[tuple[Form, Button]]:
        """Buttons whose label, name or value fits a pattern, in page order."""
        for form in self.forms:
            for button in form.buttons:
                if pattern.search(f"{button.label} {' '.join(button.field or ())}"):
                    yield form, button


def read_page(reply: Reply) -> Page:
    """Parse the answer's body; an empty page when it isn't HTML."""
    if not reply.body or "json" in reply.media_type:
        return Page((), (), "")
    try:
        document = lxml.html.document_fromstring(reply.body, parser=_parser(reply))
    except (ParserError, XMLSyntaxError, ValueError):
        return Page((), (), reply.text)
    forms = tuple(_form(form, reply.request.url) for form in document.forms)
    moves = tuple(_moves(document, forms, reply))
    links = tuple(urljoin(reply.request.url, href) for href in document.xpath("//a/@href"))
    return Page(forms, moves, " ".join(document.text_content().split()), links)


def _parser(reply: Reply) -> lxml.html.HTMLParser:
    """A parser for the encoding in the Content-Type header, which comes before what the page says of itself."""
    named = re.search(r"charset\s*=\s*\"?([\w.:-]+)", reply.header("Content-Type") or "", re.I)
    try:
        return lxml.html.HTMLParser(encoding=named.group(1) if named else None)
    except LookupError:
        return lxml.html.HTMLParser()


def _form(form: lxml.html.FormElement, base: str) -> Form:
    fields: list[tuple[str, str]] = []
    checkboxes: list[tuple[str, str]] = []
    buttons: list[Button] = []
    username = password = None
    for control in form.xpath(".//input | .//button | .//select | .//textarea"):
        name, kind = control.get("name"), (control.get("type") or "").lower()
        if control.tag == "button" or kind in ("submit", "image"):
            if kind not in ("button", "reset"):
                buttons.append(_button(control, name))
            continue
        if not name or kind in ("button", "reset") or control.get("disabled") is not None:
            continue
        if kind == "checkbox":
            checkboxes.append((name, control.get("value") or "on"))
            if control.get("checked") is not None:
                fields.append((name, control.get("value") or "on"))
        elif kind == "radio":
            if control.get("checked") is not None:
                fields.append((name, control.get("value") or "on"))
        else:
            fields.append((name, _value(control)))
            if kind == "password":
                password = password or name
            elif kind in ("text", "email", "tel", "") and control.tag == "input" and username is None:
                hint = " ".join(
                    filter(None, (name, control.get("id"), control.get("autocomplete"), control.get("placeholder")))
                )
                username = name if USERNAME.search(hint) else None
    action = urljoin(base, form.get("action") or "") or base
    method = (form.get("method") or "get").upper()
    return Form(
        action=action.partition("#")[0] if form.get("action") else base,
        method=method,
        fields=tuple(fields),
        username=username,
        password=password,
        checkboxes=tuple(checkboxes),
        buttons=tuple(buttons) or (Button(None, ""),),
        leads_to=_submitted(action, fields) if method == "GET" else action,
    )


def _submitted(action: str, fields: list[tuple[str, str]]) -> str:
    """Where a form with the method GET leads: its fields replace the query, the fragment stays."""
    plain, joint, fragment = action.partition("#")
    query = f"?{urlencode(fields)}" if fields else ""
    return plain.partition("?")[0] + query + joint + fragment


def _button(control: lxml.html.HtmlElement, name: str | None) -> Button:
    value = control.get("value") or ""
    label = " ".join(control.text_content().split()) or value
    return Button((name, value) if name else None, label)


def _value(control: lxml.html.HtmlElement) -> str:
    if control.tag == "textarea":
        return control.text or ""
    if control.tag == "select":
        chosen = control.xpath(".//option[@selected]") or control.xpath(".//option")
        return (chosen[0].get("value") or chosen[0].text_content()) if chosen else ""
    return control.get("value") or ""


def _moves(document: lxml.html.HtmlElement, forms: tuple[Form, ...], reply: Reply) -> Iterator[tuple[str, str]]:
    """Where the page sends the browser by itself: (mechanism, URL)."""
    base = reply.request.url
    refresh = reply.header("Refresh")
    contents = [refresh] if refresh else []
    contents += [
        meta.get("content") or ""
        for meta in document.iter("meta")
        if (meta.get("http-equiv") or "").lower() == "refresh"
    ]
    for content in contents:
        target = re.search(r"url\s*=\s*[\"']?([^\"'\s]+)", content, re.I)
        if target:
            yield "refresh", urljoin(base, target.group(1))
    scripts = " ".join(script.text or "" for script in document.iter("script"))
    scripts += " ".join(element.get("onload") or "" for element in document.iter("body"))
    for groups in SCRIPTED.findall(scripts):
        yield "script", urljoin(base, next(filter(None, groups)).replace("\\/", "/").replace("\\u0026", "&"))
    if SELF_SUBMITTING.search(scripts):
        for form in forms:
            yield "self-submitting form", form.leads_to
