"""Whether anything answers at a target, and what of the profile explains it when nothing does."""

from __future__ import annotations

from contextlib import closing

from conformance.harness.outcomes import Inconclusive
from conformance.harness.profile import Profile
from conformance.harness.run import open_session
from conformance.harness.session import Trial


def why_silent(profile: Profile) -> str | None:
    """Why nothing answers at the target, with the line of the profile to look at; None when anything speaks HTTP."""
    target = profile.target
    endpoint = "token" if "token_endpoint" in target.features else "authorization"
    with closing(open_session(profile)) as session:
        trial = Trial(session)
        trial.throttling_shows = True
        try:
            trial.send.raw("GET", target.url(endpoint), phase="given")
        except Inconclusive as error:
            return _explained(profile, endpoint, str(error))
    return None


def _explained(profile: Profile, endpoint: str, why: str) -> str:
    if "certificate" in why.lower():
        key, remedy = ("target", "ca_file"), "name the authority that signed the server's certificate"
    elif "ssl" in why.lower() or "tls" in why.lower():
        key, remedy = ("target", "base_url"), "check scheme and port"
    else:
        document = profile.shown.get("endpoints", {})
        key = ("endpoints", endpoint) if "://" in str(document.get(endpoint)) else ("target", "base_url")
        remedy = "check the URL, and that the server runs"
    return f"{why}\n  {profile.place(key)}: {remedy}"
