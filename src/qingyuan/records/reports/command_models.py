"""What the command centre keeps: incidents with their log, and calls for support from the grid."""

from __future__ import annotations

from django.db import models

from qingyuan.records.registry.models import Agency, Facility, Officer, Scoped

from .states import INCIDENT, INCIDENT_KINDS, SUPPORT

GRADES = [("red", "红"), ("orange", "橙"), ("yellow", "黄"), ("blue", "蓝")]


class Incident(Scoped):
    """Something that several people must know about at once, until it is over."""

    number = models.CharField("事件编号", max_length=20, unique=True)
    title = models.CharField("事件", max_length=120)
    kind = models.CharField("类型", max_length=10, choices=list(INCIDENT_KINDS.items()))
    grade = models.CharField("等级", max_length=8, choices=GRADES, help_text="平台分级，非法定")
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="涉及的污染源", related_name="+")
    opened_at = models.DateTimeField("发生时间")
    opened_by = models.ForeignKey(Officer, models.PROTECT, verbose_name="登记人", related_name="+")
    state = models.CharField("状态", max_length=10, choices=list(INCIDENT.states.items()), default="opened")
    lead = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="负责人", related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "事件"
        indexes = [models.Index(fields=["state", "opened_at"], name="incident_by_state")]

    def __str__(self) -> str:
        return self.number


class IncidentEntry(models.Model):
    """One line of an incident's log; written once."""

    incident = models.ForeignKey(Incident, models.PROTECT, verbose_name="事件", related_name="entries")
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="记录人", related_name="+")
    text = models.TextField("记事")

    class Meta:
        verbose_name = verbose_name_plural = "事件记事"
        ordering = ["id"]


class SupportCall(Scoped):
    """Somebody in the grid or on site asks for help (联勤联动)."""

    number = models.CharField("求援编号", max_length=20, unique=True)
    caller = models.CharField("求援人", max_length=40)
    phone = models.CharField("电话", max_length=30, blank=True)
    need = models.CharField("需要什么", max_length=200)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    called_at = models.DateTimeField("求援时间")
    state = models.CharField("状态", max_length=10, choices=list(SUPPORT.states.items()), default="called")
    answered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="应答人", related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name="应答单位", related_name="+")
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, blank=True, verbose_name="事件", related_name="+")
    ended_at = models.DateTimeField("结束时间", null=True, blank=True)
    result = models.CharField("结果", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "求援"
        indexes = [models.Index(fields=["state", "called_at"], name="support_by_state")]

    def __str__(self) -> str:
        return self.number
