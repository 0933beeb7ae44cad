"""The upload page: choose a kind, give a file, see which rows went in and which did not and why."""

from __future__ import annotations

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qingyuan import imports
from qingyuan.errors import BadInput
from qingyuan.records.reports.models import ImportBatch
from qingyuan.records.reports.taking import Outcome

from .frame import Look, desk

SHOWN = 200
MOST_BYTES = 64 << 20


class Upload(forms.Form):
    kind = forms.ChoiceField(label="种类")
    file = forms.FileField(label="文件", help_text="CSV、XLSX、GeoJSON、JSON 行、照片或照片压缩包；不超过 64MB")

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(code, imports.kind_of(code).label) for code in imports.KINDS]


@desk
def import_page(request: HttpRequest, look: Look) -> HttpResponse:
    """Take a file in, and what was taken in before by people of the viewer's division."""
    form = Upload(request.POST or None, request.FILES or None, initial={"kind": request.GET.get("kind", "patches")})
    outcome: Outcome | None = None
    if request.method == "POST" and form.is_valid():
        outcome = taken(form, look)
    context = {
        "form": form, "outcome": outcome, "refused": outcome.refused[:SHOWN] if outcome else [], "kinds": [(code, imports.kind_of(code)) for code in imports.KINDS], "batches": batches_of(look), "at": look.at,
        "may_import": look.viewer.has_role("analyst", "inspector", "leader"),
    }
    return render(request, "desk/importing.html", context, status=400 if form.errors else 200)


def taken(form: Upload, look: Look) -> Outcome | None:
    """Hand the file to its kind; what is wrong with the whole of it is said at the field."""
    file = form.cleaned_data["file"]
    if file.size > MOST_BYTES:
        form.add_error("file", f"“{file.name}”有 {file.size >> 20}MB，超过 {MOST_BYTES >> 20}MB，请分成几个文件或由管理员在命令行导入")
        return None
    try:
        return imports.take(form.cleaned_data["kind"], name=file.name, content=file.read(), by=look.viewer, at=look.at)
    except BadInput as error:
        form.add_error("file", str(error))
        return None


def batches_of(look: Look) -> list[tuple[ImportBatch, str]]:
    """The last files that people of the viewer's own agency and below took in."""
    from qingyuan.records.registry.queries import colleagues

    rows = ImportBatch.objects.filter(by__in=colleagues(look.viewer).order_by()).select_related("by").order_by("-pk")[:20]
    return [(row, imports.kind_of(row.kind).label if row.kind in imports.KINDS else row.kind) for row in rows]
