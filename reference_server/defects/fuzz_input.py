"""Breaches that only odd input shows: none of it is what somebody would think of first."""

import asyncio

from ..defect import Defect
from ..pipeline import Call, after, before, replace

MANY = 500


def read_number(call: Call) -> None:
    """Takes a `state` of digits for a number."""
    if call.state is not None:
        call.answer["state"] = str(int(call.state)) if call.state.isascii() and call.state.isdigit() else call.state


def trip_over_delete(call: Call) -> None:
    """Looks values up in a table of printable characters."""
    if any("\x7f" in value for _, value in call.parameters.pairs):
        raise KeyError("\x7f")


async def compare_each_with_each(call: Call) -> None:
    """Takes its time over many parameters."""
    if len(call.parameters.pairs) > MANY:
        await asyncio.sleep(3_600)


DEFECTS = (
    Defect(
        name="state-of-digits-read-as-number",
        says="A `state` of digits alone loses its leading zeros.",
        breaks=("rfc6749-4.1.2-state-unchanged",),
        edits=(replace("authorization.code_response", "put_state", read_number),),
        fuzz=True,
    ),
    Defect(
        name="delete-character-brings-token-endpoint-down",
        says="A delete character in any value of a token request is a server error.",
        breaks=("robustness-1-no-server-error",),
        edits=(after("token", "read_form", trip_over_delete),),
        fuzz=True,
    ),
    Defect(
        name="many-parameters-take-forever",
        says="A revocation request with hundreds of parameters gets no answer in time.",
        breaks=("robustness-1-answer-in-time",),
        edits=(before("revocation", "drop_empty_parameters", compare_each_with_each),),
        fuzz=True,
    ),
)
