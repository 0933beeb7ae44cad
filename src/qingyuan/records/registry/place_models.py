"""Places that are no facilities: rivers and their sections, air stations, areas with borders, water sources; and what was read there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .models import Facility, Outlet, Scoped

RIVER_KINDS = [("source", "源头"), ("outlet", "入河排污口"), ("section", "断面"), ("confluence", "汇流口"), ("mouth", "河口")]
CONTROL_LEVELS = [("national", "国控"), ("province", "省控"), ("city", "市控"), ("county", "县控")]
READING_WAYS = [("auto", "自动监测"), ("manual", "手工监测")]
AREA_KINDS = [
    ("protected_area", "自然保护地"), ("water_source_zone", "饮用水水源保护区"), ("control_unit", "环境管控单元"), ("key_area", "重点生态区"),
    ("no_burn_zone", "禁烧区"), ("functional_zone", "环境功能区"),
]
DIMENSIONS = [("layout", "空间布局约束"), ("discharge", "污染物排放管控"), ("risk", "环境风险防控"), ("efficiency", "资源开发效率")]
LIST_LEVELS = [("province", "省级"), ("region", "区域（流域）"), ("city", "市级"), ("unit", "单元")]
SOURCE_LEVELS = [("city", "城市"), ("county", "县级"), ("township", "乡镇"), ("thousand", "千吨万人"), ("scattered", "农村分散式")]
SOURCE_KINDS = [("river", "河流型"), ("lake", "湖库型"), ("ground", "地下水型")]


class RiverPlace(Scoped):
    """A place on a river; its water flows to ``downstream``.  Sections, outlets, confluences and sources are one tree."""

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=12, choices=RIVER_KINDS)
    river = models.CharField("河流编码", max_length=30)
    river_name = models.CharField("河流名称", max_length=60)
    basin = models.CharField("流域", max_length=60, blank=True)
    downstream = models.CharField("下游编码", max_length=40, blank=True, help_text="下一个河上地点的编码，出省或入海为空")
    km = models.FloatField("到下游的河长（公里）", default=0)
    velocity = models.FloatField("到下游的流速（米每秒）", default=0.5)
    flow = models.FloatField("常年流量（立方米每秒）", null=True, blank=True)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")
    outlet = models.ForeignKey(Outlet, models.PROTECT, null=True, blank=True, verbose_name="排放口", related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, null=True, blank=True, verbose_name="固定污染源", related_name="+")
    mn = models.CharField("自动站 MN", max_length=24, blank=True)
    control_level = models.CharField("控制级别", max_length=10, choices=CONTROL_LEVELS, blank=True)
    target_class = models.PositiveSmallIntegerField("目标类别", null=True, blank=True, help_text="GB 3838-2002 类别，1 至 5")
    is_lake = models.BooleanField("湖库", default=False)

    class Meta:
        verbose_name = verbose_name_plural = "河上地点"
        indexes = [models.Index(fields=["kind", "code"], name="river_place_by_kind"), models.Index(fields=["downstream"], name="river_place_by_downstream")]
        constraints = [models.CheckConstraint(condition=Q(velocity__gt=0) & Q(km__gte=0), name="river_place_flows")]

    def __str__(self) -> str:
        return self.name


class SectionReading(models.Model):
    """One figure of one factor at a section: a four-hourly value of its station, or a monthly sample."""

    place = models.ForeignKey(RiverPlace, models.PROTECT, verbose_name="断面", related_name="+")
    factor = models.CharField("监测因子", max_length=24, help_text="HJ 212 因子编码，或规则库 gb_3838_2002 的因子名")
    at = models.DateTimeField("监测时间")
    value = models.FloatField("数值", null=True, blank=True, help_text="为空：该次监测无有效数据")
    way = models.CharField("监测方式", max_length=8, choices=READING_WAYS)
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "断面监测记录"
        constraints = [models.UniqueConstraint(fields=["place", "factor", "at", "way"], name="one_section_reading")]


class AirStation(Scoped):
    """An ambient air station."""

    code = models.CharField("编码", max_length=20, unique=True)
    name = models.CharField("名称", max_length=60)
    control_level = models.CharField("控制级别", max_length=10, choices=CONTROL_LEVELS)
    lon = models.FloatField("经度")
    lat = models.FloatField("纬度")

    class Meta:
        verbose_name = verbose_name_plural = "环境空气站"

    def __str__(self) -> str:
        return self.name


class AirReading(models.Model):
    """One hourly or daily figure of a station; wind and AQI are factors like others."""

    station = models.ForeignKey(AirStation, models.PROTECT, verbose_name="环境空气站", related_name="+")
    kind = models.CharField("周期", max_length=4, choices=[("hour", "小时"), ("day", "日")])
    factor = models.CharField("因子", max_length=12, help_text="pm25 pm10 so2 no2 co o3 aqi wind_speed wind_from")
    at = models.DateTimeField("时段开始")
    value = models.FloatField("数值", null=True, blank=True, help_text="为空：该时段无有效数据")
    received_at = models.DateTimeField("收到时间")

    class Meta:
        verbose_name = verbose_name_plural = "空气质量记录"
        constraints = [models.UniqueConstraint(fields=["station", "kind", "factor", "at"], name="one_air_reading")]
        indexes = [models.Index(fields=["factor", "kind", "at"], name="air_reading_by_time")]


class Area(Scoped):
    """Something with a border on the map, with its version: a new version leaves the old one where it was."""

    kind = models.CharField("类型", max_length=20, choices=AREA_KINDS)
    code = models.CharField("编码", max_length=40)
    name = models.CharField("名称", max_length=120)
    grade = models.CharField("级别或分区", max_length=40, blank=True, help_text="优先保护／重点管控／一般管控，一级／二级／准保护区，核心区等")
    geometry = models.JSONField("边界", help_text="GeoJSON 几何，CGCS2000 或 WGS 84 经纬度")
    west = models.FloatField("西")
    south = models.FloatField("南")
    east = models.FloatField("东")
    north = models.FloatField("北")
    basis = models.CharField("依据", max_length=160, blank=True)
    version = models.CharField("版本", max_length=40, blank=True)
    valid_from = models.DateField("启用日")
    valid_to = models.DateField("停用日", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "区域"
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="one_version_of_an_area"),
            models.CheckConstraint(condition=Q(west__lte=F("east")) & Q(south__lte=F("north")), name="area_has_an_extent"),
        ]
        indexes = [models.Index(fields=["kind", "west", "east"], name="area_by_extent")]

    def __str__(self) -> str:
        return self.name


class AccessRequirement(models.Model):
    """One line of the access list of a control unit (生态环境准入清单)."""

    area = models.ForeignKey(Area, models.PROTECT, verbose_name="环境管控单元", related_name="requirements")
    dimension = models.CharField("维度", max_length=10, choices=DIMENSIONS)
    level = models.CharField("清单层级", max_length=8, choices=LIST_LEVELS, default="unit")
    text = models.TextField("管控要求")
    basis = models.CharField("依据", max_length=160, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "准入要求"
        ordering = ["area", "dimension", "id"]


class WaterSource(Scoped):
    """A source of drinking water, from a city's reservoir to a village's well."""

    code = models.CharField("编码", max_length=40, unique=True)
    name = models.CharField("名称", max_length=80)
    kind = models.CharField("类型", max_length=8, choices=SOURCE_KINDS)
    level = models.CharField("级别", max_length=10, choices=SOURCE_LEVELS)
    population = models.PositiveIntegerField("供水人口", default=0)
    lon = models.FloatField("取水口经度")
    lat = models.FloatField("取水口纬度")
    target_class = models.PositiveSmallIntegerField("目标类别", default=3, help_text="GB 3838-2002 类别")
    approval = models.CharField("批复文件", max_length=120, blank=True)
    problem = models.CharField("存在问题", max_length=300, blank=True)
    remedy_state = models.CharField("整治状态", max_length=10, choices=[("none", "无须整治"), ("waiting", "待整治"), ("under_way", "整治中"), ("done", "已完成")], default="none")

    class Meta:
        verbose_name = verbose_name_plural = "饮用水水源地"

    def __str__(self) -> str:
        return self.name


class SourceCheck(models.Model):
    """Whether one of the configurable rates (六个100%) is met at a source, as checked on a day."""

    source = models.ForeignKey(WaterSource, models.PROTECT, verbose_name="饮用水水源地", related_name="checks")
    indicator = models.CharField("指标", max_length=20, help_text="指标见 water_sources.yaml，各省可改")
    is_met = models.BooleanField("达到")
    on = models.DateField("核对日期")
    note = models.CharField("说明", max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "水源地指标核对"
        constraints = [models.UniqueConstraint(fields=["source", "indicator", "on"], name="one_check_of_a_source")]
