"""What keeps the work in sight: reminders with their delivery, the text that is searched, saved filters."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Officer

from .models import Case


class Reminder(models.Model):
    """The outbox: one row per officer, clock, due day and stage.  A worker claims it; the delivery and ``delivered_at`` are one transaction."""

    case = models.ForeignKey(Case, models.PROTECT, verbose_name="案件", related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="提醒对象", related_name="+")
    clock = models.CharField("期限", max_length=40)
    due_on = models.DateField("到期日")
    stage = models.SmallIntegerField("提前天数", help_text="7、3、0 日前，-1 为逾期")
    text = models.CharField("内容", max_length=300)
    made_at = models.DateTimeField("产生时间")
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("投递次数", default=0)
    delivered_at = models.DateTimeField("送达时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "期限提醒"
        constraints = [models.UniqueConstraint(fields=["case", "officer", "clock", "due_on", "stage"], name="one_reminder")]
        indexes = [models.Index(fields=["made_at"], name="reminder_waiting", condition=models.Q(delivered_at=None))]


class Notice(models.Model):
    """A reminder as its officer reads it."""

    reminder = models.OneToOneField(Reminder, models.PROTECT, verbose_name="提醒", related_name="notice")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="收件人", related_name="+")
    at = models.DateTimeField("时间")
    read_at = models.DateTimeField("已读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "收到的提醒"
        indexes = [models.Index(fields=["officer", "-at"], name="notice_by_officer")]


class ReminderAddress(models.Model):
    """Where else an officer wants reminders: a mailbox, a telephone."""

    officer = models.OneToOneField(Officer, models.PROTECT, verbose_name="人员", related_name="+")
    mail = models.EmailField("邮箱", blank=True)
    phone = models.CharField("手机号码", max_length=20, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒地址"


class ReminderDelivery(models.Model):
    """One reminder on its way out of the house; ``key`` is its Message-ID, so that a second copy is known as the same."""

    reminder = models.ForeignKey(Reminder, models.PROTECT, verbose_name="提醒", related_name="deliveries")
    channel = models.CharField("渠道", max_length=8, choices=[("mail", "邮件"), ("sms", "短信")])
    address = models.CharField("地址", max_length=254)
    key = models.CharField("标识", max_length=80, unique=True)
    made_at = models.DateTimeField("产生时间")
    claimed_until = models.DateTimeField("占用至", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("投递次数", default=0)
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    fault = models.CharField("最近的失败", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "提醒外送"
        constraints = [models.UniqueConstraint(fields=["reminder", "channel"], name="one_delivery_per_channel")]
        indexes = [models.Index(fields=["made_at"], name="delivery_waiting", condition=models.Q(sent_at=None))]


class CaseText(models.Model):
    """What a case is found by: its words, and the same words cut into pairs of characters for the index."""

    case = models.OneToOneField(Case, models.CASCADE, verbose_name="案件", related_name="+", primary_key=True)
    words = models.TextField("文本")
    grams = models.TextField("二元切分")

    class Meta:
        verbose_name = verbose_name_plural = "案件全文"


class SavedFilter(models.Model):
    """A question an officer asks the list of cases again and again."""

    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="人员", related_name="+")
    name = models.CharField("名称", max_length=40)
    query = models.CharField("条件", max_length=400)

    class Meta:
        verbose_name = verbose_name_plural = "常用筛选"
        constraints = [models.UniqueConstraint(fields=["officer", "name"], name="one_saved_filter")]
