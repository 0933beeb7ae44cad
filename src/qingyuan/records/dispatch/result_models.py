"""What becomes public of a visit that was not drawn; credit grades as handed in; who is on leave."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Facility, Officer, Scoped

from .joint_states import CREDIT_GRADES
from .models import Assignment
from .plan_states import RESULTS


class VisitResult(Scoped):
    """The result of a finished visit as it is told to the public within twenty working days."""

    assignment = models.OneToOneField(Assignment, models.PROTECT, verbose_name="检查任务", related_name="result")
    result = models.CharField("检查结果", max_length=12, choices=list(RESULTS.items()))
    note = models.CharField("后续处理", max_length=200, blank=True)
    finished_on = models.DateField("完成日期")
    recorded_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="填写人", related_name="+")
    published_on = models.DateField("公开日期", null=True, blank=True)
    published_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="公开人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "检查结果公开"


class CreditGrade(models.Model):
    """The credit grade of a facility from a day on, as another room or another system handed it in."""

    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    grade = models.CharField("信用等级", max_length=8, choices=list(CREDIT_GRADES.items()))
    valid_from = models.DateField("起始日期")
    source = models.CharField("来源", max_length=120)
    handed_on = models.DateField("收到日期")

    class Meta:
        verbose_name = verbose_name_plural = "信用等级"
        constraints = [models.UniqueConstraint(fields=["facility", "valid_from"], name="one_grade_from_a_day")]


class Leave(models.Model):
    """Days on which an officer is not sent anywhere; the period includes both days."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="人员", related_name="+")
    began = models.DateField("起")
    ended = models.DateField("止")
    why = models.CharField("事由", max_length=60)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "请假"
        constraints = [models.CheckConstraint(condition=models.Q(ended__gte=models.F("began")), name="leave_ends_after_it_begins")]
