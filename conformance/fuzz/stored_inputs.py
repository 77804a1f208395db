"""Generated inputs as data: how they are stored in `results.json`, read back, and shown to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from typing import Any
from urllib.parse import unquote_plus

from conformance.fuzz.browsing import Move
from conformance.fuzz.lifecycle_model import Step
from conformance.fuzz.messages import Message

# Dataclasses that inputs may hold.
KINDS: Mapping[str, type[Any]] = {kind.__name__: kind for kind in (Message, Move, Step)}
LONGEST_SHOWN = 300
# Evidence is cut before that.
LONGEST_READ = 6_000


def encoded(value: Any) -> Any:
    """A value as JSON has it: octets, tuples and dataclasses are marked. Raises TypeError for anything else."""
    match value:
        case None | bool() | int() | float() | str():
            return value
        case bytes():
            return {"bytes": value.decode("latin-1")}
        case tuple():
            return {"tuple": [encoded(each) for each in value]}
        case list():
            return [encoded(each) for each in value]
        case Mapping():
            return {"mapping": [[encoded(key), encoded(each)] for key, each in value.items()]}
        case _ if type(value).__name__ in KINDS:
            own = {each.name: encoded(getattr(value, each.name)) for each in fields(value)}
            return {"kind": type(value).__name__, "fields": own}
        case _:
            raise TypeError(f"no input of a fuzz test: {type(value).__name__}")


def decoded(value: Any) -> Any:
    """The inverse of `encoded`. Raises ValueError for what it didn't make."""
    match value:
        case {"bytes": str(text)}:
            return text.encode("latin-1")
        case {"tuple": list(each)}:
            return tuple(map(decoded, each))
        case {"mapping": list(pairs)}:
            return {decoded(key): decoded(each) for key, each in pairs}
        case {"kind": str(kind), "fields": dict(own)} if kind in KINDS:
            return KINDS[kind](**{name: decoded(each) for name, each in own.items()})
        case list():
            return [decoded(each) for each in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            raise ValueError(f"not the input of a fuzz test: {str(value)[:80]}")


def readable_inputs(inputs: Mapping[str, Any]) -> str:
    """Inputs for people, one line."""
    return ", ".join(f"{name} = {_shown(value)}" for name, value in inputs.items())


def _shown(value: Any) -> str:
    match value:
        case Message() | Move() | Step():
            text = str(value)
        case list() | tuple():
            text = f"[{', '.join(map(_shown, value))}]"
        case Mapping():
            text = ", ".join(f"{key}: {_shown(each)}" for key, each in value.items())
        case str():
            text = ascii(value)
        case _:
            text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}... ({len(text)} characters)"


def texts(value: Any) -> Iterator[str]:
    """Every text within a value, as it stands and as it reads when it is taken for a form, or for credentials.

    None of it is a secret.
    """
    match value:
        case str():
            yield from _readings(value)
        case bytes():
            yield from _readings(value.decode("utf-8", "replace"))
        case Mapping():
            yield from texts(list(value.items()))
        case Sequence():
            for each in value:
                yield from texts(each)
        case _ if is_dataclass(value):
            yield from texts([getattr(value, own.name) for own in fields(value)])


def _readings(text: str) -> Iterator[str]:
    text = text[:LONGEST_READ]
    behind_scheme = text.partition(" ")[2].strip()
    for piece in {text, behind_scheme, *text.split("&"), *text.replace("=", "&").split("&")}:
        yield piece
        yield unquote_plus(piece)
