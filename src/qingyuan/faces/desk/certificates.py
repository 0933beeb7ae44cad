"""The discretion certificate of a case: what a party, a court or a stranger gets instead of the screenshot of a calculator."""

from __future__ import annotations

import io
import json
from typing import Any

import segno
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe

from qingyuan.errors import NotYours
from qingyuan.law import penalty
from qingyuan.law.penalty.questions import EFFECTS
from qingyuan.law.penalty.scoring import MEASURES
from qingyuan.records.cases import certificate_key, comparison, queries
from qingyuan.records.cases.models import Case

from . import calculator_result
from .calculator_form import UNKNOWN
from .frame import Look, desk


def certificate_of(case: Case) -> dict[str, Any]:
    """The certificate of the newest calculation; NotYours while there is none."""
    found = (case.proposal or {}).get("certificate")
    if not found:
        raise NotYours("本案还没有裁量计算，没有裁量证书")
    return found


@desk
def certificate_page(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """Inputs, evidence, revisions, arithmetic, proof of the range, digest, signature, QR; computed again on every view."""
    case = queries.case_by_id(look.viewer, pk)
    told = certificate_of(case)
    plain = {**told["result"], "working": told["working"], "certificate": told}
    rows = comparison.decided(look.viewer, case.violation, but=case)
    context = {
        "case": case, "certificate": told, "problems": penalty.verify(told), "signer": certificate_key.signer(told), "payload": penalty.qr_payload(told),
        "picture": picture(penalty.qr_payload(told)), "inputs": inputs_of(told), "today": look.today,
        "beside": calculator_result.beside(comparison.compared(rows, plain), rows, plain), **calculator_result.shown(plain, look.today),
    }  # fmt: skip
    return render(request, "desk/certificate.html", context)


@desk
def certificate_file(request: HttpRequest, look: Look, pk: int) -> HttpResponse:
    """The certificate as a file that ``qingyuan penalty verify`` takes."""
    case = queries.case_by_id(look.viewer, pk)
    return downloaded(certificate_of(case), f"certificate-{case.pk}.json")


def downloaded(certificate: dict[str, Any], name: str) -> HttpResponse:
    answer = HttpResponse(json.dumps(certificate, ensure_ascii=False, indent=1), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def picture(text: str) -> SafeString:
    """A QR code as an inline drawing; the library writes nothing of the text into the markup."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=2, xmldecl=False, svgns=False, omitsize=True, title="裁量证书二维码")
    return mark_safe(out.getvalue().decode())


def inputs_of(certificate: dict[str, Any]) -> list[dict[str, Any]]:
    """Every fact of the calculation with what it rests on, in words: factor, level given, evidence with digest."""
    told, names, levels = certificate["inputs"], factor_names(certificate), level_names(certificate)
    links = told.get("evidence", {})
    rows = [
        {"name": names.get(key.rpartition(".")[2], key), "value": levels.get((key.rpartition(".")[2], str(value))) or said(value), "proofs": proofs(links.get(key))}
        for key, value in told["factors"].items()
    ]
    for ground in told["circumstances"]:
        key, _, percent = ground.partition(":")
        page = certificate["pages"]["circumstances"].get(key, {})
        effect = EFFECTS.get(page.get("effect", ""), "")
        rows.append({"name": page.get("name", key), "value": f"{effect} {percent}%" if percent else effect or "有", "proofs": proofs(links.get(key))})
    return rows


def factor_names(certificate: dict[str, Any]) -> dict[str, str]:
    return {factor["id"]: factor["name"] for table in certificate["pages"]["tables"].values() for factor in table.get("factors", ())}


def level_names(certificate: dict[str, Any]) -> dict[tuple[str, str], str]:
    """(factor, level) → what the table calls it."""
    factors = [factor for table in certificate["pages"]["tables"].values() for factor in table.get("factors", ())]
    return {(factor["id"], str(level["id"])): level["name"] for factor in factors for level in factor.get("levels", ())}


def said(value: Any) -> str:
    if isinstance(value, dict):
        return "、".join(f"{MEASURES.get(key, key)} {inner}" for key, inner in value.items())
    if isinstance(value, list):
        return "、".join(said(one) for one in value)
    return UNKNOWN[1] if value == UNKNOWN[0] else str(value)


def proofs(linked: Any) -> list[dict[str, str]]:
    """Evidence as it was linked: a text, or name and digest."""
    linked = linked if isinstance(linked, list) else [linked] if linked else []
    return [one if isinstance(one, dict) else {"name": str(one), "sha256": ""} for one in linked]
