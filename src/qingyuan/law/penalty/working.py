"""The working of a fine as a tree that a party can read from top to bottom.

Every line says what was done (label), how (formula), what came out (value) and by which article or table (citation).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Step:
    """One line of the working; ``children`` are the lines it rests on."""

    label: str
    formula: str = ""
    value: str = ""
    citation: str = ""
    children: tuple[Step, ...] = ()

    def tree(self) -> dict[str, Any]:
        """The same tree as plain JSON values, keys always in this order."""
        return {
            "label": self.label,
            "formula": self.formula,
            "value": self.value,
            "citation": self.citation,
            "children": [child.tree() for child in self.children],
        }


def lines(tree: dict[str, Any], depth: int = 0) -> list[str]:
    """The tree as indented text, one line per step."""
    parts = [tree["label"], tree["formula"], tree["value"] and f"→ {tree['value']}", tree["citation"] and f"［{tree['citation']}］"]
    text = "  " * depth + " ".join(part for part in parts if part)
    return [text] + [line for child in tree["children"] for line in lines(child, depth + 1)]


def plain(number: Fraction | int) -> str:
    """An exact number for a reader: whole if whole, else at most four decimals."""
    if number.denominator == 1:
        return str(int(number))
    return f"{float(number):.4f}".rstrip("0").rstrip(".")


def yuan(amount: Fraction | int) -> str:
    """An amount of money as the trade writes it: 150000 → 15万元, 152345 → 152345元."""
    number = amount.numerator
    if amount.denominator != 1 or number < 10000 or number % 100:
        return f"{plain(amount)}元"
    whole, rest = divmod(number, 10000)
    return f"{whole}{f'.{rest:04d}'.rstrip('0') if rest else ''}万元"
