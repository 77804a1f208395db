"""Steps that differ from the right ones in some places only: most mistakes stand in one branch of a client."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from ..pipeline import Draft, Login, Step, named
from ..settings import Settings
from ..wire import Reply, connect

Condition: TypeAlias = Callable[[Login], bool]


def when(condition: Condition, new: Step, old: Step) -> Step:
    """The new step where the condition holds, else the old one."""
    return named(new.__name__, lambda login: new(login) if condition(login) else old(login))


def unless(condition: Condition, step: Step) -> Step:
    """The step, but where the condition holds."""
    return named(step.__name__, lambda login: None if condition(login) else step(login))


def nothing(login: Login) -> None:
    """Left out."""


def form_value(login: Login, name: str) -> str:
    """What the request at hand holds in its body under a name."""
    return next((value for key, value in login.draft.form if key == name), "")


def by_grant(grant_type: str) -> Condition:
    """The request at hand is a token request with that `grant_type`."""
    return lambda login: form_value(login, "grant_type") == grant_type


def refreshes(login: Login) -> bool:
    """The request at hand is a refresh request."""
    return form_value(login, "grant_type") == "refresh_token"


def revokes(login: Login) -> bool:
    """The request at hand gives a token back."""
    return any(name == "token" for name, _ in login.draft.form)


def has_secret(login: Login) -> bool:
    """The client is a confidential one."""
    return bool(login.context.client_secret)


def at_other_server(login: Login) -> bool:
    """The login is at another server than the client's first one."""
    return login.client.memory.setdefault("first issuer", login.context.issuer) != login.context.issuer


def carelessly(login: Login, draft: Draft, **changes: object) -> Reply:
    """Sends a request over a connection of its own with other settings."""
    settings = changed(login.wire.settings, changes)
    with connect(settings, login.context.certificates) as wire:
        return wire.send(draft)


def changed(settings: Settings, changes: dict[str, object]) -> Settings:
    """Settings with changes by name."""
    return replace(settings, **changes)  # type: ignore[arg-type]  # names and types are those of the settings


def replaced(login: Login, pairs: list[tuple[str, str]], name: str, value: str) -> None:
    """Gives a parameter of a draft another value."""
    pairs[:] = [(key, value if key == name else old) for key, old in pairs]
