"""All controls of a profile, in the order in which they rest on each other."""

from __future__ import annotations

from conformance.harness.session import Session
from conformance.preflight.approvals import examine_approvals
from conformance.preflight.client_controls import examine_clients
from conformance.preflight.controls import Examiner
from conformance.preflight.declined import examine_declined
from conformance.preflight.documented import examine_documented
from conformance.preflight.endpoints import examine_endpoints, examine_transport
from conformance.preflight.features import examine_features
from conformance.preflight.forget_control import examine_forgetting, examine_remembering
from conformance.preflight.grant_controls import examine_barred, examine_declined_requests, examine_token_requests
from conformance.preflight.native_app_controls import examine_native_apps
from conformance.preflight.redirect_uris import examine_redirect_uris, examine_registration
from conformance.preflight.sign_in import examine_owners, examine_sign_in
from conformance.profile.loading import Profile


def examine(profile: Profile, session: Session) -> Examiner:
    """Try every control; what they found stands in the examiner.

    Whoever is asked declines, until nothing is left that shows by a denial. Approvals come last, one for each client.
    """
    examiner = Examiner(profile, session)
    examine_declined(examiner)
    examine_endpoints(examiner)
    examine_transport(examiner)
    examine_clients(examiner)
    examine_sign_in(examiner)
    examine_redirect_uris(examiner)
    examine_registration(examiner)
    examine_owners(examiner)
    examine_token_requests(examiner)
    examine_declined_requests(examiner)
    examine_barred(examiner)
    examine_approvals(examiner)
    examine_remembering(examiner)
    examine_forgetting(examiner)
    examine_features(examiner)
    examine_native_apps(examiner)
    examine_documented(examiner)
    return examiner
