"""What lies in a file: evidence, documents, their numbers, how they were served, what was extracted.

Issued documents, evidence digests, custody lines and extracts are written once.  ``save`` refuses a change, and the
database refuses it too (migration 0002): neither a screen nor a script can rewrite what was signed.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from qingyuan.errors import NotAllowed
from qingyuan.records.registry.models import Agency, Officer, Scoped

EVIDENCE_KINDS = [
    ("documentary", "书证"),
    ("physical", "物证"),
    ("audiovisual", "视听资料"),
    ("electronic_data", "电子数据"),
    ("witness_testimony", "证人证言"),
    ("statement_of_party", "当事人的陈述"),
    ("expert_opinion", "鉴定意见"),
    ("on_site_record", "勘验笔录、现场笔录"),
]
SERVICE_WAYS = [
    ("direct", "直接送达"),
    ("leave", "留置送达"),
    ("entrusted", "委托送达"),
    ("post", "邮寄送达"),
    ("electronic", "电子送达"),
    ("announcement", "公告送达"),
]
CUSTODY_ACTIONS = [
    ("collected", "采集"),
    ("sealed", "封存"),
    ("copied", "复制"),
    ("handed_over", "移交"),
    ("consulted", "调阅"),
    ("exported", "导出"),
    ("returned", "退还"),
]
NUMBER_STATES = [("reserved", "预留"), ("taken", "已取号"), ("used", "已使用"), ("void", "作废")]


class Fixed(models.Model):
    """A row that is written once."""

    open_fields: frozenset[str] = frozenset()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        changed = frozenset(kwargs.get("update_fields") or ["*"])
        if not self._state.adding and not changed <= self.open_fields:
            raise NotAllowed(f"{self._meta.verbose_name}一经形成不得更改；需要更正的，另行制作文书并说明理由")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise NotAllowed(f"{self._meta.verbose_name}归入案卷后不得抽取、销毁（生态环境行政处罚办法：归档后不得增删改）")


class Docket(Scoped):
    """A file: everything one inspection and one case leave behind."""

    title = models.CharField("卷名", max_length=120)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机关", related_name="+")
    opened_at = models.DateTimeField("建卷时间", help_text="行政处罚法第四十七条：全过程记录，归档保存")
    opened_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="建卷人", related_name="+")
    archived_at = models.DateTimeField("归档时间", null=True, blank=True, help_text="归档后不得增加、删除、修改案卷材料")
    archived_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="归档人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "案卷"

    def __str__(self) -> str:
        return self.title


class EvidenceItem(Fixed):
    """One item of evidence, digested at intake before anything else happened to it."""

    open_fields = frozenset({"proves", "requirements", "is_verified", "verified_by", "verified_at", "holder"})

    docket = models.ForeignKey(Docket, models.PROTECT, verbose_name="案卷", related_name="evidence")
    ordinal = models.PositiveIntegerField("序号")
    kind = models.CharField("种类", max_length=20, choices=EVIDENCE_KINDS, help_text="行政处罚法第四十六条：证据八类")
    name = models.CharField("名称", max_length=120)
    source = models.CharField("来源", max_length=160, help_text="提供人或者取得的地点、系统")
    holder = models.CharField("现保管人", max_length=80, blank=True)
    proves = models.CharField("证明内容", max_length=300, blank=True)
    requirements = models.JSONField("对应的证据要求", default=list)
    media_type = models.CharField("文件类型", max_length=60)
    size = models.BigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64, help_text="取得时计算，其后任何改动都能发现")
    sm3 = models.CharField("SM3", max_length=64, help_text="国密杂凑，与 SHA-256 同时计算")
    taken_at = models.DateTimeField("取得时间")
    taken_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="取得人", related_name="+")
    second_officer = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="另一名执法人员", related_name="+", help_text="行政处罚法第四十二条：执法人员不得少于两人")
    place = models.CharField("取得地点", max_length=160, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    device = models.CharField("设备序列号", max_length=60, blank=True)
    clock_offset_ms = models.IntegerField("设备时钟偏差（毫秒）", null=True, blank=True)
    copy_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="复制自", related_name="copies")
    origin_statement = models.CharField("出处与核对", max_length=200, blank=True, help_text="复制件注明出处，并写明“经核对与原件无误”")
    is_verified = models.BooleanField("查证属实", default=False, help_text="行政处罚法第四十六条：证据必须经查证属实，方可作为认定案件事实的根据")
    verified_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="查证人", related_name="+")
    verified_at = models.DateTimeField("查证时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "证据"
        ordering = ["docket", "ordinal"]
        constraints = [models.UniqueConstraint(fields=["docket", "ordinal"], name="evidence_ordinal")]

    def __str__(self) -> str:
        return f"{self.ordinal}．{self.name}"


class CustodyEntry(Fixed):
    """One link in the chain of custody; ``chain`` binds it to the one before."""

    item = models.ForeignKey(EvidenceItem, models.PROTECT, verbose_name="证据", related_name="custody")
    action = models.CharField("动作", max_length=12, choices=CUSTODY_ACTIONS)
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="经手人", related_name="+")
    holder = models.CharField("此后保管人", max_length=80)
    at = models.DateTimeField("时间")
    why = models.CharField("事由", max_length=200, blank=True)
    chain = models.CharField("链值", max_length=64, help_text="上一环链值与本环内容的 SHA-256")

    class Meta:
        verbose_name = verbose_name_plural = "保管链"
        ordering = ["item", "id"]


class Document(Fixed):
    """An issued document.  A draft is not a row: it is facts, until somebody with the right to do so issues it."""

    docket = models.ForeignKey(Docket, models.PROTECT, verbose_name="案卷", related_name="documents")
    ordinal = models.PositiveIntegerField("序号")
    kind = models.CharField("文书种类", max_length=60)
    title = models.CharField("名称", max_length=80)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机关", related_name="+")
    number = models.CharField("文号", max_length=60, blank=True)
    facts = models.JSONField("文书要素")
    paper = models.JSONField("结构化全文", help_text="逐句记录来源")
    content_digest = models.CharField("内容摘要", max_length=64, db_index=True, help_text="印在二维码里：结构化全文的 SHA-256")
    digest = models.CharField("PDF 的 SHA-256", max_length=64)
    sm3 = models.CharField("PDF 的 SM3", max_length=64)
    docx_digest = models.CharField("DOCX 的 SHA-256", max_length=64)
    pages = models.PositiveIntegerField("页数")
    issued_on = models.DateField("制作日期")
    issued_at = models.DateTimeField("制作时间")
    issued_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="制作人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "文书"
        ordering = ["docket", "ordinal"]
        constraints = [
            models.UniqueConstraint(fields=["docket", "ordinal"], name="document_ordinal"),
            models.UniqueConstraint(fields=["agency", "number"], condition=~models.Q(number=""), name="document_number"),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.number}".strip()


class NumberSeries(models.Model):
    """One row of numbers: an agency, a word, a year.  The row's lock is what keeps two clerks from one number."""

    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="机关", related_name="+")
    word = models.CharField("文种字", max_length=12)
    year = models.PositiveIntegerField("年份")
    last = models.PositiveIntegerField("最后一号", default=0)

    class Meta:
        verbose_name = verbose_name_plural = "文号序列"
        constraints = [models.UniqueConstraint(fields=["agency", "word", "year"], name="one_series")]

    def __str__(self) -> str:
        return f"{self.agency.short_name}{self.word}〔{self.year}〕"


class NumberBlock(models.Model):
    """Numbers lent to a device that works without a network; what is not used comes back as void, with the reason."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, verbose_name="序列", related_name="blocks")
    first = models.PositiveIntegerField("起号")
    last = models.PositiveIntegerField("止号")
    device = models.CharField("设备", max_length=60)
    holder = models.ForeignKey(Officer, models.PROTECT, verbose_name="领用人", related_name="+")
    reserved_at = models.DateTimeField("领用时间")
    until = models.DateTimeField("有效至")
    returned_at = models.DateTimeField("收回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "离线号段"


class DocumentNumber(models.Model):
    """One number and what became of it.  No number disappears: it is used, or void with a reason."""

    series = models.ForeignKey(NumberSeries, models.PROTECT, verbose_name="序列", related_name="numbers")
    value = models.PositiveIntegerField("序号")
    text = models.CharField("文号", max_length=60)
    state = models.CharField("状态", max_length=10, choices=NUMBER_STATES)
    block = models.ForeignKey(NumberBlock, models.PROTECT, null=True, blank=True, verbose_name="离线号段", related_name="numbers")
    document = models.OneToOneField(Document, models.PROTECT, null=True, blank=True, verbose_name="文书", related_name="+")
    taken_at = models.DateTimeField("取号时间")
    taken_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="取号人", related_name="+")
    void_reason = models.CharField("作废理由", max_length=200, blank=True)
    voided_at = models.DateTimeField("作废时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "文号"
        ordering = ["series", "value"]
        constraints = [
            models.UniqueConstraint(fields=["series", "value"], name="one_number"),
            models.CheckConstraint(condition=~models.Q(state="void") | ~models.Q(void_reason=""), name="void_number_has_reason"),
            models.CheckConstraint(condition=~models.Q(state="void") | models.Q(document=None), name="void_number_has_no_document"),
        ]

    def __str__(self) -> str:
        return self.text


class ServiceRecord(Fixed):
    """One service of one document (行政处罚法第六十一条)."""

    document = models.ForeignKey(Document, models.PROTECT, verbose_name="送达文书", related_name="services")
    way = models.CharField("送达方式", max_length=14, choices=SERVICE_WAYS)
    receiver = models.CharField("收件人", max_length=60, blank=True)
    place = models.CharField("送达地点", max_length=160, blank=True)
    served_on = models.DateField("送达日期")
    refusal = models.CharField("拒收情况与见证", max_length=200, blank=True, help_text="留置送达须记明拒收事由、见证人或者全程录音录像")
    proof = models.ForeignKey(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="凭证", related_name="+")
    record = models.ForeignKey(Document, models.PROTECT, null=True, blank=True, verbose_name="送达回证", related_name="+")
    made_at = models.DateTimeField("登记时间")
    made_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="送达人", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "送达"
        ordering = ["document", "id"]


class Extract(Fixed):
    """A sealed extract of telemetry: exactly the rows the party and the court will see (行政处罚法第四十一条)."""

    docket = models.ForeignKey(Docket, models.PROTECT, verbose_name="案卷", related_name="extracts")
    item = models.OneToOneField(EvidenceItem, models.PROTECT, verbose_name="证据", related_name="extract")
    facility = models.CharField("污染源编码", max_length=30, blank=True)
    outlet = models.CharField("排放口", max_length=50, blank=True)
    factor = models.CharField("监测因子", max_length=20, blank=True)
    began = models.DateTimeField("起", null=True, blank=True)
    ended = models.DateTimeField("止", null=True, blank=True)
    as_of = models.DateTimeField("截至", help_text="只含此刻之前收到的数据")
    findings = models.JSONField("判定", default=list)
    row_count = models.PositiveIntegerField("行数")
    digest = models.CharField("SHA-256", max_length=64, help_text="冻结行（Parquet）的摘要")
    proof = models.JSONField("存证", default=dict, help_text="原始报文段的位置与摘要")

    class Meta:
        verbose_name = verbose_name_plural = "监测数据提取件"


class Upload(models.Model):
    """A file on its way in, piece by piece; what arrived lies beside the vault until it is whole and checked."""

    docket = models.ForeignKey(Docket, models.PROTECT, verbose_name="案卷", related_name="+")
    name = models.CharField("文件名", max_length=120)
    size = models.BigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64, help_text="上传前在设备上计算")
    received = models.BigIntegerField("已收字节数", default=0)
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="上传人", related_name="+")
    began_at = models.DateTimeField("开始时间")
    item = models.OneToOneField(EvidenceItem, models.PROTECT, null=True, blank=True, verbose_name="证据", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "分段上传"


class Signature(Fixed):
    """The electronic signature on an issued PDF: the signed bytes are the issued bytes and what was appended after them."""

    document = models.OneToOneField(Document, models.PROTECT, verbose_name="文书", related_name="signature")
    digest = models.CharField("签名 PDF 的 SHA-256", max_length=64)
    signer = models.CharField("签名人", max_length=120)
    serial = models.CharField("证书序列号", max_length=64)
    fingerprint = models.CharField("证书 SHA-256", max_length=64)
    at = models.DateTimeField("签名时间")

    class Meta:
        verbose_name = verbose_name_plural = "电子签名"
