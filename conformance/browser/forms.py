"""Forms of HTML pages: their controls, their buttons, and what a browser sends for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from conformance.browser import words

SUBMITTING = ("submit", "image")
TYPED = ("text", "email", "tel", "url", "number", "search")


@dataclass(frozen=True, slots=True)
class Control:
    """One input, button, select or text area.

    `words` are what a person reads beside it, `marks` what a program reads (name, id, autocomplete), `index` its place
    among the page's controls.
    """

    kind: str
    name: str
    value: str
    words: str = field(default="", compare=False)
    marks: str = field(default="", compare=False)
    autocomplete: str = field(default="", compare=False)
    checked: bool = False
    required: bool = field(default=False, compare=False)
    options: tuple[tuple[str, str], ...] = ()
    action: str | None = None
    method: str | None = None
    index: int = field(default=0, compare=False)

    @property
    def pair(self) -> tuple[str, str] | None:
        """What it adds to a submitted form as it stands; None for nothing."""
        if not self.name or self.kind in ("submit", "image", "button", "reset", "file"):
            return None
        if self.kind in ("checkbox", "radio") and not self.checked:
            return None
        return self.name, self.value


@dataclass(frozen=True, slots=True)
class Button:
    """A way to submit a form: the field that the button adds, and what it is called on the page.

    `control` is the button itself; None where a form has none and is submitted by the Enter key.
    """

    field: tuple[str, str] | None
    label: str
    control: Control | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A form: absolute action, method, its controls in order, and its buttons.

    `fragment` is the action's own, which a browser keeps to itself, `encoding` the character encoding and `media_type`
    the format of what is sent.
    """

    action: str
    method: str
    controls: tuple[Control, ...]
    buttons: tuple[Button, ...]
    fragment: str = ""
    encoding: str = field(default="utf-8", compare=False)
    media_type: str = field(default="application/x-www-form-urlencoded", compare=False)

    @property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Fields with their preset values, in order, as a browser sends them."""
        return tuple(control.pair for control in self.controls if control.pair is not None)

    @property
    def passwords(self) -> tuple[Control, ...]:
        """The password fields; more than one is a form to register or to change a password."""
        return tuple(control for control in self.controls if control.kind == "password")

    @property
    def password(self) -> str | None:
        """The name of the field for the password."""
        return self.passwords[0].name if self.passwords else None

    @property
    def username_control(self) -> Control | None:
        """The field for the user name: the one that says so most clearly."""
        typed = [control for control in self.controls if control.kind in TYPED]
        before = _last_before_password(self.controls)
        scored = [(words.user_name_score(c.marks, c.words, c.kind, c.autocomplete), c) for c in typed]
        scored = [(score + 2 * (control is before), control) for score, control in scored]
        best = max(scored, key=lambda pair: pair[0], default=None)
        return best[1] if best is not None and best[0] >= (1 if self.passwords else 3) else None

    @property
    def username(self) -> str | None:
        """The name of the field for the user name."""
        control = self.username_control
        return control.name if control else None

    @property
    def checkboxes(self) -> tuple[tuple[str, str], ...]:
        """The checkboxes, ticked or not."""
        return tuple((control.name, control.value) for control in self.controls if control.kind == "checkbox")

    @property
    def leads_to(self) -> str:
        """Where a browser that submits it with its preset values goes, fragment included."""
        place = submission_url(self.action, self.fields) if self.method == "GET" else self.action
        return f"{place}#{self.fragment}" if self.fragment else place


def submission_url(action: str, fields: Sequence[tuple[str, str]], encoding: str = "utf-8") -> str:
    """Where a form with the method GET leads: its fields replace the query."""
    return action.partition("?")[0] + (f"?{encoded(fields, encoding)}" if fields else "")


def encoded(fields: Sequence[tuple[str, str]], encoding: str = "utf-8") -> str:
    """Form-encoded fields; what the page's encoding lacks goes as browsers send it, as a character reference."""
    return urlencode(list(fields), encoding=encoding, errors="xmlcharrefreplace")


def button_of(control: Control) -> Button:
    """A control as a way to submit its form."""
    adds = (control.name, control.value) if control.name else None
    return Button(adds, control.words or control.value, control)


def _last_before_password(controls: Sequence[Control]) -> Control | None:
    before: Control | None = None
    for control in controls:
        if control.kind == "password":
            return before
        if control.kind in TYPED:
            before = control
    return None
