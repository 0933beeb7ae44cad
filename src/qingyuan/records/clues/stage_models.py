"""What happens to a clue before anybody goes out: clocks, questions to the firm, checks from the desk, warnings, moves, messages."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import EvidenceItem
from qingyuan.records.registry.models import Agency, Division, Officer

from .models import Clue
from .states import REMOTE_RESULTS, REMOTE_WAYS, REQUESTS, SEVERITIES


class SchemeChoice(models.Model):
    """Which scheme of grades and clocks a division follows from a day on."""

    division = models.ForeignKey(Division, models.PROTECT, verbose_name="区划", related_name="+")
    scheme = models.CharField("方案", max_length=20)
    valid_from = models.DateField("生效日")
    chosen_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="确定人", related_name="+")
    why = models.TextField("依据")

    class Meta:
        verbose_name = verbose_name_plural = "分级时限方案的选用"
        constraints = [models.UniqueConstraint(fields=["division", "valid_from"], name="one_scheme_a_day")]


class ClueClock(models.Model):
    """One clock of a clue by its scheme: how it was counted, when it is due, how far it was escalated."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="clocks")
    kind = models.CharField("种类", max_length=12)
    label = models.CharField("名称", max_length=40)
    scheme = models.CharField("方案", max_length=20)
    citation = models.CharField("依据", max_length=60)
    grade = models.CharField("可信度", max_length=1)
    started_at = models.DateTimeField("起算")
    due_at = models.DateTimeField("到期")
    lines = models.JSONField("算式", default=list)
    done_at = models.DateTimeField("办到", null=True, blank=True)
    raised = models.PositiveSmallIntegerField("已升级次数", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "线索时限"
        ordering = ["due_at", "id"]
        constraints = [models.UniqueConstraint(fields=["clue", "kind", "started_at"], name="clue_clock_once")]
        indexes = [models.Index(fields=["due_at", "id"], name="clue_clock_running", condition=models.Q(done_at=None))]


class AnswerRequest(models.Model):
    """What the firm is asked about a clue, until when, and what it answered."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="requests")
    ordinal = models.PositiveSmallIntegerField("序号")
    questions = models.JSONField("问题")
    wanted = models.JSONField("要求提供的材料", default=list)
    state = models.CharField("状态", max_length=10, choices=list(REQUESTS.items()), default="asked")
    nonce = models.CharField("链接随机数", max_length=32, help_text="作废链接时更换")
    asked_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="发出人", related_name="+")
    asked_at = models.DateTimeField("发出时间")
    due_at = models.DateTimeField("答复期限")
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)
    answered_by = models.CharField("答复人", max_length=40, blank=True)
    phone = models.CharField("联系电话", max_length=30, blank=True)
    answers = models.JSONField("答复", default=list)
    assessed_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="审核人", related_name="+")
    assessed_at = models.DateTimeField("审核时间", null=True, blank=True)
    assessment = models.TextField("审核意见", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "企业说明"
        ordering = ["clue", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["clue", "ordinal"], name="request_ordinal")]

    def is_late(self, at: object) -> bool:
        return self.state == "asked" and at > self.due_at


class AnswerFile(models.Model):
    """A file the firm sent with its answer, kept as an item of the clue's papers."""

    request = models.ForeignKey(AnswerRequest, models.PROTECT, verbose_name="企业说明", related_name="files")
    item = models.OneToOneField(EvidenceItem, models.PROTECT, verbose_name="材料", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "企业说明的材料"


class RemoteCheck(models.Model):
    """A check from the desk: papers, a video call, a look at the data.  Not a visit."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="remote_checks")
    way = models.CharField("方式", max_length=12, choices=list(REMOTE_WAYS.items()))
    done_at = models.DateTimeField("核查时间")
    minutes = models.PositiveSmallIntegerField("用时（分钟）")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="核查人", related_name="+")
    people = models.CharField("对方人员", max_length=120, blank=True)
    found = models.TextField("核查情况")
    result = models.CharField("结果", max_length=12, choices=list(REMOTE_RESULTS.items()))
    item = models.OneToOneField(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="材料", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "线索的非现场核查"
        ordering = ["done_at", "id"]


class EarlyWarning(models.Model):
    """A graded warning the technical centre sent to the firm and to the county that has to act."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="warnings")
    tier = models.CharField("级别", max_length=8, choices=list(SEVERITIES.items()))
    text = models.TextField("预警内容")
    to_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name="推送单位", related_name="+")
    request = models.OneToOneField(AnswerRequest, models.PROTECT, null=True, blank=True, verbose_name="企业说明", related_name="+")
    pushed_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="推送人", related_name="+")
    pushed_at = models.DateTimeField("推送时间")
    received_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="签收人", related_name="+")
    received_at = models.DateTimeField("签收时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预警"
        ordering = ["-pushed_at", "-id"]


class ClueMove(models.Model):
    """A clue that went from one agency to another, or came back, with the reason."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="clue_moves")
    kind = models.CharField("方式", max_length=8, choices=[("transfer", "转办"), ("return", "退回")])
    from_agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="原承办单位", related_name="+")
    to_agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="现承办单位", related_name="+")
    from_division = models.ForeignKey(Division, models.PROTECT, verbose_name="原属地", related_name="+")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="办理人", related_name="+")
    why = models.TextField("理由")

    class Meta:
        verbose_name = verbose_name_plural = "线索流转"
        ordering = ["id"]
        indexes = [models.Index(fields=["from_agency", "at"], name="clue_move_by_sender")]


class ClueMessage(models.Model):
    """The outbox: one message to one officer, written once and handed over once."""

    key = models.CharField("事由", max_length=80)
    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="收件人", related_name="+")
    text = models.CharField("内容", max_length=300)
    because = models.CharField("为何给他", max_length=40)
    made_at = models.DateTimeField("产生时间")
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "线索提醒"
        constraints = [models.UniqueConstraint(fields=["key", "officer"], name="clue_message_once")]
        indexes = [
            models.Index(fields=["id"], name="clue_message_waiting", condition=models.Q(delivered_at=None)),
            models.Index(fields=["officer", "read_at"], name="clue_message_box"),
        ]
