"""A client: settings and lists of steps put together, and how its logins follow one another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .context import Context
from .lists import PIPELINES
from .pipeline import Edit, Login, Pipelines, Refused, StartOver, Trace, edited
from .settings import Settings
from .wire import connect


@dataclass(slots=True)
class Client:
    """Everything that belongs to one client. `memory` is what outlives its logins; the exact client needs none."""

    settings: Settings
    pipelines: Pipelines
    memory: dict[str, str] = field(default_factory=dict)
    trace: Trace | None = None

    def login(self, context: Context, show: Callable[[str], None] = lambda page: None) -> Mapping[str, str]:
        """Signs in, does what is asked, and returns the tokens of the first login; raises Refused otherwise.

        `show` is given the page that the resource owner is to see once a login has succeeded or not.
        """
        tokens = self._with_patience(context, show)
        if "second_login" in context.asked:
            self._with_patience(context, show)
        if "second_issuer" in context.asked and context.second is not None:
            self._with_patience(context.second, show)
        return tokens

    def _with_patience(self, context: Context, show: Callable[[str], None]) -> Mapping[str, str]:
        """RFC 6749 section 4.1: where what it brought is worth nothing any more, a login starts over, once."""
        for _ in range(self.settings.logins - 1):
            try:
                return self._once(context, show)
            except StartOver:
                continue
        return self._once(context, show)

    def _once(self, context: Context, show: Callable[[str], None]) -> Mapping[str, str]:
        with connect(self.settings, context.certificates) as wire:
            login = Login(self, context, wire, show)
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
