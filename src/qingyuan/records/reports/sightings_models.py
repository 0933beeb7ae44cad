"""What was seen from above or afar: patches, hot spots, photos, smoke, tracks; and the files they came in."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Area, Facility, Officer, Scoped

from .states import PATCH_TYPES, SIGHTING, SIGHTING_KINDS

STAGES = [("found", "发现"), ("before", "整改前"), ("verify", "现场核查"), ("after", "整改后")]


class ImportBatch(models.Model):
    """One file that was taken in: how many rows went in, how many were known, which were refused and why."""

    kind = models.CharField("种类", max_length=20)
    name = models.CharField("文件名", max_length=160)
    digest = models.CharField("SHA-256", max_length=64)
    at = models.DateTimeField("导入时间")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="导入人", related_name="+")
    taken = models.PositiveIntegerField("新收")
    known = models.PositiveIntegerField("已有")
    refused = models.JSONField("未收的行", default=list, help_text="行号与原因，最多保留 500 条")
    refused_count = models.PositiveIntegerField("未收行数")

    class Meta:
        verbose_name = verbose_name_plural = "导入记录"
        indexes = [models.Index(fields=["kind", "digest"], name="import_by_digest")]


class Sighting(Scoped):
    """Something seen that may be a problem: a lead, never the sole basis of a penalty (自然资发〔2023〕258号; Penalty Law arts. 41, 46)."""

    number = models.CharField("编号", max_length=20, unique=True)
    kind = models.CharField("类型", max_length=10, choices=list(SIGHTING_KINDS.items()))
    key = models.CharField("来源编号", max_length=100, help_text="同一来源同一编号只收一次")
    subject = models.CharField("问题类型", max_length=12, choices=list(PATCH_TYPES.items()), default="other")
    title = models.CharField("标题", max_length=160)
    source = models.CharField("来源", max_length=120, blank=True, help_text="卫星、相机、车辆、批次")
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, verbose_name="导入记录", related_name="+")
    seen_at = models.DateTimeField("发现时间")
    received_at = models.DateTimeField("收到时间")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    geometry = models.JSONField("图形", null=True, blank=True)
    area_m2 = models.FloatField("面积（平方米）", null=True, blank=True)
    confidence = models.FloatField("置信度", null=True, blank=True, help_text="0 至 1；来源自报")
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, verbose_name="所在区域", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="涉及的污染源", related_name="+")
    data = models.JSONField("来源原始字段", default=dict)
    state = models.CharField("状态", max_length=10, choices=list(SIGHTING.states.items()), default="found")
    due_at = models.DateTimeField("当前期限")
    due_on = models.DateField("当前期限日")
    checker = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="核查人", related_name="+")
    finding = models.TextField("核查情况", blank=True)
    remedy = models.TextField("整改情况", blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="并入", related_name="+")
    clue_number = models.CharField("转出的线索", max_length=20, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "空天地发现"
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="one_sighting_per_key")]
        indexes = [
            models.Index(fields=["province_code", "due_on", "id"], name="sighting_prov_due"), models.Index(fields=["city_code", "due_on", "id"], name="sighting_city_due"),
            models.Index(fields=["county_code", "due_on", "id"], name="sighting_county_due"), models.Index(fields=["kind", "seen_at"], name="sighting_by_time"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.number


class SightingPhoto(models.Model):
    """A photo of a sighting; its bytes lie in the vault under their digest."""

    sighting = models.ForeignKey(Sighting, models.PROTECT, verbose_name="空天地发现", related_name="photos")
    stage = models.CharField("阶段", max_length=8, choices=STAGES)
    name = models.CharField("文件名", max_length=120)
    media_type = models.CharField("文件类型", max_length=60)
    size = models.BigIntegerField("字节数")
    digest = models.CharField("SHA-256", max_length=64)
    sm3 = models.CharField("SM3", max_length=64)
    taken_at = models.DateTimeField("拍摄时间", null=True, blank=True, help_text="照片自带；没有时为空")
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    altitude_m = models.FloatField("高度（米）", null=True, blank=True)
    heading = models.FloatField("朝向（度）", null=True, blank=True)
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="上传人", related_name="+")
    at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "空天地照片"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["sighting", "digest", "stage"], name="one_photo_once")]


class Track(Scoped):
    """A mobile-monitoring drive; its rows lie in the vault as they came, a thinned line is kept for the map."""

    key = models.CharField("轨迹编号", max_length=100, unique=True, help_text="文件的 SHA-256 与车辆")
    vehicle = models.CharField("车辆", max_length=40, blank=True)
    factor = models.CharField("因子", max_length=20)
    unit = models.CharField("单位", max_length=20, default="µg/m³")
    began = models.DateTimeField("开始")
    ended = models.DateTimeField("结束")
    points = models.PositiveIntegerField("读数")
    valid = models.PositiveIntegerField("有效读数")
    peak = models.FloatField("最高值")
    background = models.FloatField("背景值")
    threshold = models.FloatField("热点门槛")
    line = models.JSONField("简化轨迹", help_text="[经度, 纬度, 数值]，至多 600 点")
    digest = models.CharField("原始文件 SHA-256", max_length=64)
    batch = models.ForeignKey(ImportBatch, models.PROTECT, null=True, blank=True, verbose_name="导入记录", related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = "走航轨迹"
