"""Metadata that says something else than it should: members replaced, added or left out."""

from typing import Any

from ..pipeline import Call, Edit, after, named


def published(**members: Any) -> Edit:
    """The metadata with other values of some members; None leaves one out."""

    def put_other_members(call: Call) -> None:
        call.answer |= members
        for name in [name for name, value in members.items() if value is None]:
            del call.answer[name]

    return after("metadata", "put_issuer_parameter", named("put_other_members", put_other_members))


def placed(**paths: str) -> Edit:
    """The metadata with other URLs for some endpoints, by their paths."""

    def put_other_places(call: Call) -> None:
        call.answer |= {name: call.server.settings.issuer + path for name, path in paths.items()}

    return after("metadata", "put_issuer_parameter", named("put_other_places", put_other_places))
