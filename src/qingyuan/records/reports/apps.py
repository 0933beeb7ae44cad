from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "qingyuan.records.reports"
    label = "reports"
    verbose_name = "报告与发现"
