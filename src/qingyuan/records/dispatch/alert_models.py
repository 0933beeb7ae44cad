"""Heavy-pollution weather and major events: an alert comes in, each enterprise has its list of measures, each is checked."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Facility, Officer, Scoped

from .campaign_models import Problem
from .joint_states import ALERT_KINDS, ALERT_LEVELS, ALERT_STATES, CHECK_WAYS


class Alert(Scoped):
    """An alert or a period of assurance, as the document that raised it says."""

    number = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=16, choices=list(ALERT_KINDS.items()))
    level = models.CharField("级别", max_length=8, choices=list(ALERT_LEVELS.items()))
    title = models.CharField("名称", max_length=120)
    document = models.CharField("启动文号", max_length=60)
    began_at = models.DateTimeField("启动时间")
    ended_at = models.DateTimeField("解除时间", null=True, blank=True)
    state = models.CharField("状态", max_length=8, choices=list(ALERT_STATES.items()), default="active")
    raised_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "应急响应"

    def __str__(self) -> str:
        return self.title


class FirmMeasure(models.Model):
    """What one enterprise has to do under an alert, and whether it did."""

    alert = models.ForeignKey(Alert, models.PROTECT, verbose_name="应急响应", related_name="firms")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    measures = models.JSONField("减排措施", default=list)
    exempt = models.CharField("不停限产的理由", max_length=120, blank=True)
    way = models.CharField("核查方式", max_length=12, choices=list(CHECK_WAYS.items()), blank=True)
    is_met = models.BooleanField("已落实", null=True, blank=True)
    found = models.CharField("核查情况", max_length=300, blank=True)
    checked_at = models.DateTimeField("核查时间", null=True, blank=True)
    checked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="核查人", related_name="+")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, verbose_name="问题", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "企业减排措施"
        constraints = [models.UniqueConstraint(fields=["alert", "facility"], name="one_list_per_alert")]
