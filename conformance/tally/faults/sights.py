"""One broken test as the rules of causes see it: what was asked, what was answered, what was wrong with that."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from conformance.tally.comparing import Asked, request_as_asked
from conformance.tally.faults.oddities import Known, oddities
from conformance.tally.faults.stories import Chapter, story_of

Entry = Mapping[str, Any]
Exchange = Mapping[str, Any]

GRANTED = ("code", "access_token", "refresh_token", "id_token")
# What changes from one run of the same test to the next: numbers of placeholders, times, sizes, random values.
CHANGING = re.compile(r"\{[a-z_ ]+#[0-9-]+\}|invented-[a-z-]+-[0-9a-f]{16}|\b[\w-]*\d[\w.-]*\b")


@dataclass(frozen=True)
class Sight:
    """A broken test of a requirement, with the exchanges that it rests on; these are None where nothing was sent.

    `story` is what became of the request's credentials before, `known` what the profile says of clients.
    """

    entry: Entry
    test: Mapping[str, Any]
    exchange: Exchange | None = None
    answer: Exchange | None = None
    story: frozenset[Chapter] = frozenset()
    known: Known = field(default_factory=lambda: Known.of({}))

    @property
    def judged(self) -> Mapping[str, Any]:
        """What `results.json` says of what the finding rests on."""
        return dict(self.test.get("judged", {}))

    @property
    def aspect(self) -> str:
        """What was wrong, as far as the expectation tells."""
        return str(self.judged.get("aspect", ""))

    @property
    def about(self) -> tuple[str, ...]:
        """What the expectation speaks of (see `Violation`); nothing in results of versions that didn't say."""
        return tuple(self.test.get("about", ()))

    @property
    def codes(self) -> tuple[str, ...]:
        """The error codes that it names."""
        return tuple(each.removeprefix("error ") for each in self.about if each.startswith("error "))

    @property
    def wants_refusal(self) -> bool:
        """Whether the request was to be refused."""
        return "refusal" in self.about or bool(self.codes)

    @property
    def observed(self) -> str:
        """What was observed, in words, without what changes from run to run."""
        return CHANGING.sub("_", self.test["observed"])

    @cached_property
    def asked(self) -> Asked | None:
        """What the judged request asked for."""
        return request_as_asked(self.exchange["request"]) if self.exchange else None

    @property
    def place(self) -> str:
        """The URL that was asked, without its query."""
        return self.asked.place if self.asked else ""

    @cached_property
    def response(self) -> Mapping[str, Any]:
        """The response that shows the breach; an empty one where none came."""
        empty = {"status": 0, "headers": [], "body": ""}
        return dict(self.answer.get("response", empty)) if self.answer else empty

    @property
    def status(self) -> int:
        """Its status; 0 where none came."""
        return int(self.response["status"])

    def header(self, name: str) -> str:
        """The first header of that name; empty without one."""
        return next((str(value) for key, value in self.response["headers"] if key.lower() == name.lower()), "")

    @cached_property
    def members(self) -> Mapping[str, Any]:
        """The members of its JSON body; none where it is anything else."""
        try:
            read = json.loads(self.response["body"])
        except (ValueError, RecursionError):
            return {}
        return read if isinstance(read, dict) else {}

    @property
    def location(self) -> str:
        """Where it sends the user agent; empty for nowhere."""
        return self.header("Location")

    @cached_property
    def sent_on(self) -> Mapping[str, str]:
        """The parameters in its Location."""
        parts = urlsplit(self.location)
        return dict(parse_qsl(f"{parts.query}&{parts.fragment}", keep_blank_values=True))

    @property
    def error(self) -> str:
        """The error code that it carries, in its body or its Location; empty without one."""
        value = self.members.get("error", self.sent_on.get("error", ""))
        return value if isinstance(value, str) else ""

    @property
    def granted(self) -> tuple[str, ...]:
        """What it grants: names of the tokens or the code in it."""
        return tuple(name for name in GRANTED if self.members.get(name) or self.sent_on.get(name))

    @property
    def repeated(self) -> tuple[str, ...]:
        """Parameters that the request has more than once."""
        names = [name for name, _ in self.asked.parameters] if self.asked else []
        return tuple(dict.fromkeys(name for name in names if names.count(name) > 1))

    def sent(self, name: str) -> str | None:
        """A parameter of the request; None without it."""
        pairs = self.asked.parameters if self.asked else ()
        return next((value for key, value in pairs if key == name), None)

    @cached_property
    def odd(self) -> frozenset[str]:
        """What is odd about the request."""
        return oddities(self.asked, self.known) if self.asked else frozenset()

    @property
    def events(self) -> frozenset[str]:
        """What had happened to any credential of the request."""
        return frozenset(chapter.event for chapter in self.story)

    @property
    def is_served(self) -> bool:
        """Whether the request got what it asked for."""
        if self.aspect == "inactive" or self.granted or self.members.get("active") is True:
            return True
        return 200 <= self.status < 300 and not self.error and self.header("Content-Type")[:9] != "text/html"

    @property
    def is_refused(self) -> bool:
        """Whether the answer is an error."""
        return self.status >= 400 or bool(self.error)

    @property
    def differs(self) -> tuple[str, ...]:
        """How the request differs from its control, in words."""
        return tuple(self.judged.get("differs", ()))


def sights_of(entries: Sequence[Entry], exchanges: Sequence[Exchange], profile: Mapping[str, Any]) -> list[Sight]:
    """The broken tests of a run's findings, in the catalogue's order."""
    identifiers = {name: str(table.get("client_id", "")) for name, table in profile.get("clients", {}).items()}
    return [
        _sight(entry, test, exchanges, identifiers, Known.of(profile))
        for entry in entries
        if entry["verdict"] in ("failed", "warned")
        for test in entry["tests"]
        if test["outcome"] == "broken"
    ]


def _sight(
    entry: Entry,
    test: Mapping[str, Any],
    exchanges: Sequence[Exchange],
    identifiers: Mapping[str, str],
    known: Known,
) -> Sight:
    judged = test.get("judged")
    if judged is None:
        return Sight(entry, test)
    own = sorted({*test["exchanges"], judged["exchange"]}, key=lambda place: exchanges[place]["at"])
    story = story_of(own.index(judged["exchange"]), [exchanges[place] for place in own], identifiers)
    return Sight(entry, test, exchanges[judged["exchange"]], exchanges[judged["answer"]], story, known)
