"""What surrounds a visit: the task code that the enterprise scans, other departments' visits, and what enterprises think of us.

No table here can say who rated what: ratings are kept as counts only.
"""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Agency, Facility, Officer, Scoped

from .models import Assignment


class VisitCode(models.Model):
    """The code that inspectors show at the gate: a sealed statement of task, officers, items, basis and validity (国办发〔2024〕54号)."""

    assignment = models.ForeignKey(Assignment, models.PROTECT, verbose_name="检查任务", related_name="codes")
    code = models.CharField("任务码", max_length=26, unique=True, help_text="128 位随机数，不可猜测")
    told = models.JSONField("码中写明的内容")
    digest = models.CharField("内容摘要 SHA-256", max_length=64)
    signature = models.CharField("签名", max_length=100, help_text="Ed25519，本机关账本的密钥")
    valid_from = models.DateTimeField("有效期起")
    valid_to = models.DateTimeField("有效期止")
    issued_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="出示人", related_name="+")
    withdrawn_at = models.DateTimeField("作废时间", null=True, blank=True)
    withdrawn_why = models.CharField("作废理由", max_length=200, blank=True)
    entered_at = models.DateTimeField("企业确认入企时间", null=True, blank=True)
    receiver = models.CharField("企业接待人", max_length=40, blank=True)
    is_as_told = models.BooleanField("到场人员与码中一致", null=True, blank=True)
    remark = models.CharField("企业说明", max_length=200, blank=True)
    is_rated = models.BooleanField("已评价", default=False, help_text="只记有没有，不记评了什么、什么时候")

    class Meta:
        verbose_name = verbose_name_plural = "检查任务码"

    def __str__(self) -> str:
        return self.code


class OutsideVisit(Scoped):
    """A visit that another department or division plans, as it was told to us: to be merged with ours where it can be."""

    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    department = models.CharField("部门", max_length=60)
    planned_on = models.DateField("计划日期")
    items = models.CharField("检查事项", max_length=200)
    contact = models.CharField("联系人", max_length=60, blank=True)
    merged_into = models.ForeignKey(Assignment, models.PROTECT, null=True, blank=True, verbose_name="并入任务", related_name="+")
    noted_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")
    noted_on = models.DateField("登记日期")

    class Meta:
        verbose_name = verbose_name_plural = "其他部门检查"
        constraints = [models.UniqueConstraint(fields=["facility", "department", "planned_on"], name="outside_visit_told_once")]

    def __str__(self) -> str:
        return f"{self.department} {self.planned_on}"


class RatingTally(models.Model):
    """How often a question was answered with a mark, by agency and quarter.  A count, nothing else: no row belongs to a visit."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机关", related_name="+")
    quarter = models.CharField("季度", max_length=6)
    question = models.CharField("评价项", max_length=12)
    mark = models.PositiveSmallIntegerField("档次")
    count = models.PositiveIntegerField("份数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "匿名评价计数"
        constraints = [models.UniqueConstraint(fields=["agency", "quarter", "question", "mark"], name="one_count_per_mark")]
