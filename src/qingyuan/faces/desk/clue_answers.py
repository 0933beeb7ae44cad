"""The firm's answers: its own page behind a signed link (no login), and what the desk makes of them."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from qingyuan import clock
from qingyuan.errors import BadInput, NotAllowed, NotYours
from qingyuan.records.clues import answers, queries, timing
from qingyuan.records.clues.stage_models import AnswerRequest

from .clue_forms import LONG, files_of
from .frame import Look, desk

LARGEST = 20 * 1024 * 1024


class Answer(forms.Form):
    """One field for each question, and who answers."""

    def __init__(self, *args, request: AnswerRequest, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        for place, question in enumerate(request.questions):
            self.fields[f"said-{place}"] = forms.CharField(label=f"{place + 1}. {question}", widget=LONG, max_length=answers.LONGEST)
        self.fields["by_firm"] = forms.CharField(label="答复人（姓名、职务）", max_length=40)
        self.fields["phone"] = forms.CharField(label="联系电话", max_length=30)

    @property
    def said(self) -> list[str]:
        return [value for name, value in self.cleaned_data.items() if name.startswith("said-")]


@never_cache
def answer_page(request: HttpRequest, token: str) -> HttpResponse:
    """What the firm is asked, until when, and a form to answer it; once answered it shows what was said."""
    at = clock.now()
    try:
        row = answers.request_by(token, at)
    except NotYours as gone:
        return render(request, "refusal.html", {"code": 404, "title": "打不开这份说明", "reasons": [str(gone)]}, status=404)
    open_ = row.state in ("asked", "refused") and row.clue.ended_at is None
    form = Answer(request.POST or None, request=row, auto_id="answer-%s") if open_ else None
    code = 200
    if request.method == "POST" and form is not None:
        if form.is_valid() and sent(form, row, request, at):
            messages.success(request, "已收到您的说明，材料的摘要已计算；执法机关审核后会与您联系")
            return redirect("desk:answer", token=token)
        code = 400
    context = {"row": row, "form": form, "at": at, "is_late": row.is_late(at), "limit": LARGEST // (1024 * 1024), "most": answers.MOST_FILES}
    answer = render(request, "desk/answer.html", context, status=code)
    answer["Referrer-Policy"] = "no-referrer"
    answer["X-Robots-Tag"] = "noindex"
    return answer


def sent(form: Answer, row: AnswerRequest, request: HttpRequest, at) -> bool:
    """Hand the answer over; False when the form has to be shown again."""
    uploads = request.FILES.getlist("files")
    large = [file.name for file in uploads if file.size > LARGEST]
    try:
        if large:
            raise BadInput(f"{'、'.join(large)}超过 {LARGEST // (1024 * 1024)} MB，请压缩或者分开上传")
        answers.answer(row, by_firm=form.cleaned_data["by_firm"], phone=form.cleaned_data["phone"], answers=form.said, files=files_of(request.FILES, "files"), at=at)
    except (BadInput, NotAllowed) as wrong:
        form.add_error(None, str(wrong))
        return False
    return True


@require_POST
@desk
def answer_step(request: HttpRequest, look: Look, pk: int, step: str) -> HttpResponse:
    """Assess an answer, or take the question back."""
    row = queries.request_for(look.viewer, pk)
    why = request.POST.get("why", "")
    if step == "assess":
        is_accepted = request.POST.get("verdict") == "yes"
        answers.assess(row, is_accepted=is_accepted, why=why, by=look.viewer, at=look.at)
        messages.success(request, "已认定说明成立：可以据此不予受理，或者继续核查" if is_accepted else "已认定说明不成立：可以转现场检查")
    elif step == "withdraw":
        answers.withdraw_request(row, why=why, by=look.viewer, at=look.at)
        messages.success(request, "已撤回，链接失效")
    else:
        raise BadInput("企业说明没有这一步")
    return redirect("desk:clue", number=row.clue.number)


@require_POST
@desk
def read_messages(request: HttpRequest, look: Look) -> HttpResponse:
    messages.success(request, f"{timing.mark_read(look.viewer, look.at)} 条线索提醒标为已读")
    return redirect("desk:worklist")
