"""A client: settings and lists of steps put together, and how its logins follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from .context import Context
from .lists import PIPELINES
from .pipeline import Client, Edit, Login, Trace, edited
from .refusal import Refused, StartOver
from .settings import Settings
from .wire import connect

Show: TypeAlias = Callable[[str], None]


def logged_in(client: Client, context: Context, show: Show = lambda page: None) -> Mapping[str, str]:
    """Signs in, does what is asked, and returns the tokens of the first login; raises Refused otherwise.

    `show` is given the page that the resource owner is to see once a login has succeeded or not.
    """
    tokens = _with_patience(client, context, show)
    if "second_login" in context.asked:
        _with_patience(client, context, show)
    if "second_issuer" in context.asked and context.second is not None and client.settings.several_servers:
        _with_patience(client, context.second, show)
    return tokens


def _with_patience(client: Client, context: Context, show: Show) -> Mapping[str, str]:
    """RFC 6749 section 4.1: where what it brought is worth nothing any more, a login starts over, once."""
    for _ in range(client.settings.logins - 1):
        try:
            return _once(client, context, show)
        except StartOver:
            continue
    return _once(client, context, show)


def _once(client: Client, context: Context, show: Show) -> Mapping[str, str]:
    with connect(client.settings, context.certificates) as wire:
        login = Login(client, context, wire, show)
        try:
            login.run("login")
        except Refused as refusal:
            login.message = str(refusal)
            login.run("refused")
            raise
        return login.tokens.held()


def build(edits: Sequence[Edit] = (), trace: Trace | None = None) -> Client:
    """Makes a client from edits; `trace` is told each step that runs. Raises ValueError for edits that don't fit."""
    changes = {name: value for edit in edits for name, value in edit.changes}
    unknown = set(changes) - set(Settings.__dataclass_fields__)
    if unknown:
        raise ValueError(f"no settings named {sorted(unknown)}")
    return Client(replace(Settings(), **changes), edited(PIPELINES, edits), trace=trace)
