"""What anyone may read of inspections: results, and draws that can be recomputed (双随机、一公开; 优化营商环境条例 art. 54)."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan import clock
from qingyuan.records.dispatch import door, plan_queries, results

from .rate import limited

SIZE = 30
DIGEST = re.compile(r"[0-9a-f]{64}")
COLUMNS = {
    "published_on": "公开日期", "name": "被检查单位", "uscc": "统一社会信用代码", "on": "检查完成日期", "basis": "检查依据", "department": "检查机关", "certificates": "检查人员证号",
    "result": "检查结果", "note": "后续处理", "draw": "随机抽取", "digest": "承诺摘要",
}  # fmt: skip


def year_of(request: HttpRequest) -> int:
    told = request.GET.get("year", "")
    return int(told) if told.isdigit() and 2020 <= int(told) <= clock.today().year else clock.today().year


def rows_of(year: int, words: str) -> list[dict[str, Any]]:
    """Results of drawn and of other visits, newest first."""
    rows = plan_queries.public_results(year=year) + results.public_results(year=year)
    rows.sort(key=lambda row: row["published_on"], reverse=True)
    return [row for row in rows if words in row["name"]] if words else rows


@limited
def result_list(request: HttpRequest) -> HttpResponse:
    year, words, told = year_of(request), request.GET.get("words", "").strip()[:60], request.GET.get("page", "1")
    page = min(int(told), 9999) if told.isdigit() and int(told) else 1
    rows = rows_of(year, words)
    context = {
        "rows": rows[(page - 1) * SIZE : page * SIZE], "count": len(rows), "year": year, "words": words, "page": page, "has_more": len(rows) > page * SIZE,
        "years": range(clock.today().year, clock.today().year - 4, -1),
    }  # fmt: skip
    return render(request, "public/inspection_results.html", context)


@limited
def result_file(request: HttpRequest) -> HttpResponse:
    """The results of a year as CSV with a byte order mark, so that a spreadsheet reads Chinese; text that a spreadsheet would run is quoted."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS.values())
    for row in rows_of(year_of(request), ""):
        writer.writerow([plain("、".join(row[key]) if isinstance(row[key], list) else str(row[key])) for key in COLUMNS])
    answer = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="inspections-{year_of(request)}.csv"'
    return answer


def plain(text: str) -> str:
    return f"'{text}" if text[:1] in "=+-@\t" else text


@limited
def draw_list(request: HttpRequest) -> HttpResponse:
    """Every draw from the day it was sealed, redraws included."""
    year = year_of(request)
    return render(request, "public/draws.html", {"rows": plan_queries.public_draws(year=year), "year": year, "years": range(clock.today().year, clock.today().year - 4, -1)})


@limited
def draw_page(request: HttpRequest, digest: str) -> HttpResponse:
    """One draw: what was promised and when; with public results also what came out, recomputed while you wait."""
    row = plan_queries.public_draw(digest) if DIGEST.fullmatch(digest) else None
    if row is None:
        raise Http404
    is_open = plan_queries.may_publish_bundle(row)
    told = plan_queries.public_bundle(row) if is_open else None
    names = {one["id"]: one["name"] for one in told["commitment"]["objects"]} if told else {}
    drawn = [{**one, "name": names.get(one["object"], one["object"])} for one in told["result"]] if told else []
    context = {
        "row": row, "is_open": is_open, "problems": door.problems(told) if told else [], "drawn": drawn, "pool": plan_queries.pool_summary(row) if is_open else [],
        "source": door.source_name(row.commitment), "earliest": row.commitment["beacon"]["earliest"], "algorithm": row.commitment["algorithm"],
    }  # fmt: skip
    return render(request, "public/draw.html", context)


@limited
def draw_bundle(request: HttpRequest, digest: str) -> HttpResponse:
    row = plan_queries.public_draw(digest) if DIGEST.fullmatch(digest) else None
    if row is None:
        raise Http404
    told = json.dumps(plan_queries.public_bundle(row), ensure_ascii=False, indent=1, sort_keys=True)
    answer = HttpResponse(told, content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="draw-{row.period}-{row.number}-{digest[:12]}.json"'
    return answer
