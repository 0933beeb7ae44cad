"""Who and where: divisions, agencies, officers, operators, facilities, outlets, instruments, permits.

Every row that a viewer may reach carries the codes of its province, city and county, so that scope is one equality.
"""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.models import AbstractUser
from django.db import models

LEVELS = [("province", "省"), ("city", "市"), ("county", "县（区）"), ("township", "乡镇（街道）"), ("village", "村（社区）")]


class Division(models.Model):
    """An administrative division; the 12-digit code is the tree."""

    code = models.CharField("区划代码", max_length=12, primary_key=True, help_text="12 位统计用区划代码")
    name = models.CharField("名称", max_length=60)
    level = models.CharField("层级", max_length=10, choices=LEVELS)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级", related_name="+")
    boundary = models.JSONField("边界", null=True, blank=True, help_text="GeoJSON 几何")

    class Meta:
        verbose_name = verbose_name_plural = "行政区划"
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def scope_codes(self) -> dict[str, str]:
        """The codes of the province, city and county this division lies in ("" below its own level)."""
        codes = {"province_code": "", "city_code": "", "county_code": ""}
        here: Division | None = self
        while here is not None:
            key = f"{here.level}_code"
            if key in codes:
                codes[key] = here.code
            here = here.parent
        return codes


class Scoped(models.Model):
    """Columns by which a viewer's scope is decided."""

    division = models.ForeignKey(Division, models.PROTECT, verbose_name="属地", related_name="+")
    province_code = models.CharField("省代码", max_length=12, editable=False)
    city_code = models.CharField("市代码", max_length=12, editable=False, blank=True)
    county_code = models.CharField("县代码", max_length=12, editable=False, blank=True)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs) -> None:
        for key, value in self.division.scope_codes().items():
            setattr(self, key, value)
        super().save(*args, **kwargs)


class Agency(models.Model):
    """A competent department of ecology and environment."""

    code = models.CharField("机构代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=80)
    short_name = models.CharField("机关代字", max_length=10, help_text="文号用字，如“清环”")
    division = models.ForeignKey(Division, models.PROTECT, verbose_name="管辖区划", related_name="+")
    kind = models.CharField("类型", max_length=8, choices=[("bureau", "主管部门"), ("team", "综合行政执法队伍")], default="bureau")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, verbose_name="上级", related_name="+")
    address = models.CharField("地址", max_length=120, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)
    payee = models.CharField("罚款收缴账户", max_length=120, blank=True, help_text="行政处罚法第六十七条：罚缴分离")
    reconsideration_body = models.CharField("复议机关", max_length=80, blank=True)
    court = models.CharField("管辖法院", max_length=80, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "生态环境主管部门"

    def __str__(self) -> str:
        return self.name

    @property
    def authority(self) -> Agency:
        """The body in whose name decisions are made: a team acts for its bureau (Penalty Law art. 17)."""
        return self.parent if self.kind == "team" and self.parent is not None else self


class Account(AbstractUser):
    """A login. What it may do comes from the officer behind it."""

    class Meta:
        verbose_name = verbose_name_plural = "账号"


ROLES = [
    ("inspector", "执法人员"),
    ("analyst", "技术中心研判员"),
    ("reviewer", "案件审查人员"),
    ("legality_reviewer", "法制审核人员"),
    ("leader", "机关负责人"),
    ("presiding_officer", "听证主持人"),
    ("publisher", "信息公开人员"),
    ("auditor", "稽查人员"),
]


class Officer(models.Model):
    """A law enforcement officer or another person of an agency, with the certificate that lets them inspect."""

    name = models.CharField("姓名", max_length=40)
    agency = models.ForeignKey(Agency, models.PROTECT, verbose_name="单位", related_name="+")
    account = models.OneToOneField(Account, models.PROTECT, null=True, blank=True, verbose_name="账号", related_name="officer")
    roles = models.JSONField("岗位", default=list)
    certificate_number = models.CharField("执法证号", max_length=30, blank=True)
    certificate_from = models.DateField("执法证有效期起", null=True, blank=True)
    certificate_to = models.DateField("执法证有效期止", null=True, blank=True, help_text="行政处罚法第四十二条：执法人员应当具有行政执法资格")
    is_legally_qualified = models.BooleanField("有法律职业资格", default=False, help_text="行政处罚法第五十八条：初次从事法制审核的人员")

    class Meta:
        verbose_name = verbose_name_plural = "执法人员"

    def __str__(self) -> str:
        return self.name

    def is_certified(self, on: dt.date) -> bool:
        """Whether the enforcement certificate holds on that day (Penalty Law art. 42)."""
        return bool(self.certificate_number and self.certificate_from and self.certificate_to and self.certificate_from <= on <= self.certificate_to)

    def has_role(self, *roles: str) -> bool:
        return any(role in self.roles for role in roles)

    @property
    def role_names(self) -> list[str]:
        return [label for role, label in ROLES if role in self.roles]


class Operator(models.Model):
    """Who: an enterprise, institution or other producer and operator (a party, once there is a case)."""

    uscc = models.CharField("统一社会信用代码", max_length=18, unique=True)
    name = models.CharField("名称", max_length=120)
    kind = models.CharField("类型", max_length=10, choices=[("company", "法人或其他组织"), ("person", "公民")], default="company")
    legal_representative = models.CharField("法定代表人", max_length=40, blank=True)
    address = models.CharField("住所", max_length=160, blank=True)
    phone = models.CharField("电话", max_length=30, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排污单位"

    def __str__(self) -> str:
        return self.name


class Facility(Scoped):
    """Where: a stationary pollution source."""

    code = models.CharField("编码", max_length=30, unique=True)
    name = models.CharField("名称", max_length=120)
    operator = models.ForeignKey(Operator, models.PROTECT, verbose_name="排污单位", related_name="+")
    industry = models.CharField("行业", max_length=60, blank=True)
    is_key_discharger = models.BooleanField("重点排污单位", default=False)
    address = models.CharField("地址", max_length=160, blank=True)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")

    class Meta:
        verbose_name = verbose_name_plural = "固定污染源"
        indexes = [models.Index(fields=["city_code", "code"], name="facility_by_city"), models.Index(fields=["county_code", "code"], name="facility_by_county")]

    def __str__(self) -> str:
        return self.name


class Permit(models.Model):
    """A pollutant discharge permit."""

    number = models.CharField("许可证编号", max_length=30, unique=True)
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    valid_from = models.DateField("有效期起")
    valid_to = models.DateField("有效期止")

    class Meta:
        verbose_name = verbose_name_plural = "排污许可证"

    def __str__(self) -> str:
        return self.number


class Outlet(models.Model):
    """A pollutant outlet."""

    code = models.CharField("排放口标识", max_length=50, unique=True, help_text="<污染源编码>/<排放口编号>")
    name = models.CharField("名称", max_length=80)
    facility = models.ForeignKey(Facility, models.PROTECT, verbose_name="固定污染源", related_name="+")
    medium = models.CharField("介质", max_length=8, choices=[("gas", "废气"), ("water", "废水")])
    reference_oxygen = models.DecimalField("基准含氧量（%）", max_digits=4, decimal_places=1, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "排放口"

    def __str__(self) -> str:
        return self.name


AVERAGING = [("hour", "小时"), ("day", "日"), ("hour_low", "小时下限")]


class PermitLimit(models.Model):
    """A limit value that holds at an outlet; a permit's own limit goes before the standard's."""

    outlet = models.ForeignKey(Outlet, models.PROTECT, verbose_name="排放口", related_name="+")
    factor = models.CharField("监测因子", max_length=20, help_text="HJ 212 因子编码")
    averaging = models.CharField("统计周期", max_length=8, choices=AVERAGING)
    limit_value = models.FloatField("限值")
    unit = models.CharField("单位", max_length=20)
    kind = models.CharField("来源", max_length=10, choices=[("permit", "排污许可证"), ("standard", "排放标准")])
    citation = models.CharField("依据", max_length=120)
    valid_from = models.DateField("生效日")
    valid_to = models.DateField("失效日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "许可排放浓度"


class Monitor(models.Model):
    """An instrument that reports by HJ 212."""

    mn = models.CharField("设备唯一标识 MN", max_length=24, unique=True)
    pw = models.CharField("访问密码", max_length=9)
    st = models.CharField("系统编码 ST", max_length=2)
    outlet = models.ForeignKey(Outlet, models.PROTECT, verbose_name="排放口", related_name="+")
    factors = models.JSONField("监测因子", default=list)

    class Meta:
        verbose_name = verbose_name_plural = "自动监测设备"

    def __str__(self) -> str:
        return self.mn


class Event(models.Model):
    """One thing a person did: who, when, to what, before, after, why. Never changed, never deleted.

    Rows are numbered and chained by the sealer; until then only database rights protect them, and ``leaf`` is empty.
    """

    at = models.DateTimeField("时间")
    by = models.ForeignKey(Officer, models.PROTECT, null=True, blank=True, verbose_name="办理人", related_name="+")
    subject = models.CharField("对象", max_length=60)
    step = models.CharField("步骤", max_length=40)
    before = models.JSONField("之前", default=dict)
    after = models.JSONField("之后", default=dict)
    why = models.TextField("理由", blank=True)
    leaf = models.BigIntegerField("存证序号", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "办理留痕"
        indexes = [
            models.Index(fields=["subject", "id"], name="event_by_subject"),
            models.Index(fields=["id"], name="event_unsealed", condition=models.Q(leaf=None)),
        ]

    def save(self, *args, **kwargs) -> None:
        if self.pk is not None:
            raise TypeError("an event is written once; the sealer numbers it by a query")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs) -> None:
        raise TypeError("an event is never deleted")


class Loop(models.Model):
    """When a loop of the worker is due next, and until when somebody holds it."""

    name = models.CharField("名称", max_length=30, primary_key=True)
    next_at = models.DateTimeField("下次运行")
    lease_until = models.DateTimeField("占用至", null=True, blank=True)
    last_error = models.TextField("最近一次错误", blank=True)
    done_at = models.DateTimeField("最近一次完成", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "后台循环"


class ApiToken(models.Model):
    """A key by which another system acts as one officer; only its digest is kept."""

    name = models.CharField("用途", max_length=60)
    officer = models.ForeignKey(Officer, models.PROTECT, verbose_name="代表的人员", related_name="+")
    digest = models.CharField("摘要", max_length=64, unique=True)
    may_write = models.BooleanField("可写", default=False)
    made_at = models.DateTimeField("签发时间")
    valid_to = models.DateTimeField("失效时间")
    revoked_at = models.DateTimeField("吊销时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "接口令牌"


class IdempotencyKey(models.Model):
    """The answer given to a write, kept so that the same request again gets the same answer and does nothing."""

    token = models.ForeignKey(ApiToken, models.PROTECT, verbose_name="令牌", related_name="+")
    key = models.CharField("幂等键", max_length=80)
    request_digest = models.CharField("请求摘要", max_length=64)
    code = models.PositiveSmallIntegerField("状态码")
    answer = models.JSONField("应答")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = verbose_name_plural = "幂等记录"
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="one_answer_per_key")]


from .duty_models import Capacity, DutyShift, SupervisionLine  # noqa: E402, F401 - tables of the same app, in their own file
from .place_models import (  # noqa: E402, F401
    AccessRequirement,
    AirReading,
    AirStation,
    Area,
    RiverPlace,
    SectionReading,
    SourceCheck,
    WaterSource,
)
