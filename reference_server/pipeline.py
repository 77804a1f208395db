"""Endpoints as lists of named steps, one request on its way through them, and edits of the lists."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from .accounts import Accounts, Client, User
from .errors import OAuthError
from .federation import Federation
from .settings import Settings
from .store import Code, Grant, SignIn, Store, Token


@dataclass(slots=True)
class Response:
    """An answer on its way out; the steps of an endpoint's finish list may still change its headers."""

    status: int
    body: bytes = b""
    headers: list[tuple[str, str]] = field(default_factory=list)

    def put(self, name: str, value: str) -> None:
        """Sets a header that occurs once."""
        self.headers = [(key, old) for key, old in self.headers if key.lower() != name.lower()]
        self.headers.append((name, value))


Step: TypeAlias = "Callable[[Call], Response | Awaitable[Response | None] | None]"
Pipelines: TypeAlias = dict[str, list[Step]]
Trace: TypeAlias = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Form-encoded parameters in the order sent; `unreadable` if some could not be decoded."""

    pairs: tuple[tuple[str, str], ...] = ()
    unreadable: bool = False

    def get(self, name: str) -> str | None:
        """The first value. Repetition is refused by steps of its own."""
        return next((value for key, value in self.pairs if key == name), None)

    def count(self, name: str) -> int:
        """How often a parameter was sent."""
        return sum(1 for key, _ in self.pairs if key == name)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way in which a request says who its client is."""

    method: Literal["client_secret_basic", "client_secret_post", "none"]
    client_id: str | None
    secret: str | None = None


@dataclass(slots=True)
class Server:
    """Everything that belongs to one server. Many can live in one process."""

    settings: Settings
    accounts: Accounts
    store: Store
    key: bytes
    pipelines: Pipelines
    federation: Federation | None = None
    trace: Trace | None = None
    # How often something was met, for steps that act at one time and not at another.
    met: Counter[str] = field(default_factory=Counter)
    # What was seen, for steps that use it later.
    kept: dict[str, str] = field(default_factory=dict)
    # What another server has seen that a client uses beside this one.
    kept_elsewhere: dict[str, str] = field(default_factory=dict)

    def close(self) -> None:
        """Lets go of the database."""
        self.store.close()


@dataclass(slots=True, eq=False, repr=False)
class Call:
    """One request, read once, and what the steps have found out about it.

    Fields without a value are set by the step that finds them; to read one earlier is a fault.
    """

    server: Server
    endpoint: str
    method: str
    path: str
    query_string: bytes
    headers: list[tuple[bytes, bytes]]
    body: bytes
    scheme: str
    oversized: bool = False

    # what was asked
    parameters: Parameters = field(default_factory=Parameters)
    decision: Parameters = field(default_factory=Parameters)

    # who asks
    attempts: list[Attempt] = field(default_factory=list)
    client: Client = field(init=False)
    authenticated: bool = False
    user: User | None = None
    session_id: str | None = None
    bearer_values: list[str] = field(default_factory=list)
    bearer: Token = field(init=False)
    with_proof: bool = False
    sender_key: str | None = None
    sign_in: SignIn = field(init=False)
    id_token: str = ""
    claims: dict[str, Any] = field(default_factory=dict)

    # the authorization request
    redirect_uri: str | None = None
    state: str | None = None
    response_type: str | None = None

    # what is granted
    grant_type: str = ""
    kind: Literal["user", "app"] = "user"
    scope: tuple[str, ...] = ()
    code: Code = field(init=False)
    token: Token | None = None
    grant: Grant = field(init=False)
    consented: bool = False
    warning: str = ""
    with_refresh_token: bool = False
    access_token: str = ""
    refresh_token: str | None = None

    # what is asked of the GraphQL resource
    operation: dict[str, Any] = field(default_factory=dict)

    # what is answered
    answer: dict[str, Any] = field(default_factory=dict)
    error: OAuthError = field(init=False)
    error_list: str = ""
    response: Response = field(init=False)

    @property
    def owner(self) -> User:
        """The resource owner, where a step before has found who it is."""
        assert self.user is not None
        return self.user

    @property
    def found_token(self) -> Token:
        """The token that the request is about, where a step before has found it."""
        assert self.token is not None
        return self.token

    def header(self, name: bytes) -> str | None:
        """The first header of that (lower-case) name."""
        return next(iter(self.header_values(name)), None)

    def header_values(self, name: bytes) -> list[str]:
        """All headers of that (lower-case) name; bytes as Latin-1, so that nothing is lost or refused here.

        ASGI servers hand over all names in lower case.
        """
        return [value.decode("latin-1") for key, value in self.headers if key == name]

    async def run(self, name: str) -> Response | None:
        """Runs a list's steps in order, until one answers."""
        trace = self.server.trace
        for step in self.server.pipelines[name]:
            if trace is not None:
                trace(name, step.__name__)
            result = step(self)
            if result is not None and not isinstance(result, Response):
                result = await result
            if result is not None:
                return result
        return None


def named(name: str, step: Step) -> Step:
    """Gives the product of a step factory its name in the lists."""
    step.__name__ = name
    return step


@dataclass(frozen=True, slots=True)
class Edit:
    """One change to a server before it is built: a step of one list, or some settings."""

    action: Literal["remove", "replace", "before", "after", "setting"]
    list_name: str = ""
    step_name: str = ""
    new_step: Step | None = None
    changes: tuple[tuple[str, Any], ...] = ()

    def touches(self) -> set[tuple[str, str]] | None:
        """The steps whose requests may now be answered otherwise; None: any."""
        return None if self.action == "setting" else {(self.list_name, self.step_name)}

    def apply(self, pipelines: Pipelines) -> None:
        """Edits one list in place. Naming a list or step that doesn't exist is an error, never ignored."""
        if self.action == "setting":
            return
        at = self._position(pipelines)
        new = [] if self.new_step is None else [self.new_step]
        start = at + 1 if self.action == "after" else at
        end = at + 1 if self.action in ("remove", "replace") else start
        pipelines[self.list_name][start:end] = new

    def _position(self, pipelines: Pipelines) -> int:
        if self.list_name not in pipelines:
            raise ValueError(f"no list named {self.list_name!r}")
        names = [step.__name__ for step in pipelines[self.list_name]]
        if names.count(self.step_name) != 1:
            raise ValueError(f"no one step named {self.step_name!r} in {self.list_name!r}, which has {names}")
        return names.index(self.step_name)


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
