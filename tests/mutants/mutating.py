"""Small mechanical changes of Python source. Each is a mutant, whose name outlives edits elsewhere in the file."""

from __future__ import annotations

import ast
import copy
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FunctionType

from tests.mutants.swapping import compiled

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
# What an edit returns stands in the place of the node that it was given; None: the node was changed in place.
Edit = Callable[[ast.AST], ast.AST | None]
CHANGED_COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
LONGEST_TEXT = 100


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: where it stands and what is done to which text.

    `name` holds no line number, so that an explanation stays right when the file grows above it. `number` is the
    place of the changed node among those of its function, `edit` the place among the edits of that node, `statement`
    is the line of the innermost statement around it, `lines` are those of the function.
    """

    path: Path
    function: str
    line: int
    change: str
    text: str
    count: int
    number: int
    edit: int
    statement: int
    lines: range

    @property
    def name(self) -> str:
        """What explanations call it."""
        suffix = f" #{self.count}" if self.count > 1 else ""
        return f"{self.path.name}:{self.function}: {self.change}: {self.text}{suffix}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    """Every mutant of the functions of a file."""
    source = path.read_text(encoding="utf-8")
    seen: Counter[tuple[str, str, str]] = Counter()
    for name, function in _functions(path).items():
        lines = range(function.lineno, (function.end_lineno or function.lineno) + 1)
        statements = _statements(function)
        for number, node in _changeable(function):
            for edit, (change, shown, _) in enumerate(_edits(node)):
                text = " ".join((ast.get_source_segment(source, shown) or "").split())[:LONGEST_TEXT]
                seen[name, change, text] += 1
                line = getattr(node, "lineno", function.lineno)
                count, statement = seen[name, change, text], statements[number]
                yield Mutant(path, name, line, change, text, count, number, edit, statement, lines)


def function_of(mutant: Mutant) -> FunctionType:
    """The mutant's function, changed, apart from its module."""
    function = copy.deepcopy(_functions(mutant.path)[mutant.function])
    node = next(node for number, node in _changeable(function) if number == mutant.number)
    instead = list(_edits(node))[mutant.edit][2](node)
    function.decorator_list = []
    if instead is not None:
        _put(function, node, instead)
    return compiled(function, mutant.path)


def noted(path: Path, name: str) -> Iterator[FunctionType]:
    """The functions of a file, apart from their module, which before each statement call what is named there with
    the statement's line, and at their start with their own."""
    for known in _functions(path).values():
        function = copy.deepcopy(known)
        function.decorator_list = []
        for node in list(ast.walk(function)):
            for block in ("body", "orelse", "finalbody"):
                statements = getattr(node, block, None)
                if isinstance(statements, list):
                    setattr(node, block, [each for old in statements for each in (_note(name, path, old.lineno), old)])
            if isinstance(node, FunctionNode):
                node.body.insert(0, _note(name, path, node.lineno))
        yield compiled(function, path)


def lines_of(diff: str) -> Iterator[int]:
    """The numbers of lines that a unified diff of one file without context adds, and of those behind what it drops."""
    for start, count in re.findall(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", diff, re.MULTILINE):
        yield from range(int(start), int(start) + max(1, int(count or 1)))


@cache
def _functions(path: Path) -> dict[str, FunctionNode]:
    """Functions of a file by name; inner ones are part of the outer one."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name: node for node in tree.body if isinstance(node, FunctionNode)}


def _note(name: str, path: Path, line: int) -> ast.Expr:
    arguments: list[ast.expr] = [ast.Constant(path.name), ast.Constant(line)]
    return ast.Expr(ast.Call(ast.Name(name, ast.Load()), arguments, []), lineno=line, col_offset=0)


def _statements(function: FunctionNode) -> dict[int, int]:
    """By the number of each node of a function, the line of the innermost statement that it is part of."""
    numbers = {id(node): number for number, node in enumerate(ast.walk(function))}
    found = {}
    # From the outside to the inside: the last one counts.
    for statement in (node for node in ast.walk(function) if isinstance(node, ast.stmt)):
        for node in ast.walk(statement):
            found[numbers[id(node)]] = statement.lineno
    return found


def _changeable(function: FunctionNode) -> Iterator[tuple[int, ast.AST]]:
    """The nodes of a function with their numbers, less those that say types or decorate it, and in a function that
    makes steps those that run when a server is built, before anybody asks it anything."""
    fixed = {id(node) for part in _unchangeable(function) for node in ast.walk(part)}
    return ((number, node) for number, node in enumerate(ast.walk(function)) if id(node) not in fixed)


def _unchangeable(function: FunctionNode) -> Iterator[ast.AST]:
    yield from function.decorator_list
    if any(isinstance(statement, FunctionNode) for statement in function.body):
        yield from (statement for statement in function.body if not isinstance(statement, FunctionNode))
    for node in ast.walk(function):
        if isinstance(node, FunctionNode) and node.returns is not None:
            yield node.returns
        if isinstance(node, ast.arg | ast.AnnAssign) and node.annotation is not None:
            yield node.annotation


def _edits(node: ast.AST) -> Iterator[tuple[str, ast.AST, Edit]]:
    """What can be changed at a node: in words, the node whose text shows it, and how."""
    match node:
        case ast.If() | ast.While() | ast.IfExp():
            yield "condition negated", node.test, _negate_condition
        case ast.comprehension(ifs=[first, *_]):
            yield "filter left out", first, _drop_filter
        case ast.Compare(ops=[operator]):
            for other in CHANGED_COMPARISONS[type(operator)]:
                yield f"{type(operator).__name__} to {other.__name__}", node, _compare_by(other)
        case ast.BoolOp():
            yield "and for or, or for and", node, _swap_operator
            for index, operand in enumerate(node.values):
                yield "operand left out", operand, _without_operand(index)
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise() | ast.Assign(targets=[ast.Attribute()]):
            yield "left out", node, _pass
        case ast.AugAssign():
            yield "left out", node, _pass
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "returns nothing", node, _return_nothing
        case ast.Constant(value=bool(value)):
            yield "constant negated", node, _constant(not value)
        case ast.Constant(value=int(value)):
            yield "constant plus one", node, _constant(value + 1)
        case ast.Constant(value=str(value)) if value and " " not in value:
            yield "text changed", node, _constant(f"{value}x")


def _negate_condition(node: ast.AST) -> None:
    assert isinstance(node, ast.If | ast.While | ast.IfExp)
    node.test = ast.UnaryOp(ast.Not(), node.test)


def _drop_filter(node: ast.AST) -> None:
    assert isinstance(node, ast.comprehension)
    del node.ifs[0]


def _compare_by(other: type[ast.cmpop]) -> Edit:
    def edit(node: ast.AST) -> None:
        assert isinstance(node, ast.Compare)
        node.ops = [other()]

    return edit


def _swap_operator(node: ast.AST) -> None:
    assert isinstance(node, ast.BoolOp)
    node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()


def _without_operand(index: int) -> Edit:
    def edit(node: ast.AST) -> ast.AST | None:
        assert isinstance(node, ast.BoolOp)
        del node.values[index]
        return node.values[0] if len(node.values) == 1 else None

    return edit


def _pass(node: ast.AST) -> ast.AST:
    return ast.copy_location(ast.Pass(), node)


def _return_nothing(node: ast.AST) -> None:
    assert isinstance(node, ast.Return)
    node.value = None


def _constant(value: bool | int | str) -> Edit:
    def edit(node: ast.AST) -> None:
        assert isinstance(node, ast.Constant)
        node.value = value

    return edit


def _put(tree: ast.AST, old: ast.AST, new: ast.AST) -> None:
    """Put a node in another's place."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and old in value:
                value[value.index(old)] = new
