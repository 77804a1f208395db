"""Gives functions of the reference server's steps other code for a while, wherever they are held."""

from __future__ import annotations
import __future__

import ast
import gc
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from types import CodeType, FunctionType

import reference_server.steps

STEPS = Path(reference_server.steps.__file__).parent


def compiled(function: ast.FunctionDef | ast.AsyncFunctionDef, path: Path) -> FunctionType:
    """The function that a definition without decorators makes, apart from its module; its defaults hold constants."""
    module = ast.fix_missing_locations(ast.Module([function], []))
    names: dict[str, object] = {}
    # Annotations are left unread: what they name isn't there.
    code = compile(module, str(path), "exec", __future__.annotations.compiler_flag, dont_inherit=True)
    exec(code, names)
    made = names[function.name]
    assert isinstance(made, FunctionType)
    return made


@contextmanager
def swapped(functions: Sequence[FunctionType]) -> Iterator[None]:
    """Inside, all functions with the file and name of one of these, or of one inside it, run its code."""
    before = [
        (held, held.__code__, held.__defaults__, new)
        for function in functions
        for code in _with_inner(function.__code__)
        for new in [(code, function.__defaults__ if code is function.__code__ else None)]
        for held in held_functions().get((code.co_filename, code.co_qualname), ())
    ]
    try:
        for held, _, defaults, (code, new_defaults) in before:
            held.__code__, held.__defaults__ = code, new_defaults or defaults
        _forget_results()
        yield
    finally:
        for held, code, defaults, _ in before:
            held.__code__, held.__defaults__ = code, defaults
        _forget_results()


@cache
def held_functions() -> Mapping[tuple[str, str], Sequence[FunctionType]]:
    """The functions that steps have made, by file and qualified name: several where a factory was called often."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    # What collecting tests has frozen isn't among the objects otherwise.
    gc.unfreeze()
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(STEPS)):
            found[each.__code__.co_filename, each.__code__.co_qualname].append(each)
    return found


@cache
def _cached() -> Sequence[_lru_cache_wrapper[object]]:
    gc.unfreeze()
    module = reference_server.steps.__name__
    return [
        each for each in gc.get_objects() if isinstance(each, _lru_cache_wrapper) and each.__module__.startswith(module)
    ]


def _forget_results() -> None:
    for each in _cached():
        each.cache_clear()


def _with_inner(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _with_inner(constant)
