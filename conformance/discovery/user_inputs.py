"""What only the user knows: clients, an account, what the deployment wants beside the RFC.

Each item has a flag and an environment variable; at a terminal it is asked for. Secrets come from variables, or are
typed without being shown: they have no flag, because command lines are public.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


class MissingInput(Exception):
    """Something is missing that can't be asked for: the message names flag and variable."""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to know. A secret's flag takes the name of another variable than `variable`."""

    name: str
    variable: str
    question: str
    is_secret: bool = False

    @property
    def flag(self) -> str:
        """Its flag on the command line."""
        return f"--{self.name.replace('_', '-')}{'-env' if self.is_secret else ''}"

    @property
    def sources(self) -> str:
        """How it can be given, in words."""
        return f"${self.variable}" if self.is_secret else f"{self.flag} or ${self.variable}"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the profile that init can fill in: what its names begin with, and what it is for.

    A client may have a secret, must have one, or has none. `type` is what the profile says of its type.
    """

    name: str
    prefix: str
    what: str
    secret: str = "must"
    type: str = ""


CLIENT_TABLES = (
    Table("confidential", "", "a confidential client"),
    Table("other", "other_", "a second confidential client"),
    Table("public", "public_", "a public client", "none"),
    Table("native", "native_", "a native app", "may", "native"),
    Table("special", "special_", "a client with : %% + & and space in its id and secret"),
    Table("single_redirect", "single_redirect_", "a client with exactly one redirect URI", "may"),
    Table("restricted", "restricted_", "a client that may not use some grant", "may"),
    Table("introspecting", "introspecting_", "a client that may introspect, where the first one may not"),
    Table("guessing", "guessing_", "a client that wrong secrets may lock"),
)
OWNER_TABLES = (
    Table("resource_owner", "", "a test account"),
    Table("resource_owner_other", "other_", "a second test account"),
    Table("resource_owner_unicode", "unicode_", "an account with letters beyond ASCII in name and password"),
    Table("resource_owner_guessing", "guessing_", "an account that wrong passwords may lock"),
)
# Clients that no authorization request is made for.
WITHOUT_USER_AGENT = ("introspecting",)


def _items() -> Iterator[Item]:
    for table in CLIENT_TABLES:
        variable = f"OAUTH2_{table.prefix.upper()}"
        yield Item(f"{table.prefix}client_id", f"{variable}CLIENT_ID", f"client_id of {table.what}")
        if table.secret != "none":
            yield Item(f"{table.prefix}client_secret", f"{variable}CLIENT_SECRET", "its client_secret", is_secret=True)
        if table.name not in WITHOUT_USER_AGENT:
            question = "its registered redirect URIs, space-separated"
            yield Item(f"{table.prefix}redirect_uri", f"{variable}REDIRECT_URI", question)
    for table in OWNER_TABLES:
        variable = f"OAUTH2_{table.prefix.upper()}"
        yield Item(f"{table.prefix}username", f"{variable}USERNAME", f"name of {table.what}")
        yield Item(f"{table.prefix}password", f"{variable}PASSWORD", "its password", is_secret=True)
    yield Item("scope", "OAUTH2_SCOPE", "scopes that the clients may ask for, space-separated")


ITEMS = tuple(_items())


def _group_of(item: Item) -> str:
    """The item that it is asked for with: without that one nothing is asked of the rest."""
    for end, first in (("client_secret", "client_id"), ("redirect_uri", "client_id"), ("password", "username")):
        if item.name.endswith(end):
            return item.name.removesuffix(end) + first
    return item.name


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was given: tables of the profile (secrets as `env:NAME`), scopes, and the secrets that were typed."""

    clients: Mapping[str, Mapping[str, Any]]
    owners: Mapping[str, Mapping[str, str]]
    scopes: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[Item, ...] = ()


def add_flags(parser: argparse.ArgumentParser) -> None:
    """A flag for each item."""
    group = parser.add_argument_group("what only you know", "asked for at a terminal if not given")
    for item in ITEMS:
        if item.is_secret:
            group.add_argument(item.flag, metavar="NAME", help=f"variable with {item.question} (${item.variable})")
        else:
            repeatable = "append" if item.name.endswith(("redirect_uri", "scope")) else "store"
            group.add_argument(
                item.flag, action=repeatable, metavar="VALUE", help=f"{item.question} (${item.variable})"
            )


def gather(options: argparse.Namespace, environment: Mapping[str, str] | None = None, *, may_ask: bool) -> Inputs:
    """Flags, then variables, then questions where somebody can answer. Raises MissingInput."""
    known = os.environ if environment is None else environment
    values: dict[str, str] = {}
    variables = {item.name: _variable(item, options) for item in ITEMS}
    typed: dict[str, str] = {}
    for item in ITEMS:
        value = "" if item.is_secret else _flag(getattr(options, item.name))
        value = value or known.get(variables[item.name], "")
        first = _group_of(item)
        if not value and may_ask and (item.name == first or values.get(first)):
            value = _asked(item, is_optional=item.name != "client_id")
            typed |= {variables[item.name]: value} if item.is_secret and value else {}
        values |= {item.name: value} if value else {}
    _check(values)
    return _inputs(values, variables, typed)


def _variable(item: Item, options: argparse.Namespace) -> str:
    named = getattr(options, item.flag[2:].replace("-", "_")) if item.is_secret else None
    return named or item.variable


def _flag(value: str | Sequence[str] | None) -> str:
    return value or "" if isinstance(value, str) or value is None else " ".join(value)


def _asked(item: Item, *, is_optional: bool) -> str:
    """Ask at the terminal; an empty answer leaves an optional item out."""
    prompt = f"{item.question}{' (empty: none)' if is_optional else ''}: "
    if item.is_secret:
        try:
            return getpass.getpass(prompt, sys.stderr)
        except EOFError:
            return ""
    print(prompt, end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip()


def _check(values: Mapping[str, str]) -> None:
    """Raise MissingInput for a lone half: an account without a password, no client at all."""
    optional = {f"{table.prefix}client_secret" for table in CLIENT_TABLES if table.secret == "may"}
    owed = [item for item in ITEMS if item.is_secret and item.name not in optional]
    lacking = [item for item in owed if _group_of(item) in values and item.name not in values]
    if "client_id" not in values and "public_client_id" not in values:
        lacking = [item for item in ITEMS if item.name in ("client_id", "client_secret")] + lacking
    if lacking:
        lines = [f"  {item.question}: give {item.sources}" for item in dict.fromkeys(lacking)]
        if "client_id" in values and "client_secret" not in values:
            lines.append("  (a client without a secret is a public one: --public-client-id)")
        raise MissingInput("\n".join(["not enough is known to ask the deployment:", *lines]))


def _inputs(values: Mapping[str, str], variables: Mapping[str, str], typed: Mapping[str, str]) -> Inputs:
    clients: dict[str, dict[str, Any]] = {}
    for table in (each for each in CLIENT_TABLES if f"{each.prefix}client_id" in values):
        clients[table.name] = {"client_id": values[f"{table.prefix}client_id"]}
        if f"{table.prefix}client_secret" in values:
            clients[table.name]["client_secret"] = f"env:{variables[f'{table.prefix}client_secret']}"
        if table.type:
            clients[table.name]["type"] = table.type
        if table.name not in WITHOUT_USER_AGENT:
            clients[table.name]["redirect_uris"] = values.get(f"{table.prefix}redirect_uri", "").split()
    owners = {
        table.name: {
            "username": values[f"{table.prefix}username"],
            "password": f"env:{variables[f'{table.prefix}password']}",
        }
        for table in OWNER_TABLES
        if f"{table.prefix}username" in values
    }
    absent = tuple(item for item in ITEMS if item.name not in values)
    return Inputs(clients, owners, tuple(values.get("scope", "").split()), typed, absent)
