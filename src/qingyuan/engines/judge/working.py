"""The working of a finding: a tree of small sums that a stranger can do again.

A node is a plain dict: ``label`` (Chinese), ``value``, ``unit``, and either ``formula`` with ``inputs`` (numbers) or
``rows`` (which readings were read).  ``recompute`` does every sum again and lists what does not agree.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

Node = dict[str, Any]

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {"abs": abs, "min": min, "max": max}
CLOSE = 1e-9  # relative; the sums are a handful of float64 operations


def sum_of(label: str, formula: str, inputs: Mapping[str, float], unit: str = "", **more: Any) -> Node:
    """Return a node whose value is ``formula`` over ``inputs``; the value is computed here, never passed in."""
    plain = {name: float(number) for name, number in inputs.items()}
    return {"label": label, "formula": formula, "inputs": plain, "value": evaluate(formula, plain), "unit": unit, **more}


def fact(label: str, value: Any, unit: str = "", source: str = "") -> Node:
    """Return a node that states something read elsewhere (a limit, a parameter) and where it was read."""
    plain = value.item() if hasattr(value, "item") else value
    return {"label": label, "value": plain, "unit": unit, "source": source}


def tree(label: str, children: Sequence[Node], rows: Sequence[Node] = ()) -> Node:
    """Return the top of a working: what was found, the steps to it and the readings under it."""
    return {"label": label, "children": list(children), "rows": list(rows)}


def evaluate(formula: str, inputs: Mapping[str, float]) -> float:
    """Do one sum: names, numbers, + - * / **, abs, min, max.  Anything else raises ValueError."""
    return float(_walk(_parsed(formula), inputs))


@lru_cache(maxsize=512)
def _parsed(formula: str) -> ast.expr:
    return ast.parse(formula, mode="eval").body


def _walk(node: ast.expr, inputs: Mapping[str, float]) -> float:
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return float(node.value)
    if isinstance(node, ast.Name) and node.id in inputs:
        return inputs[node.id]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return -_walk(node.operand, inputs)
    if isinstance(node, ast.BinOp) and type(node.op) in _BINARY:
        return _BINARY[type(node.op)](_walk(node.left, inputs), _walk(node.right, inputs))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _FUNCTIONS:
        return _FUNCTIONS[node.func.id](*(_walk(argument, inputs) for argument in node.args))
    raise ValueError(f"not a sum: {ast.unparse(node)}")


def nodes(top: Node) -> Iterator[Node]:
    """Yield every node of a working, top first."""
    yield top
    for child in top.get("children", ()):
        yield from nodes(child)


def recompute(top: Node) -> list[str]:
    """Do every sum of the tree again; return one Chinese sentence per sum that does not agree (empty = all agree)."""
    problems = []
    for node in nodes(top):
        if "formula" not in node:
            continue
        again = evaluate(node["formula"], node["inputs"])
        if not math.isclose(again, node["value"], rel_tol=CLOSE, abs_tol=CLOSE):
            problems.append(f"{node['label']}：按 {node['formula']} 重算为 {again}，记载为 {node['value']}")
    return problems
