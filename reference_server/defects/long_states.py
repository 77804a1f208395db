"""Breaches of a long `state`: it comes back shorter than it was sent, in one place each."""

from dataclasses import dataclass

from ..defect import Defect
from ..pipeline import Call, Edit, named, replace
from ..steps.authorization_response import put_state
from .sign_in_detour import going_on, of_state

# How many characters are kept where: columns of databases, and what fits into a cookie beside others.
COLUMN, LIMIT, COOKIE = 255, 1000, 4000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a state is cut: a list of steps, and what says that a state comes back from there."""

    name: str
    steps: str
    says: str
    breaks: tuple[str, ...]


CODE, TOKEN = "authorization.code_response", "authorization.implicit_response"
PLACES = (
    Place("with-codes", CODE, "beside a code", ("rfc6749-4.1.2-state-unchanged",)),
    Place("with-tokens", TOKEN, "beside a token", ("rfc6749-4.2.2-state-exact",)),
    Place(
        "with-errors",
        "authorization.redirect_error",
        "beside an error",
        ("rfc6749-4.1.2.1-error-state-unchanged", "rfc6749-4.2.2.1-state-exact"),
    ),
)


def cut(longest: int, steps: str) -> Edit:
    """Keeps so many characters."""

    def put_cut_state(call: Call) -> None:
        """Gives back what was kept."""
        put_state(call)
        if "state" in call.answer:
            call.answer["state"] = call.answer["state"][:longest]

    return replace(steps, "put_state", named("put_state", put_cut_state))


def is_denied(call: Call) -> bool:
    """The resource owner said no."""
    return call.error.error == "access_denied"


def cut_when_denied(call: Call) -> None:
    """Gives back what the page remembers."""
    put_state(call)
    if is_denied(call) and "state" in call.answer:
        call.answer["state"] = call.answer["state"][:LIMIT]


DEFECTS = (
    *(
        Defect(
            name=f"state-cut-{place.name}-at-{longest}",
            says=f"Of a state, {longest} characters come back {place.says}.",
            breaks=place.breaks,
            edits=(cut(longest, place.steps),),
        )
        for place in PLACES
        for longest in (COLUMN, LIMIT, COOKIE)
    ),
    Defect(
        name="state-cut-with-denials",
        says="Of a state, 1,000 characters come back when the resource owner declines.",
        breaks=("rfc6749-4.1.2.1-error-state-unchanged", "rfc6749-4.2.2.1-state-exact"),
        edits=(replace("authorization.redirect_error", "put_state", named("put_state", cut_when_denied)),),
    ),
    Defect(
        name="state-cut-at-sign-in",
        says="Of a state, 1,000 characters are left where the resource owner signs in on the way.",
        breaks=("rfc6749-4.1.2-state-unchanged", "rfc6749-4.2.2-state-exact"),
        edits=(going_on(of_state(lambda state: state[:LIMIT])),),
    ),
)
