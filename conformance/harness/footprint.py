"""What a run leaves: how often accounts signed in, failed to and approved, and which tokens were issued.

It is read off the wire, whatever test or driver sent it. A forecast is the footprint of a rehearsal.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from conformance.harness.tokens import TokenKind
from conformance.profile.target import Target
from conformance.wire.content import read_json
from conformance.wire.exchange import Exchange, Reply, Request

if TYPE_CHECKING:
    from conformance.browser.answer import Answer

# The account at the external provider, by its table in the profile.
AT_PROVIDER = "documented.federation"
PASSWORD_FIELD = re.compile(r"pass|pwd|pin\b|secret|credential", re.I)
PART = re.compile(r'name="([^"]*)"\r\n\r\n(.*?)\r\n--', re.S)
# Larger bodies sign nobody in.
LONGEST_FORM = 65_536


@dataclass
class AccountUse:
    """What one account or client saw. `most_in_a_row` counts failed sign-ins that no good one came between.

    `journeys` are the authorization requests that were driven as this account, `entered` those that it signed in for.
    """

    journeys: int = 0
    entered: int = 0
    sign_ins: int = 0
    failed_sign_ins: int = 0
    most_in_a_row: int = 0
    approvals: int = 0
    in_a_row: int = field(default=0, repr=False)

    def signed_in(self, *, well: bool) -> None:
        """A password was sent: the account's own, or another."""
        self.sign_ins += well
        self.failed_sign_ins += not well
        self.in_a_row = 0 if well else self.in_a_row + 1
        self.most_in_a_row = max(self.most_in_a_row, self.in_a_row)

    def add(self, other: AccountUse) -> None:
        """Take in what another process saw of it."""
        self.journeys += other.journeys
        self.entered += other.entered
        self.sign_ins += other.sign_ins
        self.failed_sign_ins += other.failed_sign_ins
        self.approvals += other.approvals
        self.most_in_a_row = max(self.most_in_a_row, other.most_in_a_row)


@dataclass(frozen=True, slots=True)
class Issued:
    """A token, the client that it was issued to by its name in the profile, and whether a refresh token came along."""

    token: str = field(repr=False)
    kind: TokenKind
    client: str
    is_refreshable: bool = False


@dataclass
class Footprint:
    """What was seen so far, by tables of the profile; a client signs in by its secret. Nobody redeemed the `codes`.

    `journeys` are authorization requests that were driven, `driven` the seconds and `on_the_way` the requests that they
    took.
    """

    accounts: dict[str, AccountUse] = field(default_factory=dict)
    clients: dict[str, AccountUse] = field(default_factory=dict)
    issued: dict[str, Issued] = field(default_factory=dict)
    codes: int = 0
    requests: int = 0
    journeys: int = 0
    driven: float = 0.0
    on_the_way: int = 0

    def account(self, name: str) -> AccountUse:
        """What an account saw, by its table in the profile."""
        return self.accounts.setdefault(name, AccountUse())

    def add(self, other: Footprint) -> None:
        """Take in what another process, or a later test, has left."""
        for name, use in other.accounts.items():
            self.account(name).add(use)
        for name, use in other.clients.items():
            self.clients.setdefault(name, AccountUse()).add(use)
        self.issued |= other.issued
        self.codes += other.codes
        self.requests += other.requests
        self.journeys += other.journeys
        self.driven += other.driven
        self.on_the_way += other.on_the_way

    def tokens(self, kind: TokenKind) -> int:
        """How many tokens of a kind were issued."""
        return sum(each.kind == kind for each in self.issued.values())

    def as_dict(self) -> dict[str, Any]:
        """Numbers alone, for reports."""
        return {
            "requests": self.requests,
            "accounts": _numbers(self.accounts, ("sign_ins", "failed_sign_ins", "most_in_a_row", "approvals")),
            "clients": _numbers(self.clients, ("failed_sign_ins", "most_in_a_row")),
            "access_tokens": self.tokens("access_token"),
            "refresh_tokens": self.tokens("refresh_token"),
            "codes": max(0, self.codes),
        }


def _numbers(uses: Mapping[str, AccountUse], names: Sequence[str]) -> dict[str, dict[str, int]]:
    return {table: {name: getattr(use, name) for name in names} for table, use in sorted(uses.items())}


# A server that locks accounts and doesn't tell when may do so after as few.
SOON = 3


def may_lock(footprint: Footprint, target: Target) -> list[str]:
    """The accounts and clients, by their tables, that see more failures in a row than the target stands."""
    limit = target.limits.failed_authentications or SOON
    uses = sorted(_by_table(footprint).items())
    return [f"[{table}]" for table, use in uses if use.most_in_a_row >= limit]


def failed_sign_ins(target: Target, exchanges: Iterable[Exchange]) -> dict[str, int]:
    """How often accounts and clients, by their tables, failed to sign in in some exchanges."""
    watch = Watch(target)
    for exchange in exchanges:
        watch.exchange(exchange.request, exchange.reply)
    return {table: use.failed_sign_ins for table, use in _by_table(watch.seen).items() if use.failed_sign_ins}


def _by_table(footprint: Footprint) -> dict[str, AccountUse]:
    return {**footprint.accounts, **{f"clients.{name}": use for name, use in footprint.clients.items()}}


class Watch:
    """Sees the exchanges of a session and keeps count."""

    def __init__(self, target: Target) -> None:
        self.seen = Footprint()
        self._sitting = ""
        self._accounts = dict(_accounts(target))
        self._clients = {client.client_id: client for client in target.clients.values()}

    def take(self) -> Footprint:
        """Returns what was counted since the last call, and begins to count anew."""
        taken, self.seen = self.seen, Footprint()
        for old, new in ((taken.accounts, self.seen.accounts), (taken.clients, self.seen.clients)):
            new |= {name: AccountUse(in_a_row=use.in_a_row) for name, use in old.items() if use.in_a_row}
        return taken

    @contextmanager
    def at_browser(self, account: str) -> Iterator[None]:
        """Inside, an account's user agent sends."""
        self._sitting = account
        try:
            yield
        finally:
            self._sitting = ""

    def exchange(self, request: Request, reply: Reply | None) -> None:
        """One request and what came of it."""
        self.seen.requests += 1
        fields = _fields(request) if len(request.body) <= LONGEST_FORM else {}
        self._see_sign_in(fields)
        client_id, secret = _credentials(request, fields)
        client = self._clients.get(client_id)
        if client is not None and secret is not None and client.client_secret is not None:
            self.seen.clients.setdefault(client.name, AccountUse()).signed_in(well=secret == client.client_secret)
        if reply is not None and reply.is_success and b"access_token" in reply.body and "grant_type" in fields:
            self._see_issued(reply.members, client.name if client else "", fields)

    def journey(self, account: str | None, answer: Answer, requests: int, seconds: float) -> None:
        """One authorization request, driven to its end."""
        self.seen.journeys += 1
        self.seen.on_the_way += requests
        self.seen.driven += seconds
        who = account or (AT_PROVIDER if AT_PROVIDER in self._accounts else None)
        if account is not None:
            self.seen.account(account).journeys += 1
            self.seen.account(account).entered += answer.signed_in
        code, token = answer.get("code"), answer.get("access_token")
        if token:
            self.seen.issued[token] = Issued(token, "access_token", answer.request.client.name)
        self.seen.codes += code is not None
        if (code or token) and who is not None:
            self.seen.account(who).approvals += 1

    def _see_sign_in(self, fields: Mapping[str, str]) -> None:
        words = {
            value for name, value in fields.items() if value and name != "client_secret" and PASSWORD_FIELD.search(name)
        }
        if not words:
            return
        named = [name for name, (username, _) in self._accounts.items() if username in fields.values()]
        # On a page of its own a password comes without the name.
        own = [name for name, (_, password) in self._accounts.items() if password in words][:1]
        sitting = [self._sitting] if self._sitting in self._accounts else []
        for name in named or own or sitting:
            self.seen.account(name).signed_in(well=self._accounts[name][1] in words)

    def _see_issued(self, members: Mapping[str, Any], client: str, fields: Mapping[str, str]) -> None:
        access, refresh = members.get("access_token"), members.get("refresh_token")
        if isinstance(access, str) and access:
            self.seen.codes -= fields.get("grant_type") == "authorization_code"
            self.seen.issued[access] = Issued(access, "access_token", client, isinstance(refresh, str))
        if isinstance(refresh, str) and refresh:
            self.seen.issued[refresh] = Issued(refresh, "refresh_token", client)


def _accounts(target: Target) -> Iterator[tuple[str, tuple[str, str]]]:
    for name, owner in target.owners.items():
        yield name, (owner.username, owner.password)
    table = target.documented.get("federation")
    if isinstance(table, Mapping):
        yield AT_PROVIDER, (str(table["username"]), str(table["password"]))


def _fields(request: Request) -> dict[str, str]:
    """The fields of a body, whichever way a page or a script sends them."""
    if request.method == "GET" or not request.body:
        return {}
    kind = (request.header("Content-Type") or "").lower()
    if "json" in kind:
        document = read_json(request.body.decode("utf-8", "replace"))
        members = document if isinstance(document, dict) else {}
        return {name: value for name, value in members.items() if isinstance(value, str)}
    text = request.body.decode("utf-8", "replace")
    return dict(PART.findall(text) if "multipart" in kind else parse_qsl(text, keep_blank_values=True))


def _credentials(request: Request, fields: Mapping[str, str]) -> tuple[str, str | None]:
    """The client_id and the secret that a request brings: by HTTP Basic, else in its body."""
    scheme, _, value = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, word = base64.b64decode(value, validate=True).decode("utf-8", "replace").partition(":")
        except (ValueError, binascii.Error):
            return "", None
        return unquote_plus(user), unquote_plus(word)
    return fields.get("client_id", ""), fields.get("client_secret")
