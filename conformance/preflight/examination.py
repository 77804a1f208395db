"""All controls of a profile, in the order in which they rest on each other."""

from __future__ import annotations

from conformance.harness.profile import Profile
from conformance.harness.session import Session
from conformance.preflight.clients import examine_clients
from conformance.preflight.controls import Examiner
from conformance.preflight.endpoints import examine_endpoints, examine_features
from conformance.preflight.grants import examine_grants
from conformance.preflight.users import examine_decline, examine_owners, examine_redirect_uris


def examine(profile: Profile, session: Session) -> Examiner:
    """Try every control; what they found stands in the examiner."""
    examiner = Examiner(profile, session)
    examine_endpoints(examiner)
    examine_redirect_uris(examiner)
    examine_clients(examiner)
    examine_owners(examiner)
    examine_decline(examiner)
    examine_grants(examiner)
    examine_features(examiner)
    return examiner
