"""Template filters of waters."""

from __future__ import annotations

from decimal import Decimal

from django import template

from qingyuan.records.registry.sections import class_name

register = template.Library()


@register.filter
def water_class(number: int | None) -> str:
    """A class of GB 3838-2002 by its name."""
    return class_name(number)


@register.filter
def wan(fen: int | None) -> str:
    """Whole fen as ten thousands of yuan, for sums of projects; the exact amount stands on the project's own page."""
    return "—" if fen is None else f"{Decimal(fen) / 1_000_000:,.2f} 万元"
