"""Tiles of the configured map service (天地图 or any WMTS), fetched by this server: the key stays here and the page's policy stays strict.

QINGYUAN_WMTS is an address with {z}, {x} and {y} (and the key); without it the bundled shapes are the map.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from .frame import Look, desk

SECONDS, MOST_BYTES, DEEPEST = 6, 2 << 20, 18
KINDS = ("image/png", "image/jpeg", "image/webp")


@desk
def tile(request: HttpRequest, look: Look, z: int, x: int, y: int) -> HttpResponse:
    """One tile; 404 when none is configured, the numbers are out of range, or the service does not answer with a picture."""
    template = getattr(settings, "QINGYUAN_WMTS", "")
    if not template.startswith(("http://", "https://")) or not (0 <= z <= DEEPEST and 0 <= x < 2**z and 0 <= y < 2**z):
        return HttpResponse(status=404)
    kind, body = fetched(template, z, x, y)
    if not body:
        return HttpResponse(status=404)
    answer = HttpResponse(body, content_type=kind)
    answer["Cache-Control"] = "private, max-age=86400"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A tile service that sends us elsewhere is not followed: only the configured address is ever asked."""

    def redirect_request(self, *args: object) -> None:
        return None


@lru_cache(maxsize=512)
def fetched(template: str, z: int, x: int, y: int) -> tuple[str, bytes]:
    """(type, bytes) of a tile, kept in memory; ("", b"") when there is none."""
    address = template.replace("{z}", str(z)).replace("{x}", str(x)).replace("{y}", str(y))
    try:
        with urllib.request.build_opener(NoRedirect).open(urllib.request.Request(address, headers={"User-Agent": "qingyuan"}), timeout=SECONDS) as reply:
            kind = reply.headers.get_content_type()
            body = reply.read(MOST_BYTES + 1)
    except (urllib.error.URLError, OSError, ValueError):
        return "", b""
    return (kind, body) if kind in KINDS and len(body) <= MOST_BYTES else ("", b"")
