"""Assignments: who is sent where, and why that is lawful."""

from __future__ import annotations

from django.db import models

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Facility, Officer, Scoped

from .states import BASES, STATES


class Recusal(models.Model):
    """An officer must not deal with an operator (Penalty Law art. 43; Measures 30 art. 6)."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="执法人员", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    reason = models.CharField("回避情形", max_length=120)
    decided_on = models.DateField("决定日期")

    class Meta:
        verbose_name = verbose_name_plural = "回避"
        constraints = [models.UniqueConstraint(fields=["officer", "facility"], name="one_recusal_per_facility")]


class Assignment(Scoped):
    """A task to inspect one facility, with its basis and its people."""

    number = models.CharField("任务编号", max_length=20, unique=True)
    basis = models.CharField("检查依据", max_length=12, choices=list(BASES.items()))
    reason = models.CharField("事由", max_length=200)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="线索", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    inspectors = models.ManyToManyField(Officer, verbose_name="检查人员", related_name="+")
    state = models.CharField("状态", max_length=10, choices=list(STATES.items()), default="issued")
    issued_on = models.DateField("派发日期")
    issued_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="派发人", related_name="+")
    due_on = models.DateField("应完成日期")

    class Meta:
        verbose_name = verbose_name_plural = "检查任务"
        indexes = [
            models.Index(fields=["city_code", "state", "due_on", "id"], name="task_city_state_due"),
            models.Index(fields=["county_code", "state", "due_on", "id"], name="task_county_state_due"),
        ]

    def __str__(self) -> str:
        return self.number
