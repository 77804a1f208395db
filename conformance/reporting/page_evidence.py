"""The exchanges of a run as a page carries them: each once, in the page itself or packed beside it."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.reporting import summary
from conformance.reporting.curl import curl_line
from conformance.reporting.summary import Content

# Characters of evidence that are also written into the page itself, for readers without JavaScript: findings first.
# The bound keeps the report of a target that fails everything in one mailable file.
READABLE_WITHOUT_SCRIPT = 1_000_000


@dataclass
class Evidence:
    """The exchanges of a run; `room` is what the page itself may still hold of them, in characters."""

    base_url: str
    exchanges: list[dict[str, Any]]
    room: int = READABLE_WITHOUT_SCRIPT

    @classmethod
    def of(cls, content: Content) -> Evidence:
        """Take in a run's exchanges, each with its curl line."""
        variables = summary.shell_variables(content)
        exchanges = [{**exchange, "curl": curl_line(exchange, variables)} for exchange in content["exchanges"]]
        return cls(content["target"]["base_url"], exchanges)

    def readable(self, test: Mapping[str, Any]) -> list[dict[str, Any]]:
        """A test's exchanges for the page itself; empty when there is no more room for them."""
        found = [self.exchanges[place] for place in test["exchanges"]]
        size = sum(_size(exchange) for exchange in found)
        if size > self.room:
            return []
        self.room -= size
        return found

    def short_url(self, url: str) -> str:
        """A URL without the target's base; one that only begins alike is shown whole."""
        rest = url.removeprefix(self.base_url.rstrip("/"))
        return rest if rest.startswith(("/", "?")) else url if rest else "/"

    def packed(self) -> str:
        """The exchanges as JSON, compressed, in base64."""
        return packed({"exchanges": self.exchanges})


def packed(value: Any) -> str:
    """A value as JSON, compressed, in base64: what the page's script unpacks."""
    text = json.dumps(value, separators=(",", ":")).encode("ascii")
    return base64.b64encode(gzip.compress(text, compresslevel=4, mtime=0)).decode("ascii")


def _size(exchange: Mapping[str, Any]) -> int:
    """About how many characters an exchange takes in the page: markup, wire log, picture, curl line."""
    sides = [exchange["request"], exchange.get("response") or {"headers": (), "body": ""}]
    headers = sum(len(name) + len(value) + 24 for side in sides for name, value in side["headers"])
    return (
        700
        + len(exchange.get("picture", ""))
        + headers
        + sum(len(side["body"]) for side in sides)
        + 2 * len(exchange["curl"])
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """Where an exchange stands in the time of its test, in thousandths of the whole, and when it began, in words."""

    start: int
    width: int
    after: str


def timeline(exchanges: Sequence[Mapping[str, Any]]) -> list[Moment]:
    """The moment of each exchange; a bar is never too narrow to be seen."""
    starts = [float(exchange["at"]) for exchange in exchanges]
    # `at` is taken when the reply is there, `ms` is what it took.
    lengths = [exchange["response"]["ms"] / 1000 if "response" in exchange else 0.0 for exchange in exchanges]
    begin = min(starts, default=0.0)
    whole = max((at + length for at, length in zip(starts, lengths, strict=True)), default=0.0) - begin or 1.0
    return [
        Moment(
            start=min(980, round(1000 * (at - begin) / whole)),
            width=max(20, round(1000 * length / whole)),
            after=f"+{1000 * (at - begin):.0f} ms",
        )
        for at, length in zip(starts, lengths, strict=True)
    ]
