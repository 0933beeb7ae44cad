"""Key areas: the special plan of an area, and who walked it, when, and what was seen.  Borders stand in the registry."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Officer, Scoped
from qingyuan.records.registry.place_models import Area

from .campaign_models import Problem


class AreaPlan(Scoped):
    """The special plan of a key area for a year: how often it is walked, what is looked at, who answers for it."""

    area = models.ForeignKey(Area, models.PROTECT, verbose_name="区域", related_name="+")
    year = models.PositiveSmallIntegerField("年度")
    times = models.PositiveSmallIntegerField("每年巡查（次）")
    pack = models.CharField("检查要点包", max_length=30, blank=True)
    content = models.TextField("专项计划")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="责任人", related_name="+")
    drawn_up_on = models.DateField("拟订日期")

    class Meta:
        verbose_name = verbose_name_plural = "重点区域专项计划"
        constraints = [models.UniqueConstraint(fields=["area", "year"], name="one_plan_per_area_and_year")]


class AreaPatrol(Scoped):
    """One walk of a key area.  Public ground: no entry to an enterprise is made on it."""

    area = models.ForeignKey(Area, models.PROTECT, verbose_name="区域", related_name="+")
    on = models.DateField("日期")
    found = models.TextField("巡查情况")
    problem = models.ForeignKey(Problem, models.PROTECT, null=True, blank=True, verbose_name="问题", related_name="+")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="巡查人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "重点区域巡查"
