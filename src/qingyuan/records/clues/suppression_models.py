"""Suppression: findings that are known and need nobody for a while, each counted, none lost."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qingyuan.records.registry.models import Facility, Officer, Scoped

from .states import SUPPRESSIONS, causes


class Suppression(Scoped):
    """A rule is not to make clues within a scope and a period; proposed by one person, approved by another."""

    rule = models.CharField("判定规则", max_length=60)
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="固定污染源", related_name="+", help_text="空为本区划内全部")
    outlet_code = models.CharField("排放口", max_length=50, blank=True)
    factor = models.CharField("监测因子", max_length=20, blank=True)
    began_at = models.DateTimeField("起")
    expires_at = models.DateTimeField("止")
    cause = models.CharField("原因", max_length=20, choices=causes)
    why = models.TextField("理由和材料")
    state = models.CharField("状态", max_length=10, choices=list(SUPPRESSIONS.items()), default="proposed")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="提出人", related_name="+")
    proposed_at = models.DateTimeField("提出时间")
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="批准人", related_name="+", help_text="不得是提出人")
    decided_at = models.DateTimeField("批准时间", null=True, blank=True)
    ended_at = models.DateTimeField("终止时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "抑制"
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("began_at")), name="suppression_ends"),
            models.CheckConstraint(condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")), name="suppression_four_eyes"),
        ]
        indexes = [models.Index(fields=["rule", "state", "expires_at"], name="suppression_by_rule")]


class HiddenFinding(models.Model):
    """A finding that a suppression kept from becoming a clue, frozen as it arrived."""

    suppression = models.ForeignKey(Suppression, models.PROTECT, verbose_name="抑制", related_name="hidden")
    finding_id = models.CharField("判定编号", max_length=80, unique=True)
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    severity = models.CharField("等级", max_length=8)
    began = models.DateTimeField("开始")
    ended = models.DateTimeField("结束")
    hidden_at = models.DateTimeField("抑制时间")
    brought_back_at = models.DateTimeField("恢复时间", null=True, blank=True)
    data = models.JSONField("判定全文")

    class Meta:
        verbose_name = verbose_name_plural = "被抑制的判定"
        ordering = ["-began", "-id"]
