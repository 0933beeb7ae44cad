"""The app's shell: one page, one worker that keeps it without a network, one manifest.  No personal data in any of them."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.views.decorators.http import require_GET

from qingyuan.records.inspections.field_kinds import NAMESPACE, kinds

FOLDER = Path(__file__).parent / "static" / "field"
ICONS = [
    "alert-triangle", "archive", "arrow-right", "book", "building-factory-2", "camera", "certificate", "check", "chevron-left", "chevron-right", "circle-check",
    "circle-dashed", "circle-x", "clipboard-list", "clock", "download", "droplet", "edit", "eye", "file-text", "gauge", "history", "home", "key",
    "list-check", "lock", "map-pin", "message-report", "photo", "plus", "qrcode", "refresh", "scale", "search", "shield-check", "signature", "trash", "user",
    "users", "writing",
]  # fmt: skip
OUTSIDE = ["js/idb.js", *(f"icons/{name}.svg" for name in ICONS)]  # fetched by deploy/setup.py


@lru_cache(maxsize=1)
def files() -> tuple[tuple[str, ...], str]:
    """(names of everything the shell consists of, digest of their bytes): a changed byte is a new version of the shell."""
    own = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.name != "worker.js")
    digest = hashlib.sha256()
    for path in [*own, FOLDER / "worker.js", Path(__file__).parent / "templates" / "field" / "shell.html"]:
        digest.update(path.read_bytes())
    digest.update(json.dumps(told_kinds(), sort_keys=True).encode())
    return tuple([f"field/{path.relative_to(FOLDER)}" for path in own] + OUTSIDE), digest.hexdigest()[:16]


@require_GET
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "field/shell.html", {"version": files()[1], "kinds": told_kinds()})


def told_kinds() -> dict[str, object]:
    """The kinds of record as the app needs them; the same table the server checks against."""
    known = {
        name: {"label": kind.label, "single": kind.is_single, "needs": list(kind.needs), "document": kind.document,
               "fields": {field: {"label": page["label"], "legal": page["legal"]} for field, page in kind.fields.items()}}
        for name, kind in kinds().items()
    }  # fmt: skip
    return {"namespace": str(NAMESPACE), "kinds": known}


@require_GET
def worker(request: HttpRequest) -> HttpResponse:
    """The worker, told which files make the shell and in which version."""
    names, version = files()
    told = f"const VERSION = {json.dumps(version)};\nconst SHELL = {json.dumps([static(name) for name in names])};\n"
    script = told + (FOLDER / "worker.js").read_text("utf-8")
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache", "Service-Worker-Allowed": "/field/"})


@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    told = {
        "name": "清源移动执法", "short_name": "移动执法", "lang": "zh-CN", "start_url": "/field/", "scope": "/field/", "display": "standalone",
        "background_color": "#eef2f7", "theme_color": "#0a2f63",
        "icons": [{"src": static("field/icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    }  # fmt: skip
    return HttpResponse(json.dumps(told, ensure_ascii=False), content_type="application/manifest+json")
