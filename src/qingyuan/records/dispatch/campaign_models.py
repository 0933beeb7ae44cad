"""Campaigns, rounds of assistance, their targets, the ledger of problems, and notices to governments (监督帮扶、专项行动、督政)."""

from __future__ import annotations

from django.db import models

from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.models import Docket
from qingyuan.records.registry.models import Agency, Facility, Officer, Scoped

from .campaign_states import (
    CAMPAIGN_STATES,
    GRAVITIES,
    MEDIA,
    NOTICE_STATES,
    PROBLEM_STATES,
    ROUND_MODES,
    ROUND_STATES,
    TARGET_SOURCES,
)


class Campaign(Scoped):
    """A special inspection: approved, limited in number, published (国办发〔2024〕54号)."""

    number = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=20, help_text="规则库 law/book/campaigns 的编号")
    title = models.CharField("名称", max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="组织机关", related_name="+")
    began = models.DateField("开始日期")
    ended = models.DateField("结束日期")
    most = models.PositiveIntegerField("最多检查（家次）", default=0)
    items = models.JSONField("检查事项", default=list)
    packs = models.JSONField("检查要点包", default=list, help_text="规则库 law/book/campaigns/packs 的编号")
    departments = models.JSONField("联合部门", default=list, blank=True)
    is_cross = models.BooleanField("异地交叉", default=False)
    state = models.CharField("状态", max_length=10, choices=list(CAMPAIGN_STATES.items()), default="drafted")
    drawn_up_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="拟订人", related_name="+")
    approved_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="批准人", related_name="+")
    published_on = models.DateField("公布日期", null=True, blank=True)
    report = models.TextField("总结", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        constraints = [models.CheckConstraint(condition=models.Q(ended__gte=models.F("began")), name="campaign_ends_after_it_begins")]

    def __str__(self) -> str:
        return self.title


class AssistanceRound(Scoped):
    """One round of assistance in one place: on site, remote, or for mobile sources.  ``division`` is where it goes."""

    number = models.CharField("编号", max_length=20, unique=True)
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, verbose_name="专项行动", related_name="rounds")
    mode = models.CharField("方式", max_length=14, choices=list(ROUND_MODES.items()))
    theme = models.CharField("主题", max_length=120)
    began = models.DateField("开始日期")
    ended = models.DateField("结束日期")
    lead = models.ForeignKey(Officer, models.PROTECT, verbose_name="组长", related_name="+")
    team = models.ManyToManyField(Officer, verbose_name="组员", related_name="+", blank=True)
    state = models.CharField("状态", max_length=10, choices=list(ROUND_STATES.items()), default="planned")
    planned_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="派出人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "监督帮扶轮次"
        constraints = [models.CheckConstraint(condition=models.Q(ended__gte=models.F("began")), name="round_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.number} {self.theme}"


class Target(Scoped):
    """A place on the list of a campaign or round: where it comes from, why it is there, what came of looking."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, verbose_name="专项行动", related_name="targets")
    round = models.ForeignKey(AssistanceRound, models.PROTECT, null=True, blank=True, verbose_name="轮次", related_name="targets")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="固定污染源", related_name="+")
    place = models.CharField("地点或对象", max_length=120, help_text="不是固定污染源的：路段、工地、车辆、网格、图斑")
    source = models.CharField("来源", max_length=16, choices=list(TARGET_SOURCES.items()), default="list")
    reason = models.CharField("列入理由", max_length=200, blank=True)
    priority = models.PositiveSmallIntegerField("优先", default=2, help_text="1 先查，2 一般，3 有余力再查")
    assignment = models.ForeignKey("dispatch.Assignment", models.PROTECT, null=True, blank=True, verbose_name="检查任务", related_name="+")
    answer = models.CharField("核查结果", max_length=300, blank=True)
    checked_on = models.DateField("核查日期", null=True, blank=True)
    checked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="核查人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "点位"
        constraints = [
            models.CheckConstraint(condition=models.Q(campaign__isnull=False) | models.Q(round__isnull=False), name="target_belongs_somewhere"),
        ]

    def __str__(self) -> str:
        return self.place


class SupervisionNotice(Scoped):
    """A notice to a local government about problems that are its own to solve (督政).  ``division`` is the government addressed."""

    number = models.CharField("编号", max_length=20, unique=True)
    government = models.CharField("主送", max_length=80)
    content = models.TextField("存在问题与要求")
    sent_on = models.DateField("发出日期")
    reply_by = models.DateField("反馈期限")
    state = models.CharField("状态", max_length=10, choices=list(NOTICE_STATES.items()), default="sent")
    reply = models.TextField("反馈", blank=True)
    replied_on = models.DateField("反馈日期", null=True, blank=True)
    sent_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="签发人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "督办通知"

    def __str__(self) -> str:
        return f"{self.number} {self.government}"


class Problem(Scoped):
    """One line of the ledger of problems, from finding to closing.  ``division`` is the locality that puts it right."""

    number = models.CharField("编号", max_length=20, unique=True)
    round = models.ForeignKey(AssistanceRound, models.PROTECT, null=True, blank=True, verbose_name="轮次", related_name="problems")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, verbose_name="专项行动", related_name="problems")
    assignment = models.ForeignKey("dispatch.Assignment", models.PROTECT, null=True, blank=True, verbose_name="检查任务", related_name="problems")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="固定污染源", related_name="+")
    place = models.CharField("地点或对象", max_length=120)
    kind = models.CharField("问题类别", max_length=20, help_text="规则库 law/book/campaigns/problems 的编号")
    medium = models.CharField("要素", max_length=12, choices=list(MEDIA.items()))
    gravity = models.CharField("程度", max_length=12, choices=list(GRAVITIES.items()))
    description = models.TextField("问题描述")
    point = models.CharField("检查要点", max_length=10, blank=True, help_text="检查要点包中的编号")
    state = models.CharField("状态", max_length=10, choices=list(PROBLEM_STATES.items()), default="found")
    found_on = models.DateField("发现日期")
    found_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="发现人", related_name="+")
    docket = models.OneToOneField(Docket, models.PROTECT, null=True, blank=True, verbose_name="佐证材料", related_name="+")
    note = models.CharField("交办单编号", max_length=40, blank=True)
    handed_on = models.DateField("交办日期", null=True, blank=True)
    due_on = models.DateField("整改期限", null=True, blank=True)
    plan = models.TextField("整改措施", blank=True, help_text="不能立行立改的，写明措施和时间")
    rectified_on = models.DateField("报完成日期", null=True, blank=True)
    rectified_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="报完成人", related_name="+")
    closed_on = models.DateField("销号日期", null=True, blank=True)
    closed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="复核人", related_name="+")
    returns = models.PositiveSmallIntegerField("退回次数", default=0)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="转为线索", related_name="+")
    case_number = models.CharField("转为案件", max_length=60, blank=True)
    transferred = models.CharField("移送", max_length=120, blank=True, help_text="移送公安机关或者其他部门的名称和文号")
    notice = models.ForeignKey(SupervisionNotice, models.PROTECT, null=True, blank=True, verbose_name="督办通知", related_name="problems")

    class Meta:
        verbose_name = verbose_name_plural = "问题台账"
        indexes = [
            models.Index(fields=["city_code", "state", "due_on", "id"], name="problem_city_state_due"),
            models.Index(fields=["county_code", "state", "due_on", "id"], name="problem_county_state_due"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.place}"
