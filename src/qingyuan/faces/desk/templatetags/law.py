"""Template filters for the pages that show law."""

from __future__ import annotations

from django import template

from qingyuan.law.penalty import cited, working

register = template.Library()


@register.filter
def wan(amount: int | None) -> str:
    """Whole yuan as the trade writes them: 150000 → 15万元."""
    return "—" if amount is None else working.yuan(int(amount))


@register.filter
def citations(text: str) -> str:
    """One or several citation ids joined by 、, each as the law is written; what is no id stays as it is."""
    return cited.printed(text)
