"""What to do on a page: which fields to fill in, which boxes to tick, which button to press.

A person reads words before anything else, and so does this: a label decides over a name. A button that says no is never
pressed to approve, one that says yes never to decline; where neither is sure, nothing is pressed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from conformance.base.uris import urlsplit
from conformance.browser import words
from conformance.browser.forms import TYPED, Button, Control, Form
from conformance.browser.pages import BY_SCRIPT, Link, Page
from conformance.profile.target import ResourceOwner, SignIn
from conformance.wire.exchange import Pairs

Entry = tuple[Control, str | bool]
Candidate = tuple[Form, Button]
# A link that takes a decision is as short as a button; longer ones speak of it ("Read how we use your consent").
LONGEST_LINK = 24
CHOOSING = "choosing the account"


@dataclass(frozen=True, slots=True)
class Action:
    """One step on a page: controls with what is typed, chosen (text) or ticked (truth), then a button or link.

    `what` names it for messages.
    """

    what: str
    form: Form | None = None
    entries: tuple[Entry, ...] = ()
    button: Button | None = None
    link: Link | None = None
    signs_in: bool = False
    sends_password: bool = False
    decides: bool = False

    @property
    def pressed(self) -> str:
        """What the button or link is called."""
        if self.link is not None:
            return self.link.text or self.link.url
        return (self.button.label if self.button else "") or "Enter"

    @property
    def fields(self) -> Pairs:
        """The form's fields as a browser sends them after this action."""
        return filled_fields(self.form, self.entries, self.button) if self.form else ()

    @property
    def sent(self) -> tuple[str, str, Pairs]:
        """Method, URL and fields of the request that the action makes, as far as no script changes it."""
        if self.link is not None or self.form is None:
            return "GET", self.link.url if self.link else "", ()
        control = self.button.control if self.button else None
        action = (control.action if control else None) or self.form.action
        return (control.method if control else None) or self.form.method, action, self.fields


def filled_fields(form: Form, entries: Sequence[Entry], button: Button | None) -> list[tuple[str, str]]:
    """The form's fields with the entries in place of preset values, and the button's own field at the end."""
    entered = {control.index: value for control, value in entries}
    chosen = {control.name for control, value in entries if control.kind == "radio" and value is True}
    fields: list[tuple[str, str]] = []
    for control in form.controls:
        value = entered.get(control.index)
        if control.kind == "radio" and control.name in chosen and value is not True:
            continue
        pair = control.pair
        if value is True:
            pair = (control.name, control.value)
        elif value is False:
            pair = None
        elif value is not None:
            pair = (control.name, value)
        if pair is not None and pair[0]:
            fields.append(pair)
    return [*fields, *([button.field] if button and button.field else [])]


def guessed_action(page: Page, owner: ResourceOwner | None, decision: str, sign_in: SignIn) -> Action | None:
    """The next step as a person would take it; None where there is none, or none that is sure."""
    form = page.sign_in_form()
    if form is not None:
        return None if owner is None or len(form.passwords) > 1 else _signing_in(form, owner, decision)
    step = None if decision == "wait" else deciding_action(page, decision, sign_in)
    return step or own_account(page, owner)


# Signing in


def _signing_in(form: Form, owner: ResourceOwner, decision: str) -> Action | None:
    name, password = form.username_control, next(iter(form.passwords), None)
    entries: list[Entry] = []
    if name is not None:
        entries.append((name, owner.username))
    if password is not None:
        entries.append((password, owner.password))
    entries += [(box, True) for box in form.controls if box.kind == "checkbox" and box.required]
    judged = [(button, _says(button)) for button in form.buttons]
    asks_too = any(said == "yes" for _, said in judged) and any(said == "no" for _, said in judged)
    if asks_too and decision == "wait":
        return None
    wanted = "yes" if decision == "approve" else "no"
    deciding_button = next((button for button, said in judged if said == wanted), None)
    button = deciding_button if asks_too else _sign_in_button(judged)
    return Action("signing in", form, tuple(entries), button, None, True, password is not None, asks_too)


def _sign_in_button(judged: Sequence[tuple[Button, str]]) -> Button | None:
    """The button that signs in: not one that cancels, nor one for other ways."""
    usable = [button for button, said in judged if said not in ("no", "aside")]
    clear = [button for button in usable if words.says("sign_in", button.label) or words.says("proceed", button.label)]
    clear.sort(key=_is_script_only)
    return next(iter(clear or [button for button in usable if not _is_script_only(button)] or usable), None)


def _is_script_only(button: Button) -> bool:
    """Whether nothing but a script says what a button does: it may as well show the password."""
    return button.control is not None and button.control.kind == "button"


def own_account(page: Page, owner: ResourceOwner | None) -> Action | None:
    """The link or button with the owner's name, or the only one, on a page that asks which account to go on with."""
    every = [(form, button) for form in page.forms for button in form.buttons if not _is_banner(form, button)]
    if any(_says(button) in ("yes", "no") for _, button in every) or not words.says("accounts", page.text):
        return None
    links = [Action(CHOOSING, link=link) for link in page.anchors if link.text]
    accounts = [*links, *(Action(CHOOSING, form, button=button) for form, button in every if button.label)]
    accounts = [each for each in accounts if not words.says("aside", each.pressed)]
    own = [each for each in accounts if owner and owner.username.casefold() in each.pressed.casefold()]
    return next(iter(own or (accounts if len(accounts) == 1 else [])), None)


# Deciding


def deciding_action(page: Page, decision: str, sign_in: SignIn) -> Action | None:
    """The step that approves or declines; None where no button or link is sure to."""
    approving = decision == "approve"
    wish, other = (sign_in.approve, sign_in.decline) if approving else (sign_in.decline, sign_in.approve)
    every = [(form, button) for form in page.forms for button in form.buttons]
    matter = [each for each in every if not _is_banner(*each)]
    candidates = matter or (every if approving else [])
    found: Candidate | Link | None
    if wish:
        found = _wished(page, candidates, wish, other) or (_going_on(candidates) if approving else None)
    else:
        found = _approving(page, candidates) if approving else _declining(page, candidates)
    if found is None:
        return None
    if isinstance(found, Link):
        return Action("deciding", link=found, decides=True)
    form, button = found
    return Action("deciding", form, tuple(_boxes(form, approving)), button, decides=True)


def _wished(page: Page, candidates: Sequence[Candidate], wish: str, other: str | None) -> Candidate | Link | None:
    """The button or link that the profile names: by its whole text, name, value or id first, then by a part of it."""
    left = [each for each in candidates if not (other and _is_called(each[1], other))]
    links = [link for link in page.anchors if link.text]
    wanted = wish.casefold()
    return (
        next((each for each in left if _is_called(each[1], wish)), None)
        or next((link for link in links if link.text.casefold() == wanted), None)
        or next((each for each in left if wanted in _all_of(each[1])), None)
        or next((link for link in links if wanted in link.text.casefold()), None)
    )


def _is_called(button: Button, wish: str) -> bool:
    marks = button.control.marks.split() if button.control else []
    return wish.casefold() in (each.casefold() for each in (button.label, *(button.field or ()), *marks))


def _all_of(button: Button) -> str:
    return " ".join((button.label, *(button.field or ()))).casefold()


def _approving(page: Page, candidates: Sequence[Candidate]) -> Candidate | Link | None:
    usable = sorted(candidates, key=lambda each: each[0].method == "GET")
    yes = next((each for each in usable if _says(each[1]) == "yes"), None)
    return yes or _going_on(candidates) or _link(page, "approve", "decline")


def _is_banner(form: Form, button: Button) -> bool:
    """Whether a button answers what the site asks for itself, such as what cookies it may set."""
    marks = button.control.marks if button.control else ""
    return words.says("banner", " ".join((urlsplit(form.action).path, button.label, *(button.field or ()), marks)))


def _going_on(candidates: Sequence[Candidate]) -> Candidate | None:
    """A button that says neither yes nor no, where it is the only one left: it goes on.

    Beside all forms it has to say so: a page's menu is full of buttons.
    """
    posting = [each for each in candidates if each[0].method in ("POST", BY_SCRIPT) and not _asks(each[0])]
    on = [each for each in posting if _says(each[1]) == "on"]
    silent = [each for each in posting if _says(each[1]) == "" and each[0].method == "POST"]
    neutral = [each for each in silent if not _is_script_only(each[1])]
    if on:
        return on[0]
    return neutral[0] if len(neutral) == 1 else None


def _asks(form: Form) -> bool:
    """Whether a form wants to be told something that a decision doesn't say."""
    return any(control.kind in TYPED and not control.value for control in form.controls)


def _declining(page: Page, candidates: Sequence[Candidate]) -> Candidate | Link | None:
    no = next((each for each in candidates if _says(each[1]) == "no"), None)
    return no or _answered_by_option(candidates) or _boxed(candidates) or _link(page, "decline", "aside")


def _answered_by_option(candidates: Sequence[Candidate]) -> Candidate | None:
    """The button of a form in which the decision is a radio button or an option of a list."""
    return next((each for each in candidates if any(_options(each[0], "decline", "aside"))), None)


def _boxed(candidates: Sequence[Candidate]) -> Candidate | None:
    """One form with one button and a checkbox: the box is the decision."""
    usable = [each for each in candidates if each[0].checkboxes and _says(each[1]) != "aside"]
    return next((each for each in usable if len(each[0].buttons) == 1), None)


def _link(page: Page, wanted: words.Kind, other: words.Kind) -> Link | None:
    fitting = (link for link in page.anchors if words.says(wanted, link.text) and not words.says(other, link.text))
    short = (link for link in fitting if len(link.text) <= LONGEST_LINK)
    return next((link for link in short if not words.says("aside", link.text)), None)


def _says(button: Button) -> str:
    """What a button says: `yes`, `no`, `on`, `aside` (other business), or nothing. Its text decides before its name."""
    label = button.label
    if words.says("decline", label):
        return "no"
    if words.says("aside", label):
        return "aside"
    if words.says("approve", label):
        return "yes"
    code = _spaced(" ".join((*(button.field or ()), button.control.marks if button.control else "")))
    if words.says("decline", code):
        return "no"
    if words.says("approve", code):
        return "yes"
    return "on" if words.says("proceed", label) else ""


def _spaced(code: str) -> str:
    """Names as words: `consentAccept` and `consent_accept` alike."""
    return re.sub(r"[_\-.:\[\]]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", code))


def _boxes(form: Form, approving: bool) -> Iterator[Entry]:
    """Boxes are ticked to approve and cleared to decline; radio buttons and lists take the option that says so."""
    for control in form.controls:
        if control.kind == "checkbox":
            remembers = words.says("remember", f"{_spaced(control.marks)} {control.words}")
            yield control, approving and not remembers
    yield from _options(form, "approve", "decline") if approving else _options(form, "decline", "aside")


def _options(form: Form, wanted: words.Kind, other: words.Kind) -> Iterator[Entry]:
    seen: set[str] = set()
    for control in form.controls:
        if control.kind == "radio" and control.name not in seen:
            text = control.words or _spaced(control.value)
            if words.says(wanted, text) and not words.says(other, text):
                seen.add(control.name)
                yield control, True
        elif control.kind == "select":
            for value, text in control.options:
                if words.says(wanted, text) and not words.says(other, text):
                    yield control, value
                    break


def page_inside(page: Page, leaves: Callable[[str], bool]) -> Page:
    """The page without the forms and links that lead out of the target, and without dialogs, which lead nowhere."""
    forms = tuple(form for form in page.forms if form.method != "DIALOG" and not leaves(form.action))
    return replace(page, forms=forms, anchors=tuple(link for link in page.anchors if not leaves(link.url)))
