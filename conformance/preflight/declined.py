"""Controls of [declined]: what is declined is something that there is."""

from __future__ import annotations

from difflib import get_close_matches
from functools import partial

from conformance.harness.trial import Trial
from conformance.preflight.controls import Examiner, Wrong
from conformance.tally.catalogue import load_catalogue


def examine_declined(examiner: Examiner) -> None:
    """Each entry names a requirement or a feature."""
    declined = examiner.session.target.declined
    if not declined:
        return
    requirements = load_catalogue().requirements
    known = {requirement.id for requirement in requirements}
    known |= {feature for requirement in requirements for feature in requirement.needs}
    for name in declined:
        examiner.try_out(f"declined: {name}", ("declined", name), partial(_is_known, name=name, known=known))


def _is_known(trial: Trial, name: str, known: set[str]) -> str:
    if name in known:
        return "there is such a requirement or feature"
    near = get_close_matches(name, known, 1)
    remedy = f"did you mean {near[0]}?" if near else "`oauth2-conformance requirements` lists them"
    raise Wrong("there is no such requirement or feature", remedy)
