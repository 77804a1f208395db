"""Whether anything answers at a target, and which line of the profile explains it when nothing does."""

from __future__ import annotations

from contextlib import closing

from conformance.harness.silence import silence_at
from conformance.profile.loading import Profile
from conformance.running.whole_run import open_session


def why_silent(profile: Profile) -> str | None:
    """Why nothing answers at the target, with the line of the profile to look at; None when anything speaks HTTP."""
    target = profile.target
    endpoint = "token" if "token_endpoint" in target.features else "authorization"
    with closing(open_session(profile)) as session:
        silence = silence_at(session, target.url(endpoint))
    if silence is None:
        return None
    is_absolute = "://" in str(profile.shown.get("endpoints", {}).get(endpoint))
    key = ("endpoints", endpoint) if silence.key == "base_url" and is_absolute else ("target", silence.key)
    return f"nothing answers at {target.base_url}: {silence.says} ({profile.place(key)}: {silence.remedy})"
