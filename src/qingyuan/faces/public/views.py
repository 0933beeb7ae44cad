"""What anyone may read: published decisions, and whether a paper in their hand is the one that was issued."""

from __future__ import annotations

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan.records.docket import queries as docket
from qingyuan.records.publish import queries

SIZE = 20
DIGEST = re.compile(r"[0-9a-f]{64}")
LARGEST = 20 * 1024 * 1024  # bytes of a PDF that is put in to be compared


def release_list(request: HttpRequest) -> HttpResponse:
    """Published decisions, newest first; a withdrawn one stays in the list with its day of withdrawal."""
    words, page = request.GET.get("words", ""), request.GET.get("page", "1")
    number = min(int(page), 500) if page.isdigit() and int(page) else 1
    rows = list(queries.published(words)[(number - 1) * SIZE : number * SIZE + 1])
    context = {"rows": rows[:SIZE], "words": words, "number": number, "has_more": len(rows) > SIZE}
    return render(request, "public/releases.html", context)


def release_page(request: HttpRequest, pk: int) -> HttpResponse:
    return render(request, "public/release.html", {"release": queries.published_by_id(pk)})


def verify(request: HttpRequest) -> HttpResponse:
    """Look a document up by the digest of its QR code, or by the PDF itself; a file put in here is not kept."""
    asked = (request.GET.get("digest") or request.POST.get("digest") or "").strip().lower()
    file = request.FILES.get("file")
    trouble, held, said = "", None, None
    if file is not None and file.size > LARGEST:
        trouble = "文件超过 20 MB，不能比对"
    elif file is not None:
        content = file.read()
        asked = hashlib.sha256(content).hexdigest()
        held, said = docket.looked_into(content)
    elif asked and not DIGEST.fullmatch(asked):
        trouble = "摘要应是 64 位十六进制数字，请扫描文书上的二维码或者完整抄录"
    found = docket.verified(asked) if asked and not trouble else None
    is_signed_copy = found is not None and said is not None
    context = {"asked": asked, "found": found, "trouble": trouble, "was_asked": bool(asked), "was_file": file is not None, "said": said, "held": held, "is_signed_copy": is_signed_copy}
    return render(request, "public/verify.html", context)
