"""What devices in the field send: who holds them, every operation as it came, and the fields that came of it."""

from __future__ import annotations

from typing import Any

from django.db import models

from qingyuan.errors import NotAllowed
from qingyuan.records.dispatch.models import Assignment
from qingyuan.records.docket.models import Document, EvidenceItem
from qingyuan.records.registry.models import Agency, Officer

from .field_kinds import kinds
from .merging import STATES as CELL_STATES

OUTCOMES = [("applied", "已采用"), ("conflict", "冲突"), ("flagged", "有不同填写"), ("superseded", "已被后来的填写取代"), ("refused", "未采用")]
RECORD_STATES = [("draft", "起草中"), ("received", "已收到定稿"), ("accepted", "已制成文书")]


class FieldDevice(models.Model):
    """One officer's key on one device.  The private half never leaves the device."""

    id = models.UUIDField("设备编号", primary_key=True, help_text="由设备生成")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="使用人", related_name="+")
    name = models.CharField("设备名称", max_length=80)
    public_key = models.CharField("公钥（SPKI，Base64）", max_length=400, help_text="ECDSA P-256；私钥不可导出")
    recovery = models.CharField("本机数据恢复密钥", max_length=100, blank=True, help_text="忘记口令时联网取回；吊销即删除，设备上的数据随之不可读")
    enrolled_at = models.DateTimeField("登记时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)
    revoked_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="吊销人", related_name="+")
    revoke_reason = models.CharField("吊销事由", max_length=200, blank=True)
    wiped_at = models.DateTimeField("设备确认清除时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "移动执法设备"

    def __str__(self) -> str:
        return self.name


class FieldRecord(models.Model):
    """One record written on site.  ``version`` grows with every change, so that a device knows what it has not seen."""

    id = models.UUIDField("记录编号", primary_key=True, help_text="由设备生成；一项任务只有一份的记录由任务编号导出")
    assignment = models.ForeignKey(Assignment, models.PROTECT, verbose_name="检查任务", related_name="+")
    kind = models.CharField("种类", max_length=20)
    state = models.CharField("状态", max_length=10, choices=RECORD_STATES, default="draft")
    version = models.PositiveIntegerField("版本", default=0)
    begun_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="起草人", related_name="+")
    received_at = models.DateTimeField("首次收到时间")
    problems = models.JSONField("尚不能制成文书的原因", default=list)
    document = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="文书", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "现场记录"
        indexes = [models.Index(fields=["assignment", "kind"], name="field_record_by_task")]

    def __str__(self) -> str:
        return self.kind_label

    @property
    def kind_label(self) -> str:
        return kinds()[self.kind].label if self.kind in kinds() else self.kind


class FieldCell(models.Model):
    """What one field says now, worked out from its operations in the transaction that brought the last of them."""

    record = models.ForeignKey(FieldRecord, models.PROTECT, verbose_name="现场记录", related_name="cells")
    field = models.CharField("字段", max_length=80)
    state = models.CharField("状态", max_length=10, choices=list(CELL_STATES.items()))
    value = models.JSONField("值", null=True, help_text="要件在冲突中没有值")
    heads = models.JSONField("现行填写", default=list)
    missing = models.JSONField("尚未收到的前一次填写", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "现场记录字段"
        constraints = [
            models.UniqueConstraint(fields=["record", "field"], name="one_cell_per_field"),
            models.CheckConstraint(condition=~models.Q(state="conflict") | models.Q(value__isnull=True), name="no_value_in_conflict"),
        ]


class SyncOperation(models.Model):
    """The inbox: every operation once, as it came, with what was made of it.  Written in the transaction of its effect."""

    operation = models.UUIDField("操作编号", unique=True, help_text="UUIDv7，由设备生成")
    device = models.ForeignKey(FieldDevice, models.PROTECT, verbose_name="设备", related_name="+")
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="填写人", related_name="+")
    record = models.ForeignKey(FieldRecord, models.PROTECT, null=True, blank=True, verbose_name="现场记录", related_name="operations")
    field = models.CharField("字段", max_length=80, blank=True)
    bases = models.JSONField("所依据的前一次填写", default=list)
    value = models.JSONField("填写内容", null=True)
    reason = models.CharField("理由", max_length=300, blank=True)
    made_at = models.DateTimeField("设备时钟", null=True, blank=True)
    offset_ms = models.BigIntegerField("设备时钟偏差（毫秒）", null=True, blank=True, help_text="最近一次联网时服务器时间减设备时间")
    elapsed_ms = models.BigIntegerField("开机计时（毫秒）", null=True, blank=True, help_text="不受改表影响")
    clock_jump_ms = models.BigIntegerField("时钟被改动（毫秒）", default=0)
    body = models.JSONField("原样")
    digest = models.CharField("原样摘要", max_length=64)
    received_at = models.DateTimeField("收到时间")
    outcome = models.CharField("结果", max_length=12, choices=OUTCOMES)
    why = models.CharField("未采用的原因", max_length=400, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场同步操作"
        indexes = [models.Index(fields=["record", "field"], name="operation_by_field"), models.Index(fields=["officer", "outcome"], name="operation_by_outcome")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NotAllowed("收到的填写原样保存，不得更改")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise NotAllowed("收到的填写不得删除")


class FieldCapture(models.Model):
    """One photo, recording or strokes of a signature, as the device signed it when it was taken."""

    digest = models.CharField("SHA-256", max_length=64, help_text="拍摄时由设备计算")
    device = models.ForeignKey(FieldDevice, models.PROTECT, verbose_name="设备", related_name="+")
    assignment = models.ForeignKey(Assignment, models.PROTECT, verbose_name="检查任务", related_name="+")
    entry = models.JSONField("采集清单条目", help_text="时间、位置、时钟偏差、上一条的摘要、设备签名")
    number = models.PositiveIntegerField("序号")
    size = models.BigIntegerField("字节数")
    doubts = models.JSONField("存疑", default=list)
    received_at = models.DateTimeField("清单收到时间")
    item = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="证据", related_name="+")
    refused = models.CharField("未收为证据的原因", max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "现场采集"
        ordering = ["device", "number"]
        constraints = [models.UniqueConstraint(fields=["device", "assignment", "number"], name="one_entry_per_place_in_chain")]


class Instrument(models.Model):
    """A portable instrument of an agency; a reading counts as evidence only while its calibration holds (Penalty Law art. 46)."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="保管单位", related_name="+")
    name = models.CharField("名称", max_length=80)
    serial = models.CharField("出厂编号", max_length=60)
    measures = models.CharField("检测项目", max_length=120, blank=True)
    calibrated_on = models.DateField("检定（校准）日期", null=True, blank=True)
    valid_to = models.DateField("检定（校准）有效期止", null=True, blank=True)
    certificate = models.CharField("检定（校准）证书编号", max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "执法仪器"
        constraints = [models.UniqueConstraint(fields=["agency", "serial"], name="one_instrument_per_serial")]

    def __str__(self) -> str:
        return f"{self.name}（{self.serial}）"
