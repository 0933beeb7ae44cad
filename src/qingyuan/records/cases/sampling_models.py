"""Samples on their way: the order to a laboratory, each sample with its label and chain, what was measured."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import Document, EvidenceItem, Fixed

from .models import Case, CasePart
from .sampling_states import STATES, TURNS


class Sampling(CasePart):
    """One order to a laboratory, from the commission to the party's answer."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="samplings")
    number = models.CharField("采样单号", max_length=40, unique=True)
    state = models.CharField("状态", max_length=12, choices=list(STATES.items()), default="ordered")
    laboratory = models.CharField("实验室", max_length=120)
    qualification = models.CharField("资质认定编号", max_length=60, help_text="检验检测机构资质认定（CMA）证书编号")
    items = models.CharField("检测项目", max_length=200)
    points = models.CharField("点位", max_length=200)
    due_on = models.DateField("报告期限")
    commission = models.ForeignKey(Document, models.PROTECT, verbose_name="委托书", related_name="+")
    sheet = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="采样取证登记单", related_name="+")
    report_number = models.CharField("报告编号", max_length=60, blank=True)
    report_item = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="报告原件", related_name="+")
    report = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="报告登记", related_name="+")
    reported_on = models.DateField("报告日期", null=True, blank=True)
    notice = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="结果告知书", related_name="+")
    told_on = models.DateField("告知日期", null=True, blank=True, help_text="令30第二十九条：取得报告后告知当事人结果")
    retest_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="复测对应的采样", related_name="retests")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "采样检测"

    def __str__(self) -> str:
        return self.number


class Sample(models.Model):
    """One bottle, filter or bag: its label is ``code``, printed as a QR code."""

    sampling = models.ForeignKey(Sampling, models.PROTECT, verbose_name="采样单", related_name="samples")
    code = models.CharField("样品编号", max_length=50, unique=True)
    point = models.CharField("点位", max_length=80)
    factor = models.CharField("监测项目", max_length=80)
    volume = models.CharField("数量", max_length=40)
    container = models.CharField("容器与固定剂", max_length=80)
    seal = models.CharField("封样号", max_length=40)
    storage = models.CharField("保存条件", max_length=120, blank=True)
    taken_at = models.DateTimeField("采样时间")
    digest = models.CharField("标签摘要", max_length=64, help_text="采样时内容的 SHA-256，流转链从这里开始")

    class Meta:
        verbose_name = verbose_name_plural = "样品"
        ordering = ["sampling", "code"]

    def __str__(self) -> str:
        return self.code


class SampleTurn(Fixed):
    """One link in the chain of a sample; ``chain`` binds it to the one before, as with evidence."""

    sample = models.ForeignKey(Sample, models.PROTECT, verbose_name="样品", related_name="turns")
    action = models.CharField("动作", max_length=10, choices=list(TURNS.items()))
    holder = models.CharField("此后保管人", max_length=80)
    condition = models.CharField("封样、保存状况", max_length=120, blank=True)
    at = models.DateTimeField("时间")
    by = models.ForeignKey("registry.Officer", models.PROTECT, verbose_name="登记人", related_name="+")
    chain = models.CharField("链值", max_length=64)

    class Meta:
        verbose_name = verbose_name_plural = "样品流转"
        ordering = ["sample", "id"]


class Result(Fixed):
    """What the laboratory measured in one sample; values are kept as the digits of the report."""

    sample = models.ForeignKey(Sample, models.PROTECT, verbose_name="样品", related_name="results")
    factor = models.CharField("项目", max_length=80)
    value = models.CharField("结果", max_length=24, help_text="报告上的数字；低于检出限的写检出限")
    is_below_detection = models.BooleanField("低于检出限", default=False)
    unit = models.CharField("单位", max_length=24)
    detection_limit = models.CharField("检出限", max_length=24, blank=True)
    method = models.CharField("方法", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "检测结果"
        ordering = ["sample", "id"]
        constraints = [models.UniqueConstraint(fields=["sample", "factor"], name="one_result_per_factor")]
