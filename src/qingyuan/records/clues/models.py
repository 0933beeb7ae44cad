"""Clues and the findings they were made of."""

from __future__ import annotations

from django.db import models

from qingyuan.records.docket.models import Docket
from qingyuan.records.registry.models import Agency, Facility, Officer, Scoped

from .states import SEVERITIES, STATES, causes, outcome_kinds, sources


class Clue(Scoped):
    """Something worth a person's time: one episode at one outlet, however many findings it has."""

    number = models.CharField("线索编号", max_length=20, unique=True)
    title = models.CharField("标题", max_length=160)
    source = models.CharField("来源", max_length=20, choices=sources)
    rule = models.CharField("判定规则", max_length=60, blank=True)
    violation = models.CharField("涉嫌违法行为", max_length=60, blank=True, help_text="规则库 law/book/violations 的编号")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="固定污染源", related_name="+", help_text="空为尚未认定是哪一家")
    place = models.CharField("地点", max_length=160, blank=True)
    lon = models.FloatField("经度", null=True, blank=True)
    lat = models.FloatField("纬度", null=True, blank=True)
    source_facts = models.JSONField("来源要素", default=dict, blank=True)
    docket = models.ForeignKey(Docket, models.PROTECT, null=True, blank=True, verbose_name="线索材料", related_name="+")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, verbose_name="承办单位", related_name="+")
    registered_by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="登记人", related_name="+")
    outlet_code = models.CharField("排放口", max_length=50, blank=True)
    factor = models.CharField("监测因子", max_length=20, blank=True)
    severity = models.CharField("等级", max_length=8, choices=list(SEVERITIES.items()), help_text="平台分级，非法定")
    began = models.DateTimeField("开始")
    ended = models.DateTimeField("结束")
    found_at = models.DateTimeField("发现时间")
    state = models.CharField("状态", max_length=12, choices=list(STATES.items()), default="found")
    due_on = models.DateField("办理期限", help_text="初步审查：令30第18条")
    handler = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="承办人", related_name="+")
    evidence_needed = models.JSONField("尚缺证据", default=list)
    cause = models.CharField("误报原因", max_length=20, choices=causes, blank=True)
    outcome = models.CharField("办结代码", max_length=20, choices=outcome_kinds, blank=True)
    outcome_note = models.TextField("办理结论", blank=True)
    split_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="拆自", related_name="+")
    scheme = models.CharField("分级时限方案", max_length=20, blank=True, help_text="规则库 law/book/clues/schemes 的编号")
    on_site_ground = models.CharField("转现场事由", max_length=20, blank=True, help_text="规则库 law/book/clues/grounds 的编号")
    on_site_why = models.TextField("转现场理由", blank=True)
    released_at = models.DateTimeField("放出时间", null=True, blank=True, help_text="空为在等候队列，能力有空时按预期收益放出")
    bypass = models.CharField("直通理由", max_length=60, blank=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="并入", related_name="+")
    accepted_at = models.DateTimeField("受理时间", null=True, blank=True)
    ended_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "线索"
        indexes = [
            # the work-list of each level: open clues by urgency
            models.Index(fields=["province_code", "state", "due_on", "id"], name="clue_prov_state_due"),
            models.Index(fields=["city_code", "state", "due_on", "id"], name="clue_city_state_due"),
            models.Index(fields=["county_code", "state", "due_on", "id"], name="clue_county_state_due"),
            models.Index(fields=["province_code", "due_on", "id"], name="clue_prov_due"),
            models.Index(fields=["city_code", "due_on", "id"], name="clue_city_due"),
            models.Index(fields=["county_code", "due_on", "id"], name="clue_county_due"),
            # what came since a day: the funnel on the first screen
            models.Index(fields=["province_code", "found_at"], name="clue_prov_found"),
            models.Index(fields=["city_code", "found_at"], name="clue_city_found"),
            models.Index(fields=["county_code", "found_at"], name="clue_county_found"),
            models.Index(fields=["agency", "state", "released_at"], name="clue_agency_state"),
            # joining a new finding to the open episode of its outlet
            models.Index(fields=["facility", "outlet_code", "factor", "violation", "ended"], name="clue_episode"),
        ]

    def __str__(self) -> str:
        return self.number


class ClueFinding(models.Model):
    """A finding of the judge that a clue rests on, frozen as it arrived."""

    clue = models.ForeignKey(Clue, models.PROTECT, verbose_name="线索", related_name="findings")
    finding_id = models.CharField("判定编号", max_length=80, unique=True)
    rule = models.CharField("判定规则", max_length=60)
    began = models.DateTimeField("开始")
    ended = models.DateTimeField("结束")
    value = models.FloatField("数值", null=True, blank=True)
    limit_value = models.FloatField("限值", null=True, blank=True)
    data = models.JSONField("判定全文")

    class Meta:
        verbose_name = verbose_name_plural = "判定"
        ordering = ["began", "id"]
        indexes = [models.Index(fields=["rule", "clue"], name="finding_by_rule")]


class FindingMove(models.Model):
    """A finding that went from one clue to another when clues were joined or parted; nothing is lost."""

    finding = models.ForeignKey(ClueFinding, models.PROTECT, verbose_name="判定", related_name="moves")
    origin = models.ForeignKey(Clue, models.PROTECT, verbose_name="原线索", related_name="+")
    target = models.ForeignKey(Clue, models.PROTECT, verbose_name="现线索", related_name="+")
    kind = models.CharField("方式", max_length=6, choices=[("merge", "并入"), ("split", "拆分")])
    at = models.DateTimeField("时间")
    by = models.ForeignKey(Officer, models.PROTECT, verbose_name="办理人", related_name="+")
    why = models.TextField("理由")

    class Meta:
        verbose_name = verbose_name_plural = "判定的并拆"
        ordering = ["id"]


from .liaison_models import Bulletin, LiaisonEntry  # noqa: E402, F401 - tables of the same app, in their own files
from .stage_models import (  # noqa: E402, F401
    AnswerFile,
    AnswerRequest,
    ClueClock,
    ClueMessage,
    ClueMove,
    EarlyWarning,
    RemoteCheck,
    SchemeChoice,
)
from .suppression_models import HiddenFinding, Suppression  # noqa: E402, F401
