"""Beside a transfer: every turn it took, a supervision that was listed, a claim for damage to the environment."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import Document

from .models import Case, CasePart, Transfer
from .transfer_states import DAMAGE_STATES, SUPERVISION_STATES

SUPERVISORS = [("ministry", "生态环境部"), ("province", "省级"), ("city", "市级"), ("joint", "环境、公安、检察联合")]


class TransferTurn(CasePart):
    """One thing that happened to a transfer, at the moment it happened; clocks are counted from here."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, verbose_name="移送", related_name="turns")
    name = models.CharField("事项", max_length=24)
    label = models.CharField("名称", max_length=60)
    moment = models.DateTimeField("发生时间", help_text="行刑衔接工作办法第6条等：按小时、按日的期限从这里起算")
    paper = models.CharField("对方文书", max_length=80, blank=True)
    decided_on = models.DateField("对方决定日期", null=True, blank=True, help_text="行刑衔接工作办法第9条：作出决定后三日内书面通知")
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="我方文书", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "移送经过"
        ordering = ["moment", "id"]


class Supervision(CasePart):
    """A case under listed supervision: by whom, until when, what is asked, and how it was released."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="supervisions")
    level = models.CharField("督办层级", max_length=10, choices=SUPERVISORS)
    body = models.CharField("督办机关", max_length=80)
    number = models.CharField("督办文号", max_length=60, blank=True)
    state = models.CharField("状态", max_length=10, choices=list(SUPERVISION_STATES.items()), default="listed")
    due_on = models.DateField("办结期限")
    progress = models.JSONField("进展", default=list, blank=True)
    released_on = models.DateField("解除日期", null=True, blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "挂牌督办"
        constraints = [models.UniqueConstraint(fields=["case", "level"], condition=~models.Q(state="released"), name="one_running_supervision")]


class DamageClaim(CasePart):
    """Compensation for ecological and environmental damage: screening sheet, decision, assessment, consultation, its end."""

    case = models.OneToOneField(Case, models.PROTECT, verbose_name="案件", related_name="claim")
    state = models.CharField("状态", max_length=14, choices=list(DAMAGE_STATES.items()), default="screened")
    grounds = models.JSONField("筛查情形", default=list)
    sheet = models.ForeignKey(Document, models.PROTECT, verbose_name="线索筛查表", related_name="+")
    assessment = models.TextField("鉴定评估、专家意见", blank=True)
    amount_fen = models.BigIntegerField("损害数额（分）", null=True, blank=True)
    notice = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="磋商告知书", related_name="+")
    meetings = models.JSONField("磋商会议", default=list, blank=True)
    agreement = models.TextField("协议或者诉讼要点", blank=True)
    known_on = models.DateField("知道损害之日", help_text="法典第一千零五十四条第二款：诉讼时效五年")
    ended_on = models.DateField("办结日期", null=True, blank=True)

    class Meta(CasePart.Meta):
        verbose_name = verbose_name_plural = "生态环境损害赔偿"

