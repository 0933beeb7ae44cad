"""Template filters for the pages that show law."""

from __future__ import annotations

from django import template

from qingyuan.law.penalty import cited

register = template.Library()


@register.filter
def citations(text: str) -> str:
    """One or several citation ids joined by 、, each as the law is written; what is no id stays as it is."""
    return cited.printed(text)
