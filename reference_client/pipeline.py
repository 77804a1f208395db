"""A login as lists of named steps, what the steps find out on its way through them, and edits of the lists."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .context import Context

# Steps and edits find all their words here.
from .refusal import Refused as Refused
from .refusal import StartOver as StartOver
from .settings import Settings
from .wire import Draft as Draft
from .wire import Pairs as Pairs
from .wire import Reply, Wire

Step: TypeAlias = "Callable[[Login], None]"
Pipelines: TypeAlias = dict[str, list[Step]]
Trace: TypeAlias = Callable[[str, str], None]


@dataclass(slots=True)
class Tokens:
    """What a token endpoint issued. An empty text is a token that the client doesn't have, or has given back."""

    access_token: str
    token_type: str
    refresh_token: str = ""
    scope: str | None = None
    expires_at: float | None = None  # by the monotonic clock

    @property
    def expired(self) -> bool:
        """Whether the lifetime that the server told is over; one that it didn't tell never is."""
        return self.expires_at is not None and time.monotonic() >= self.expires_at

    def held(self) -> dict[str, str]:
        """The members that have a value."""
        members = {
            "access_token": self.access_token,
            "token_type": self.token_type,
            "refresh_token": self.refresh_token,
            "scope": self.scope or "",
        }
        return {name: value for name, value in members.items() if value}


@dataclass(slots=True)
class Client:
    """Everything that belongs to one client. `memory` is what outlives its logins; the exact client needs none."""

    settings: Settings
    pipelines: Pipelines
    memory: dict[str, str] = field(default_factory=dict)
    trace: Trace | None = None


@dataclass(slots=True, eq=False, repr=False)
class Login:
    """One login at one server, and what the steps have found out about it.

    Fields without a value are set by the step that finds them; to read one earlier is a fault.
    """

    client: Client
    context: Context
    wire: Wire
    show: Callable[[str], None]

    # the server
    metadata: dict[str, Any] | None = None
    authorization_endpoint: str = ""
    token_endpoint: str = ""
    revocation_endpoint: str = ""
    names_issuer: bool = False
    authentication: Literal["client_secret_basic", "client_secret_post", "none"] = "client_secret_basic"

    # what belongs to this login alone
    state: str = ""
    verifier: str = ""
    answer_url: str = ""
    answer: Pairs = field(default_factory=list)
    code: str = ""

    # the request at hand, and its answer
    draft: Draft = field(init=False)
    reply: Reply = field(init=False)
    received: dict[str, Any] = field(default_factory=dict)

    # what is held
    tokens: Tokens = field(default_factory=lambda: Tokens("", ""))
    refreshes: int = 0
    kind: Literal["refresh_token", "access_token"] = "access_token"  # of the token that is being given back

    # what the resource owner is told
    message: str = ""
    page: str = ""

    def run(self, name: str) -> None:
        """Runs a list's steps in order; a step that refuses raises."""
        for step in self.client.pipelines[name]:
            if self.client.trace is not None:
                self.client.trace(name, step.__name__)
            step(self)

    def parameter(self, name: str) -> str | None:
        """The first value in the authorization response. Repetition is refused by a step of its own."""
        return next((value for key, value in self.answer if key == name), None)


def named(name: str, step: Step) -> Step:
    """Gives the product of a step factory its name in the lists."""
    step.__name__ = name
    return step


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a client before it is built: a step of one list, or some settings."""

    action: Literal["remove", "replace", "before", "after", "setting"]
    list_name: str = ""
    step_name: str = ""
    new_step: Step | None = None
    changes: tuple[tuple[str, Any], ...] = ()

    def touches(self) -> tuple[str, str] | None:
        """The step whose logins may now go on otherwise; None: any."""
        return None if self.action == "setting" else (self.list_name, self.step_name)

    def apply(self, pipelines: Pipelines) -> None:
        """Edits one list in place. Naming a list or step that doesn't exist is an error, never ignored."""
        if self.action == "setting":
            return
        if self.list_name not in pipelines:
            raise ValueError(f"no list named {self.list_name!r}")
        names = [step.__name__ for step in pipelines[self.list_name]]
        if names.count(self.step_name) != 1:
            raise ValueError(f"no one step named {self.step_name!r} in {self.list_name!r}, which has {names}")
        at = names.index(self.step_name)
        start = at + 1 if self.action == "after" else at
        end = at + 1 if self.action in ("remove", "replace") else start
        pipelines[self.list_name][start:end] = [] if self.new_step is None else [self.new_step]


def remove(list_name: str, step_name: str) -> Edit:
    """Leaves a step out."""
    return Edit("remove", list_name, step_name)


def replace(list_name: str, step_name: str, new_step: Step) -> Edit:
    """Puts another step in a step's place."""
    return Edit("replace", list_name, step_name, new_step)


def before(list_name: str, step_name: str, new_step: Step) -> Edit:
    """Adds a step before another."""
    return Edit("before", list_name, step_name, new_step)


def after(list_name: str, step_name: str, new_step: Step) -> Edit:
    """Adds a step after another."""
    return Edit("after", list_name, step_name, new_step)


def setting(**changes: object) -> Edit:
    """Replaces fields of the settings."""
    return Edit("setting", changes=tuple(changes.items()))


def edited(pipelines: Pipelines, edits: Sequence[Edit]) -> Pipelines:
    """A copy of the lists with the edits applied, in order."""
    copy = {name: list(steps) for name, steps in pipelines.items()}
    for edit in edits:
        edit.apply(copy)
    return copy
