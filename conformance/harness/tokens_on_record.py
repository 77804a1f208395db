"""What a run has recorded of each access token: the answer that issued it, what was asked for, and what was said of it.

A token that several answers issued, or that was made older at the control port, is left out: its times and its scope
may be those of another request.
"""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import unquote_plus

from conformance.browser.returns import Return, parameters_of
from conformance.harness.grammar import fits
from conformance.profile.target import Target
from conformance.wire.exchange import Pairs, Reply, Request

# Names in a list of scopes; that it has commas in it is the matter of other sentences.
NAMES = re.compile(r"[^\s,]+")


@dataclass(frozen=True, slots=True)
class Said:
    """One answer about an access token that is active, with the one that issued the token.

    `asked` are the scopes of the request (None where it had none, or one that can be read in two ways), `issue` the
    parameters of the answer that issued it, `client_ids` how its client named itself, `at_once` whether nothing had
    been said of the token before. `is_whole` says that the answer tells all scopes.
    """

    reply: Reply
    issue: Mapping[str, Any]
    issuer: Reply
    by_browser: bool
    asked: frozenset[str] | None
    client_ids: frozenset[str]
    at_once: bool
    is_whole: bool

    @property
    def told(self) -> frozenset[str] | None:
        """The scopes in the answer that issued the token; None where it tells none."""
        return names_in(self.issue.get("scope"))

    @property
    def shown(self) -> frozenset[str] | None:
        """The scopes in the answer about the token; None where it tells none."""
        return names_in(self.reply.members.get("scope"))

    @property
    def claimed(self) -> frozenset[str] | None:
        """What the answer that issued the token says of its scope: by `scope`, else by its silence (5.1)."""
        return self.asked if self.told is None else self.told

    def differs_from(self, scope: frozenset[str]) -> bool:
        """Whether the token is sure to have another scope: what an answer leaves out may be kept from its caller."""
        shown = self.shown
        return shown is not None and (bool(shown - scope) or (self.is_whole and shown != scope))

    def __str__(self) -> str:
        return f"a token for which the server tells the scope {' '.join(sorted(self.shown or ()))!r}"


def names_in(scope: object) -> frozenset[str] | None:
    """The names in a scope, even if it is an array; None where there is no scope."""
    if isinstance(scope, list):
        return frozenset(map(str, scope))
    return frozenset(NAMES.findall(scope)) if isinstance(scope, str) else None


def said_of(target: Target, replies: Sequence[Reply], returns: Sequence[Return]) -> list[Said]:
    """What was said of each access token that one answer of a run issued, in order."""
    every = list(_issues(target, replies, returns))
    issues, times = dict(every), Counter(token for token, _ in every)
    aged = _aged(target, replies)
    known = {token: issue for token, issue in issues.items() if times[token] == 1 and token not in aged}
    found: list[Said] = []
    seen: set[str] = set()
    for reply, token, is_whole in _answers(target, replies):
        if token in known:
            issue, by_browser, asked, ids, issuer = known[token]
            found.append(Said(reply, issue, issuer, by_browser, asked, ids, token not in seen, is_whole))
            seen.add(token)
    return found


@dataclass(frozen=True, slots=True)
class Again:
    """An answer of introspection that a token is active, and the first one that was given about the same token."""

    first: Reply
    reply: Reply


def said_again(target: Target, replies: Sequence[Reply]) -> list[Again]:
    """Answers about tokens of either kind that were introspected more than once, and neither made older nor issued
    again in between."""
    aged, times = _aged(target, replies), Counter(_given_out(target, replies))
    first: dict[str, Reply] = {}
    found = []
    for reply, token in _introspected(target, replies):
        if token in first and token not in aged and times[token] <= 1:
            found.append(Again(first[token], reply))
        first.setdefault(token, reply)
    return found


Issue = tuple[Mapping[str, Any], bool, "frozenset[str] | None", frozenset[str], Reply]


def _issues(target: Target, replies: Sequence[Reply], returns: Sequence[Return]) -> Iterator[tuple[str, Issue]]:
    """Each access token with how it was issued: by the token endpoint, or by a redirect."""
    asked_for_code = {code: _asked(back.asked) for back in returns for code in back.all("code")}
    url = target.url("token")
    for reply in replies:
        token = reply.members.get("access_token") if reply.is_success and reply.request.url == url else None
        if isinstance(token, str):
            pairs = parameters_of(reply.request)
            code = next((value for name, value in pairs if name == "code"), "")
            is_exchange = ("grant_type", "authorization_code") in pairs
            asked = asked_for_code.get(code) if is_exchange else _asked(pairs)
            yield token, (reply.members, False, asked, _client_ids(reply.request), reply)
    for back in returns:
        for token in back.all("access_token"):
            ids = frozenset(value for name, value in back.asked if name == "client_id")
            yield token, (dict(back.told), True, _asked(back.asked), ids, back.reply)


def _answers(target: Target, replies: Sequence[Reply]) -> Iterator[tuple[Reply, str, bool]]:
    """Answers that a token is active, with the token, and whether they tell all of its scopes."""
    for reply, token in _introspected(target, replies):
        yield reply, token, target.introspection_tells_whole_scope
    if "token_info" not in target.features:
        return
    url = target.url("token_info")
    for reply in replies:
        scheme, _, token = (reply.request.header("Authorization") or "").partition(" ")
        if reply.request.url == url and reply.is_served and scheme.lower() == "bearer":
            yield reply, token.strip(), True


def _introspected(target: Target, replies: Sequence[Reply]) -> Iterator[tuple[Reply, str]]:
    """Answers of introspection that a token is active, with the token."""
    if "introspection" not in target.features:
        return
    url = target.url("introspection")
    for reply in replies:
        if reply.request.url == url and reply.members.get("active") is True:
            tokens = [value for name, value in parameters_of(reply.request) if name == "token"]
            if len(tokens) == 1:
                yield reply, tokens[0]


def _given_out(target: Target, replies: Sequence[Reply]) -> Iterator[str]:
    """The tokens in each answer of the token endpoint."""
    url = target.url("token")
    for reply in replies:
        if reply.is_success and reply.request.url == url:
            values = (reply.members.get(name) for name in ("access_token", "refresh_token"))
            yield from (value for value in values if isinstance(value, str))


def _aged(target: Target, replies: Sequence[Reply]) -> set[str]:
    """Credentials that were made older."""
    if target.control_url is None:
        return set()
    sent = [reply.request for reply in replies if reply.request.url.startswith(target.control_url)]
    return {value for request in sent for name, value in parameters_of(request) if name == "credential"}


def _asked(pairs: Pairs) -> frozenset[str] | None:
    """The scopes that a request names once, and as every server reads them."""
    scopes = [value for name, value in pairs if name == "scope"]
    if len(scopes) != 1 or not fits("scope", scopes[0]) or "," in scopes[0]:
        return None
    return frozenset(scopes[0].split(" "))


def _client_ids(request: Request) -> frozenset[str]:
    """How the client of a token request named itself, in the form and by HTTP Basic."""
    named = {value for name, value in parameters_of(request) if name == "client_id"}
    scheme, _, credentials = (request.header("Authorization") or "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user = base64.b64decode(credentials).decode().partition(":")[0]
        except ValueError:
            return frozenset(named)
        named |= {user, unquote_plus(user)}
    return frozenset(named)


def answered_at(reply: Reply) -> float | None:
    """When an answer was given by the server's own clock, in seconds since 1970; None where it doesn't say."""
    try:
        return parsedate_to_datetime(reply.header("Date") or "").timestamp()
    except ValueError:
        return None
