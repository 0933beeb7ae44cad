"""Inspections on site: who went in, what they saw, what they asked to be put right."""

from __future__ import annotations

from django.db import models

from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket.models import Docket, Document
from qingyuan.records.registry.models import Facility, Scoped

from .states import CONCLUSIONS, STATES
from .sync_models import FieldCapture, FieldCell, FieldDevice, FieldRecord, Instrument, SyncOperation

__all__ = ["CorrectionOrder", "FieldCapture", "FieldCell", "FieldDevice", "FieldRecord", "Inspection", "Instrument", "OnSiteRecord", "SyncOperation"]


class Inspection(Scoped):
    """One visit on one assignment."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, verbose_name="检查任务", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    docket = models.OneToOneField(Docket, models.PROTECT, verbose_name="案卷材料", related_name="+")
    state = models.CharField("状态", max_length=12, choices=list(STATES.items()), default="opened")
    began_at = models.DateTimeField("进入时间")
    ended_at = models.DateTimeField("离开时间", null=True, blank=True)
    conclusion = models.CharField("检查结论", max_length=12, choices=list(CONCLUSIONS.items()), blank=True)
    conclusion_note = models.TextField("结论说明", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场检查"

    def __str__(self) -> str:
        return f"{self.facility}（{self.began_at:%Y-%m-%d}）"


class OnSiteRecord(models.Model):
    """The on-site inspection record (Penalty Law art. 55; Measures 30 art. 28)."""

    inspection = models.OneToOneField(Inspection, models.PROTECT, verbose_name="现场检查", related_name="record")
    production = models.TextField("建设与生产情况")
    permits = models.TextField("环保手续情况")
    treatment = models.TextField("产污及治污设施运行情况")
    facts = models.TextField("违法情况或者检查所见")
    sampling = models.TextField("采样、拍摄与陪同情况", blank=True)
    person_on_site = models.CharField("现场负责人", max_length=40)
    position = models.CharField("职务", max_length=40, blank=True)
    was_certificate_shown = models.BooleanField("已出示执法证件", help_text="行政处罚法第五十五条")
    was_told_of_recusal = models.BooleanField("已告知申请回避的权利", help_text="行政处罚法第四十三条、第四十四条")
    was_signed = models.BooleanField("当事人已签字确认")
    refusal = models.CharField("拒签说明", max_length=200, blank=True, help_text="当事人拒绝签字的，应注明情况")
    document = models.ForeignKey(Document, models.PROTECT, verbose_name="文书", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "现场检查（勘察）笔录"


class CorrectionOrder(models.Model):
    """An order to make corrections (Penalty Law art. 28); not a penalty."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, verbose_name="现场检查", related_name="correction_orders")
    requirement = models.TextField("改正要求")
    ordered_on = models.DateField("作出日期")
    correct_by = models.DateField("改正期限")
    corrected_on = models.DateField("改正日期", null=True, blank=True)
    reinspection_note = models.TextField("复查情况", blank=True)
    document = models.ForeignKey(Document, models.PROTECT, verbose_name="文书", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "责令改正"
