"""Companion measures of a case: sealing, restriction and suspension of production, daily penalty; and the record of liaison."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import Document

from .measure_states import STATES
from .models import Case, CasePart, Transfer

MEASURE_KINDS = [("seize", "查封、扣押"), ("restrict_production", "限制生产"), ("suspend_production", "停产整治"), ("daily_penalty", "按日连续处罚")]
LIAISON_KINDS = [
    ("meeting", "联席会议"), ("consultation", "案件会商"), ("letter", "发出书面咨询"), ("inquiry", "收到书面咨询"), ("procuratorate", "检察意见"), ("room", "联络室工作"),
    ("supervision", "督办函"), ("goods", "涉案物品移交"),
]  # fmt: skip


class Measure(CasePart):
    """One measure against the party beside the penalty; ``note`` is why it is needed."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="measures")
    kind = models.CharField("措施", max_length=20, choices=MEASURE_KINDS)
    state = models.CharField("状态", max_length=12, choices=list(STATES.items()), default="proposed")
    grounds = models.JSONField("依据", default=list, help_text="引用编号：条件由规则库核对")
    content = models.TextField("内容", help_text="查封扣押的对象，限制生产、停产整治的方式和期限")
    requirements = models.TextField("改正要求", blank=True)
    items = models.JSONField("物品清单", default=list, blank=True)
    place = models.CharField("存放地、保管方式", max_length=160, blank=True)
    approved_on = models.DateField("批准日期", null=True, blank=True)
    is_urgent = models.BooleanField("情况紧急，先实施后补批", default=False, help_text="行政强制法第十九条：二十四小时内报告并补办批准手续")
    imposed_at = models.DateTimeField("实施时间", null=True, blank=True)
    settled_at = models.DateTimeField("补办批准或者解除的时间", null=True, blank=True, help_text="查封扣押办法第十三条")
    began = models.DateField("起始日", null=True, blank=True)
    until = models.DateField("期限届满日", null=True, blank=True, help_text="行政强制法第二十五条；限产停产办法第十五条")
    extended_until = models.DateField("延长至", null=True, blank=True)
    served_on = models.DateField("送达日期", null=True, blank=True)
    plan_on = models.DateField("整改方案备案日期", null=True, blank=True)
    finished_on = models.DateField("整改完成备案日期", null=True, blank=True)
    released_on = models.DateField("解除日期", null=True, blank=True)
    fine_fen = models.BigIntegerField("按日连续处罚总额（分）", null=True, blank=True)
    working = models.JSONField("计算过程", default=list, blank=True)
    decision = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="决定书", related_name="+")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "配套措施"
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=models.Q(state__in=["proposed", "approved", "unapproved", "imposed", "extended"]) & ~models.Q(kind="daily_penalty"),
                name="one_running_measure",
            )
        ]  # fmt: skip


class Round(CasePart):
    """An order to correct, and the re-inspection that asked whether it was obeyed (Order 28 of 2014 arts. 8-14)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="rounds")
    order = models.OneToOneField(Document, models.PROTECT, verbose_name="责令改正决定书", related_name="+")
    ordered_on = models.DateField("责令日期")
    served_on = models.DateField("送达日期")
    reinspected_on = models.DateField("复查日期")
    still_violating = models.BooleanField("仍在违法排放或者拒绝复查")
    record = models.ForeignKey(Document, models.PROTECT, verbose_name="复查记录", related_name="+")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "责令改正与复查"


class Liaison(CasePart):
    """A meeting, a consultation, an opinion, a listed supervision: what passed between authorities about a case."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="liaisons")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, blank=True, verbose_name="移送", related_name="liaisons")
    kind = models.CharField("种类", max_length=14, choices=LIAISON_KINDS)
    body = models.CharField("机关", max_length=80)
    due_on = models.DateField("应办结日期", null=True, blank=True)
    ended_on = models.DateField("办结日期", null=True, blank=True)
    result = models.TextField("结果", blank=True)
    place = models.CharField("地点", max_length=120, blank=True)
    attendees = models.TextField("参加单位和人员", blank=True)
    minutes = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="会议纪要", related_name="+")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "衔接记录"
