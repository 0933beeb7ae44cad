"""Cases: what the law makes of what was seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.models import Docket, Document
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.models import Agency, Facility, Officer, Operator, Scoped

from .states import STATES


class Case(Scoped):
    """An enforcement case in the ordinary procedure."""

    number = models.CharField("立案号", max_length=40, unique=True)
    name = models.CharField("案件名称", max_length=200)
    violation = models.CharField("违法行为", max_length=60, help_text="规则库 law/book/violations 的编号")
    cause = models.CharField("案由", max_length=160)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="线索", related_name="+")
    inspection = models.ForeignKey(Inspection, models.PROTECT, verbose_name="现场检查", related_name="+")
    docket = models.OneToOneField(Docket, models.PROTECT, verbose_name="案卷", related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="办案机关", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    party = models.ForeignKey(Operator, models.PROTECT, verbose_name="当事人", related_name="+")
    investigators = models.ManyToManyField(Officer, verbose_name="调查人员", related_name="+")
    state = models.CharField("状态", max_length=14, choices=list(STATES.items()), default="filed")
    version = models.PositiveIntegerField("版本", default=1, help_text="并发修改时后提交者须先看到先提交者的内容")
    act_began = models.DateField("违法行为起", help_text="法律适用、追责期限：行政处罚法第三十六条、第三十七条")
    act_ended = models.DateField("违法行为止", null=True, blank=True, help_text="空为仍在继续")
    has_harm = models.BooleanField("造成危害后果", default=False, help_text="追责期限二年或五年：行政处罚法第三十六条")
    filed_on = models.DateField("立案日期", help_text="令30第十八条：发现线索之日起 15 日内")
    concluded_on = models.DateField("调查终结日期", null=True, blank=True)
    proposal = models.JSONField("裁量计算", null=True, blank=True, help_text="law/penalty 的输入、过程和结果")
    fine_fen = models.BigIntegerField("罚款（分）", null=True, blank=True)
    notified_fen = models.BigIntegerField("告知的罚款（分）", null=True, blank=True)
    notice_served_on = models.DateField("告知书送达日期", null=True, blank=True)
    waived_on = models.DateField("放弃陈述申辩和听证的日期", null=True, blank=True)
    hearing_requested_on = models.DateField("要求听证日期", null=True, blank=True)
    hearing_closed_on = models.DateField("听证结束日期", null=True, blank=True)
    decided_on = models.DateField("决定日期", null=True, blank=True, help_text="行政处罚法第六十条：立案之日起 90 日内")
    decision = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="处罚决定书", related_name="+")
    served_on = models.DateField("送达日期", null=True, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True, help_text="行政处罚法第四十八条；令30：7 个工作日内（条号未核实）")
    publication_withdrawn_on = models.DateField("撤回公开日期", null=True, blank=True, help_text="行政处罚法第四十八条：3 日内撤回并公开说明理由")
    annulled_on = models.DateField("撤销日期", null=True, blank=True)
    annulment = models.CharField("撤销依据", max_length=200, blank=True)
    closed_on = models.DateField("结案日期", null=True, blank=True)
    closing_reason = models.CharField("结案理由", max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "案件"
        indexes = [
            models.Index(fields=["province_code", "state", "filed_on", "id"], name="case_prov_state_filed"),
            models.Index(fields=["city_code", "state", "filed_on", "id"], name="case_city_state_filed"),
            models.Index(fields=["county_code", "state", "filed_on", "id"], name="case_county_state_filed"),
            models.Index(fields=["violation", "-decided_on"], name="case_similar"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(fine_fen=None) | Q(fine_fen__gte=0), name="case_fine_not_negative"),
            models.CheckConstraint(condition=Q(act_ended=None) | Q(act_ended__gte=F("act_began")), name="case_act_period"),
        ]

    def __str__(self) -> str:
        return self.number


class CasePart(models.Model):
    """A row of a case, with the day it happened and who did it."""

    on = models.DateField("日期")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="办理人", related_name="+")
    note = models.TextField("意见", blank=True)
    made_at = models.DateTimeField("记录时间", auto_now_add=False)

    class Meta:
        abstract = True
        ordering = ["on", "id"]


class CaseReview(CasePart):
    """The opinion of somebody who did not investigate (Measures 30 arts. 38-40)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="reviews")
    is_passed = models.BooleanField("通过")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "案件审查"


class Statement(CasePart):
    """A statement or defence of the party and the answer to it (Penalty Law art. 45)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="statements")
    text = models.TextField("陈述申辩内容")
    answer = models.TextField("复核意见", blank=True)
    is_accepted = models.BooleanField("采纳", null=True)
    answered_on = models.DateField("复核日期", null=True, blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "陈述、申辩"


class LegalityReview(CasePart):
    """The legality review before a decision (Penalty Law art. 58)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="legality_reviews")
    is_passed = models.BooleanField("通过")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "法制审核"


class Deliberation(CasePart):
    """The collective deliberation of those in charge (Penalty Law art. 57); investigators do not vote."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="deliberations")
    voters = models.ManyToManyField(Officer, verbose_name="参加表决人员", related_name="+")
    conclusion = models.TextField("结论")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "集体讨论"


class Suspension(CasePart):
    """Days that the decision clock does not count, each with its ground and document."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="suspensions")
    ended = models.DateField("恢复日期", null=True, blank=True)
    ground = models.CharField("事由", max_length=80)
    citation = models.CharField("依据", max_length=80)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "期间扣除"


class Payment(CasePart):
    """Money received by the collecting bank (Penalty Law art. 67)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="payments")
    amount_fen = models.BigIntegerField("金额（分）")
    receipt = models.CharField("票据号", max_length=40)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "缴款"
        constraints = [models.UniqueConstraint(fields=["case", "receipt"], name="one_payment_per_receipt")]
