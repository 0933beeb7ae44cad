"""What the public may read."""

from __future__ import annotations

from django.db import models

from qingyuan.records.cases.models import Case
from qingyuan.records.registry.models import Officer, Scoped

from .states import STATES


class Release(Scoped):
    """The publication of one penalty decision: a redacted text, fixed when it is released, and never deleted."""

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="案件", related_name="+")
    state = models.CharField("状态", max_length=10, choices=list(STATES.items()), default="drafted")
    title = models.CharField("标题", max_length=200)
    content = models.JSONField("公开内容", help_text="双公示字段；公开后不变")
    redactions = models.JSONField("隐去内容", default=list, help_text="每一处隐去的字段和依据")
    drafted_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="起草人", related_name="+")
    due_on = models.DateField("应公开日期")
    released_on = models.DateField("公开日期", null=True, blank=True)
    released_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="发布人", related_name="+")
    withdrawn_on = models.DateField("撤回日期", null=True, blank=True)
    withdrawal_reason = models.CharField("撤回理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "公示"
        indexes = [models.Index(fields=["state", "-released_on", "-id"], name="release_public_list")]

    def __str__(self) -> str:
        return self.title
