"""Each code and token that a run was given, once, with the answer that first had it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conformance.browser.returns import Return
from conformance.wire.exchange import Reply


@dataclass(frozen=True, slots=True)
class Issued:
    """A code or token, with the answer that issued it and the access token that came with it, if one did."""

    value: str
    reply: Reply
    access_token: str = ""

    @property
    def beside_access_token(self) -> str:
        """What the value has beside the access token that it was issued with; all of it where that isn't in it."""
        return self.value.replace(self.access_token, "") if self.access_token else self.value


def values_issued(kind: str, replies: Sequence[Reply], returns: Sequence[Return]) -> list[Issued]:
    """The values of one kind (`access_token`, `refresh_token`, `code`) in token responses and redirects, in order."""
    first: dict[str, Issued] = {}
    for issued in (*_in_members(kind, replies), *_in_redirects(kind, returns)):
        first.setdefault(issued.value, issued)
    return list(first.values())


def _in_members(kind: str, replies: Sequence[Reply]) -> Iterator[Issued]:
    for reply in replies:
        value, beside = reply.members.get(kind), reply.members.get("access_token")
        if isinstance(value, str) and value:
            yield Issued(value, reply, beside if isinstance(beside, str) and kind != "access_token" else "")


def _in_redirects(kind: str, returns: Sequence[Return]) -> Iterator[Issued]:
    for back in returns:
        if not back.all("error"):
            yield from (Issued(value, back.reply) for value in back.all(kind) if value)
