"""A section's warning, what was handed out because of it, the projects and the money; villages surveyed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qingyuan.records.registry.models import Agency, Officer, RiverPlace, Scoped

from .states import HANDOUT, PROJECT, WARNING

FUNDS = [("central", "中央资金"), ("province", "省级资金"), ("city", "市县资金"), ("firm", "企业自筹"), ("other", "其他")]
PROJECT_KINDS = [("sewage", "污水处理"), ("outlet", "入河排污口整治"), ("black_water", "黑臭水体治理"), ("source", "水源地整治"), ("rural", "农村环境整治"), ("air", "大气治理"), ("soil", "土壤治理"), ("other", "其他")]


class SectionWarning(Scoped):
    """A section that became worse than its target or than its own usual."""

    number = models.CharField("预警编号", max_length=20, unique=True)
    place = models.ForeignKey(RiverPlace, models.PROTECT, verbose_name="断面", related_name="+")
    factor = models.CharField("因子", max_length=24)
    began = models.DateTimeField("开始")
    ended = models.DateTimeField("最近一次仍异常")
    value = models.FloatField("最差值")
    usual = models.FloatField("平时值", null=True, blank=True)
    quality_class = models.PositiveSmallIntegerField("水质类别", help_text="GB 3838-2002；6 为劣Ⅴ类")
    target_class = models.PositiveSmallIntegerField("目标类别", null=True, blank=True)
    reason = models.CharField("预警原因", max_length=200)
    found_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=12, choices=list(WARNING.states.items()), default="found")
    due_at = models.DateTimeField("当前期限", help_text="全国没有统一时限，时限为平台设定，各省可改")
    due_on = models.DateField("当前期限日")
    doubts = models.JSONField("复核时排除的干扰", default=list)
    candidates = models.JSONField("溯源候选", default=list)
    traced_at = models.DateTimeField("溯源时间", null=True, blank=True)
    clue_number = models.CharField("转出的线索", max_length=20, blank=True)
    conclusion = models.TextField("结论", blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "断面预警"
        constraints = [models.UniqueConstraint(fields=["place", "factor", "began"], name="one_warning_per_rise")]
        indexes = [models.Index(fields=["city_code", "due_on", "id"], name="warning_city_due"), models.Index(fields=["province_code", "due_on", "id"], name="warning_prov_due")]

    def __str__(self) -> str:
        return self.number


class Handout(Scoped):
    """A problem handed out to a locality (流域交办), with a day by which it answers."""

    number = models.CharField("交办编号", max_length=20, unique=True)
    title = models.CharField("交办事项", max_length=160)
    problem = models.TextField("问题")
    demand = models.TextField("办理要求")
    warning = models.ForeignKey(SectionWarning, models.PROTECT, null=True, blank=True, verbose_name="断面预警", related_name="handouts")
    sender = models.ForeignKey(Agency, models.PROTECT, verbose_name="交办单位", related_name="+")
    issued_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="交办人", related_name="+")
    issued_at = models.DateTimeField("交办时间")
    due_on = models.DateField("办理期限")
    state = models.CharField("状态", max_length=10, choices=list(HANDOUT.states.items()), default="issued")
    answer = models.TextField("办理情况", blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "交办"

    def __str__(self) -> str:
        return self.number


class Project(Scoped):
    """A rectification project: what is built, until when, for how much."""

    code = models.CharField("项目编号", max_length=40, unique=True)
    name = models.CharField("项目名称", max_length=160)
    kind = models.CharField("类型", max_length=12, choices=PROJECT_KINDS)
    handout = models.ForeignKey(Handout, models.PROTECT, null=True, blank=True, verbose_name="交办", related_name="projects")
    owner = models.CharField("责任单位", max_length=120)
    starts_on = models.DateField("计划开工")
    due_on = models.DateField("计划完成")
    planned_fen = models.BigIntegerField("计划投资（分）")
    state = models.CharField("状态", max_length=10, choices=list(PROJECT.states.items()), default="planned")
    progress = models.PositiveSmallIntegerField("形象进度（%）", default=0)
    note = models.TextField("进展", blank=True)
    updated_at = models.DateTimeField("更新时间")
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "治理项目"
        constraints = [
            models.CheckConstraint(condition=Q(progress__lte=100) & Q(planned_fen__gte=0), name="project_in_bounds"),
            models.CheckConstraint(condition=Q(due_on__gte=F("starts_on")), name="project_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["city_code", "due_on", "id"], name="project_city_due"), models.Index(fields=["province_code", "due_on", "id"], name="project_prov_due")]

    def __str__(self) -> str:
        return self.name


class MoneyEntry(models.Model):
    """One payment or grant of a project; a mistake is another entry with the opposite sign, never a change."""

    project = models.ForeignKey(Project, models.PROTECT, verbose_name="治理项目", related_name="money")
    on = models.DateField("日期")
    fund = models.CharField("资金来源", max_length=10, choices=FUNDS)
    kind = models.CharField("性质", max_length=8, choices=[("granted", "到位"), ("paid", "支付")])
    amount_fen = models.BigIntegerField("金额（分）")
    note = models.CharField("说明", max_length=200, blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="登记人", related_name="+")
    at = models.DateTimeField("登记时间")

    class Meta:
        verbose_name = verbose_name_plural = "资金流水"
        ordering = ["on", "id"]
        constraints = [models.CheckConstraint(condition=~Q(amount_fen=0), name="money_is_not_nothing")]


class VillageSurvey(Scoped):
    """One village's sewage and black water as surveyed on a day; the newest survey of a village is the ledger."""

    village = models.CharField("村", max_length=80)
    on = models.DateField("调查日期")
    households = models.PositiveIntegerField("户数")
    treated_households = models.PositiveIntegerField("污水得到治理的户数")
    has_black_water = models.BooleanField("有黑臭水体")
    state = models.CharField("治理状态", max_length=10, choices=[("none", "无须治理"), ("waiting", "待治理"), ("under_way", "治理中"), ("done", "已治理")])
    problem = models.CharField("问题", max_length=200, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    surveyor = models.CharField("调查人", max_length=40, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "农村污水调查"
        constraints = [
            models.UniqueConstraint(fields=["division", "village", "on"], name="one_survey_a_day"),
            models.CheckConstraint(condition=Q(treated_households__lte=F("households")), name="not_more_treated_than_there_are"),
        ]
