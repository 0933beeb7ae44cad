"""Assignments: who is sent where, and why that is lawful."""

from __future__ import annotations

from django.db import models

from qingyuan.records.clues.models import Clue
from qingyuan.records.registry.models import Agency, Facility, Officer, Scoped

from .plan_states import DRAW_STATES, OFF_SITE_WAYS, PLAN_STATES, POSITIVE_STATES, RESULTS
from .states import BASES, MODES, STATES


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
    items = models.JSONField("检查事项", default=list, blank=True, help_text="规则库 law/book/items/inspection 的编号；未公布的事项不得检查（国办发〔2024〕54号）")
    campaign = models.ForeignKey("dispatch.Campaign", models.PROTECT, null=True, blank=True, verbose_name="专项行动", related_name="assignments")
    round = models.ForeignKey("dispatch.AssistanceRound", models.PROTECT, null=True, blank=True, verbose_name="帮扶轮次", related_name="assignments")
    gate = models.JSONField("入企前核对", default=list, blank=True, help_text="派发时逐项核对的结果：依据、事项、频次上限、正面清单、重复检查")
    departments = models.JSONField("联合检查的部门", default=list, blank=True, help_text="综合查一次（优化营商环境条例第五十四条）")
    mode = models.CharField("组织方式", max_length=12, choices=list(MODES.items()), default="ordinary")
    authority_letter = models.CharField("指定管辖、授权文号", max_length=60, blank=True, help_text="异地交叉执法须有授权")
    is_surprise = models.BooleanField("四不两直", default=False, help_text="开始之前只有派发人知道")
    revealed_at = models.DateTimeField("向检查人员揭晓", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "检查任务"
        indexes = [
            models.Index(fields=["city_code", "state", "due_on", "id"], name="task_city_state_due"),
            models.Index(fields=["county_code", "state", "due_on", "id"], name="task_county_state_due"),
        ]

    def __str__(self) -> str:
        return self.number


class InspectionPlan(Scoped):
    """The yearly inspection plan of an agency: quotas by class, and how often an enterprise may be visited at most."""

    number = models.CharField("计划编号", max_length=30, unique=True)
    title = models.CharField("计划名称", max_length=120)
    year = models.PositiveSmallIntegerField("年度")
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="制定机关", related_name="+")
    level = models.CharField("层级", max_length=10, choices=[("city", "市级"), ("county", "县级")])
    scope = models.CharField("采用的比例", max_length=20, default="national", help_text="规则库 law/book/draw/ratios 的 scope")
    quotas = models.JSONField("抽查名额", default=list, help_text="每类对象：基数、比例、名额、算式、依据、可信度")
    frequency_cap = models.PositiveSmallIntegerField("年度频次上限", help_text="每家企业每年计划内现场检查次数；个案检查不计（国办发〔2024〕54号）")
    state = models.CharField("状态", max_length=10, choices=list(PLAN_STATES.items()), default="drafted")
    drawn_up_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="拟订人", related_name="+")
    drawn_up_on = models.DateField("拟订日期")
    approved_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="批准人", related_name="+")
    approved_on = models.DateField("批准日期", null=True, blank=True)
    published_on = models.DateField("公布日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "年度检查计划"
        constraints = [models.UniqueConstraint(fields=["agency", "year"], name="one_plan_per_year")]

    def __str__(self) -> str:
        return self.title


class Draw(Scoped):
    """One random draw: committed and sealed first, drawn from a public value later.  The pool and the list are secret until the visits."""

    plan = models.ForeignKey(InspectionPlan, models.PROTECT, verbose_name="检查计划", related_name="+")
    period = models.CharField("批次", max_length=10, help_text="年份和季度，如 2026Q4")
    number = models.PositiveSmallIntegerField("承诺序号", help_text="同一批次的第几次；第二次起须写明替代哪一次、为什么")
    replaces = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="替代", related_name="+")
    why = models.TextField("重抽理由", blank=True)
    commitment = models.JSONField("承诺全文", help_text="抽取池、权重、名额、回避、种子来源；公开结果之前保密")
    digest = models.CharField("承诺摘要", max_length=64, unique=True)
    seal = models.JSONField("封存证明")
    state = models.CharField("状态", max_length=10, choices=list(DRAW_STATES.items()), default="committed")
    committed_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="承诺人", related_name="+")
    committed_at = models.DateTimeField("承诺时间")
    beacon = models.JSONField("公开的随机数", default=dict, blank=True)
    result_digest = models.CharField("结果摘要", max_length=64, blank=True)
    result_leaf = models.BigIntegerField("结果存证序号", null=True, blank=True)
    drawn_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="抽取人", related_name="+")
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "随机抽取"
        constraints = [models.UniqueConstraint(fields=["plan", "period", "number"], name="one_number_per_draw")]
        indexes = [models.Index(fields=["city_code", "-committed_at"], name="draw_by_city")]

    def __str__(self) -> str:
        return f"{self.plan.number}/{self.period} 第{self.number}次"


class DrawnItem(models.Model):
    """One object that was drawn, the people drawn for it, and what came of the visit."""

    draw = models.ForeignKey(Draw, models.PROTECT, verbose_name="随机抽取", related_name="items")
    order = models.PositiveSmallIntegerField("抽出次序")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    stratum = models.CharField("分层", max_length=30)
    officers = models.ManyToManyField(Officer, verbose_name="抽出的检查人员", related_name="+")
    assignment = models.OneToOneField(Assignment, models.PROTECT, null=True, blank=True, verbose_name="检查任务", related_name="+")
    result = models.CharField("检查结果", max_length=12, choices=list(RESULTS.items()), blank=True)
    result_note = models.CharField("后续处理", max_length=200, blank=True)
    finished_on = models.DateField("完成日期", null=True, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True, help_text="任务完成之日起二十个工作日内")

    class Meta:
        verbose_name = verbose_name_plural = "抽中对象"
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["draw", "facility"], name="drawn_once")]


class PositiveListEntry(Scoped):
    """A place on the positive list: why it was entered, how it was announced, when and why it ended."""

    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    ground = models.CharField("列入情形", max_length=30, help_text="规则库 law/book/draw/positive_list 的编号")
    reason = models.CharField("列入理由", max_length=300)
    state = models.CharField("状态", max_length=10, choices=list(POSITIVE_STATES.items()), default="candidate")
    proposed_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="提出人", related_name="+")
    proposed_on = models.DateField("提出日期")
    noticed_on = models.DateField("公示日期", null=True, blank=True)
    notice_ends_on = models.DateField("公示届满", null=True, blank=True)
    objections = models.TextField("异议", blank=True)
    answer = models.TextField("异议核查结论", blank=True)
    listed_on = models.DateField("列入日期", null=True, blank=True)
    valid_to = models.DateField("有效期止", null=True, blank=True)
    removal = models.CharField("移出情形", max_length=30, blank=True)
    ended_on = models.DateField("移出或不予列入日期", null=True, blank=True)
    end_reason = models.CharField("移出或不予列入理由", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "正面清单"
        constraints = [
            models.UniqueConstraint(fields=["facility"], condition=~models.Q(state__in=["removed", "refused"]), name="one_open_entry_per_facility"),
        ]

    def __str__(self) -> str:
        return str(self.facility)


class OffSiteCheck(Scoped):
    """A visit that was not made: a listed facility was checked from afar instead.  Counted with its method."""

    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    entry = models.ForeignKey(PositiveListEntry, models.PROTECT, verbose_name="正面清单", related_name="+")
    basis = models.CharField("原本的检查依据", max_length=12, choices=list(BASES.items()))
    item = models.OneToOneField(DrawnItem, models.PROTECT, null=True, blank=True, verbose_name="抽中对象", related_name="+")
    way = models.CharField("方式", max_length=12, choices=list(OFF_SITE_WAYS.items()))
    found = models.CharField("结果", max_length=300)
    checked_on = models.DateField("日期")
    checked_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="办理人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "非现场检查"


from . import alert_models, area_models, campaign_models, joint_models, result_models, visit_models  # noqa: E402, F401  tables of the same app, in files of their own
