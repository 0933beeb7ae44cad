"""Registers of working together (exchange, meetings, agreements) and the bulletins made from the data."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.models import Officer, Scoped

LIAISON_KINDS = [("weather", "气象、重污染预警"), ("exchange_in", "部门来件"), ("exchange_out", "发往部门"), ("meeting", "会议"), ("agreement", "协议")]
ALERT_LEVELS = [("yellow", "黄色（Ⅲ级）"), ("orange", "橙色（Ⅱ级）"), ("red", "红色（Ⅰ级）")]
BULLETIN_KINDS = [("typical", "典型问题通报"), ("monthly", "线索办理月报")]


class LiaisonEntry(Scoped):
    """One thing exchanged, met about or agreed with another body."""

    kind = models.CharField("种类", max_length=12, choices=LIAISON_KINDS)
    title = models.CharField("标题", max_length=120)
    parties = models.CharField("对方单位", max_length=200)
    on = models.DateField("日期")
    until = models.DateField("有效至", null=True, blank=True)
    level = models.CharField("预警级别", max_length=8, choices=ALERT_LEVELS, blank=True)
    content = models.TextField("内容、议定事项")
    reference = models.CharField("文号", max_length=60, blank=True)
    item = models.OneToOneField(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="原件", related_name="+")
    made_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")
    made_at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "协同台账"
        indexes = [models.Index(fields=["kind", "on"], name="liaison_by_kind")]

    def __str__(self) -> str:
        return self.title


class Bulletin(Scoped):
    """A bulletin as it was issued; the figures can be counted again from the day it names."""

    kind = models.CharField("种类", max_length=10, choices=BULLETIN_KINDS)
    title = models.CharField("标题", max_length=120)
    began = models.DateField("统计期起")
    ended = models.DateField("统计期止")
    figures = models.JSONField("数据")
    pdf_digest = models.CharField("PDF 的 SHA-256", max_length=64)
    docx_digest = models.CharField("DOCX 的 SHA-256", max_length=64)
    made_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="编制人", related_name="+")
    made_at = models.DateTimeField("编制时间")

    class Meta:
        verbose_name = verbose_name_plural = "通报、月报"

    def __str__(self) -> str:
        return self.title
