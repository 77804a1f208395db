"""What only the user knows: clients, an account, what the deployment wants beside the RFC.

Each item has a flag and an environment variable; at a terminal it is asked for. Secrets come from variables, or are
typed without being shown: they have no flag, because command lines are public.
"""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from collections.abc import Mapping, Sequence
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


ITEMS: tuple[Item, ...] = (
    Item("client_id", "OAUTH2_CLIENT_ID", "client_id of a confidential client"),
    Item("client_secret", "OAUTH2_CLIENT_SECRET", "its client_secret", is_secret=True),
    Item("redirect_uri", "OAUTH2_REDIRECT_URI", "its registered redirect URIs, space-separated"),
    Item("other_client_id", "OAUTH2_OTHER_CLIENT_ID", "client_id of a second confidential client"),
    Item("other_client_secret", "OAUTH2_OTHER_CLIENT_SECRET", "its client_secret", is_secret=True),
    Item("other_redirect_uri", "OAUTH2_OTHER_REDIRECT_URI", "its registered redirect URIs, space-separated"),
    Item("public_client_id", "OAUTH2_PUBLIC_CLIENT_ID", "client_id of a public client"),
    Item("public_redirect_uri", "OAUTH2_PUBLIC_REDIRECT_URI", "its registered redirect URIs, space-separated"),
    Item("username", "OAUTH2_USERNAME", "name of a test account"),
    Item("password", "OAUTH2_PASSWORD", "its password", is_secret=True),
    Item("scope", "OAUTH2_SCOPE", "scopes that the clients may ask for, space-separated"),
)
# What is asked for together: without the first of a group nothing is asked of the rest.
GROUPS = (
    ("client_id", "client_secret", "redirect_uri"),
    ("other_client_id", "other_client_secret", "other_redirect_uri"),
    ("public_client_id", "public_redirect_uri"),
    ("username", "password"),
    ("scope",),
)
CLIENT_TABLES: Mapping[str, str] = {"confidential": "", "other": "other_", "public": "public_"}


@dataclass(frozen=True, slots=True)
class Inputs:
    """What was given: tables of the profile (secrets as `env:NAME`), scopes, and the secrets that were typed."""

    clients: Mapping[str, Mapping[str, Any]]
    owner: Mapping[str, str] | None
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
    for group in GROUPS:
        for item in (each for each in ITEMS if each.name in group):
            value = "" if item.is_secret else _flag(getattr(options, item.name))
            value = value or known.get(variables[item.name], "")
            if not value and may_ask and (item.name == group[0] or values.get(group[0])):
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
    lacking = [item for item in ITEMS if item.is_secret and _owner_of(item) in values and item.name not in values]
    if "client_id" not in values and "public_client_id" not in values:
        lacking = [item for item in ITEMS if item.name in ("client_id", "client_secret")] + lacking
    if lacking:
        lines = [f"  {item.question}: give {item.sources}" for item in dict.fromkeys(lacking)]
        if "client_id" in values and "client_secret" not in values:
            lines.append("  (a client without a secret is a public one: --public-client-id)")
        raise MissingInput("\n".join(["not enough is known to ask the deployment:", *lines]))


def _owner_of(item: Item) -> str:
    return "username" if item.name == "password" else item.name.replace("client_secret", "client_id")


def _inputs(values: Mapping[str, str], variables: Mapping[str, str], typed: Mapping[str, str]) -> Inputs:
    clients: dict[str, dict[str, Any]] = {}
    for name, prefix in CLIENT_TABLES.items():
        if f"{prefix}client_id" not in values:
            continue
        clients[name] = {"client_id": values[f"{prefix}client_id"]}
        if f"{prefix}client_secret" in values:
            clients[name]["client_secret"] = f"env:{variables[f'{prefix}client_secret']}"
        clients[name]["redirect_uris"] = values.get(f"{prefix}redirect_uri", "").split()
    owner = None
    if "username" in values:
        owner = {"username": values["username"], "password": f"env:{variables['password']}"}
    absent = tuple(item for item in ITEMS if item.name not in values)
    return Inputs(clients, owner, tuple(values.get("scope", "").split()), typed, absent)
