"""For anyone: calculate a fine oneself, and check a discretion certificate.  No login, no scripts; nothing is kept."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan import clock
from qingyuan.faces.desk import calculator_result, certificates
from qingyuan.faces.desk.calculator import sit
from qingyuan.law import penalty
from qingyuan.records.cases import certificate_key, comparison

from .rate import limited

LARGEST = 512 * 1024  # bytes of a certificate; ours are under 40 KB
UNREADABLE = "不是合格的证书文件：应是下载得到的 JSON 原文，不要另存为其他格式"


@limited
def self_test(request: HttpRequest) -> HttpResponse:
    """The same questions and the same working as the desk; compared with published decisions only."""
    today = clock.today()
    found = sit(request, {"party_kind": "company", "decided_on": today})
    context: dict[str, Any] = {"sitting": found, "today": today}
    if found.result is not None:
        plain = found.result.plain()
        rows = comparison.published(plain["violation"])
        context |= calculator_result.shown(plain, today) | {"beside": calculator_result.beside(comparison.compared(rows, plain), rows, plain)}
    return render(request, "public/self_test.html", context, status=found.code)


@limited
def certificate(request: HttpRequest) -> HttpResponse:
    """Compute a certificate again from itself alone and say whether it holds, whose signature it carries, and the working."""
    context: dict[str, Any] = {"asked": False, "text": ""}
    if request.method == "POST":
        told, context["trouble"] = read(request)
        context["asked"] = True
        if told is not None:
            context |= checked(told)
    return render(request, "public/certificate.html", context, status=400 if context.get("trouble") else 200)


def read(request: HttpRequest) -> tuple[Any, str]:
    """(the certificate, "") or (None, what is wrong with what was sent)."""
    file = request.FILES.get("file")
    if file is not None and file.size > LARGEST:
        return None, "文件超过 512 KB，不是裁量证书"
    raw = file.read() if file is not None else request.POST.get("text", "").strip().encode("utf-8", "replace")
    if not raw:
        return None, "请上传证书文件，或者粘贴证书的全文"
    if len(raw) > LARGEST:
        return None, "内容超过 512 KB，不是裁量证书"
    try:
        told = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError):
        return None, UNREADABLE
    told = told.get("certificate", told) if isinstance(told, dict) else told
    return (told, "") if isinstance(told, dict) and told.get("format") else (None, UNREADABLE)


def checked(told: dict[str, Any]) -> dict[str, Any]:
    """The findings; the working is shown only when it is what comes out of the calculation."""
    problems = penalty.verify(told)
    found: dict[str, Any] = {"problems": problems}
    if not problems:
        payload, plain = penalty.qr_payload(told), {**told["result"], "working": told["working"], "certificate": told}
        found |= {
            "certificate": told, "signer": certificate_key.signer(told), "payload": payload, "picture": certificates.picture(payload),
            "inputs": certificates.inputs_of(told), **calculator_result.shown(plain, clock.today()),
        }  # fmt: skip
    return found


def key(request: HttpRequest) -> HttpResponse:
    """The public key of this installation, one line of base64: what ``qingyuan penalty verify --key`` takes."""
    answer = HttpResponse(certificate_key.public_key() + "\n", content_type="text/plain; charset=us-ascii")
    answer["Content-Disposition"] = 'attachment; filename="qingyuan-discretion.pub"'
    return answer
