"""How often one address may ask for something that costs us work; a visitor who asks too often is told to wait."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from qingyuan.faces.refusals import page

MOST, WINDOW = 40, 60  # requests, seconds


def limited(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Refuse with 429 after ``MOST`` requests of one address within ``WINDOW`` seconds."""

    @wraps(view)
    def inner(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if too_often(request, view.__name__):
            answer = page(request, 429, "请稍候", (f"同一地址每分钟最多 {MOST} 次，请一分钟后再试。",))
            answer["Retry-After"] = str(WINDOW)
            return answer
        return view(request, *args, **kwargs)

    return inner


def too_often(request: HttpRequest, what: str) -> bool:
    key = f"rate:{what}:{address_of(request)}"
    cache.add(key, 0, WINDOW)
    try:
        return cache.incr(key) > MOST
    except ValueError:  # the window ended between the two lines
        return False


def address_of(request: HttpRequest) -> str:
    """The visitor's address; behind our own proxy it is the last one that the proxy wrote."""
    told = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return told.rpartition(",")[2].strip()[:64] or str(request.META.get("REMOTE_ADDR", ""))
