"""Cases: what the law makes of what was seen."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.models import Docket, Document
from qingyuan.records.inspections.models import Inspection
from qingyuan.records.registry.models import Agency, Facility, Officer, Operator, Scoped

from .states import STATES
from .transfer_states import STATES as TRANSFER_STATES

REMEDY_OUTCOMES = [("upheld", "维持（驳回）"), ("changed", "变更"), ("annulled", "撤销"), ("withdrawn", "撤回申请（起诉）")]
TRANSFER_KINDS = [("crime", "涉嫌犯罪移送公安"), ("detention", "移送行政拘留"), ("damage", "生态环境损害赔偿线索"), ("agency", "移送其他机关")]
POSTS = [("handlers", "承办人"), ("division", "承办机构"), ("legality", "法制机构"), ("leader", "负责人")]
DECISION_KINDS = [("penalty", "行政处罚"), ("no_penalty", "不予行政处罚")]


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
    procedure = models.CharField("程序", max_length=10, choices=[("ordinary", "普通程序"), ("summary", "简易程序")], default="ordinary")
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
    decision_kind = models.CharField("决定种类", max_length=12, choices=DECISION_KINDS, blank=True)
    exempted_fen = models.BigIntegerField("免予处罚的金额（分）", null=True, blank=True, help_text="依法定下限计，用于统计")
    decided_on = models.DateField("决定日期", null=True, blank=True, help_text="行政处罚法第六十条：立案之日起 90 日内")
    decision = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="处罚决定书", related_name="+")
    served_on = models.DateField("送达日期", null=True, blank=True)
    published_on = models.DateField("公开日期", null=True, blank=True, help_text="行政处罚法第四十八条；令30：7 个工作日内（条号未核实）")
    publication_withdrawn_on = models.DateField("撤回公开日期", null=True, blank=True, help_text="行政处罚法第四十八条：3 日内撤回并公开说明理由")
    urged_on = models.DateField("催告书送达日期", null=True, blank=True, help_text="行政强制法第五十四条")
    court_accepted_on = models.DateField("法院受理日期", null=True, blank=True, help_text="行政强制法第五十六条")
    annulled_on = models.DateField("撤销日期", null=True, blank=True)
    annulment = models.CharField("撤销依据", max_length=200, blank=True)
    changed_on = models.DateField("变更日期", null=True, blank=True, help_text="复议决定、判决变更罚款的生效日期")
    original_fine_fen = models.BigIntegerField("变更前罚款（分）", null=True, blank=True)
    late_waived_on = models.DateField("减免加处罚款日期", null=True, blank=True, help_text="行政强制法第四十二条：执行协议，当事人采取补救措施的")
    signals = models.JSONField("配套措施和移送的事实", default=dict, blank=True, help_text="规则库 law/book/conditions/facts 的编号和值")
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


class FilingRequest(models.Model):
    """A form that asks to file a case, on its way through the unit to the leader (Measures 30 art. 18)."""

    inspection = models.ForeignKey(Inspection, models.PROTECT, verbose_name="现场检查", related_name="+")
    violation = models.CharField("违法行为", max_length=60)
    act_began = models.DateField("违法行为起")
    act_ended = models.DateField("违法行为止", null=True, blank=True)
    late_reason = models.CharField("逾期立案的理由", max_length=200, blank=True)
    opinion = models.TextField("承办人意见")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="承办人", related_name="+")
    made_at = models.DateTimeField("提请时间")
    unit_opinion = models.TextField("承办机构意见", blank=True)
    unit_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="承办机构负责人", related_name="+")
    state = models.CharField("状态", max_length=10, choices=[("asked", "待审批"), ("approved", "同意立案"), ("declined", "不予立案")], default="asked")
    leader_opinion = models.TextField("负责人意见", blank=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="审批人", related_name="+")
    decided_at = models.DateTimeField("审批时间", null=True, blank=True)
    case = models.OneToOneField(Case, models.PROTECT, null=True, blank=True, verbose_name="案件", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "立案审批"
        constraints = [models.UniqueConstraint(fields=["inspection"], condition=Q(state="asked"), name="one_open_filing_request")]


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


class Opinion(CasePart):
    """What somebody wrote on an internal approval before the step was taken."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="opinions")
    matter = models.CharField("审批文书", max_length=60, help_text="文书种类")
    post = models.CharField("签署栏", max_length=10, choices=POSTS)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "审批意见"


class Hearing(CasePart):
    """A hearing from its notice to its record and report (Penalty Law arts. 63-65)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="hearings")
    held_at = models.DateTimeField("听证时间")
    place = models.CharField("地点", max_length=120)
    is_public = models.BooleanField("公开", default=True)
    presiding_officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="主持人", related_name="+")
    recorder = models.ForeignKey(Officer, models.PROTECT, verbose_name="记录员", related_name="+")
    notice = models.ForeignKey(Document, models.PROTECT, verbose_name="听证通知书", related_name="+")
    notice_served_on = models.DateField("通知书送达日期", null=True, blank=True, help_text="行政处罚法第六十四条：举行听证的七日前通知")
    record = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="听证笔录", related_name="+")
    report = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="听证报告", related_name="+")
    closed_on = models.DateField("结束日期", null=True, blank=True)
    cancelled_on = models.DateField("取消日期", null=True, blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "听证"
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(closed_on=None, cancelled_on=None), name="one_open_hearing")]


class RecusalRequest(CasePart):
    """A request that somebody keep out of the case, and the decision on it (Penalty Law art. 43)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="recusals")
    person = models.ForeignKey(Officer, models.PROTECT, verbose_name="被申请回避人", related_name="+")
    applicant = models.CharField("申请人", max_length=80)
    is_granted = models.BooleanField("决定回避", null=True)
    decided_on = models.DateField("决定日期", null=True, blank=True)
    decided_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="决定人", related_name="+")
    decision = models.TextField("决定理由", blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "回避"


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
    measure = models.ForeignKey("Measure", models.PROTECT, null=True, blank=True, verbose_name="按日连续处罚", related_name="payments", help_text="空为本案罚款")
    amount_fen = models.BigIntegerField("金额（分）")
    receipt = models.CharField("票据号", max_length=40)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "缴款"
        constraints = [models.UniqueConstraint(fields=["case", "receipt"], name="one_payment_per_receipt")]


class Remedy(CasePart):
    """A reconsideration or a lawsuit of the party (Penalty Law art. 73: it does not stop the decision)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="remedies")
    kind = models.CharField("种类", max_length=16, choices=[("reconsideration", "行政复议"), ("litigation", "行政诉讼")])
    body = models.CharField("受理机关", max_length=80)
    number = models.CharField("案号", max_length=60, blank=True)
    outcome = models.CharField("结果", max_length=12, choices=REMEDY_OUTCOMES, blank=True)
    ended_on = models.DateField("终结日期", null=True, blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "复议、诉讼"


class Instalment(CasePart):
    """One part of a fine whose payment was deferred or split (Penalty Law art. 66)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="instalments")
    amount_fen = models.BigIntegerField("金额（分）")
    due_on = models.DateField("缴纳期限")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "延期、分期缴纳"


class Commitment(CasePart):
    """What a party that is not punished promises to put right, and whether it did (no-penalty path; notice-and-commitment)."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="commitments")
    text = models.TextField("承诺内容")
    due_on = models.DateField("履行期限")
    signer = models.CharField("承诺人", max_length=40)
    document = models.ForeignKey(Document, models.PROTECT, verbose_name="承诺书", related_name="+")
    checked_on = models.DateField("核查日期", null=True, blank=True)
    is_kept = models.BooleanField("已经履行", null=True)
    finding = models.TextField("核查情况", blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "整改承诺"
        constraints = [models.UniqueConstraint(fields=["case"], condition=Q(checked_on=None), name="one_open_commitment")]


class Transfer(CasePart):
    """A case or a suspect handed to another body, and what came back."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="transfers")
    kind = models.CharField("种类", max_length=12, choices=TRANSFER_KINDS)
    to = models.CharField("接收机关", max_length=80)
    papers = models.JSONField("移送材料", default=list)
    reply = models.TextField("回复", blank=True)
    replied_on = models.DateField("回复日期", null=True, blank=True)
    is_taken = models.BooleanField("对方立案或者受理", null=True)
    state = models.CharField("状态", max_length=16, choices=list(TRANSFER_STATES.items()), default="reported")
    offence = models.CharField("涉嫌罪名", max_length=60, blank=True)
    procuratorate = models.CharField("抄送的人民检察院", max_length=60, blank=True, help_text="行刑衔接工作办法第六条")
    responsible = models.CharField("责任人员", max_length=80, blank=True, help_text="移送拘留暂行办法第九条")

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "移送"


# the tables of companion measures, reminders and search stand in their own files; Django finds them through this one
from .measure_models import Liaison, Measure, Round  # noqa: E402
from .sampling_models import Result, Sample, SampleTurn, Sampling  # noqa: E402
from .transfer_models import DamageClaim, Supervision, TransferTurn  # noqa: E402
from .work_models import CaseText, Notice, Reminder, ReminderAddress, ReminderDelivery, SavedFilter  # noqa: E402

__all__ = [
    "Case", "CasePart", "CaseReview", "CaseText", "Commitment", "DamageClaim", "Deliberation", "FilingRequest", "Hearing", "Instalment", "LegalityReview", "Liaison", "Measure", "Notice",
    "Opinion", "Payment", "RecusalRequest", "Remedy", "Reminder", "ReminderAddress", "ReminderDelivery", "Result", "Round", "Sample", "SampleTurn", "Sampling", "SavedFilter",
    "Statement", "Supervision", "Suspension", "Transfer", "TransferTurn",
]  # fmt: skip
