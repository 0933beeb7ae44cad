"""Who answers to whom, who is on duty, and how many clues people say they can check."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .models import Agency, Division, Officer


class SupervisionLine(models.Model):
    """To which agency an agency answers; the division of its government is another line (省以下垂直管理、局队合一)."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="单位", related_name="+")
    answers_to = models.ForeignKey(Agency, models.PROTECT, verbose_name="业务上级", related_name="+")
    government = models.ForeignKey(Division, models.PROTECT, null=True, blank=True, verbose_name="地方政府", related_name="+", help_text="行政隶属，不产生业务上的领导关系")
    is_branch = models.BooleanField("派出机构", default=False, help_text="以上级机关的名义执法，如市局的县（区）分局")
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True)
    basis = models.CharField("依据", max_length=120)

    class Meta:
        verbose_name = verbose_name_plural = "监督关系"
        constraints = [
            models.CheckConstraint(condition=~Q(agency=F("answers_to")), name="line_not_to_itself"),
            models.UniqueConstraint(fields=["agency", "valid_from"], name="line_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.agency}→{self.answers_to}"


class DutyShift(models.Model):
    """One turn of duty of one officer; the period is half-open."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="单位", related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="值班人", related_name="+")
    began_at = models.DateTimeField("值班起")
    ended_at = models.DateTimeField("值班止")
    phone = models.CharField("值班电话", max_length=30, blank=True)
    is_lead = models.BooleanField("带班领导", default=False)
    cancelled_at = models.DateTimeField("取消时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "值班"
        ordering = ["began_at", "id"]
        constraints = [models.CheckConstraint(condition=Q(ended_at__gt=F("began_at")), name="shift_ends_after_it_begins")]
        indexes = [models.Index(fields=["agency", "began_at"], name="shift_by_agency")]

    def __str__(self) -> str:
        return f"{self.officer}（{self.began_at:%Y-%m-%d %H:%M}）"


class Capacity(models.Model):
    """How many clues one officer declares to be able to check in one week (0: away)."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="人员", related_name="+")
    week = models.DateField("周（周一）")
    clues = models.PositiveSmallIntegerField("可核查线索数")
    declared_at = models.DateTimeField("申报时间")

    class Meta:
        verbose_name = verbose_name_plural = "核查能力申报"
        constraints = [models.UniqueConstraint(fields=["officer", "week"], name="one_capacity_a_week")]

    def __str__(self) -> str:
        return f"{self.officer} {self.week}：{self.clues}"
