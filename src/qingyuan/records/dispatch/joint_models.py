"""Joint enforcement: agreements with other cities, provinces, departments and the police; clues shared under them; evidence recognised."""

from __future__ import annotations

from django.db import models

from qingyuan.records.clues.models import Clue
from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.models import Agency, Officer, Scoped

from .joint_states import AGREEMENT_KINDS, DIRECTIONS, SHARED_STATES


class Agreement(Scoped):
    """An agreement on joint enforcement: who, until when, who to call, what is shared, how often we check together."""

    number = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("种类", max_length=12, choices=list(AGREEMENT_KINDS.items()))
    title = models.CharField("名称", max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="我方", related_name="+")
    parties = models.JSONField("对方", default=list, help_text="机关名称")
    contacts = models.TextField("联系人", blank=True)
    shares = models.TextField("共享与协作内容")
    checks_per_year = models.PositiveSmallIntegerField("每年联合检查（次）", default=0)
    signed_on = models.DateField("签订日期")
    valid_to = models.DateField("有效期止", null=True, blank=True)
    recorded_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "协作协议"

    def __str__(self) -> str:
        return self.title


class SharedClue(models.Model):
    """A clue given to, or taken from, a party of an agreement, with its receipt and answer."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name="协作协议", related_name="shared_clues")
    direction = models.CharField("方向", max_length=4, choices=list(DIRECTIONS.items()))
    party = models.CharField("对方机关", max_length=80)
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="线索", related_name="+")
    content = models.TextField("内容")
    shared_on = models.DateField("日期")
    state = models.CharField("状态", max_length=10, choices=list(SHARED_STATES.items()), default="sent")
    receipt = models.CharField("签收", max_length=120, blank=True)
    answer = models.TextField("反馈", blank=True)
    answered_on = models.DateField("反馈日期", null=True, blank=True)
    shared_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="经办人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "线索互通"


class Recognition(models.Model):
    """That evidence lawfully obtained by one body is used by the other, or why not."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name="协作协议", related_name="recognitions")
    party = models.CharField("对方机关", max_length=80)
    direction = models.CharField("方向", max_length=4, choices=list(DIRECTIONS.items()))
    evidence = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="证据", related_name="+")
    name = models.CharField("证据名称", max_length=200)
    digest = models.CharField("摘要 SHA-256", max_length=64)
    was_lawful = models.BooleanField("取得程序合法", help_text="行政处罚法第四十六条：以非法手段取得的证据不得作为认定事实的根据")
    is_original = models.BooleanField("与原件核对一致")
    is_accepted = models.BooleanField("采用")
    why = models.TextField("审查意见")
    recognised_on = models.DateField("审查日期")
    recognised_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="审查人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "证据互认"
        constraints = [models.CheckConstraint(condition=models.Q(is_accepted=False) | models.Q(was_lawful=True, is_original=True), name="accepted_evidence_is_lawful")]


class EvidenceHandover(models.Model):
    """Evidence of a cross-jurisdiction visit handed to the local body, with its receipt, and what the local body made of it."""

    assignment = models.OneToOneField("dispatch.Assignment", models.PROTECT, verbose_name="检查任务", related_name="handover")
    receiver = models.ForeignKey(Agency, models.PROTECT, verbose_name="接收机关", related_name="+")
    listed = models.JSONField("移交清单", help_text="每件：名称、SHA-256 摘要")
    note = models.CharField("说明", max_length=200, blank=True)
    handed_on = models.DateField("移交日期")
    handed_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="移交人", related_name="+")
    report_by = models.DateField("办理结果反馈期限")
    received_on = models.DateField("签收日期", null=True, blank=True)
    received_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="签收人", related_name="+")
    report = models.TextField("办理结果", blank=True)
    reported_on = models.DateField("反馈日期", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "异地执法证据移交"
