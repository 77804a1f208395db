"""What a run with a profile will test, what not, what it will take and what it leaves: foretold by rehearsing it."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.base.outcomes import Outcome
from conformance.harness.footprint import Footprint
from conformance.preflight.controls import Control, Examiner
from conformance.preflight.rehearsal import rehearse
from conformance.profile.loading import Profile
from conformance.profile.target import Target
from conformance.running.collecting import Case, collect_cases
from conformance.tally.applicability import not_applicable, not_claimed
from conformance.tally.catalogue import Catalogue, load_catalogue

Prospect = str  # tested, undecided, untested, not applicable, untestable
PROSPECTS: tuple[Prospect, ...] = ("tested", "undecided", "untested", "not applicable", "untestable")
WORKERS_SUGGESTED = 8
SECONDS_OF_OUR_OWN = 0.0015  # for each request, on a machine of today
SECONDS_OF_A_PERSON = 20.0  # for each link that somebody opens, signs in at and decides
# Where none was seen on its way: the request itself, sign-in, decision, and what they lead over.
REQUESTS_OF_A_JOURNEY = 4
# So many tell whether a session lasts.
ENOUGH_JOURNEYS = 3


@dataclass(frozen=True, slots=True)
class ForecastEntry:
    """What will become of one requirement."""

    id: str
    document: str
    level: str
    prospect: Prospect
    reason: str


@dataclass(frozen=True, slots=True)
class Outlook:
    """What will become of every requirement on servers, and what a run takes and leaves.

    `round_trip` are the seconds that one answer takes, `journey` those of an authorization request with all pages that
    it leads over, `waits` those spent waiting for something to expire; `pace` is how many requests may go out in a
    second, 0 for any. `footprint` counts what the check of the profile has left already, too.
    """

    requirements: tuple[ForecastEntry, ...]
    footprint: Footprint
    round_trip: float
    journey: float
    waits: float
    pace: float

    @property
    def requests(self) -> int:
        """How many requests are sent."""
        return self.footprint.requests

    @property
    def seconds(self) -> float:
        """About how long a run takes with one process."""
        seen = self.footprint
        apart = (seen.requests - seen.on_the_way) * (self.round_trip + SECONDS_OF_OUR_OWN)
        sending = max(apart + seen.journeys * self.journey, seen.requests / self.pace if self.pace else 0.0)
        return sending + self.waits

    def counts(self) -> dict[str, Counter[Prospect]]:
        """Numbers by document."""
        numbers: dict[str, Counter[Prospect]] = {}
        for each in self.requirements:
            numbers.setdefault(each.document, Counter())[each.prospect] += 1
        return numbers

    def reasons(self, prospect: Prospect) -> list[tuple[str, int]]:
        """Why requirements have this prospect, the most frequent reason first."""
        return Counter(each.reason for each in self.requirements if each.prospect == prospect).most_common()

    def as_dict(self) -> dict[str, Any]:
        """For machines."""
        return {
            "requests": self.requests,
            "round_trip_ms": round(self.round_trip * 1000, 1),
            "seconds": round(self.seconds, 1),
            "waits": round(self.waits, 1),
            "footprint": self.footprint.as_dict(),
            "requirements": [
                {"id": each.id, "prospect": each.prospect, "reason": each.reason} for each in self.requirements
            ],
        }


def foresee(
    profile: Profile,
    examiner: Examiner,
    before: Footprint,
    cases: Sequence[Case] | None = None,
    processes: int = 1,
) -> Outlook:
    """Rehearse a run of some tests (default: all that don't fuzz).

    `examiner` knows how long the target takes to answer and what of the profile is wrong, `before` is what the controls
    left: a run's own controls leave the same.
    """
    catalogue = load_catalogue()
    chosen = collect_cases() if cases is None else cases
    rehearsed = rehearse(profile, examiner.faults, catalogue, chosen, processes, remembers=examiner.remembers)
    round_trip = _round_trip(examiner.controls)
    return Outlook(
        requirements=tuple(_foretold(profile.target, catalogue, rehearsed.ended)),
        footprint=_in_all(before, rehearsed.footprint),
        round_trip=round_trip,
        journey=before.driven / before.journeys if before.journeys else REQUESTS_OF_A_JOURNEY * round_trip,
        waits=rehearsed.waits + rehearsed.asked * SECONDS_OF_A_PERSON,
        pace=profile.target.limits.requests_per_second or 0.0,
    )


def _in_all(before: Footprint, rehearsed: Footprint) -> Footprint:
    """What the controls and the tests leave together; where a session ends with each request, all sign in anew."""
    whole = Footprint()
    for name, use in before.accounts.items():
        if use.journeys >= ENOUGH_JOURNEYS and 2 * use.entered > use.journeys and name in rehearsed.accounts:
            account = rehearsed.accounts[name]
            account.sign_ins += account.journeys - account.entered
    whole.add(before)
    whole.add(rehearsed)
    return whole


def _prospect_of(end: Outcome) -> Prospect:
    """What a rehearsed test's end says of the real one, which has sockets."""
    if end.word == "inconclusive" and end.code == "profile":
        return "undecided"
    if end.word in ("untested", "not applicable") and end.code != "sockets":
        return end.word
    return "tested"


def _foretold(target: Target, catalogue: Catalogue, ended: Mapping[str, Sequence[Outcome]]) -> Iterable[ForecastEntry]:
    for requirement in catalogue.requirements:
        if requirement.role not in ("authorization-server", "resource-server"):
            continue
        why_not = not_applicable(requirement, target.features, target.declined)
        if requirement.untestable:
            prospect, reason = "untestable", requirement.untestable
        elif why_not is not None:
            prospect, reason = "not applicable", why_not
        elif not (target.claims.outlook or target.claims.take(requirement)):
            prospect, reason = "not applicable", not_claimed(requirement)
        else:
            ends = ended.get(requirement.id, [Outcome("untested", "no test yet")])
            prospects = [(_prospect_of(end), end.reason) for end in ends]
            order = ("undecided", "tested", "untested", "not applicable")
            prospect = next(word for word in order if word in {each for each, _ in prospects})
            reason = next(why for each, why in prospects if each == prospect)
        yield ForecastEntry(requirement.id, requirement.document, requirement.level, prospect, reason)


def _round_trip(controls: Sequence[Control]) -> float:
    times = [each.reply.elapsed for control in controls for each in control.exchanges if each.reply is not None]
    return statistics.median(times) if times else 0.0
