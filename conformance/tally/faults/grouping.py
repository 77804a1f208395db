"""From findings to faults: those that rest on the same answers or on one systemic cause are one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.tally.faults.causes import CAUSES, OF_FORM, Cause
from conformance.tally.faults.oddities import NO_AUTHENTICATION, WRONG_AUTHENTICATION
from conformance.tally.faults.sights import Entry, Exchange, Sight, sights_of

Key = tuple[object, ...]
OF_MEMBER = re.compile(r"member |parameter ")
# Aspects of a request that was not served, and of one that was.
REFUSED = ("refused", "not issued")
TAKEN = ("issued", "served", "redirected", "still active", "inactive")
AUTHENTICATION = frozenset({NO_AUTHENTICATION, WRONG_AUTHENTICATION, "two ways of client authentication"})
# Members and parameters of answers that several requirements speak of.
MEMBERS = (
    "state",
    "scope",
    "expires_in",
    "token_type",
    "refresh_token",
    "access_token",
    "error_description",
    "error_uri",
)
LEVELS = ("MUST", "STATED", "SHOULD", "MAY")


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: the cause that is known of it, and the broken tests of each requirement that it breaks."""

    cause: Cause | None
    findings: Mapping[str, tuple[Entry, tuple[str, ...]]]

    @property
    def entries(self) -> list[Entry]:
        """The requirements that it breaks: the gravest first, else in the catalogue's order."""
        return sorted((entry for entry, _ in self.findings.values()), key=lambda entry: LEVELS.index(entry["level"]))

    def as_dict(self) -> dict[str, Any]:
        """As it stands in `results.json`."""
        entries = self.entries
        cause = self.cause
        return {
            "title": cause.title if cause and len(entries) > 1 else entries[0]["says"],
            "says": cause.says if cause else "",
            "cause": cause.name if cause else "",
            "verdict": min((entry["verdict"] for entry in entries), key=("failed", "warned").index),
            "level": entries[0]["level"],
            "requirements": [{"id": entry["id"], "tests": list(self.findings[entry["id"]][1])} for entry in entries],
        }


def faults_of(
    entries: Sequence[Entry], exchanges: Sequence[Exchange], profile: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The faults behind the findings of a run, for `results.json`: by level, then by how many requirements each breaks.

    Every finding belongs to one of them; a requirement whose tests show several faults, to each.
    """
    groups: dict[Key, list[Sight]] = {}
    causes: dict[Key, Cause | None] = {}
    sights = sights_of(entries, exchanges, profile)
    possible = tuple(cause for cause in CAUSES if cause.shows is None or any(map(cause.shows, sights)))
    for sight in sights:
        cause, key = signature(sight, possible)
        groups.setdefault(key, []).append(sight)
        causes[key] = cause
    faults = [Fault(causes[key], _findings(sights)) for key, sights in _folded(groups).items()]
    faults.sort(key=lambda fault: (LEVELS.index(fault.entries[0]["level"]), -len(fault.findings)))
    return [fault.as_dict() for fault in faults]


def _folded(groups: Mapping[Key, list[Sight]]) -> dict[Key, list[Sight]]:
    """Groups in which tests that stand alone join the largest group of their requirement."""
    breadth = {key: len({sight.entry["id"] for sight in sights}) for key, sights in groups.items()}
    main: dict[str, Key] = {}
    for key, sights in groups.items():
        for sight in sights:
            known = main.setdefault(sight.entry["id"], key)
            if breadth[key] > breadth[known]:
                main[sight.entry["id"]] = key
    folded: dict[Key, list[Sight]] = {}
    for key, sights in groups.items():
        for sight in sights:
            folded.setdefault(key if breadth[key] > 1 else main[sight.entry["id"]], []).append(sight)
    return folded


def _findings(sights: Sequence[Sight]) -> dict[str, tuple[Entry, tuple[str, ...]]]:
    """The requirements of some broken tests, and the names of those."""
    found: dict[str, tuple[Entry, tuple[str, ...]]] = {}
    for sight in sights:
        _, names = found.get(sight.entry["id"], (sight.entry, ()))
        found[sight.entry["id"]] = (sight.entry, (*names, sight.test["name"]))
    return found


# What findings of one fault have in common


def signature(sight: Sight, causes: Sequence[Cause] = CAUSES) -> tuple[Cause | None, Key]:
    """The cause that explains a finding, if one is known, and what findings of the same fault have in common."""
    if sight.entry["role"] == "client":
        return None, _of_client(sight)
    for cause in causes:
        if sight.exchange is not None and cause.holds(sight):
            return cause, ("cause", cause.name, cause.apart(sight))
    return None, _own(sight)


def _of_client(sight: Sight) -> Key:
    """What a client's findings share: the scene that it was shown.

    The answers are the suite's own: they say nothing.
    """
    return ("scene", sight.about) if sight.about else ("alone", sight.entry["id"])


def _own(sight: Sight) -> Key:
    """What a finding shares with others of the same fault: what was odd, and how it was taken."""
    if sight.exchange is None:
        # Nothing was sent, as where no handshake succeeds; or it isn't known what was judged.
        return ("alone", sight.entry["id"]) if sight.test["exchanges"] else ("told", sight.observed)
    if 200 <= sight.status < 300 and not sight.response["body"] and sight.aspect not in TAKEN and sight.aspect:
        return ("empty", sight.place)
    if OF_FORM.match(sight.aspect):
        return _of_form(sight)
    if sight.is_served and sight.odd & AUTHENTICATION:
        return ("authenticated", sight.odd & AUTHENTICATION)
    if sight.is_served and (sight.odd or sight.story):
        return ("served", sight.place, sight.odd, sight.story)
    if sight.error and sight.codes:
        return ("code", sight.place, sight.odd, sight.story, sight.error)
    if sight.aspect in REFUSED or (_is_rejected(sight) and not sight.wants_refusal):
        return ("refused", sight.place, sight.odd, sight.story, sight.status, sight.error, _refused_by(sight))
    if sight.aspect in TAKEN:
        return ("taken", sight.place, sight.differs or sight.asked)
    return _of_form(sight)


def _refused_by(sight: Sight) -> object:
    """What an error speaks of, in a request in which nothing is odd: the grant, or the client's credentials."""
    if sight.error == "invalid_client":
        return sight.asked and (bool(sight.asked.credentials), sight.sent("client_secret") is not None)
    return sight.sent("grant_type") if sight.error == "invalid_grant" else None


def _is_rejected(sight: Sight) -> bool:
    """Whether the server, not the resource owner, refused the request."""
    return sight.is_refused and sight.error != "access_denied"


def _of_form(sight: Sight) -> Key:
    """Where the answer to a request of any kind has a fault in itself: in which part of it."""
    # Tokens come from the same hand, whichever endpoint sends them.
    place = "tokens" if "access_token" in sight.granted else sight.place
    if sight.aspect.startswith("syntax "):
        return ("form", place, sight.aspect)
    about = sight.aspect.partition(" ")[2] if OF_MEMBER.match(sight.aspect) else _about(sight)
    if about:
        return ("about", place, about, _state_of(about, sight))
    # Equal to the letter, such words tell of the same; none of them is read.
    return ("form", place, sight.aspect, sight.observed)


def _about(sight: Sight) -> str:
    """The one parameter or member that the complaint speaks of, the place of the user agent, or the error."""
    names = [name for name in MEMBERS if name in sight.about]
    if len(names) == 1:
        return names[0]
    if names:
        return ""
    if "place" in sight.about or "client" in sight.about:
        return "place"
    return "error" if sight.wants_refusal else ""


def _state_of(name: str, sight: Sight) -> str:
    """How a parameter or member stands in the answer."""
    value = sight.members.get(name, sight.sent_on.get(name))
    if value is None:
        return "missing"
    return "text" if isinstance(value, str) else type(value).__name__
