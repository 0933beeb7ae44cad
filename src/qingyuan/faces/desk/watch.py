"""What must not be overlooked: reminders of the officer, and work that nobody is permitted to do."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from qingyuan.records.cases import reminders, untouchable

from .frame import Look, desk

SIZE = 100


@desk
def watch_page(request: HttpRequest, look: Look) -> HttpResponse:
    """The officer's reminders, newest first, and the untouchable work of the division."""
    context = {
        "notices": reminders.box(look.viewer)[:SIZE], "unread": reminders.box(look.viewer, unread=True).count(), "stuck": untouchable.stuck(look.viewer, look.today),
        "today": look.today,
    }  # fmt: skip
    return render(request, "desk/watch.html", context)


@require_POST
@desk
def read_all(request: HttpRequest, look: Look) -> HttpResponse:
    messages.success(request, f"{reminders.mark_read(look.viewer, look.at)} 条提醒标为已读")
    return redirect("desk:watch")
