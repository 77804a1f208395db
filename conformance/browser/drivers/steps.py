"""Explicit steps of the profile, for pages where guessing isn't enough; everything else is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conformance.base.outcomes import UnfitStep
from conformance.browser.drivers.choosing import Action, Entry, guessed_action
from conformance.browser.forms import Button, Control, Form
from conformance.browser.pages import Link, Page, excerpt
from conformance.profile.target import ResourceOwner, SignInStep

if TYPE_CHECKING:
    from conformance.browser.drivers.journey import Journey

PLACEHOLDER = re.compile(r"\{(username|password)\}")


def next_action(journey: Journey, page: Page) -> Action | None:
    """The profile's own step for the page, else the one that a person would guess. UnfitStep where its own step
    doesn't fit the page."""
    owner, decision = journey.agent.owner, journey.decision
    for number, step in enumerate(journey.sign_in.steps, 1):
        if is_for(step, page, decision) and (owner is not None or not _needs_owner(step)):
            return _explicit(step, number, page, owner)
    return guessed_action(page, owner, decision, journey.sign_in)


def is_for(step: SignInStep, page: Page, decision: str) -> bool:
    """Whether a step is meant for a page: by a part of its URL (or a pattern with *), by its text, by the decision."""
    if step.page is not None:
        pattern = step.page if "*" in step.page else f"*{step.page}*"
        if not fnmatchcase(page.url, pattern):
            return False
    if step.text is not None and step.text.casefold() not in page.text.casefold():
        return False
    # A step that takes a decision is for this one alone; while nobody decides, it waits.
    return step.decision in (None, decision)


def _needs_owner(step: SignInStep) -> bool:
    return any(isinstance(value, str) and PLACEHOLDER.search(value) for value in step.fill.values())


def _explicit(step: SignInStep, number: int, page: Page, owner: ResourceOwner | None) -> Action:
    """The step on this page. UnfitStep with what is missing."""
    link = None
    form, button = _pressed(step, page) or (_form_with(step, page), None)
    if step.press is not None and button is None:
        link = next((each for each in page.anchors if step.press.casefold() in each.text.casefold()), None)
        if link is None:
            raise _misfit(number, page, f"no button or link is called {step.press!r}")
    entries: list[Entry] = []
    if form is not None and link is None:
        values = {name: _filled_in(value, owner) for name, value in step.fill.items()}
        entries = list(_entries(values, form, number, page))
        button = button or (form.buttons[0] if form.buttons else None)
    elif link is None:
        raise _misfit(number, page, "no form has the fields that it fills in")
    return _action(number, form, entries, button, link, owner, step)


def _action(
    number: int,
    form: Form | None,
    entries: list[Entry],
    button: Button | None,
    link: Link | None,
    owner: ResourceOwner | None,
    step: SignInStep,
) -> Action:
    typed = {value for _, value in entries if isinstance(value, str)}
    password = owner is not None and owner.password in typed
    return Action(
        what=f"step {number} of [[sign_in.steps]]",
        form=None if link else form,
        entries=tuple(entries),
        button=button,
        link=link,
        signs_in=password or (owner is not None and owner.username in typed),
        sends_password=password,
        decides=step.decision is not None,
    )


def _pressed(step: SignInStep, page: Page) -> tuple[Form, Button] | None:
    if step.press is None:
        return None
    wanted = step.press.casefold()
    buttons = [(form, button) for form in page.forms for button in form.buttons]
    exact = [each for each in buttons if wanted in _names(each[1])]
    partly = [each for each in buttons if any(wanted in name for name in _names(each[1]))]
    return next(iter(exact or partly), None)


def _names(button: Button) -> list[str]:
    marks = button.control.marks.split() if button.control else []
    return [name.casefold() for name in (button.label, *(button.field or ()), *marks) if name]


def _form_with(step: SignInStep, page: Page) -> Form | None:
    """The form that has all fields of a step; without fields, the first one."""
    return next((form for form in page.forms if all(any(_found(name, form)) for name in step.fill)), None)


def _found(name: str, form: Form) -> Iterator[Control]:
    """Controls that are called so: by name or id, or by a part of their label."""
    wanted = name.casefold()
    yield from (control for control in form.controls if wanted in control.marks.casefold().split())
    yield from (control for control in form.controls if wanted in control.words.casefold())


def _entries(values: Mapping[str, str | bool], form: Form, number: int, page: Page) -> Iterator[Entry]:
    for name, value in values.items():
        found = list(_found(name, form))
        if not found:
            raise _misfit(number, page, f"no field is called {name!r}")
        control = found[0]
        if control.kind == "radio" and isinstance(value, str):
            yield _option(found, name, value, number, page), True
        elif control.kind == "checkbox":
            yield control, value not in (False, "", "off", "false")
        elif isinstance(value, bool):
            raise _misfit(number, page, f"the field {name!r} takes text, not {value!r}")
        else:
            yield control, value


def _option(radios: list[Control], name: str, value: str, number: int, page: Page) -> Control:
    wanted = value.casefold()
    chosen = next((each for each in radios if wanted in (each.value.casefold(), each.words.casefold())), None)
    if chosen is None:
        raise _misfit(number, page, f"{name!r} has no option {value!r}")
    return chosen


def _filled_in(value: str | bool, owner: ResourceOwner | None) -> str | bool:
    if isinstance(value, bool) or owner is None:
        return value
    return PLACEHOLDER.sub(lambda found: str(getattr(owner, found.group(1))), value)


def _misfit(number: int, page: Page, why: str) -> UnfitStep:
    where = page.url.partition("?")[0]
    return UnfitStep(
        f"step {number} of [[sign_in.steps]] doesn't fit the page {where}: {why}. It says: {excerpt(page.text)!r}"
    )
